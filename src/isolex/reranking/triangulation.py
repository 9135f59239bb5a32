"""What third languages of a space say of a pair of words: by way of their own words, there and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.alignment import Space, solution_of
from isolex.errors import InputError
from isolex.judging import composed
from isolex.lexicon import Lexicon
from isolex.mapping import (
    JointMapping,
    JointProblem,
    PlacePair,
    PlacingSolver,
    Problem,
    Tie,
    components,
)
from isolex.mapping import Mapping as Maps
from isolex.reranking.features import Pairs
from isolex.reranking.settings import RerankSettings
from isolex.reranking.views import shares
from isolex.retrieval import CSLS, TopK

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SOURCE, TARGET = 0, 1


@dataclass(frozen=True, eq=False)
class Surroundings:
    """A pair of languages among others of a space, ready to be solved without some of the words.

    Attributes:
        rows: Normalised rows of each language: the source, the target, and others.
        thirds: The third languages that are asked, by code: their places.
        lexicons: By pair of places (i < j), the problem of their lexicon.
        given: Pairs of places whose lexicon was given, and not induced.
        weights: By pair, how much the lexicon counts in the space.
        solver: How the space was made.
        depth: How many words of a third language each word is led to.
    """

    rows: Sequence[Float[Tensor, "_ _"]]
    thirds: Mapping[str, int]
    lexicons: Mapping[PlacePair, Problem]
    given: frozenset[PlacePair]
    weights: Mapping[PlacePair, float]
    solver: PlacingSolver
    depth: int

    @classmethod
    def of(cls, space: Space, source: str, target: str, settings: RerankSettings) -> "Surroundings":
        """The most trusted third languages, and what ties them to the pair; of the rest only what that needs.

        Raises:
            InputError: There is no third language, or the space was not made by the joint solver.
        """
        _, solver, _ = solution_of(space)
        thirds = _thirds(space, source, target, settings.languages)
        if not thirds:
            raise InputError(
                f"{space!r} has no third language",
                where="reranking",
                fix="rerank the two by themselves: isolex.rerank(…)",
            )
        codes = [source, target, *thirds]
        if len(components(len(codes), _linked(space, codes))) > 1:
            codes += [code for code in space.languages if code not in codes]
        sides = [space.sides[code] for code in codes]
        rows = [side.normalized().cpu() for side in sides]
        lexicons, given, weights = {}, set(), {}
        for i, j in _linked(space, codes):
            seeds = _lexicon(space, codes[i], codes[j]).index(sides[i].vectors, sides[j].vectors)
            lexicons[i, j] = Problem.over(rows[i], rows[j], seeds)
            card = space.card.pair(codes[i], codes[j])
            weights[i, j] = card.weight
            if card.origin == "given":
                given.add((i, j))
        places = {code: codes.index(code) for code in thirds}
        return cls(rows, places, lexicons, frozenset(given), weights, solver, settings.through)

    def seeds(self) -> tuple[Int[np.ndarray, "s 2"], str | None]:
        """Pairs to learn from: those of a lexicon, else those that two lexicons link through a third.

        Returns:
            The pairs, of which there may be none, and how they came about if no lexicon has them.
        """
        if (SOURCE, TARGET) in self.given:
            return self.lexicons[SOURCE, TARGET].pairs.numpy(), None
        others = {pair: self.lexicons[pair].pairs for pair in self.given}
        found: np.ndarray = composed(others, SOURCE, TARGET).numpy()
        by = [code for code, place in self.thirds.items() if {(SOURCE, place), (TARGET, place)} <= self.given]
        why = f"composed through {', '.join(by)}, so forms that are alike there count as right"
        return found, why if len(found) else None

    def without(self, unseen: Int[np.ndarray, "u 2"]) -> "Triangles":
        """Solve the space without the words of some pairs, so that no path of lexicons leads to an answer.

        The pair's own lexicon loses the source words, as every other alignment of the evidence does; the
        lexicons with third languages lose both words.
        """
        hidden = [torch.from_numpy(np.unique(column)) for column in unseen.T]
        ties = ((pair, Tie.of(_restricted(problem, pair, hidden))) for pair, problem in self.lexicons.items())
        joint = self.solver.solve(JointProblem.of(len(self.rows), ties, weights=self.weights))
        there, back = {}, {}
        for code, place in self.thirds.items():
            out, home = self._leg(joint, SOURCE, place)
            back_out, on = self._leg(joint, TARGET, place)
            there[code], back[code] = (out @ on).tocsr(), (back_out @ home).tocsr()
        return Triangles(joint.between(SOURCE, TARGET), there, back)

    def _leg(self, joint: JointMapping, end: int, middle: int) -> "tuple[csr_matrix, csr_matrix]":
        """What share each word gives to its best words of the other language by CSLS, both ways."""
        x, z = joint.between(end, middle).apply(self.rows[end], self.rows[middle])
        criterion = CSLS()
        there, back = criterion.both_with(x, z, self.depth, criterion.neighbourhoods(x, z))
        return _steps(there, z.shape[0]), _steps(back, x.shape[0])


@dataclass(frozen=True, eq=False)
class Triangles:
    """Where two steps through the words of third languages lead, from all words of both languages.

    Attributes:
        maps: Of the pair in the space that this comes from.
        there: By third language, the share of each target word that two steps from a source word lead to,
            `[n, m]`, sparse.
        back: The same from target to source words, `[m, n]`.
    """

    maps: Maps
    there: "Mapping[str, csr_matrix]"
    back: "Mapping[str, csr_matrix]"

    def proposed(
        self, rows: Int[np.ndarray, "r"], best: int
    ) -> tuple[Int[np.ndarray, "p"], Int[np.ndarray, "p"]]:
        """The target words that the third languages together lead to most, as pairs."""
        found = sum(steps[rows] for steps in self.there.values()).tocoo()
        order = np.lexsort((found.col, -found.data, found.row))
        places = found.row[order]
        rank = np.arange(len(places)) - np.searchsorted(places, places)
        kept = order[rank < best]
        return rows[found.row[kept]], found.col[kept].astype(np.int64)

    def signals(self, pairs: Pairs) -> dict[str, Float[np.ndarray, "p"]]:
        """The features of pairs, by name."""
        there = np.stack([_looked_up(steps, pairs.rows, pairs.keys) for steps in self.there.values()])
        back = np.stack([_looked_up(steps, pairs.keys, pairs.rows) for steps in self.back.values()])
        firsts = there >= np.stack([_largest(steps)[pairs.rows] for steps in self.there.values()])
        firsts_back = back >= np.stack([_largest(steps)[pairs.keys] for steps in self.back.values()])
        mean = there.mean(axis=0)
        return {
            **{f"{code}.share": share for code, share in zip(self.there, there, strict=True)},
            **{f"{code}.share_back": share for code, share in zip(self.back, back, strict=True)},
            "share": mean,
            "share_back": back.mean(axis=0),
            "both": np.sqrt(mean * back.mean(axis=0)),
            "behind": pairs.highest(mean) - mean,
            "languages": (there > 0).sum(axis=0),
            "firsts": (firsts & (there > 0)).sum(axis=0),
            "firsts_back": (firsts_back & (back > 0)).sum(axis=0),
            "rank": np.stack([_ranks(pairs, share) for share in there]).min(axis=0),
        }


def _thirds(space: Space, source: str, target: str, count: int) -> list[str]:
    """Third languages: first those that lexicons tie to both, of these the ones that are trusted most."""
    card = space.card

    def worth(code: str) -> tuple[int, tuple[int, float]]:
        legs = [card.pair(source, code), card.pair(code, target)]
        return sum(leg.seeds > 0 for leg in legs), min(leg.trust for leg in legs)

    others = [code for code in space.languages if code not in (source, target)]
    return sorted(others, key=worth, reverse=True)[:count]


def _lexicon(space: Space, first: str, second: str) -> Lexicon:
    """The lexicon from one language to the other, whichever way round the space has it."""
    forward = space.languages.index(first) < space.languages.index(second)
    return space.link(first, second).seeds if forward else space.link(second, first).seeds.reversed()


def _linked(space: Space, codes: Sequence[str]) -> list[PlacePair]:
    """Pairs of places whose languages have a lexicon."""
    every = combinations(range(len(codes)), 2)
    return [(i, j) for i, j in every if space.card.pair(codes[i], codes[j]).seeds]


def _restricted(problem: Problem, pair: PlacePair, hidden: Sequence[Int[Tensor, "_"]]) -> Problem:
    """The lexicon without hidden words; one of few pairs that would lose all stays whole."""
    ends: Iterable[int] = (0,) if pair == (SOURCE, TARGET) else (0, 1)
    out = torch.zeros(problem.pairs.shape[0], dtype=torch.bool)
    for end in ends:
        if pair[end] in (SOURCE, TARGET):
            out |= torch.isin(problem.pairs[:, end], hidden[pair[end]])
    return problem if bool(out.all()) else problem.restricted(~out)


def _steps(lists: TopK, size: int) -> "csr_matrix":
    """The shares of lists as a sparse matrix `[n, size]`."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  (comes with scikit-learn)

    n, k = lists.indices.shape
    values = shares(lists.scores).numpy().ravel()
    return csr_matrix((values, lists.indices.numpy().ravel(), np.arange(0, n * k + 1, k)), shape=(n, size))


def _looked_up(
    steps: "csr_matrix", rows: Int[np.ndarray, "p"], keys: Int[np.ndarray, "p"]
) -> Float[np.ndarray, "p"]:
    return np.asarray(steps[rows, keys]).ravel()


def _largest(steps: "csr_matrix") -> Float[np.ndarray, "n"]:
    made: np.ndarray = steps.max(axis=1).toarray().ravel()
    return made


def _ranks(pairs: Pairs, values: Float[np.ndarray, "p"]) -> Int[np.ndarray, "p"]:
    """How many of its word's pairs come before each, those of equal values in the order of their keys."""
    order = np.lexsort((np.arange(len(pairs)), -values, pairs.rows))
    places = np.empty(len(pairs), dtype=np.int64)
    places[order] = np.arange(len(pairs))
    made: np.ndarray = places - np.searchsorted(pairs.rows, pairs.rows)
    return made
