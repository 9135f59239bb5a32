"""Solvers as plain values on a card, and back."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from isolex import mapping, retrieval
from isolex.errors import InputError
from isolex.mapping import GeneralizedProcrustes, GeoMM, Joint, JointVecMap, Solver

# Parts of a solver are solvers themselves, ways to begin and to induce, and criteria.
_CLASSES: dict[str, type[Any]] = {
    name: part
    for room in (mapping, retrieval)
    for name, part in vars(room).items()
    if isinstance(part, type) and is_dataclass(part)
}
# The fields that hold solvers, or ways to begin.
_PARTS = ("solver", "start", "final")
# What solves problems of many languages at once.
_JOINT = (Joint, JointVecMap, GeneralizedProcrustes, GeoMM)


def settings_of(value: Any) -> Any:
    """A solver's name and fields, solvers within it included; plain values as they are."""
    if isinstance(value, tuple):
        return [settings_of(part) for part in value]
    if value is None or isinstance(value, str | int | float):
        return value
    entries = [entry.name for entry in fields(value) if entry.compare] if is_dataclass(value) else []
    return {"name": type(value).__name__} | {name: settings_of(getattr(value, name)) for name in entries}


def solver_of(settings: Any) -> Solver | None:
    """The solver that `settings_of` described; None where it is none of isolex's for two languages."""
    try:
        made = _made(settings)
    except (InputError, KeyError, TypeError):
        return None
    if isinstance(made, _JOINT):
        return None
    return made if isinstance(made, Solver) else None


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_made, value))
    if not isinstance(value, Mapping):
        return value
    own = dict(value)
    if any(isinstance(own.get(part), str) for part in _PARTS):
        raise TypeError("a name in the place of a solver")
    return _CLASSES[own.pop("name")](**{name: _made(part) for name, part in own.items()})
