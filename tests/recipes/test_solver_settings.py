"""Solvers as plain values, and back."""

import json

import pytest

from isolex.mapping import Bilinear, Bootstrapping, Contrastive
from isolex.recipes import METHODS, solver_of
from isolex.recipes.solver_settings import settings_of
from isolex.saved import json_text


@pytest.mark.parametrize("name", METHODS)
def test_every_method_comes_back(name):
    solver = METHODS[name].make(3)
    assert repr(solver_of(settings_of(solver))) == repr(solver)


def test_by_way_of_json():
    solver = Contrastive(Bootstrapping(Bilinear(0.3)), epochs=2, validation=0, seed=1)
    assert solver_of(json.loads(json_text(settings_of(solver)))) == solver


@pytest.mark.parametrize(
    "settings",
    [
        None,
        "Bilinear",
        {},
        {"name": "Mine"},
        {"name": "Bilinear", "rigde": 1.0},
        {"name": "Bilinear", "ridge": "much"},
        {"name": "CSLS", "k": 10},
        {"name": ["Bilinear"]},
        {"name": "Joint", "ridge": 3.0},
        {"name": "Bootstrapping", "start": "Bilinear"},
    ],
)
def test_what_is_no_solver_of_isolex(settings):
    assert solver_of(settings) is None
