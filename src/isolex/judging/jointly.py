"""Test a joint space for each pair of its languages, on words that were held out of all its lexicons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from isolex.choices import Status
from isolex.judging.held_out import HeldOut, first_answers_right, null_rows, shuffled
from isolex.judging.thresholds import CHOOSING_LEXICONS, JOINT_PARTS, MIN_WEIGHT, VOCABULARY
from isolex.judging.verdict import judge
from isolex.mapping import JointMapping, JointProblem, JointSolver, PlacePair, Problem, Tie
from isolex.progress import track


@dataclass(frozen=True, eq=False)
class JointChoice:
    """A joint space, and how good each pair of its languages is.

    Attributes:
        solver: The solver that made the space.
        mapping: The maps.
        weights: How much each lexicon counted in the space, by pair (i < j); the mean is 1.
        held_out: P@1 on held-out words, by pair (i < j), also for pairs without a lexicon.
        statuses: The verdict and the sentence that explains it, by pair.
    """

    solver: JointSolver
    mapping: JointMapping
    weights: Mapping[PlacePair, float]
    held_out: Mapping[PlacePair, HeldOut]
    statuses: Mapping[PlacePair, tuple[Status, str]]

    @classmethod
    def unchecked(
        cls, solver: JointSolver, size: int, lexicons: Mapping[PlacePair, Problem]
    ) -> "JointChoice":
        """A space of `size` languages that is not tested, in which all lexicons count alike."""
        weights = dict.fromkeys(lexicons, 1.0)
        return cls(solver, solver.solve(_whole(size, lexicons, weights)), weights, {}, {})


def choose_jointly(
    solvers: Sequence[JointSolver],
    spaces: Sequence[Float[Tensor, "_ _"]],
    lexicons: Mapping[PlacePair, Problem],
    *,
    asked: Iterable[PlacePair],
    seed: int,
) -> JointChoice:
    """Choose a solver and weigh the lexicons on held-out words, solve, and judge pairs on other such words.

    When a word is held out, all its pairs are taken out of all lexicons, so that no chain of lexicons leads
    to the answer. A pair of languages without a lexicon is judged on held-out words that two lexicons link
    through a word of a third language.

    Args:
        solvers: Solvers to choose from: the one that gives the most right answers on held-out words is taken,
            or the first of equally good ones.
        spaces: Normalised rows of each language, most frequent word first.
        lexicons: The problem over these rows, by pair of languages (i < j).
        asked: Pairs (i < j) to judge.
        seed: Seed of the random division of words.
    """
    asked = list(asked)
    solver, weights = _chosen(solvers, spaces, lexicons, seed)
    trial = _Split.of(spaces, lexicons, seed=seed, part=1).tried(solver, weights)
    found = {pair: trial.right(pair) for pair in track(asked, "judging pairs of languages")}
    null = [null_rows(rows, seed=seed + place) for place, rows in enumerate(spaces)]
    unaligned = {
        (i, j): Problem(null[i], null[j], problem.pairs, problem.weights)
        for (i, j), problem in lexicons.items()
    }
    trial = _Split.of(null, unaligned, seed=seed, part=1).tried(solver, weights)
    nothing = {pair: trial.right(pair) for pair in track(asked, "judging what cannot align")}
    statuses: dict[PlacePair, tuple[Status, str]] = {
        pair: judge(found[pair], nothing[pair])
        if pair in lexicons or found[pair].words
        else ("unchecked", "not checked: no two lexicons link words of these languages through a third one")
        for pair in asked
    }
    mapping = solver.solve(_whole(len(spaces), lexicons, weights))
    return JointChoice(solver, mapping, weights, found, statuses)


def _whole(
    size: int, lexicons: Mapping[PlacePair, Problem], weights: Mapping[PlacePair, float]
) -> JointProblem:
    """The problem of all pairs of all lexicons."""
    ties = ((pair, Tie.of(problem)) for pair, problem in lexicons.items())
    return JointProblem.of(size, ties, weights=weights)


def _chosen(
    solvers: Sequence[JointSolver],
    spaces: Sequence[Float[Tensor, "_ _"]],
    lexicons: Mapping[PlacePair, Problem],
    seed: int,
) -> tuple[JointSolver, dict[PlacePair, float]]:
    """The solver and the weights that held-out words speak for.

    One lexicon alone has no other to be weighed against.
    """
    alike = dict.fromkeys(lexicons, 1.0)
    if len(solvers) == len(lexicons) == 1:
        return solvers[0], alike
    split = _Split.of(spaces, lexicons, seed=seed, part=0)
    most = sorted(lexicons, key=lambda pair: -len(split.gold[pair]))[:CHOOSING_LEXICONS]
    trials = []
    for solver in track(list(solvers), "trying settings"):
        trial = split.tried(solver, alike)
        trials.append((trial, {pair: trial.right(pair) for pair in most}))
    best = max(range(len(solvers)), key=lambda place: sum(one.right for one in trials[place][1].values()))
    if len(lexicons) == 1:
        return solvers[best], alike
    trial, known = trials[best]
    rest = [pair for pair in lexicons if pair not in known]
    known |= {pair: trial.right(pair) for pair in track(rest, "weighing lexicons")}
    return solvers[best], _weights(known)


def _weights(tried: Mapping[PlacePair, HeldOut]) -> dict[PlacePair, float]:
    """In proportion to P@1, but no lexicon so little that it ties nothing; the mean is 1."""
    raw = {pair: max(found.percent if found.words else 0.0, MIN_WEIGHT) for pair, found in tried.items()}
    mean = sum(raw.values()) / len(raw)
    return {pair: value / mean for pair, value in raw.items()}


@dataclass(frozen=True, eq=False)
class _Split:
    """Lexicons without one part of the words, and with that part alone.

    Attributes:
        spaces: Rows of each language.
        ties: By pair, what the lexicon says without those words.
        gold: By pair, the lexicon's pairs with those words.
        shown: By pair, its other pairs.
    """

    spaces: Sequence[Tensor]
    ties: Mapping[PlacePair, Tie]
    gold: Mapping[PlacePair, Tensor]
    shown: Mapping[PlacePair, Tensor]

    @classmethod
    def of(
        cls,
        spaces: Sequence[Float[Tensor, "_ _"]],
        lexicons: Mapping[PlacePair, Problem],
        *,
        seed: int,
        part: int,
    ) -> "_Split":
        """Hold out one part of the words."""
        out = [
            _drawn(place, rows.shape[0], lexicons, seed=seed, part=part) for place, rows in enumerate(spaces)
        ]
        held = {
            (i, j): out[i][problem.pairs[:, 0]] | out[j][problem.pairs[:, 1]]
            for (i, j), problem in lexicons.items()
        }
        # A lexicon of few pairs may have lost all; then it stays whole, and nothing is asked of it.
        shown = {pair: ~mask if bool((~mask).any()) else torch.ones_like(mask) for pair, mask in held.items()}
        return cls(
            spaces,
            {pair: Tie.of(problem.restricted(shown[pair]).weighty()) for pair, problem in lexicons.items()},
            {pair: problem.pairs[~shown[pair]] for pair, problem in lexicons.items()},
            {pair: problem.pairs[shown[pair]] for pair, problem in lexicons.items()},
        )

    def tried(self, solver: JointSolver, weights: Mapping[PlacePair, float]) -> "_Trial":
        """Solve without the words."""
        problem = JointProblem.of(len(self.spaces), self.ties.items(), weights=weights)
        return _Trial(self, solver.solve(problem))

    def asked(self, i: int, j: int) -> Int[Tensor, "p 2"]:
        """Pairs of words of two languages that the lexicons did not show.

        Of two without a lexicon, those that held-out pairs link through a third language, and no others do.
        """
        if (i, j) in self.gold:
            return self.gold[i, j]
        pairs, known = composed(self.gold, i, j), composed(self.shown, i, j)
        width = self.spaces[j].shape[0]
        new = ~torch.isin(pairs[:, 0] * width + pairs[:, 1], known[:, 0] * width + known[:, 1])
        return pairs[new]


@dataclass(frozen=True, eq=False)
class _Trial:
    """A space made without one part of the words, to be asked for them."""

    split: _Split
    mapping: JointMapping

    def right(self, pair: PlacePair) -> HeldOut:
        """P@1 on the words that were left out."""
        pairs = self.split.asked(*pair)
        pairs = pairs[(pairs < VOCABULARY).all(dim=1)]
        if pairs.shape[0] == 0:
            return HeldOut(0, 0)
        rows = (self.split.spaces[place][:VOCABULARY] for place in pair)
        right = first_answers_right(*self.mapping.between(*pair).apply(*rows), pairs)
        return HeldOut(int(right.sum()), right.numel())


def _drawn(
    place: int, words: int, lexicons: Mapping[PlacePair, Problem], *, seed: int, part: int
) -> Bool[Tensor, "n"]:
    """Which words of a language are held out: a part of those that its lexicons name."""
    ids = torch.cat(
        [problem.pairs[:, pair.index(place)] for pair, problem in lexicons.items() if place in pair]
    ).unique()
    out = torch.zeros(words, dtype=torch.bool, device=ids.device)
    out[shuffled(ids, seed=seed + place).tensor_split(JOINT_PARTS)[part]] = True
    return out


def composed(lexicons: Mapping[PlacePair, Int[Tensor, "_ 2"]], i: int, j: int) -> Int[Tensor, "p 2"]:
    """Pairs of words of languages i and j that two lexicons link through a word of a third language."""
    legs: dict[int, dict[int, Tensor]] = {i: {}, j: {}}
    for pair, own in lexicons.items():
        for end in (i, j):
            if end in pair and (i, j) != pair:
                legs[end][pair[1 - pair.index(end)]] = own if pair[0] == end else own.flip(1)
    middles = sorted(legs[i].keys() & legs[j].keys())
    linked = [_linked(legs[i][middle], legs[j][middle]) for middle in middles]
    if not linked:
        return torch.empty(0, 2, dtype=torch.int64)
    pairs: Tensor = torch.cat(linked).unique(dim=0)
    return pairs


def _linked(first: Int[Tensor, "a 2"], second: Int[Tensor, "b 2"]) -> Int[Tensor, "p 2"]:
    """Pairs of the first columns whose second columns are the same word."""
    order = second[:, 1].argsort(stable=True)
    keys = second[order, 1].contiguous()
    low = torch.searchsorted(keys, first[:, 1].contiguous())
    count = torch.searchsorted(keys, first[:, 1].contiguous(), right=True) - low
    left = torch.repeat_interleave(torch.arange(first.shape[0], device=first.device), count)
    start = torch.repeat_interleave(low - (count.cumsum(0) - count), count)
    right = order[start + torch.arange(left.numel(), device=first.device)]
    return torch.stack([first[left, 0], second[right, 0]], dim=1)
