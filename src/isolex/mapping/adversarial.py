"""Adversarial training: a map whose results look like rows of the target space (Conneau et al. 2018)."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.given import check_numbers
from isolex.mapping.discriminator import Discriminator
from isolex.mapping.problem import Mapping, Problem
from isolex.progress import Rounds, stop_wanted
from isolex.retrieval import CSLS

_STEPS_BETWEEN_LOOKS = 100


@dataclass(frozen=True)
class Adversarial:
    """A map W and a discriminator D that play against each other; no seed pairs (Conneau et al. 2018, §2.1).

    D learns to tell mapped source words from target words, and W learns to deceive it:

    L_D(D | W) = −1/b Σ log P_D(source | x_i W) − 1/b Σ log P_D(target | z_j)
    L_W(W | D) = −1/b Σ log P_D(target | x_i W) − 1/b Σ log P_D(source | z_j)

    over b random words of each side. D is a perceptron with two hidden layers of leaky rectifiers (slope 0.2)
    and noise on its input while it learns. Both learn by plain gradient steps. After each of its steps, W is
    pulled towards the orthogonal maps by W ← (1+β)W − β(WWᵀ)W. The result is the map of the epoch with the
    best `mean_csls_cosine`. It is not refined; refine it by Procrustes on the pairs that it finds.

    This method is included for comparison. With seed pairs, prefer another method. This one may fail or
    diverge (it then ends with the best map so far, at worst the identity), and only the criterion shows that.
    Both spaces need the same dimension d, and languages and corpora so similar that the two clouds of words
    have the same shape. Pairs are ignored. Cost of an epoch: O(epoch_size · discriminator_steps · hidden ·
    (d + hidden)); the settings `cpu` need least.

    Attributes:
        hidden: Width of the discriminator's two hidden layers.
        dropout: Share of a discriminator's input that is blanked while it learns, in [0, 1).
        smoothing: s: the discriminator is trained to answer 1 − s and s instead of 1 and 0; in [0, 0.5).
        vocabulary: Words are drawn, uniformly, from this many most frequent words of each side.
        batch_size: Words of each side in a step, b.
        discriminator_steps: Steps of the discriminator for each step of the map.
        learning_rate: Learning rate of both in the first epoch.
        map_rate: Learning rate of the map in units of the discriminator's; 1 as published.
        scale: Rows are multiplied by this for training. The published settings are for vectors of the length
            that the authors' program makes, which is about 2 to 5 instead of 1.
        orthogonality: β.
        epochs: Maximum number of epochs.
        epoch_size: Source words drawn for steps of the map in an epoch: an epoch has epoch_size // batch_size
            of these steps, and at least one.
        decay: Factor of the learning rate after each epoch.
        shrink: Further factor after an epoch in which the criterion fell.
        minimum_rate: Training ends when the learning rate is lower than this.
        criterion_words: Number of most frequent words of each side that the criterion uses.
        k: Number of neighbours, as in CSLS.
        seed: Seed of everything random.

    Raises:
        InputError: Settings out of range, or spaces of different dimensions.

    Examples:
        >>> import torch
        >>> from isolex.mapping import Adversarial, Problem
        >>> x = torch.nn.functional.normalize(torch.randn(60, 5, generator=torch.Generator().manual_seed(0)))
        >>> mapping = Adversarial(hidden=16, epochs=2, epoch_size=320).solve(Problem(x, x))
        >>> [row["epoch"] for row in mapping.trace]
        [1, 2]
    """

    hidden: int = 2048
    dropout: float = 0.1
    smoothing: float = 0.1
    vocabulary: int = 75_000
    batch_size: int = 32
    discriminator_steps: int = 5
    learning_rate: float = 0.1
    map_rate: float = 1.0
    scale: float = 1.0
    orthogonality: float = 0.001
    epochs: int = 5
    epoch_size: int = 1_000_000
    decay: float = 0.98
    shrink: float = 0.5
    minimum_rate: float = 1e-6
    criterion_words: int = 10_000
    k: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        check_numbers(self)
        counts = ("hidden", "vocabulary", "batch_size", "discriminator_steps", "epochs", "epoch_size")
        for name in (*counts, "criterion_words", "k"):
            _check(name, getattr(self, name), "at least 1", getattr(self, name) >= 1)
        for name in ("learning_rate", "map_rate", "scale", "minimum_rate"):
            value = getattr(self, name)
            _check(name, value, "a finite number over 0", 0 < value < math.inf)
        for name in ("decay", "shrink"):
            _check(name, getattr(self, name), "more than 0, at most 1", 0 < getattr(self, name) <= 1)
        _check("dropout", self.dropout, "at least 0 and less than 1", 0 <= self.dropout < 1)
        _check("smoothing", self.smoothing, "at least 0 and less than 0.5", 0 <= self.smoothing < 0.5)
        _check("orthogonality", self.orthogonality, "0 to 0.5", 0 <= self.orthogonality <= 0.5)

    @classmethod
    def paper(cls, seed: int = 0) -> "Adversarial":
        """The settings of the paper; they take hours on a CPU."""
        return cls(smoothing=0.2, vocabulary=50_000, orthogonality=0.01, decay=0.95, seed=seed)

    @classmethod
    def released(cls, seed: int = 0) -> "Adversarial":
        """The defaults of the program that the authors released; they take hours on a CPU."""
        return cls(seed=seed)

    @classmethod
    def cpu(cls, seed: int = 0) -> "Adversarial":
        """Settings for minutes on one core: a smaller discriminator, fewer words and steps, a faster map.

        With the published rates, the map learns too slowly for so few steps. The rate does not shrink,
        because the criterion goes up and down before it begins to rise.
        """
        return cls(
            hidden=256,
            vocabulary=10_000,
            map_rate=5.0,
            scale=4.0,
            orthogonality=0.05,
            epochs=12,
            epoch_size=32_000,
            decay=0.95,
            shrink=1.0,
            criterion_words=5_000,
            seed=seed,
        )

    def solve(self, problem: Problem) -> Mapping:
        """The map of the source into the target space, with a row for each epoch in the trace."""
        game = _Game(self, problem)
        best, highest, before = game.w, -math.inf, -math.inf
        rate, trace = self.learning_rate, list[dict[str, Any]]()
        rounds = Rounds(range(1, self.epochs + 1), "adversarial training")
        for epoch in rounds:
            loss = game.play(max(1, self.epoch_size // self.batch_size), rate)
            row = {"epoch": epoch, "criterion": None, "discriminator_loss": None, "learning_rate": rate}
            if not (math.isfinite(loss) and bool(torch.isfinite(game.w).all())):
                trace.append(row | {"stopped": "not finite"})
                break
            value = self._criterion(game.w, problem)
            trace.append(row | {"criterion": value, "discriminator_loss": loss})
            rounds.note(f"criterion {value:.3f}")
            if value > highest:
                best, highest = game.w, value
            rate *= self.decay * (self.shrink if value < before else 1)
            before = value
            if rate < self.minimum_rate:
                break
        return Mapping.one_sided(best, trace=tuple(trace))

    def _criterion(self, w: Float[Tensor, "d d"], problem: Problem) -> float:
        head = self.criterion_words
        mapped = Mapping.one_sided(w).apply(problem.x[:head], problem.z[:head])
        return mean_csls_cosine(*mapped, k=self.k, words=head)


def mean_csls_cosine(
    x: Float[Tensor, "n d"], z: Float[Tensor, "m d"], k: int = 10, words: int = 10_000
) -> float:
    """How well two spaces seem aligned, without a lexicon (Conneau et al. 2018, §3): higher is better.

    1/n Σ cos(x_i, z_c(i)) with c(i) the best target of x_i by CSLS, over the first `words` rows of each side.
    Compare only values of the same spaces, because they depend on the dimension and the vocabulary.

    Args:
        x: Mapped source rows of unit length, most frequent word first.
        z: Target rows in the same space.
        k: Neighbours, as in CSLS.
        words: Number of most frequent words of each side to use.
    """
    x, z = x[:words], z[:words]
    best = CSLS(k).index(x, z).best(x, 1)[:, 0]
    return float((x * z[best]).sum(dim=1).mean(dtype=torch.float64))


def orthogonality_step(w: Float[Tensor, "d d"], beta: float) -> Float[Tensor, "d d"]:
    """(1+β)W − β(WWᵀ)W: a step towards the nearest orthogonal map (Conneau et al. 2018)."""
    return (1 + beta) * w - beta * (w @ w.T) @ w


class _Game:
    """The state of one training: the map, the discriminator, and the source of chance."""

    def __init__(self, settings: Adversarial, problem: Problem) -> None:
        if problem.x.shape[1] != problem.z.shape[1]:
            raise InputError(
                f"got {problem.x.shape[1]} source and {problem.z.shape[1]} target dimensions, "
                "expected the same",
                where="Adversarial",
                fix="use gromov-wasserstein",
            )
        self._settings = settings
        self._draws = generator(settings.seed)
        self._x, self._z = (side[: settings.vocabulary] * settings.scale for side in (problem.x, problem.z))
        self.w = torch.eye(self._x.shape[1], dtype=self._x.dtype, device=self._x.device)
        self._discriminator = Discriminator(self.w.shape[0], settings.hidden, self._draws, self._x)
        source, target = self._x.new_ones(settings.batch_size), self._x.new_zeros(settings.batch_size)
        s = settings.smoothing
        self._truth = torch.cat([source, target]) * (1 - 2 * s) + s
        self._deceit = target + s

    def play(self, steps: int, rate: float) -> float:
        """Steps of the map, until a stop is wanted or it blows up; the mean of L_D over them."""
        total, done = self._x.new_zeros((), dtype=torch.float64), 0
        for step in range(steps):
            if step % _STEPS_BETWEEN_LOOKS == _STEPS_BETWEEN_LOOKS - 1 and (
                stop_wanted() or not bool(torch.isfinite(total))
            ):
                break
            for _ in range(self._settings.discriminator_steps):
                total += self._teach(rate)
                done += 1
            self._deceive(rate)
        return float(total) / done

    def _teach(self, rate: float) -> Tensor:
        rows = torch.cat([self._batch(self._x) @ self.w, self._batch(self._z)])
        if self._settings.dropout:
            kept = 1 - self._settings.dropout
            mask = torch.empty(rows.shape).bernoulli_(kept, generator=self._draws)
            rows = rows * mask.to(rows) / kept
        size = self._settings.batch_size
        return self._discriminator.learn(rows, self._truth, rate / size) / size

    def _deceive(self, rate: float) -> None:
        """A step of the map: the target words' part of L_W does not depend on it."""
        settings, rows = self._settings, self._batch(self._x)
        pull = self._discriminator.pull(rows @ self.w, self._deceit)
        moved = self.w - rate * settings.map_rate / settings.batch_size * (rows.T @ pull)
        self.w = orthogonality_step(moved, settings.orthogonality)

    def _batch(self, rows: Float[Tensor, "n d"]) -> Float[Tensor, "b d"]:
        ids = torch.randint(rows.shape[0], (self._settings.batch_size,), generator=self._draws)
        return rows[ids.to(rows.device)]


def _check(name: str, value: float, expected: str, fine: bool) -> None:
    if not fine:
        raise InputError(f"got {name} {value}, expected {expected}", where="Adversarial")
