"""The search in shards: bit by bit what one process finds, kept, and gone on with."""

import pytest
import torch

from isolex.errors import InputError
from isolex.fleet import HereExecutor, LocalExecutor, Workplace
from isolex.retrieval import CSLS, InvertedSoftmax, NearestNeighbour, TopK, search_in_shards, sharded
from tests.comparisons import assert_same
from tests.planted import unit_gaussian

CRITERIA = [NearestNeighbour(), CSLS(), CSLS(k=3)]


@pytest.fixture
def workplace(tmp_path) -> Workplace:
    return Workplace(tmp_path / "work", HereExecutor)


def same(found: tuple[TopK, TopK], expected: tuple[TopK, TopK]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert_same(one.indices, other.indices)
        assert_same(one.scores, other.scores)


@pytest.mark.parametrize("criterion", CRITERIA, ids=str)
@pytest.mark.parametrize("shards", [None, 1, 2, 7])
def test_bit_by_bit(workplace, criterion, shards):
    x, z = unit_gaussian(1_203, 40), unit_gaussian(1_511, 40, 1)
    z[1_400:1_500] = z[:100]  # ties between shards
    found = search_in_shards(x, z, 3, criterion=criterion, workplace=workplace, shards=shards)
    same(found, criterion.both(x, z, 3))


def test_by_processes(tmp_path):
    x, z = unit_gaussian(1_203, 40), unit_gaussian(1_511, 40, 1)
    place = Workplace(tmp_path, lambda: LocalExecutor(2, threads=1))
    same(search_in_shards(x, z, 3, criterion=CSLS(), workplace=place, shards=3), CSLS().both(x, z, 3))


@pytest.mark.parametrize(("n", "m"), [(1, 9), (9, 1), (5, 3)])
def test_fewer_rows_than_answers_and_shards(workplace, n, m):
    x, z = unit_gaussian(n, 4), unit_gaussian(m, 4, 1)
    same(search_in_shards(x, z, 4, criterion=CSLS(), workplace=workplace, shards=8), CSLS().both(x, z, 4))


def test_known_neighbourhoods_take_no_pass(workplace):
    x, z = unit_gaussian(300, 8), unit_gaussian(200, 8, 1)
    known = torch.linspace(0, 1, 300), torch.linspace(1, 0, 200)
    found = search_in_shards(x, z, 2, criterion=CSLS(), workplace=workplace, shards=2, neighbourhoods=known)
    same(found, CSLS().both_with(x, z, 2, known))
    assert not list(workplace.folder.glob("near*"))


def test_what_is_there_is_not_searched_again(workplace, monkeypatch):
    x, z = unit_gaussian(300, 8), unit_gaussian(200, 8, 1)
    how = {"criterion": CSLS(), "workplace": workplace, "shards": 3}
    first = search_in_shards(x, z, 2, **how)
    monkeypatch.setattr(sharded, "top_k_both", lambda *_, **__: pytest.fail("a shard is searched again"))
    same(search_in_shards(x, z, 2, **how), first)


def test_other_rows_are(workplace):
    x, z = unit_gaussian(300, 8), unit_gaussian(200, 8, 1)
    how = {"criterion": NearestNeighbour(), "workplace": workplace, "shards": 3}
    search_in_shards(x, z, 2, **how)
    z[150] = z[3]
    same(search_in_shards(x, z, 2, **how), NearestNeighbour().both(x, z, 2))


def test_a_shard_that_stands_elsewhere_now_is_searched_again(workplace):
    x, z = unit_gaussian(301, 8), unit_gaussian(200, 8, 1)
    how = {"criterion": NearestNeighbour(), "workplace": workplace, "shards": 2}
    search_in_shards(x, z, 2, **how)
    fewer = torch.cat([x[:40], x[41:]])  # the second shard has the same rows as before
    same(search_in_shards(fewer, z, 2, **how), NearestNeighbour().both(fewer, z, 2))


def test_inverted_softmax_is_refused(workplace):
    x = unit_gaussian(3, 4)
    with pytest.raises(InputError, match="got InvertedSoftmax, expected csls or nn"):
        search_in_shards(x, x, 1, criterion=InvertedSoftmax(), workplace=workplace)


def test_damaged_files_are_made_again(workplace):
    x, z = unit_gaussian(300, 8), unit_gaussian(200, 8, 1)
    how = {"criterion": NearestNeighbour(), "workplace": workplace, "shards": 2}
    first = search_in_shards(x, z, 2, **how)
    for path in [*(workplace.folder / "rows").iterdir(), *workplace.folder.glob("*.safetensors")]:
        path.write_bytes(b"x")
    same(search_in_shards(x, z, 2, **how), first)


def test_a_job_that_fails_is_told(workplace, monkeypatch):
    monkeypatch.setattr(sharded, "top_k_both", lambda *_, **__: 1 / 0)
    x = unit_gaussian(30, 8)
    with pytest.raises(InputError, match=r"best-0\.safetensors: failed: ZeroDivisionError"):
        search_in_shards(x, x, 2, criterion=NearestNeighbour(), workplace=workplace, shards=2)
