"""Relaxed CSLS: a linear map trained on the retrieval criterion itself (Joulin et al. 2018)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.errors import InputError
from isolex.given import check_numbers, whole_number
from isolex.linalg import clip_spectrum
from isolex.mapping.linear import Procrustes
from isolex.mapping.problem import Mapping, Problem, Solver, Trace
from isolex.mapping.validation import Validation
from isolex.progress import Rounds
from isolex.retrieval import top_k


@dataclass(frozen=True)
class RCSLS:
    """Minimise the relaxed CSLS loss of the seed pairs by gradient descent (Joulin et al. 2018).

    L(W) = −2/n Σ x_i W z_iᵀ + 1/(nk) Σ_i [Σ_{z ∈ N(x_i W)} x_i W zᵀ + Σ_{x ∈ N(z_i)} x W z_iᵀ], N the k
    nearest in the *whole* vocabularies, re-found each step. The pull towards the translation and the push
    away from the neighbourhood are those of the criterion that retrieves later.

    L is homogeneous of degree one, so it has no minimum without a constraint, and the number of steps acts as
    the regularisation. Descent begins at the map of another solver (in the paper, Procrustes), and the
    learning rate is halved when a step does not lower L. The number of steps is chosen on held-out seed
    words: steps count if they raise the reciprocal rank by more than its standard error (there may be none),
    and three steps without gain end the search. That many steps are then run on all pairs. With `VecMap()` as
    the start, it trains in VecMap's shared space. It is worth its time with large vocabularies and a few
    thousand clean pairs. Cost of a step: one search of both vocabularies for the seed words, O(p (n + m) d).

    Attributes:
        start: The solver whose shared space descent begins in.
        k: Number of neighbours, as in CSLS.
        steps: Maximum number of steps.
        learning_rate: Learning rate of the first step.
        spectral: Whether to project on the ball of spectral norm 1 after each step, as in the paper's convex
            variant.
        validation: Share of the seed words that is held out to choose the number of steps. With 0, all steps
            are run; also with so few seed words that fewer than 20 would be held out.
        seed: Seed of the hold-out.

    Raises:
        InputError: Settings out of range, or the start cannot be solved.

    Examples:
        >>> import torch
        >>> from isolex.mapping import RCSLS, Problem
        >>> x = torch.nn.functional.normalize(torch.randn(60, 5, generator=torch.Generator().manual_seed(0)))
        >>> pairs = torch.arange(30).repeat(2, 1).T
        >>> mapping = RCSLS(steps=2).solve(Problem(x, x, pairs))
        >>> mapping.trace[-1]["objective"] < mapping.trace[0]["objective"]
        True
    """

    start: Solver = field(default_factory=Procrustes)
    k: int = 10
    steps: int = 10
    learning_rate: float = 10.0
    spectral: bool = False
    validation: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        check_numbers(self)
        whole_number(self.k, "k", where="RCSLS")
        whole_number(self.steps, "steps", where="RCSLS", least=0)
        if not self.learning_rate > 0 or not 0 <= self.validation < 1:
            raise InputError(
                f"got learning rate {self.learning_rate}, validation {self.validation}; "
                "expected a positive learning rate and 0 ≤ validation < 1",
                where="RCSLS",
            )

    def solve(self, problem: Problem) -> Mapping:
        """The maps of both sides, with the objective of each step in the trace."""
        trace: Trace = []
        validation = Validation(self.validation, self.seed, self.k)
        steps = validation.steps(self._descend, problem, self.steps, trace)
        *_, mapping = self._descend(problem, steps, trace)
        return replace(mapping, trace=tuple(trace))

    def _descend(self, problem: Problem, steps: int, trace: Trace) -> Iterator[Mapping]:
        """The maps after 0, 1, … `steps` steps; each leaves a row in the trace."""
        start = self.start.solve(problem)
        shared = Problem(*start.apply(problem.x, problem.z), problem.pairs, problem.weights)
        w = torch.eye(shared.x.shape[1], device=shared.x.device)
        objective, gradient = relaxed_csls(w, shared, self.k)
        trace.append({"step": 0, "objective": objective})
        yield start
        rate = self.learning_rate
        for step in Rounds(range(1, steps + 1), "RCSLS steps"):
            moved = w - rate * gradient
            if self.spectral:
                moved = clip_spectrum(moved).float()
            after, gradient_after = relaxed_csls(moved, shared, self.k)
            if after < objective:
                w, objective, gradient = moved, after, gradient_after
            else:
                rate /= 2
            trace.append({"step": step, "objective": objective, "learning_rate": rate})
            yield Mapping(start.source @ w, start.target)


def relaxed_csls(w: Float[Tensor, "d d"], problem: Problem, k: int) -> tuple[float, Float[Tensor, "d d"]]:
    """The relaxed CSLS loss of a map and its (sub)gradient.

    Every seed word is searched for only once, even if it is in several pairs; its neighbours count with the
    summed weight of these pairs.
    """
    pairs = problem.pairs
    weights = torch.ones(pairs.shape[0], device=w.device) if problem.weights is None else problem.weights
    x, x_weights = _unique_rows(problem.x, pairs[:, 0], weights)
    z, z_weights = _unique_rows(problem.z, pairs[:, 1], weights)
    mapped = x @ w
    near_z = _neighbour_sums(mapped, problem.z, problem.z, k) * x_weights[:, None]
    near_x = _neighbour_sums(z, problem.x @ w, problem.x, k) * z_weights[:, None]
    seeds_x, seeds_z = problem.seeds()
    k_x, k_z = min(k, problem.z.shape[0]), min(k, problem.x.shape[0])
    pull = -2 * (seeds_x * weights[:, None]).T @ seeds_z
    gradient = (pull + x.T @ near_z / k_x + near_x.T @ z / k_z) / weights.sum()
    # The loss is linear in W while the neighbours stay the same, so it is <W, gradient>.
    return float((w.double() * gradient.double()).sum()), gradient


def _unique_rows(
    matrix: Float[Tensor, "n d"], ids: Int[Tensor, "p"], weights: Float[Tensor, "p"]
) -> tuple[Float[Tensor, "u d"], Float[Tensor, "u"]]:
    unique, place = ids.unique(return_inverse=True)
    return matrix[unique], torch.zeros(unique.numel(), device=weights.device).index_add_(0, place, weights)


def _neighbour_sums(
    queries: Float[Tensor, "u d"], keys: Float[Tensor, "n d"], values: Float[Tensor, "n d"], k: int
) -> Float[Tensor, "u d"]:
    """For each query the sum of the value rows of its k nearest keys."""
    return torch.nn.functional.embedding_bag(top_k(queries, keys, k).indices, values, mode="sum")
