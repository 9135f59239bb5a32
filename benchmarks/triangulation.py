"""Triangulated reranking beside pairwise reranking, on test words that no two training pairs reach."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from benchmarks.answers import Answers, calibration_error, percent
from benchmarks.measuring import timed
from isolex.alignment import Space
from isolex.datasets import DataFolder
from isolex.errors import InputError
from isolex.evaluation import BLIResult
from isolex.lexicon import Lexicon
from isolex.progress import track
from isolex.recipes import align_space
from isolex.reranking import RerankedDictionary, RerankSettings, rerank, rerank_pair
from isolex.scoring import BLITask

LANGUAGES = ("en", "es", "fr", "de")
PAIRS = ("es-fr", "es-de", "fr-de", "en-de")
VOCABULARY = 20_000


@dataclass(frozen=True)
class Scores:
    """Of the first answers by one way.

    Attributes:
        p1: P@1, in percent.
        p1_unreachable: The same over the words that no two training pairs reach.
        ece: Expected calibration error, ten bins of equal mass; None for an alignment alone.
        ece_unreachable: The same over those words.
        recall_unreachable: Those words that have a right answer among their candidates, in percent.
        seconds: For learning and answering.
    """

    p1: float
    p1_unreachable: float
    ece: float | None = None
    ece_unreachable: float | None = None
    recall_unreachable: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class TriangulationRow:
    """One language pair.

    Attributes:
        pair: `xx-yy`.
        n: Test words.
        unreachable: Those whose gold two training pairs by way of a third language do not reach.
        direct: VecMap of the pair alone, by CSLS.
        joint: The space, by CSLS.
        pairwise: `rerank`, which knows the pair alone.
        triangulated: `rerank_pair`, which knows the space.
        gained: Unreachable words that only triangulated reranking answers rightly.
        lost: Those that only pairwise reranking does.
    """

    pair: str
    n: int
    unreachable: int
    direct: Scores
    joint: Scores
    pairwise: Scores
    triangulated: Scores
    gained: int
    lost: int

    @property
    def gain(self) -> float:
        """Points of P@1 on unreachable words."""
        return self.triangulated.p1_unreachable - self.pairwise.p1_unreachable

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**asdict(self), "gain_unreachable": round(self.gain, 2)}


def run_triangulation(
    data: str | Path,
    *,
    pairs: Sequence[str] = PAIRS,
    languages: Sequence[str] = LANGUAGES,
    settings: RerankSettings | None = None,
) -> Iterator[TriangulationRow]:
    """One space of all languages with the training pairs of all pairs of them; a row a pair.

    Args:
        data: The folder.
        pairs: Pairs to test, the language first that comes first in `languages`: so are their lexicons.
        languages: Of the space.
        settings: Of reranking.

    Raises:
        InputError: A pair that is none of these, or a file is missing.
    """
    folder = DataFolder(data)
    known = {f"{a}-{b}": (a, b) for a, b in combinations(languages, 2)}
    for pair in pairs:
        if pair not in known:
            raise InputError(f"got pair {pair!r}, expected some of {', '.join(known)}", where="triangulation")
    settings = RerankSettings() if settings is None else settings
    tasks = {
        known[pair]: BLITask.of(folder, pair, vocabulary=VOCABULARY) for pair in track(list(known), "reading")
    }
    sides = {}
    for (first, second), task in tasks.items():
        sides[first], sides[second] = task.source, task.target
    lexicons = {pair: task.train for pair, task in tasks.items() if task.train is not None}
    space = align_space(sides, lexicons, seed=settings.seed, device="cpu")
    for pair in track(list(pairs), "language pairs"):
        yield measure(space, known[pair], tasks[known[pair]], lexicons, settings)


def measure(
    space: Space,
    pair: tuple[str, str],
    task: BLITask,
    lexicons: Mapping[tuple[str, str], Lexicon],
    settings: RerankSettings,
) -> TriangulationRow:
    """One row."""
    joint = task.evaluate(space.pair(*pair))
    direct = task.evaluate(task.align("vecmap", seed=settings.seed))
    far = unreachable(pair, [(answer.source, answer.gold) for answer in joint.answers], lexicons)
    alone = _timed_answers(
        lambda: rerank(task.source, task.target, task.train, settings=settings, check=False), joint
    )
    triangulated = _timed_answers(lambda: rerank_pair(space, *pair, settings=settings), joint)
    before, after = alone[1].right[far], triangulated[1].right[far]
    return TriangulationRow(
        task.pair,
        len(far),
        int(far.sum()),
        _plain(direct, far),
        _plain(joint, far),
        _reranked(*alone, far),
        _reranked(*triangulated, far),
        gained=int((after & ~before).sum()),
        lost=int((before & ~after).sum()),
    )


def unreachable(
    pair: tuple[str, str],
    asked: Sequence[tuple[str, Collection[str]]],
    lexicons: Mapping[tuple[str, str], Lexicon],
) -> Bool[np.ndarray, "n"]:
    """Which words have no right answer that two pairs of lexicons lead to by way of a third language.

    Args:
        pair: The two languages.
        asked: Words of the first, with their right answers.
        lexicons: By pair of languages.
    """
    steps = {one: lexicon.pairs for one, lexicon in lexicons.items()}
    steps |= {(one[1], one[0]): lexicon.reversed().pairs for one, lexicon in lexicons.items()}
    reached: dict[str, set[str]] = {word: set() for word, _ in asked}
    for third in {code for one in steps for code in one} - set(pair):
        onward: dict[str, set[str]] = {}
        for middle, word in steps.get((third, pair[1]), ()):
            onward.setdefault(middle, set()).add(word)
        for word, middle in steps.get((pair[0], third), ()):
            if word in reached:
                reached[word] |= onward.get(middle, set())
    return np.array([reached[word].isdisjoint(gold) for word, gold in asked])


def _timed_answers(make: Callable[[], RerankedDictionary], result: BLIResult) -> tuple[float, Answers]:
    """Seconds, and the answers to the test words of a result."""
    return timed(lambda: Answers.of(make(), result))


def _plain(result: BLIResult, far: Bool[np.ndarray, "n"]) -> Scores:
    right = np.array([answer.rank == 1 for answer in result.answers])
    return Scores(percent(right), percent(right[far]))


def _reranked(seconds: float, answers: Answers, far: Bool[np.ndarray, "n"]) -> Scores:
    right, confidence = answers.right, answers.confidence
    learnt = not np.isnan(confidence).any()
    return Scores(
        percent(right),
        percent(right[far]),
        round(calibration_error(confidence, right), 4) if learnt else None,
        round(calibration_error(confidence[far], right[far]), 4) if learnt and far.any() else None,
        None if answers.found is None else percent(answers.found[far]),
        round(seconds, 1),
    )


def means(rows: Sequence[TriangulationRow]) -> dict[str, float]:
    """Over language pairs: P@1 on unreachable words by each way, and what triangulation gains."""
    ways = ("direct", "joint", "pairwise", "triangulated")
    found = {way: float(np.mean([getattr(row, way).p1_unreachable for row in rows])) for way in ways}
    found["gain_unreachable"] = float(np.mean([row.gain for row in rows]))
    return {name: round(value, 2) for name, value in found.items()}
