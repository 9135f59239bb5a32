"""The P@1 to expect where no test has been made: a ridge regression from measures, and an interval.

P@1 is predicted as asin √p, in which the spread of a share hardly depends on its size. The half-width of the
interval is a quantile of the errors on language pairs that were left out of the fit.
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
    """The P@1 to expect, in percent, and an interval around it that holds it in `level` % of all cases."""

    percent: float
    low: float
    high: float
    level: int = LEVEL

    @property
    def width(self) -> float:
        """Of the interval, in points."""
        return self.high - self.low

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        low, middle, high = (round(value, 2) for value in (self.low, self.percent, self.high))
        return {"p@1": middle, "interval": [low, high], "level": self.level}


@dataclass(frozen=True)
class TrainingCase:
    """One alignment whose P@1 is known, to fit a regression to.

    Attributes:
        group: What must be left out together: the language pair, whichever way.
        measures: By name.
        percent: P@1.
    """

    group: str
    measures: Mapping[str, float]
    percent: float


@dataclass(frozen=True)
class Model:
    """A fitted regression.

    Attributes:
        features: Names of the measures.
        means: Of the transformed measures.
        scales: Their standard deviations.
        weights: Of the standardised measures.
        intercept: Mean of asin √p.
        half_width: Of the interval, in asin √p.
    """

    features: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    half_width: float

    def expect(self, measures: Mapping[str, float]) -> Expectation:
        """The P@1 to expect of spaces with these measures."""
        values = _transformed(measures, self.features)
        middle = self.intercept + sum(
            weight * (value - mean) / scale
            for value, mean, scale, weight in zip(values, self.means, self.scales, self.weights, strict=True)
        )
        low, high = (_percent(middle + side * self.half_width) for side in (-1, 1))
        return Expectation(_percent(middle), low, high)

    @classmethod
    def fit(cls, cases: Sequence[TrainingCase], features: Sequence[str], *, level: float = LEVEL) -> "Model":
        """From cases of at least two groups; each group is left out once to see by how much the fit misses.

        Raises:
            InputError: Fewer than two groups, from which nothing can be left out.
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
    """What models that have not seen a case's group say of it, interval included."""
    models = {
        group: Model.fit([case for case in cases if case.group != group], features)
        for group in {case.group for case in cases}
    }
    return [models[case.group].expect(case.measures) for case in cases]


def narrowest_constant(percents: Sequence[float], coverage: float) -> float:
    """The width of the narrowest interval that holds such a share of the values."""
    ordered = sorted(percents)
    held = max(1, math.ceil(coverage * len(ordered) - 1e-9))
    return min(ordered[start + held - 1] - ordered[start] for start in range(len(ordered) - held + 1))


def read_model(room: str, name: str) -> Model:
    """A model that comes with isolex: the JSON file of that name in a package."""
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
