"""The result of an evaluation of bilingual lexicon induction, and the forms of its report."""

import csv
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from isolex.errors import InputError
from isolex.evaluation.metrics import PairedTest, bootstrap_interval, paired_test, rounded
from isolex.evaluation.protocols import BLIProtocol
from isolex.files import atomic_file
from isolex.given import whole_number
from isolex.hypertext import interval, percent, short, snippet
from isolex.lexicon import LeakReport
from isolex.lexicon.words import counted

PRECISIONS = (1, 5, 10)
FREQUENCY_BINS = (500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 200_000)


@dataclass(frozen=True)
class Answer:
    """The answer to one test unit.

    Attributes:
        source: The test word.
        gold: The right answers that the unit accepts.
        rank: Rank of the best right answer in the whole vocabulary, from 1; None if no right answer is in it.
        source_rank: Frequency rank of the source word, from 1; None if it is not in the vocabulary.
        predictions: The best answers as (word, score), best first.
    """

    source: str
    gold: tuple[str, ...]
    rank: int | None
    source_rank: int | None
    predictions: tuple[tuple[str, float], ...]

    @property
    def copied(self) -> bool:
        """Whether the source word itself is a right answer."""
        return self.source in self.gold


@dataclass(frozen=True)
class FrequencyBin:
    """P@1 of the source words within a range of frequency ranks (from `first` to `last`)."""

    first: int
    last: int
    n: int
    precision: float


@dataclass(frozen=True)
class BLIResult:
    """Scores of one alignment on one test lexicon, by one protocol. Rates are in percent.

    Attributes:
        protocol: How it was scored.
        criterion: Name of the retrieval criterion.
        direction: `forward` or `backward`.
        coverage: Percent of the test's source words with a pair inside both vocabularies.
        answers: One answer for each test unit that was scored.
        leaks: Overlap of the test with the training pairs, if these are known.
        without_vector: Test words of both sides that have no vector, because theirs is known to be zero.
    """

    protocol: BLIProtocol
    criterion: str
    direction: Literal["forward", "backward"]
    coverage: float
    answers: tuple[Answer, ...] = field(repr=False)
    leaks: LeakReport | None = None
    without_vector: tuple[str, ...] = ()

    def __repr__(self) -> str:
        units = counted(self.n, "pair" if self.protocol.unit == "pair" else "source word")
        how = f"{self.protocol.name}, {self.criterion}, {self.direction}"
        return f"<BLIResult: P@1 {self.precision():.1f} % of {units}, {how}>"

    def _repr_html_(self) -> str:
        units = counted(self.n, "pair" if self.protocol.unit == "pair" else "source word")
        ends = interval(self.interval) if self.n else ""
        rows = {
            **{f"P@{k}": percent(self.precision(k)) for k in PRECISIONS},
            "Scored": units,
            "Coverage of the test": percent(self.coverage),
            "Repeating the source word": percent(self.copy_baseline),
        }
        rows["P@1"] = f"<b>{rows['P@1']}</b>" + (f" (95 % interval {ends})" if ends else "")
        how = f"protocol {short(self.protocol.name)}, {short(self.criterion)}, {self.direction}"
        return snippet(f"Bilingual lexicon induction: {how}", rows)

    @property
    def n(self) -> int:
        """Number of units scored."""
        return len(self.answers)

    def precision(self, k: int = 1) -> float:
        """P@k: percent of the units with a right answer among the best k; nan without units."""
        return _percent(self._ranks <= whole_number(k, "k", where="precision"))

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank over the full ranking, 0 to 1; XLING calls it mean average precision."""
        return float((1 / self._ranks).mean()) if self.n else float("nan")

    @cached_property
    def interval(self) -> tuple[float, float]:
        """95 % bootstrap interval of P@1, source words resampled."""
        low, high = bootstrap_interval(self._right.astype(float), self._clusters)
        return 100 * low, 100 * high

    @property
    def copy_baseline(self) -> float:
        """P@1 of a baseline that answers every word with the word itself."""
        return _percent(self._copied)

    @property
    def precision_without_identical(self) -> float:
        """P@1 over the source words that are not a right answer to themselves."""
        copied = {answer.source for answer in self.answers if answer.copied}
        others = np.array([answer.source not in copied for answer in self.answers], dtype=bool)
        return _percent(self._right[others])

    def by_frequency(self) -> list[FrequencyBin]:
        """P@1 by frequency of the source word; bins without test words are left out."""
        places = np.array([answer.source_rank or 0 for answer in self.answers])
        bins, first, rarest = [], 1, int(places.max(initial=0))
        for last in (*FREQUENCY_BINS, max(rarest, FREQUENCY_BINS[-1] + 1)):
            inside = (places >= first) & (places <= last)
            if inside.any():
                bins.append(FrequencyBin(first, last, int(inside.sum()), _percent(self._right[inside])))
            first = last + 1
        return bins

    def compare(self, other: "BLIResult") -> PairedTest:
        """Paired test of this result's P@1 against another's, over the units that both scored.

        Raises:
            InputError: Different protocols or directions, or no unit in common.
        """
        if (self.protocol, self.direction) != (other.protocol, other.direction):
            raise InputError(
                f"got {self.protocol.name} {self.direction} and {other.protocol.name} {other.direction}, "
                "expected the same protocol and direction",
                where="paired test",
            )
        theirs = {(a.source, a.gold if self.protocol.unit == "pair" else ()): a for a in other.answers}
        both = [
            (mine, theirs[key])
            for mine in self.answers
            if (key := (mine.source, mine.gold if self.protocol.unit == "pair" else ())) in theirs
        ]
        if not both:
            raise InputError("the two results have no test word in common", where="paired test")
        clusters = _clusters([mine for mine, _ in both])
        return paired_test(
            np.array([mine.rank == 1 for mine, _ in both]), np.array([b.rank == 1 for _, b in both]), clusters
        )

    def to_dict(self) -> dict[str, Any]:
        """Every figure as plain JSON values, rates in percent, undefined ones as null."""
        return {
            "protocol": self.protocol.name,
            "criterion": self.criterion,
            "direction": self.direction,
            **{f"p@{k}": rounded(self.precision(k)) for k in PRECISIONS},
            "mrr": rounded(self.mrr, 4),
            "n": self.n,
            "coverage": rounded(self.coverage),
            "without_vector": len(self.without_vector),
            "copy_baseline": rounded(self.copy_baseline),
            "p@1_without_identical": rounded(self.precision_without_identical),
            "interval": [rounded(end) for end in self.interval],
            "by_frequency": [
                {"first": b.first, "last": b.last, "n": b.n, "p@1": rounded(b.precision)}
                for b in self.by_frequency()
            ],
            "leaks": None if self.leaks is None else self.leaks.to_dict(),
        }

    def write_answers(self, path: str | Path) -> None:
        """Write every answer as TSV: word, gold, rank of the best right answer, predictions."""
        with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
            # JSON escapes tabs and line ends, so nothing needs quoting, and `cut` can read it.
            writer = csv.writer(
                stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
            )
            writer.writerow(("source", "gold", "rank", "correct", "source_rank", "predictions", "scores"))
            for answer in self.answers:
                writer.writerow(
                    (
                        answer.source,
                        json.dumps(answer.gold, ensure_ascii=False),
                        answer.rank or "",
                        int(answer.rank == 1),
                        answer.source_rank or "",
                        json.dumps([word for word, _ in answer.predictions], ensure_ascii=False),
                        json.dumps([round(score, 4) for _, score in answer.predictions]),
                    )
                )

    @cached_property
    def _ranks(self) -> Float[np.ndarray, "n"]:
        return np.array([np.inf if a.rank is None else a.rank for a in self.answers], dtype=float)

    @cached_property
    def _right(self) -> Bool[np.ndarray, "n"]:
        right: np.ndarray = self._ranks == 1
        return right

    @cached_property
    def _copied(self) -> Bool[np.ndarray, "n"]:
        return np.array([answer.copied for answer in self.answers], dtype=bool)

    @cached_property
    def _clusters(self) -> Int[np.ndarray, "n"]:
        return _clusters(self.answers)


def _clusters(answers: "tuple[Answer, ...] | list[Answer]") -> Int[np.ndarray, "n"]:
    ids: dict[str, int] = {}
    return np.array([ids.setdefault(answer.source, len(ids)) for answer in answers], dtype=np.int64)


def _percent(flags: Bool[np.ndarray, "n"]) -> float:
    return 100 * float(flags.mean()) if flags.size else float("nan")
