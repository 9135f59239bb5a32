"""Optimal transport, as used by the solvers that match words without any seed pair."""

import math
import warnings
from collections.abc import Callable
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.errors import MissingExtraError

Plan: TypeAlias = Float[Tensor, "n m"]

# Fast Sinkhorn first; where its kernel exp(-cost / epsilon) vanishes, the slow one in logarithms.
_METHODS = ("sinkhorn", "sinkhorn_log")
_USABLE = 0.5
# Violation of the marginals at which Sinkhorn stops, before it is repaired exactly.
_SINKHORN_TOLERANCE = 1e-2

NOT_FINITE = "the transport plan was not finite"

MARGINALS: dict[str, Callable[[int], Tensor]] = {
    "uniform": lambda size: torch.ones(size, dtype=torch.float64),
    "zipf": lambda size: 1 / torch.arange(1, size + 1, dtype=torch.float64),
}


def sinkhorn(
    cost: Float[Tensor, "n m"],
    p: Float[Tensor, "n"],
    q: Float[Tensor, "m"],
    epsilon: float,
    iterations: int,
) -> tuple[Float[Tensor, "n m"], float]:
    """The plan with the least cost minus ε times its entropy, and how far POT missed the marginals.

    The marginals of the returned plan are exact.

    Raises:
        MissingExtraError: POT is not installed.
    """
    try:
        import ot  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError("optimal transport", "POT", "transport") from error
    # What is alike in a row or a column changes no plan, but would take room in the exponent.
    exponents = (cost - cost.mean(dim=0) - cost.mean(dim=1, keepdim=True)) / epsilon
    exponents = exponents - exponents.min()
    tolerance = _SINKHORN_TOLERANCE * float(torch.linalg.vector_norm(q))
    for method in _METHODS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plan: Tensor = ot.sinkhorn(
                p, q, exponents, 1.0, method=method, numItermax=iterations, stopThr=tolerance, warn=False
            )
        violation = float((plan.sum(dim=0) - q).abs().sum() + (plan.sum(dim=1) - p).abs().sum())
        if violation < _USABLE:
            break
    return _repaired(plan, p, q), violation


def _repaired(
    plan: Float[Tensor, "n m"], p: Float[Tensor, "n"], q: Float[Tensor, "m"]
) -> Float[Tensor, "n m"]:
    """The plan with its marginals made exact (Altschuler, Weed & Rigollet 2017, algorithm 2)."""
    plan = plan * (p / plan.sum(dim=1)).clamp(max=1)[:, None]
    plan = plan * (q / plan.sum(dim=0)).clamp(max=1)
    missing_p, missing_q = (p - plan.sum(dim=1)).clamp(min=0), (q - plan.sum(dim=0)).clamp(min=0)
    missing = float(missing_p.sum())
    return plan + torch.outer(missing_p, missing_q) / missing if missing > 0 else plan


def marginal(kind: str, rows: Float[Tensor, "n d"]) -> Float[Tensor, "n"]:
    """The share of each row, by a name out of `MARGINALS`; float64, sums to 1."""
    weights = MARGINALS[kind](rows.shape[0]).to(rows.device)
    return weights / weights.sum()


def all_positive(*values: float) -> bool:
    """Whether all are finite and over 0."""
    return all(0 < value < math.inf for value in values)
