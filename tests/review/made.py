"""Dictionaries whose answers are written down, so that there is something to review without any learning."""

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from isolex.alignment import Alignment
from isolex.lexicon import Lexicon
from isolex.recipes import align
from isolex.reranking import RerankedDictionary, RerankSettings
from isolex.reranking.reranker import Ranked
from isolex.review import Decision, Proposals
from isolex.vectors import Vectors
from tests.reranking.hand_made import GROUPS, over, ranked
from tests.spaces import alignment_of, gaussian, planted

# Learning with these takes a second.
QUICK = RerankSettings(
    trees=5,
    folds=2,
    alternatives=3,
    candidates=5,
    softmax=2,
    alignments=("procrustes",),
    groups=("alignment", "frequency"),
)

WORDS, SEEDS = 300, 120
# Mark-up, an override of direction, a quotation mark, and ten thousand letters.
HOSTILE = {
    "s200": "<img src=x onerror=alert(1)>",
    "s201": "abc\u202edef",
    "s202": "w" * 10_000,
    "t200": "<b>&amp;\"'",
    "t201": "\u0627\u0628\u062c",
}
# Pairs of the lexicon that are wrong, far from each other's translations.
WRONG = {"s3": "t250", "s4": "t240", "s5": "t231"}


class Process:
    """What stands for `subprocess` in `isolex.review.generations`: a call that has what a process has.

    Args:
        run: From the command to `returncode`, `stdout` and `stderr`.
    """

    PIPE = subprocess.PIPE

    def __init__(self, run: Callable[..., Any]) -> None:
        self._run = run

    def Popen(self, command: Sequence[str], **_: object) -> Any:
        return _Running(self._run, command)


class _Running:
    def __init__(self, run: Callable[..., Any], command: Sequence[str]) -> None:
        self._run, self._command = run, command
        self.returncode = 0

    def communicate(self) -> tuple[str, str]:
        made = self._run(self._command)
        self.returncode = made.returncode
        return made.stdout, made.stderr

    def kill(self) -> None:
        """It ends by itself."""


Answers = Mapping[str, Sequence[tuple[str, float]]]


def dictionary(
    answers: Answers, *, seeds: Iterable[tuple[str, str]] = (), target: Sequence[str] = ()
) -> RerankedDictionary:
    """Each source word, in the order of frequency, with its candidates and their confidences.

    Target words are those that are named, and then the candidates.
    """
    candidates = [word for own in answers.values() for word, _ in own]
    target = list(dict.fromkeys([*target, *candidates]))
    alignment = alignment_of(
        Vectors(list(answers), gaussian(len(answers), 4, 0), language="aa"),
        Vectors(target, gaussian(len(target), 4, 1), language="bb"),
        seeds=Lexicon(seeds),
    )
    rows = [(own, 0.1, (1.0, -0.5)) for own in answers.values()]
    return over(alignment, ranked(rows, target))


def proposals(answers: Answers, *, seeds: Iterable[tuple[str, str]] = ()) -> Proposals:
    return Proposals(dictionary(answers, seeds=seeds))


def numbered(count: int) -> Answers:
    """w0, w1, … with one candidate each, x0, x1, …, the first of them the surest."""
    return {f"w{n}": [(f"x{n}", round(0.95 - 0.9 * n / count, 4))] for n in range(count)}


def said(source: str, accepted: str = "", rejected: str = "", reviewer: str = "ana", **more) -> Decision:
    """A decision, whose words stand in a string with blanks between them."""
    return Decision(source, tuple(accepted.split()), tuple(rejected.split()), reviewer, **more)


def planted_alignment() -> Alignment:
    """s0, s1, … and t0, t1, …, some of them hostile; three of the 120 seed pairs are wrong."""
    source, target, _ = planted(WORDS)
    source, target = (
        Vectors([HOSTILE.get(word, word) for word in side.words], side.matrix, language=side.language)
        for side in (source, target)
    )
    pairs = [(f"s{n}", WRONG.get(f"s{n}", f"t{n}")) for n in range(SEEDS)]
    return align(source, target, Lexicon(pairs), method="procrustes", check=False)


def planted_answers(alignment: Alignment) -> Ranked:
    """The right translation of the n-th word with confidence 1 − n / 300, and after it two that are wrong."""
    keys = np.array([[target_id(alignment, n + step) for step in range(3)] for n in range(WORDS)])
    first = 1 - np.arange(WORDS) / WORDS
    confidence = first[:, None] * np.array([1, 0.1, 0.05])
    evidence = np.tile([2.0, -0.25], (WORDS, 1))
    return Ranked(np.arange(WORDS), keys, confidence, 0.5 * (1 - first), evidence)


def target_id(alignment: Alignment, number: int) -> int:
    name = f"t{number % WORDS}"
    found = alignment.target.id(HOSTILE.get(name, name))
    assert found is not None
    return found


def save_planted(folder: Path) -> Path:
    """The folder of the planted alignment, with its answers."""
    alignment = planted_alignment()
    made = over(alignment, planted_answers(alignment))
    assert made.groups == GROUPS
    alignment.save(folder / "aa-bb")
    made.save(folder / "aa-bb")
    return folder / "aa-bb"
