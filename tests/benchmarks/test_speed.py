"""The parts of the speed benchmark that could make its figures wrong."""

import time

import numpy as np
import pytest
import torch

from benchmarks import spaces, speed
from benchmarks.measuring import AnonymousPeak, alone, environment
from isolex.retrieval import TopK, top_k
from isolex.retrieval.tiles import Scores
from tests.comparisons import assert_close
from tests.planted import unit_gaussian


def test_exact_rows_are_those_with_the_true_scores() -> None:
    x, z = unit_gaussian(30, 8), unit_gaussian(200, 8, 1)
    found, asked = top_k(x, z, 5), torch.arange(30)
    assert speed._exact(Scores(x, z), asked, found).all()
    wrong = found.indices.clone()
    wrong[3, 2] = top_k(x, z, 6).indices[3, 5]
    exact = speed._exact(Scores(x, z), asked, TopK(wrong, found.scores))
    assert (~exact).nonzero()[:, 0].tolist() == [3]


def test_repeated_rows_begin_with_the_rows_themselves() -> None:
    rows = unit_gaussian(10, 300)
    made = spaces._repeated(rows, 25, 0)
    assert_close(made[:10], rows, atol=1e-6)
    cosines = (made[10:20] * rows).sum(dim=1)
    assert ((cosines > 0.9) & (cosines < 0.97)).all()
    assert not torch.equal(made[10:15], made[20:25])


def test_the_definition_in_torch_is_csls() -> None:
    x, z = unit_gaussian(40, 6), unit_gaussian(50, 6, 1)
    assert_close(speed._plain(x, z), torch.topk(x @ z.T, 10, dim=1).values)


def _double(number: int) -> int:
    return 2 * number


def _ask(name: str) -> str | None:
    import os

    return os.environ.get(name)


def test_functions_run_in_a_process_of_their_own_with_their_variables(monkeypatch) -> None:
    assert alone(_double, 4) == 8
    monkeypatch.setenv("ISOLEX_OLD", "kept")
    with environment({"ISOLEX_NEW": "there", "ISOLEX_OLD": "changed"}):
        assert (alone(_ask, "ISOLEX_NEW"), alone(_ask, "ISOLEX_OLD")) == ("there", "kept")
    assert (_ask("ISOLEX_NEW"), _ask("ISOLEX_OLD")) == (None, "kept")


@pytest.mark.skipif(not speed.Path("/proc/self/status").exists(), reason="memory is told by Linux alone")
def test_memory_of_its_own_is_seen() -> None:
    least = 40 * 2**20
    with AnonymousPeak() as memory:
        block = np.ones(50 * 2**17)
        until = time.monotonic() + 30  # on a busy machine the thread that looks is not there at once
        while memory.bytes <= least and time.monotonic() < until:
            time.sleep(0.01)
        del block
    assert least < memory.bytes < 400 * 2**20
