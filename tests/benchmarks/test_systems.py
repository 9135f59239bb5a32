from dataclasses import replace

import pytest

from benchmarks.weak import SYSTEMS, run_systems
from isolex.errors import InputError
from isolex.recipes import METHODS


def test_each_method_has_a_process_of_its_own(data, monkeypatch) -> None:
    """So what is changed in this process does not matter there, and memory is its own."""

    def broken(seed):
        raise AssertionError("solved in the process that asked for it")

    for method in ("vecmap", "vecmap-identical-cpu"):
        monkeypatch.setitem(METHODS, method, replace(METHODS[method], make=broken))
    with_pairs, without = run_systems(data, pair="xx-yy", methods=["vecmap", "vecmap-identical-cpu"])
    assert (with_pairs.method, with_pairs.supervision) == ("vecmap", "all pairs")
    assert (without.method, without.supervision) == ("vecmap-identical-cpu", "none")
    assert with_pairs.forward == with_pairs.supervised_forward > 95
    for run in (with_pairs, without):
        assert (run.pair, run.spaces, run.status, run.evidence) == ("xx-yy", "all words", "unchecked", {})
        assert 0.05 < run.peak_gib < 4


def test_every_system_is_a_method_that_can_have_what_it_is_given() -> None:
    for method, given in SYSTEMS.items():
        assert (METHODS[method].needs == "pairs") == (given != "none")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pair": "xx-zz"}, "unknown language pair .*'xx-zz'"),
        (
            {"pair": "xx-yy", "methods": ["vecmap", "vecmop"]},
            "unknown method 'vecmop'; did you mean 'vecmap'",
        ),
    ],
)
def test_names_are_checked_before_anything_is_measured(data, options, message) -> None:
    with pytest.raises(InputError, match=message):
        next(run_systems(data, **options))
