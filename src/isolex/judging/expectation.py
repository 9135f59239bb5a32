"""Predict the P@1 of an alignment that has not been tested: a ridge regression on measures, with an interval.

The regression predicts asin √p instead of the share p, because its spread hardly depends on the size of p.
The half-width of the interval is a quantile of the errors on language pairs that were left out of the fit.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import torch
from torch import Tensor

from isolex.errors import InputError

LEVEL = 90
_RIDGE = 3.0


def _asin(percent: float) -> float:
    return math.asin(math.sqrt(percent / 100))


# How each measure enters, so that its relation with asin √p is near to a straight line.
TRANSFORMS: dict[str, Callable[[float], float]] = {
    "held_out": _asin,
    "words": math.log10,
    "pairs": math.log10,
    "eigenvector_similarity": math.log1p,
    "singular_value_gap": math.log1p,
    "effective_condition_harmonic_mean": math.log,
    "gromov_hausdorff_bound": float,
    "relational_similarity": float,
    "agreement_lead": _asin,
    "null_agreement": _asin,
}


@dataclass(frozen=True)
class Expectation:
    """The expected P@1 in percent, with an interval that contains the true P@1 in `level` % of all cases."""

    percent: float
    low: float
    high: float
    level: int = LEVEL

    @property
    def width(self) -> float:
        """Width of the interval, in percentage points."""
        return self.high - self.low

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        low, middle, high = (round(value, 2) for value in (self.low, self.percent, self.high))
        return {"p@1": middle, "interval": [low, high], "level": self.level}


@dataclass(frozen=True)
class TrainingCase:
    """One alignment whose P@1 is known; regressions are fitted to such cases.

    Attributes:
        group: The language pair, the same for both directions; its cases are left out together.
        measures: The measures by name.
        percent: P@1 in percent.
    """

    group: str
    measures: Mapping[str, float]
    percent: float


@dataclass(frozen=True)
class Model:
    """A fitted regression.

    Attributes:
        features: Names of the measures.
        means: Means of the transformed measures.
        scales: Standard deviations of the transformed measures.
        weights: Weights of the standardised measures.
        intercept: Mean of asin √p.
        half_width: Half the width of the interval, in asin √p.
    """

    features: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    half_width: float

    def expect(self, measures: Mapping[str, float]) -> Expectation:
        """The expected P@1 of spaces with these measures."""
        values = _transformed(measures, self.features)
        middle = self.intercept + sum(
            weight * (value - mean) / scale
            for value, mean, scale, weight in zip(values, self.means, self.scales, self.weights, strict=True)
        )
        low, high = (_percent(middle + side * self.half_width) for side in (-1, 1))
        return Expectation(_percent(middle), low, high)

    @classmethod
    def fit(cls, cases: Sequence[TrainingCase], features: Sequence[str], *, level: float = LEVEL) -> "Model":
        """Fit a regression to cases of at least two groups.

        Each group is left out once; the errors on the groups left out give the width of the interval.

        Raises:
            InputError: There are fewer than two groups, so none can be left out.
        """
        groups = sorted({case.group for case in cases})
        if len(groups) < 2:
            raise InputError(f"got cases of {len(groups)} groups, expected at least 2", where="expectation")
        errors: list[float] = []
        for group in groups:
            others = _ridge([case for case in cases if case.group != group], features)
            errors += [
                abs(_asin(case.percent) - _asin(others.expect(case.measures).percent))
                for case in cases
                if case.group == group
            ]
        rank = min(len(errors), math.ceil((len(errors) + 1) * level / 100))
        return _ridge(cases, features, half_width=sorted(errors)[rank - 1])


def leave_one_group_out(cases: Sequence[TrainingCase], features: Sequence[str]) -> list[Expectation]:
    """For each case, the prediction and interval of a model that was fitted without the case's group."""
    models = {
        group: Model.fit([case for case in cases if case.group != group], features)
        for group in {case.group for case in cases}
    }
    return [models[case.group].expect(case.measures) for case in cases]


def narrowest_constant(percents: Sequence[float], coverage: float) -> float:
    """The width of the narrowest interval that holds the share `coverage` of the values."""
    ordered = sorted(percents)
    held = max(1, math.ceil(coverage * len(ordered) - 1e-9))
    return min(ordered[start + held - 1] - ordered[start] for start in range(len(ordered) - held + 1))


def read_model(room: str, name: str) -> Model:
    """Read a model that comes with isolex: the JSON file `name` in the package `room`."""
    entry = json.loads(files(room).joinpath(name).read_text(encoding="utf-8"))
    features, means, scales, weights = (
        tuple(entry[key]) for key in ("features", "means", "scales", "weights")
    )
    return Model(features, means, scales, weights, entry["intercept"], entry["half_width"])


def _ridge(cases: Sequence[TrainingCase], features: Sequence[str], half_width: float = 0.0) -> Model:
    rows = torch.tensor([_transformed(case.measures, features) for case in cases], dtype=torch.float64)
    wanted = torch.tensor([_asin(case.percent) for case in cases], dtype=torch.float64)
    means, scales = rows.mean(dim=0), rows.std(dim=0, correction=0).clamp(min=1e-9)
    standard = (rows - means) / scales
    penalty = _RIDGE * torch.eye(len(features), dtype=torch.float64)
    weights = torch.linalg.solve(standard.T @ standard + penalty, standard.T @ (wanted - wanted.mean()))
    return Model(
        tuple(features), _floats(means), _floats(scales), _floats(weights), float(wanted.mean()), half_width
    )


def _floats(values: Tensor) -> tuple[float, ...]:
    return tuple(values.tolist())


def _transformed(measures: Mapping[str, float], features: Sequence[str]) -> list[float]:
    return [float(TRANSFORMS[name](measures[name])) for name in features]


def _percent(value: float) -> float:
    return 100 * math.sin(min(max(value, 0.0), math.pi / 2)) ** 2
