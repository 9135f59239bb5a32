"""Analogies: a is to b as c is to which word, within a language or across two?"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.alignment import VectorSpaceLike, as_vector_space
from isolex.choices import EvaluatedSide
from isolex.errors import InputError
from isolex.evaluation.analogy_sets import AnalogySet, Question
from isolex.evaluation.metrics import bootstrap_interval, rounded
from isolex.evaluation.set_files import as_set
from isolex.evaluation.words import Vocabularies, vocabularies_of
from isolex.names import look_up
from isolex.progress import track
from isolex.retrieval import top_k

AnalogyMethod: TypeAlias = Literal["add", "mul"]

EPSILON = 0.001
"""Of 3CosMul, as Levy & Goldberg have it: keeps the quotient finite."""

_SCRATCH_BYTES = 256 * 2**20
_TILES = 4  # of float32 scores that 3CosMul holds at a time, at most


@dataclass(frozen=True)
class AnalogyAnswer:
    """The answer to one question.

    Attributes:
        question: a, b, c, d and the section.
        known: Whether all four words are in the vocabularies.
        predicted: The best word that is not a word of the question; None if the question was not asked, or
            there is no other word.
        right: Whether the predicted word is d.
    """

    question: Question
    known: bool
    predicted: str | None
    right: bool


@dataclass(frozen=True)
class SectionScore:
    """Accuracy of a section in percent over the n questions that were asked; nan if none was asked."""

    name: str
    accuracy: float
    n: int
    questions: int


@dataclass(frozen=True)
class AnalogyResult:
    """How many questions one space answers. Rates are in percent.

    Attributes:
        name: Name of the set.
        side: `cross`, `source` or `target` of an alignment; None for vectors in their own space.
        method: `add` or `mul`.
        answers: One answer for each question, whether it was asked or not.
    """

    name: str
    side: EvaluatedSide | None
    method: AnalogyMethod
    answers: tuple[AnalogyAnswer, ...] = field(repr=False)

    def __repr__(self) -> str:
        asked = f"{self.n:,} of {len(self.answers):,} questions"
        return f"<AnalogyResult: {self.name}, {self.accuracy:.1f} % of {asked}, {self.method}>"

    @property
    def n(self) -> int:
        """Questions asked: all four words are in the vocabularies."""
        return len(self._asked)

    @property
    def coverage(self) -> float:
        """Percent of the questions that were asked."""
        return 100 * self.n / len(self.answers)

    @property
    def accuracy(self) -> float:
        """Percent of right answers among the questions that were asked."""
        return _accuracy(self._asked)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """95 % bootstrap interval of the accuracy; questions with the same a and b are drawn together."""
        first: dict[tuple[str, str], int] = {}
        clusters = [first.setdefault(answer.question[:2], len(first)) for answer in self._asked]
        right = np.array([answer.right for answer in self._asked], dtype=float)
        low, high = bootstrap_interval(right, np.array(clusters, dtype=np.int64))
        return 100 * low, 100 * high

    def by_section(self) -> list[SectionScore]:
        """Accuracy of each section, in the order of the set."""
        sections: dict[str, list[AnalogyAnswer]] = {}
        for answer in self.answers:
            sections.setdefault(answer.question.section, []).append(answer)
        scores = []
        for name, answers in sections.items():
            asked = [answer for answer in answers if answer.known]
            scores.append(SectionScore(name, _accuracy(asked), len(asked), len(answers)))
        return scores

    def to_dict(self) -> dict[str, Any]:
        """Every figure as plain JSON values, rates in percent, undefined ones as null."""
        return {
            "set": self.name,
            "side": self.side,
            "method": self.method,
            "accuracy": rounded(self.accuracy),
            "interval": [rounded(end) for end in self.interval],
            "n": self.n,
            "questions": len(self.answers),
            "coverage": rounded(self.coverage),
            "by_section": [
                {"section": s.name, "accuracy": rounded(s.accuracy), "n": s.n, "questions": s.questions}
                for s in self.by_section()
            ],
        }

    @cached_property
    def _asked(self) -> list[AnalogyAnswer]:
        return [answer for answer in self.answers if answer.known]


def evaluate_analogies(
    space: VectorSpaceLike,
    questions: AnalogySet | str | Path,
    *,
    method: AnalogyMethod = "add",
    side: EvaluatedSide | None = None,
    device: str | torch.device | None = None,
) -> AnalogyResult:
    """Ask which word is to c as b is to a; the answer is right if it is d.

    The answer is a word x of the vocabulary of d, but not a word of the question. With unit vectors, it has:

    * `add`, 3CosAdd: the highest cos(x, b) − cos(x, a) + cos(x, c) (Mikolov et al. 2013).
    * `mul`, 3CosMul: the highest c(x, b) · c(x, c) / (c(x, a) + 0.001), where c = (cos + 1) / 2 (Levy &
      Goldberg 2014); it balances the three, so that no single one decides.

    Across languages, a and b are source words, c and d are target words, and all cosines are those of the
    shared space. Only c is then excluded from the answers, because a and b are not target words. The
    translation of b may therefore be the answer, which makes the task harder than in one language.

    Words are looked up as they are spelt, else in lower case, else in title case. Questions with a word
    outside the vocabularies are not asked. If scores are equal, the more frequent word is the answer. Cost:
    O(n m d) for n questions and m words, in bounded memory.

    Args:
        space: Vectors in their own space or a file of them, or an alignment or the folder of one.
        questions: The set, or a file of it, see `AnalogySet.read`.
        method: `add` or `mul`.
        side: The side of an alignment: `cross` (default), `source` or `target`.
        device: Where to compute with vectors, by default a GPU if there is one; an alignment has its own
            device.

    Returns:
        The accuracy, with every answer.

    Raises:
        InputError: An unknown name, a file that is no set, a side with vectors of one language, or no
            question has all its words in the vocabularies.

    References:
        T. Mikolov, K. Chen, G. Corrado, J. Dean (2013), Efficient Estimation of Word Representations;
        O. Levy, Y. Goldberg (2014), Linguistic Regularities in Sparse and Explicit Word Representations.

    Examples:
        >>> import isolex
        >>> from isolex.evaluation import AnalogySet, Question, evaluate_analogies
        >>> en, es, train, test = isolex.sample()
        >>> question = Question("man", "woman", "king", "queen")
        >>> evaluate_analogies(en, AnalogySet([question])).accuracy
        100.0
    """
    find_best: _Method = look_up(method, _METHODS, "method")
    vocabularies = vocabularies_of(as_vector_space(space, device=device), side, device=device)
    given = as_set(questions, AnalogySet)
    rows = _known_rows(given, vocabularies)
    x, z = vocabularies.first.side.rows, vocabularies.second.side.rows
    ids = torch.tensor(list(rows.values()), device=z.device)
    best = find_best(x, z, ids, ids[:, 2:3] if vocabularies.crossed else ids[:, :3])
    words = vocabularies.second.vectors.words
    answers = [AnalogyAnswer(question, known=False, predicted=None, right=False) for question in given]
    for (place, row), found in zip(rows.items(), best.tolist(), strict=True):
        predicted = words[found] if found >= 0 else None
        answers[place] = AnalogyAnswer(given.questions[place], True, predicted, right=found == row[3])
    return AnalogyResult(given.name, vocabularies.side, method, tuple(answers))


def _known_rows(questions: AnalogySet, vocabularies: Vocabularies) -> dict[int, list[int]]:
    """Rows of a, b, c and d, by the question's place in the set, where all four are known."""
    first, second = vocabularies.first.row, vocabularies.second.row
    known = {}
    for place, (a, b, c, d, _) in enumerate(questions):
        rows = [hit.row for hit in (first(a), first(b), second(c), second(d)) if hit is not None]
        if len(rows) == 4:
            known[place] = rows
    if not known:
        raise InputError(
            f"none of the {len(questions):,} questions has its four words in the vocabularies",
            where=questions.name,
            fix="check the languages, and the side of the alignment",
        )
    return known


def _by_addition(
    x: Float[Tensor, "n p"], z: Float[Tensor, "m p"], ids: Int[Tensor, "q 4"], barred: Int[Tensor, "q b"]
) -> Int[Tensor, "q"]:
    """The best z that is not barred by 3CosAdd, −1 where there is none."""
    a, b, c, _ = ids.T
    # No more than the barred words can stand before the best of the others.
    found = top_k(x[b] - x[a] + z[c], z, 1 + barred.shape[1]).indices
    free = (found[:, :, None] != barred[:, None, :]).all(dim=2)
    first = free.to(torch.int8).argmax(dim=1, keepdim=True)
    return found.gather(1, first)[:, 0].masked_fill(~free.any(dim=1), -1)


def _by_multiplication(
    x: Float[Tensor, "n p"], z: Float[Tensor, "m p"], ids: Int[Tensor, "q 4"], barred: Int[Tensor, "q b"]
) -> Int[Tensor, "q"]:
    """The best z that is not barred by 3CosMul, −1 where there is none."""
    rows = max(1, _SCRATCH_BYTES // (4 * _TILES * z.shape[0]))
    best = ids.new_empty(ids.shape[0])
    for start in track(range(0, ids.shape[0], rows), "answering"):
        block = slice(start, start + rows)
        a, b, c, _ = ids[block].T
        scores = _shifted(x[b], z).mul_(_shifted(z[c], z)).div_(_shifted(x[a], z).add_(EPSILON))
        scores.scatter_(1, barred[block], -torch.inf)
        best[block] = scores.argmax(dim=1).masked_fill((scores == -torch.inf).all(dim=1), -1)
    return best


def _shifted(queries: Float[Tensor, "q p"], keys: Float[Tensor, "m p"]) -> Float[Tensor, "q m"]:
    """(cos + 1) / 2, which is never negative."""
    return torch.mm(queries, keys.T).add_(1).div_(2).clamp_(min=0)


_Method: TypeAlias = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
_METHODS: dict[str, _Method] = {"add": _by_addition, "mul": _by_multiplication}


def _accuracy(asked: list[AnalogyAnswer]) -> float:
    return 100 * sum(answer.right for answer in asked) / len(asked) if asked else math.nan
