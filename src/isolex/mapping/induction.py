"""Find translations among the words of two mapped spaces: the induction step of self-learning."""

import math
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.arrays import copied
from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.mapping.problem import Mapping, Problem
from isolex.retrieval import CSLS, Criterion, TopK
from isolex.retrieval.tiles import Scores

InductionDirection = Literal["forward", "backward", "union", "mutual"]
Dropout = Literal["pairs", "keys"]

# So many candidates are looked at that all of them are dropped with this probability, or the most of them.
_NONE_LEFT = 1e-3
_MOST_CANDIDATES = 40


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Induced pairs, and how near to each other they are.

    Attributes:
        pairs: int64 `[p, 2]`, ids into x and z; forward pairs first, each in the order of its word.
        criterion: Mean cosine of the words' best answers, over the directions used. Unsupervised methods go
            by it because they have no better criterion. Dropout by `pairs` does not change it; dropout by
            `keys` lowers it, because the best answers are then chosen among fewer keys.
    """

    pairs: Int[Tensor, "p 2"]
    criterion: float

    def agreeing(self, other: "Dictionary") -> "Dictionary":
        """Only the pairs that are also in another dictionary."""
        both = torch.cat([self.pairs, other.pairs])
        numbers = both[:, 0] * (both[:, 1].amax() + 1 if len(both) else 1) + both[:, 1]
        own, theirs = numbers.tensor_split([len(self.pairs)])
        return replace(self, pairs=self.pairs[torch.isin(own, theirs)])


@dataclass(frozen=True)
class Induction:
    """Find the best answer to every word in the shared space, and choose the answers to keep.

    With `keep` = p < 1 each key is left out (its score is −∞) with probability 1 − p, so that self-learning
    does not settle in the first optimum that it meets (Artetxe et al. 2018b). Two ways to draw:

    * `pairs`, as published: keys are left out for each word separately. No mask is needed: the best key that
      was kept has rank R ~ Geometric(p) in the word's full list; beyond the first ranks, 40 at most, it is a
      random key.
    * `keys`: the same keys are left out for all words of one side. The distribution for each word is the
      same, and a round costs p times as much; a hub is left out for all words at once.

    Cost: O(p n m d) with `keys`, O(n m d) otherwise; bounded memory.

    Attributes:
        direction: Use the answers to source words (`forward`), to target words (`backward`), to both
            (`union`), or the pairs that are answers in both directions (`mutual`).
        criterion: How answers are ranked.
        vocabulary: Use only this many of the most frequent words of each side; None for all.
        rank_limit: Keep only pairs with both words among this many most frequent ones; None for all.
        min_size: Keep at least this many pairs, if there are as many, whatever their margin.
        max_size: Keep at most this many pairs, those of the widest margin.
        margin: Keep only pairs whose best score is at least this much above the second best.
        dropout: How keys are left out.

    Raises:
        InputError: Settings out of range.
    """

    direction: InductionDirection = "union"
    criterion: Criterion = field(default_factory=CSLS)
    vocabulary: int | None = 20_000
    rank_limit: int | None = None
    min_size: int = 0
    max_size: int | None = None
    margin: float = 0.0
    dropout: Dropout = "pairs"

    def __post_init__(self) -> None:
        check_numbers(self)
        if self.direction not in ("forward", "backward", "union", "mutual"):
            raise InputError(
                f"got direction {self.direction!r}, expected forward, backward, union or mutual",
                where="Induction",
            )
        if self.dropout not in ("pairs", "keys"):
            raise InputError(f"got dropout {self.dropout!r}, expected pairs or keys", where="Induction")
        sizes = (self.vocabulary, self.rank_limit, self.max_size)
        if any(size is not None and size < 1 for size in sizes) or self.min_size < 0:
            raise InputError("vocabulary, rank limit and sizes must be at least 1", where="Induction")
        if not self.margin >= 0:
            raise InputError(f"got margin {self.margin}, expected at least 0", where="Induction")

    def between(
        self,
        mapping: Mapping,
        problem: Problem,
        *,
        keep: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Dictionary:
        """The dictionary of a problem's two vocabularies where a mapping takes them; see `induce`.

        If the problem has outputs, they are mapped by the same map, and only the pairs that both views give
        are kept; the criterion is that of x and z. In skip-gram with negative sampling, the product of the
        input row of a word and the output row of another stands for how often the two occur together (Levy
        and Goldberg 2014). A rotation of both matrices does not change the product, so an orthogonal map
        serves both views.
        """
        head = slice(self.vocabulary)
        again = None if generator is None else copied(generator)
        found = self.induce(*mapping.apply(problem.x[head], problem.z[head]), keep=keep, generator=generator)
        if problem.outputs is None:
            return found
        # With the same draws: what is left out of one view must not be missed in the other.
        x, z = problem.outputs
        return found.agreeing(self.induce(*mapping.apply(x[head], z[head]), keep=keep, generator=again))

    def induce(
        self,
        x: Float[Tensor, "n d"],
        z: Float[Tensor, "m d"],
        *,
        keep: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Dictionary:
        """The dictionary of two vocabularies in the shared space, unit rows.

        Raises:
            InputError: keep outside (0, 1], or under 1 without a generator to draw from.
        """
        if not 0 < keep <= 1 or (keep < 1 and generator is None):
            raise InputError(f"got keep {keep}, expected 0 < keep ≤ 1 and a generator", where="Induction")
        x, z = x[: self.vocabulary], z[: self.vocabulary]
        x_ids, z_ids = (rows.norm(dim=1).nonzero()[:, 0] for rows in (x, z))
        if x_ids.numel() == 0 or z_ids.numel() == 0:
            return Dictionary(torch.empty(0, 2, dtype=torch.int64, device=x.device), 0.0)
        # Words without a vector are near nothing: they neither ask nor answer.
        x, z = (rows if ids.numel() == rows.shape[0] else rows[ids] for rows, ids in ((x, x_ids), (z, z_ids)))
        pairs, margins, criterion = self._best(x, z, _Draw(keep, self.dropout, generator))
        pairs = torch.stack([x_ids[pairs[:, 0]], z_ids[pairs[:, 1]]], dim=1)
        return Dictionary(self._selected(pairs, margins), criterion)

    def _best(
        self, x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], draw: "_Draw"
    ) -> tuple[Int[Tensor, "p 2"], Float[Tensor, "p"], float]:
        """The pairs of the asked direction, their margins, and the criterion."""
        width = max(draw.candidates, 2 if self._weighs_margins else 1)
        if self.direction == "forward":
            forward = self._answer(x, z, width, draw)
            return forward.pairs, forward.margins, forward.cosine
        if self.direction == "backward":
            backward = self._answer(z, x, width, draw)
            return backward.pairs.flip(1), backward.margins, backward.cosine
        if draw.leaves_keys_out:
            forward, backward = self._answer(x, z, width, draw), self._answer(z, x, width, draw)
        else:
            there, back = self.criterion.both(x, z, width)
            forward, backward = self._side(x, z, there, draw), self._side(z, x, back, draw)
        criterion = (forward.cosine + backward.cosine) / 2
        if self.direction == "mutual":
            return *_mutual(forward, backward), criterion
        pairs = torch.cat([forward.pairs, backward.pairs.flip(1)])
        return pairs, torch.cat([forward.margins, backward.margins]), criterion

    def _answer(
        self, queries: Float[Tensor, "n d"], keys: Float[Tensor, "m d"], width: int, draw: "_Draw"
    ) -> "_Side":
        """The answer of each query, from what is left of the keys."""
        kept = draw.keys(keys.shape[0]).to(keys.device) if draw.leaves_keys_out else None
        index = self.criterion.index(queries, keys if kept is None else keys[kept])
        # A query's own term changes neither ranking nor margin.
        found = index.without_row_term(queries, width)
        if kept is not None:
            found = TopK(kept[found.indices], found.scores)
        return self._side(queries, keys, found, draw)

    def _side(
        self, queries: Float[Tensor, "n d"], keys: Float[Tensor, "m d"], found: TopK, draw: "_Draw"
    ) -> "_Side":
        """The answer of each query out of the best that were found."""
        best = Scores(queries, keys).at(slice(None), found.indices[:, :1])
        chosen = draw.pick(found.indices[:, : draw.candidates], keys.shape[0])
        two = self._weighs_margins and found.scores.shape[1] > 1
        margins = found.scores[:, 0] - found.scores[:, 1] if two else torch.ones_like(found.scores[:, 0])
        return _Side(chosen, margins, float(best.double().mean()))

    @property
    def _weighs_margins(self) -> bool:
        return self.margin > 0 or self.max_size is not None

    def _selected(self, pairs: Int[Tensor, "p 2"], margins: Float[Tensor, "p"]) -> Int[Tensor, "s 2"]:
        """What rank limit, margin and sizes leave."""
        if self.rank_limit is not None:
            frequent = (pairs < self.rank_limit).all(dim=1)
            pairs, margins = pairs[frequent], margins[frequent]
        if not self._weighs_margins:
            return pairs
        sure = int((margins > self.margin).sum()) if self.margin > 0 else margins.numel()
        size = max(sure, self.min_size)
        size = size if self.max_size is None else min(size, self.max_size)
        widest = torch.sort(margins, descending=True, stable=True).indices[:size]
        return pairs[widest.sort().values]


@dataclass(frozen=True, eq=False)
class _Side:
    """Each query's answer, its lead over the second best, and the mean cosine of the best answers."""

    answers: Int[Tensor, "n"]
    margins: Float[Tensor, "n"]
    cosine: float

    @property
    def pairs(self) -> Int[Tensor, "n 2"]:
        """(query, answer) for each query."""
        queries = torch.arange(self.answers.shape[0], device=self.answers.device)
        return torch.stack([queries, self.answers], dim=1)


def _mutual(forward: _Side, backward: _Side) -> tuple[Int[Tensor, "p 2"], Float[Tensor, "p"]]:
    """Pairs that are each other's answers, with the narrower of their two margins."""
    agreed = backward.answers[forward.answers] == forward.pairs[:, 0]
    pairs = forward.pairs[agreed]
    return pairs, torch.minimum(forward.margins[agreed], backward.margins[pairs[:, 1]])


@dataclass(frozen=True)
class _Draw:
    """Which keys are left out."""

    keep: float
    dropout: Dropout
    generator: torch.Generator | None

    @property
    def candidates(self) -> int:
        """Number of candidates needed for each query."""
        if self.keep == 1 or self.dropout == "keys":
            return 1
        return min(_MOST_CANDIDATES, math.ceil(math.log(_NONE_LEFT) / math.log1p(-self.keep)))

    @property
    def leaves_keys_out(self) -> bool:
        """Whether the same keys are left out for all queries."""
        return self.keep < 1 and self.dropout == "keys"

    def keys(self, count: int) -> Int[Tensor, "k"]:
        """The keys that all queries may answer with."""
        kept = max(1, round(self.keep * count))
        return torch.randperm(count, generator=self.generator)[:kept].sort().values

    def pick(self, candidates: Int[Tensor, "n c"], keys: int) -> Int[Tensor, "n"]:
        """One of each query's ranked candidates, or any key when all its candidates were left out."""
        if self.candidates == 1:
            return candidates[:, 0]
        n, count = candidates.shape
        uniform = torch.rand(n, generator=self.generator, dtype=torch.float64).clamp(min=1e-300)
        ranks = (uniform.log() / math.log1p(-self.keep)).floor().long().to(candidates.device)
        anything = torch.randint(keys, (n,), generator=self.generator).to(candidates.device)
        chosen = candidates.gather(1, ranks.clamp(max=count - 1)[:, None])[:, 0]
        return torch.where(ranks < count, chosen, anything)
