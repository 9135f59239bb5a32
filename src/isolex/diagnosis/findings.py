"""What a seed lexicon shows about two spaces."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from isolex.diagnosis.held_out_ranks import (
    CurvePoint,
    HeldOutPairs,
    held_out_pairs,
    learning_curve,
    suspect_rank,
)
from isolex.diagnosis.measures import as_problem
from isolex.judging import HeldOut, cross_validate
from isolex.lexicon import Lexicon
from isolex.mapping import LeastSquares, Problem, Procrustes, Solver, VecMap
from isolex.normalize import Normalizer
from isolex.vectors import Vectors

COMPARED: dict[str, Solver] = {
    "least-squares": LeastSquares(),
    "procrustes": Procrustes(),
    "vecmap": VecMap(),
}
# Hubs and held-out words are looked for among so many most frequent words.
VOCABULARY = 20_000
# Frequency ranks that end the bands in which accuracy is told.
BANDS = (1_000, 3_000, 10_000)
ITERATIVE = ("unit", "iterative")
_FEWEST_WORDS = 20


@dataclass(frozen=True, eq=False)
class LexiconFindings:
    """What seed pairs show about two spaces.

    Attributes:
        pairs: Number of pairs given.
        found: Number of pairs with both words in the vocabularies.
        words: Number of different source words in these pairs.
        held_out: P@1 on held-out words by method, always with CSLS.
        iterative: P@1 of VecMap on held-out words after iterative normalisation.
        curve: P@1 of VecMap on held-out words by the number of seed pairs.
        ranked: The rank of every pair when its word is held out (VecMap); None with too few words.
    """

    pairs: int
    found: int
    words: int
    held_out: Mapping[str, HeldOut]
    iterative: HeldOut
    curve: tuple[CurvePoint, ...]
    ranked: HeldOutPairs | None

    def to_dict(self, source: Vectors, target: Vectors) -> dict[str, Any]:
        """The findings as plain JSON values, with the words of the seed pairs that fit worst."""
        return {
            "pairs": self.pairs,
            "pairs_in_vocabulary": self.found,
            "source_words": self.words,
            "held_out_words": self.held_out["vecmap"].words,
            "held_out": {name: _percent(found) for name, found in self.held_out.items()},
            "held_out_iterative": _percent(self.iterative),
            "learning_curve": [{"pairs": point.pairs, **_scored(point.found)} for point in self.curve],
            "by_frequency": self._by_frequency(min(len(source), VOCABULARY)),
            "suspects": self._suspects(source, target),
        }

    def _by_frequency(self, words: int) -> list[dict[str, Any]]:
        if self.ranked is None:
            return []
        ends = [*(end for end in BANDS if end < words), words]
        bands = [
            (f"{low + 1:,} to {high:,}", self.ranked.precision(lowest=low, highest=high))
            for low, high in zip([0, *ends], ends, strict=False)
        ]
        return [
            {"ranks": ranks, "words": found.words, **_scored(found)} for ranks, found in bands if found.words
        ]

    def _suspects(self, source: Vectors, target: Vectors) -> list[dict[str, Any]]:
        if self.ranked is None:
            return []
        ranked = self.ranked
        rank = suspect_rank(min(VOCABULARY, len(source), len(target)))
        places = ranked.suspects(rank=rank).tolist()
        pairs = ranked.pairs[places].tolist()
        return [
            {
                "source": source.words[row],
                "target": target.words[key],
                "rank": int(torch.minimum(ranked.forward[place], ranked.backward[place])),
                "instead": [target.words[answer] for answer in ranked.answers[place].tolist()],
            }
            for place, (row, key) in zip(places, pairs, strict=True)
        ]


def lexicon_findings(
    source: Vectors, target: Vectors, lexicon: Lexicon, problem: Problem, seed: int
) -> LexiconFindings:
    """All findings, from the pairs among the most frequent words."""
    words = problem.pairs[:, 0].unique().numel()
    same = problem.x.shape[1] == problem.z.shape[1]
    solvers = {name: solver for name, solver in COMPARED.items() if same or name != "procrustes"}
    iterative = as_problem(source, target, lexicon, normalizer=Normalizer(ITERATIVE))
    enough = words >= _FEWEST_WORDS
    return LexiconFindings(
        pairs=len(lexicon),
        found=problem.pairs.shape[0],
        words=words,
        held_out={name: cross_validate(solver, problem, seed=seed) for name, solver in solvers.items()},
        iterative=cross_validate(COMPARED["vecmap"], frequent(iterative), seed=seed),
        curve=tuple(learning_curve(COMPARED["vecmap"], problem, seed=seed)) if enough else (),
        ranked=held_out_pairs(COMPARED["vecmap"], problem, seed=seed) if enough else None,
    )


def frequent(problem: Problem) -> Problem:
    """The problem restricted to the most frequent words and the pairs among them."""
    inside = (problem.pairs < VOCABULARY).all(dim=1)
    kept = problem.restricted(inside)
    return Problem(problem.x[:VOCABULARY], problem.z[:VOCABULARY], kept.pairs, kept.weights)


def _scored(found: HeldOut) -> dict[str, Any]:
    return {"p@1": _percent(found), "interval": [round(end, 2) for end in found.interval]}


def _percent(found: HeldOut) -> float | None:
    return round(found.percent, 2) if found.words else None
