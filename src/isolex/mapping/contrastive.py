"""Linear maps that are trained to tell translations from the wrong answers that are nearest to them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.given import check_numbers, whole_number
from isolex.mapping.bilinear import Bilinear
from isolex.mapping.problem import Mapping, Problem, Solver, Trace
from isolex.mapping.validation import Validation
from isolex.progress import Rounds
from isolex.retrieval import CSLS


@dataclass(frozen=True)
class Contrastive:
    """InfoNCE over two linear maps, with the hardest negatives of both sides (Li et al. 2022, C1).

    Training begins at the maps of another solver and minimises, over the seed pairs,

    L = −Σ_i [ log softmax of z_i among {z_i} ∪ N(x_i) + log softmax of x_i among {x_i} ∪ N(z_i) ] ,

    where scores are CSLS of the mapped rows over the temperature and N holds the best answers of the whole
    vocabulary that the lexicon does not know as translations. Answers and the neighbourhoods of CSLS are
    found again in each epoch. Adam takes the steps. The number of epochs is chosen by the reciprocal rank of
    held-out seed words; that many epochs are then run on all pairs.

    Negatives come from the most frequent words of each side and the words of the seed pairs. Cost of an
    epoch: one search among these words in both directions, and one mapping of the negatives for each batch.

    Attributes:
        start: The solver whose maps the training begins at.
        temperature: Scores are divided by this; over 0.
        negatives: Number of wrong answers for each pair and direction.
        epochs: Maximum number of epochs.
        batch: Number of pairs in a step.
        learning_rate: Learning rate of Adam, for maps whose mean square entry is that of a rotation.
        validation: Share of the seed words that is held out to choose the number of epochs. With 0, all
            epochs are run; also with so few seed words that fewer than 20 would be held out.
        vocabulary: Number of most frequent words of each side that may be negatives.
        k: Number of neighbours, as in CSLS.
        seed: Seed of the hold-out and of the order of pairs.

    Raises:
        InputError: Settings out of range, or the start cannot be solved.

    References:
        Li et al. 2022, Improving word translation via two-stage contrastive learning; van den Oord et al.
        2018 (InfoNCE).

    Examples:
        >>> import torch
        >>> from isolex.mapping import Contrastive, Problem
        >>> x = torch.nn.functional.normalize(torch.randn(60, 5, generator=torch.Generator().manual_seed(0)))
        >>> pairs = torch.arange(30).repeat(2, 1).T
        >>> mapping = Contrastive(epochs=3, validation=0).solve(Problem(x, x, pairs))
        >>> mapping.trace[-1]["objective"] < mapping.trace[1]["objective"]
        True
    """

    start: Solver = field(default_factory=Bilinear)
    temperature: float = 0.15
    negatives: int = 32
    epochs: int = 4
    batch: int = 512
    learning_rate: float = 5e-4
    validation: float = 0.1
    vocabulary: int = 20_000
    k: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        check_numbers(self)
        for name in ("negatives", "batch", "vocabulary", "k"):
            whole_number(getattr(self, name), name, where="Contrastive")
        whole_number(self.epochs, "epochs", where="Contrastive", least=0)
        for name in ("temperature", "learning_rate"):
            if not 0 < getattr(self, name) < math.inf:
                raise InputError(
                    f"got {name} {getattr(self, name)}, expected a finite number over 0", where="Contrastive"
                )
        if not 0 <= self.validation < 1:
            raise InputError(f"got validation {self.validation}, expected 0 to 1", where="Contrastive")

    def solve(self, problem: Problem) -> Mapping:
        """The maps of both sides, with the objective of each epoch in the trace."""
        problem = problem.weighty()
        problem.seeds()  # complains where there are none
        trace: Trace = []
        validation = Validation(self.validation, self.seed, self.k)
        epochs = validation.steps(self._descend, problem, self.epochs, trace)
        *_, mapping = self._descend(problem, epochs, trace)
        return replace(mapping, trace=tuple(trace))

    def _descend(self, problem: Problem, epochs: int, trace: Trace) -> Iterator[Mapping]:
        """The maps after 0, 1, … epochs; each leaves a row in the trace."""
        start = self.start.solve(problem)
        trace.append({"epoch": 0, "objective": None})
        yield start
        problem = _among(problem, self.vocabulary)
        maps = [_scaled(one).requires_grad_() for one in (start.source, start.target)]
        adam, draws = torch.optim.Adam(maps, lr=self.learning_rate), generator(self.seed)
        for epoch in Rounds(range(1, epochs + 1), "contrastive epochs"):
            sides = self._negatives(_mapping(maps), problem)
            order = torch.randperm(len(problem.pairs), generator=draws).to(problem.pairs.device)
            total = 0.0
            for batch in order.split(self.batch):
                with torch.enable_grad():
                    loss = self._loss(maps, problem, batch, sides)
                    adam.zero_grad()
                    loss.backward()
                adam.step()
                total += float(loss.detach()) * len(batch)
            trace.append({"epoch": epoch, "objective": total / len(order)})
            yield _mapping(maps)

    def _negatives(self, mapping: Mapping, problem: Problem) -> tuple["_Negatives", "_Negatives"]:
        """Of the source words, and of the target words."""
        x, z = mapping.apply(problem.x, problem.z)
        r_x, r_z = CSLS(self.k).neighbourhoods(x, z)
        return (
            _Negatives.of(problem.pairs, x, z, r_z, self),
            _Negatives.of(problem.pairs.flip(1), z, x, r_x, self),
        )

    def _loss(
        self,
        maps: list[Tensor],
        problem: Problem,
        batch: Int[Tensor, "b"],
        sides: tuple["_Negatives", "_Negatives"],
    ) -> Tensor:
        """The mean loss of some pairs, both ways."""
        rows = (problem.x, problem.z)
        weights = None if problem.weights is None else problem.weights[batch]
        own = [normalize(rows[side][problem.pairs[batch, side]] @ maps[side]) for side in (0, 1)]
        right = (own[0] * own[1]).sum(dim=1)
        losses = []
        for side, negatives in enumerate(sides):
            there = 1 - side
            keys, place = negatives.keys[negatives.place[batch]].unique(return_inverse=True)
            wrong = (own[side] @ normalize(rows[there][keys] @ maps[there]).T).gather(1, place)
            scores = 2 * wrong - negatives.near[keys][place]
            scores = scores.masked_fill(negatives.right[negatives.place[batch]], -math.inf)
            first = 2 * right - negatives.near[problem.pairs[batch, there]]
            every = torch.cat([first[:, None], scores], dim=1) / self.temperature
            losses.append(every.logsumexp(dim=1) - every[:, 0])
        loss = losses[0] + losses[1]
        return loss.mean() if weights is None else (loss * weights).mean()


def _among(problem: Problem, words: int) -> Problem:
    """The problem of so many most frequent words of either side, and of those that the pairs name."""
    rows, ids = [], []
    for side, every in enumerate((problem.x, problem.z)):
        named = problem.pairs[:, side]
        frequent = torch.arange(min(words, len(every)), device=named.device)
        kept = torch.cat([frequent, named]).unique()
        rows.append(every[kept])
        ids.append(torch.searchsorted(kept, named.contiguous()))
    return Problem(rows[0], rows[1], torch.stack(ids, dim=1), problem.weights)


def _mapping(maps: list[Tensor]) -> Mapping:
    source, target = (one.detach().clone() for one in maps)
    return Mapping(source, target)


def _scaled(matrix: Float[Tensor, "d p"]) -> Float[Tensor, "d p"]:
    """Times a number, so that its squared entries have the mean of those of a rotation."""
    size = float(matrix.square().sum() / min(matrix.shape)) ** 0.5
    return matrix / size if size else matrix.clone()


@dataclass(frozen=True, eq=False)
class _Negatives:
    """What the words of one side are taken for.

    Attributes:
        keys: The best keys of each word, `[u, k]`.
        right: Which of them the lexicon knows as translations.
        place: The word of each pair, as a row of `keys`, `[p]`.
        near: The neighbourhoods of CSLS of all keys.
    """

    keys: Int[Tensor, "u k"]
    right: Bool[Tensor, "u k"]
    place: Int[Tensor, "p"]
    near: Float[Tensor, "m"]

    @classmethod
    def of(
        cls,
        pairs: Int[Tensor, "p 2"],
        queries: Float[Tensor, "n d"],
        keys: Float[Tensor, "m d"],
        near: Float[Tensor, "m"],
        settings: Contrastive,
    ) -> "_Negatives":
        words, place = pairs[:, 0].unique(return_inverse=True)
        best = CSLS(settings.k).index_with(keys, near).best(queries[words], settings.negatives)
        # A word and a key as one number, so that the pairs of the lexicon are looked up at once.
        known = (place * keys.shape[0] + pairs[:, 1]).unique()
        asked = torch.arange(len(words), device=best.device)[:, None] * keys.shape[0] + best
        return cls(best, torch.isin(asked, known), place, near)
