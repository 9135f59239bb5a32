"""All measures of how alike two spaces are, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.alignment import Side
from isolex.choices import COMPARED_WORDS
from isolex.diagnosis.distances import gromov_hausdorff_bound
from isolex.diagnosis.graphs import laplacian_spectra, spectral_difference
from isolex.diagnosis.gromov_wasserstein import gromov_wasserstein_distance
from isolex.diagnosis.paired import procrustes_residual, relational_similarity
from isolex.diagnosis.spectra import (
    condition_harmonic_mean,
    effective_condition_harmonic_mean,
    isotropy,
    mean_norm,
    singular_value_gap,
)
from isolex.lexicon import Lexicon, index_checked
from isolex.mapping import Problem
from isolex.normalize import Normalizer
from isolex.progress import track
from isolex.vectors import Vectors

# Transport costs several times as much.
TRANSPORT_WORDS = 500


class _Frequent:
    """Frequent rows of both sides, and what several measures need of them."""

    def __init__(self, x: Float[Tensor, "n d"], z: Float[Tensor, "n e"], problem: Problem) -> None:
        self.x, self.z, self.problem = x, z, problem

    @cached_property
    def spectra(self) -> tuple[Tensor, Tensor]:
        return laplacian_spectra(self.x, self.z)


@dataclass(frozen=True)
class Measure:
    """A measure: its name, its direction, and what it needs.

    Attributes:
        name: Key of the measure in results.
        closer: `lower` or `higher`: which figures mean that the spaces are more alike.
        compute: Function that computes the measure from the rows that are compared.
        needs: `pairs`, `equal dimensions`, `more pairs than dimensions`, the package `POT`, or nothing.
    """

    name: str
    closer: str
    compute: Callable[[_Frequent], float]
    needs: tuple[str, ...] = ()


MEASURES = (
    Measure("eigenvector_similarity", "lower", lambda both: spectral_difference(*both.spectra)),
    Measure(
        "eigenvector_similarity_ascending",
        "lower",
        lambda both: spectral_difference(*(values.flip(0) for values in both.spectra)),
    ),
    Measure("gromov_hausdorff_bound", "lower", lambda both: gromov_hausdorff_bound(both.x, both.z)),
    Measure("singular_value_gap", "lower", lambda both: singular_value_gap(both.x, both.z)),
    Measure("condition_harmonic_mean", "lower", lambda both: condition_harmonic_mean(both.x, both.z)),
    Measure(
        "effective_condition_harmonic_mean",
        "lower",
        lambda both: effective_condition_harmonic_mean(both.x, both.z),
    ),
    Measure("lower_isotropy", "higher", lambda both: min(isotropy(both.x), isotropy(both.z))),
    Measure("higher_mean_norm", "lower", lambda both: max(mean_norm(both.x), mean_norm(both.z))),
    Measure(
        "gromov_wasserstein",
        "lower",
        lambda both: gromov_wasserstein_distance(both.x[:TRANSPORT_WORDS], both.z[:TRANSPORT_WORDS]),
        ("POT",),
    ),
    Measure(
        "relational_similarity",
        "higher",
        lambda both: relational_similarity(both.problem.x, both.problem.z, both.problem.pairs),
        ("pairs",),
    ),
    Measure(
        "procrustes_residual",
        "lower",
        lambda both: procrustes_residual(both.problem.x, both.problem.z, both.problem.pairs),
        ("pairs", "equal dimensions", "more pairs than dimensions"),
    ),
)
PAIRED = tuple(one.name for one in MEASURES if "pairs" in one.needs)


def measures_of(problem: Problem, *, words: int = COMPARED_WORDS) -> dict[str, float]:
    """Every measure that the problem allows, on the `words` most frequent words of either side.

    The same number of words is compared on both sides; words without a vector are left out. Measures on pairs
    use all pairs. Figures for different numbers of words are not comparable.

    Args:
        problem: Normalised spaces, and seed pairs if there are any.
        words: Number of most frequent words to compare.

    Returns:
        The measures by name, in the order of `MEASURES`.
    """
    x, z = (_used(rows)[:words] for rows in (problem.x, problem.z))
    count = min(x.shape[0], z.shape[0])
    have = {
        "pairs": problem.pairs.unique(dim=0).shape[0] >= 3,
        "equal dimensions": problem.x.shape[1] == problem.z.shape[1],
        "POT": find_spec("ot") is not None,
        # With fewer a rotation fits anything.
        "more pairs than dimensions": problem.pairs.shape[0] > problem.x.shape[1],
    }
    possible = [one for one in MEASURES if all(have[need] for need in one.needs)]
    both = _Frequent(x[:count], z[:count], problem)
    return {one.name: one.compute(both) for one in track(possible, "measures of isomorphism")}


def _used(rows: Float[Tensor, "n d"]) -> Float[Tensor, "u d"]:
    """Rows that are not zero."""
    kept: Tensor = rows[rows.any(dim=1)]
    return kept


def prediction_measures(problem: Problem, measures: dict[str, float], held_out: float) -> dict[str, float]:
    """The measures of one problem that a prediction is computed from.

    Args:
        problem: Spaces and seed pairs.
        measures: From `measures_of`.
        held_out: P@1 of VecMap on held-out seed words, in percent.
    """
    words, pairs = min(problem.x.shape[0], problem.z.shape[0]), problem.pairs.shape[0]
    return measures | {"words": float(words), "held_out": held_out, "pairs": float(pairs)}


def as_problem(
    source: Vectors,
    target: Vectors,
    lexicon: Lexicon | None = None,
    *,
    normalizer: Normalizer | None = None,
    device: str | torch.device | None = None,
) -> Problem:
    """The problem that is measured: normalised rows (by default `unit,center,unit`) and seed pairs.

    Ids count only the words that have a vector.
    """
    x, z = (Side.fitted(some, normalizer or Normalizer(), device=device) for some in (source, target))
    if lexicon is None:
        return Problem.of(x, z)
    return Problem.of(x, z, index_checked(lexicon, x.vectors, z.vectors, what="lexicon"))
