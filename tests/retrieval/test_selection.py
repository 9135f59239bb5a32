"""The fast search, by both kinds of tiles, against the plain one and against the definitions."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.retrieval import candidates, kernel, screening, selection, tiles, top_k, top_k_both
from isolex.retrieval.screening import SCREENING_VARIABLE, FullProduct, ScreeningProduct, screens
from isolex.retrieval.tiles import Scores, TopK, plain_top_k
from tests.comparisons import assert_best, assert_close, assert_same
from tests.oracles import retrieval as oracle
from tests.planted import gaussian, unit_gaussian
from tests.retrieval.test_kernel import searches, tensors

SCRATCH = 2**20
PRODUCTS = {
    "full": FullProduct,
    "screening": lambda scores: ScreeningProduct.of(scores, scratch_bytes=SCRATCH),
    "screening, rounded anew for each tile": lambda scores: ScreeningProduct.of(scores, scratch_bytes=0),
}


@pytest.fixture(autouse=True, params=["compiled", "torch"])
def way(request, monkeypatch):
    """Every test runs with both ways to select."""
    if request.param == "torch":
        for module in (tiles, candidates):
            monkeypatch.setattr(module, "compiled_loops", lambda: None)
    return request.param


@pytest.fixture(params=PRODUCTS)
def product(request):
    return PRODUCTS[request.param]


@pytest.fixture
def always_fast(monkeypatch):
    monkeypatch.setattr(kernel, "_MANY_SCORES", 0)
    monkeypatch.setattr(kernel, "_MANY_KEYS", 0)


def biased(n: int, m: int, d: int = 24, scale: float = 2.0) -> Scores:
    """Scores of random unit rows with addends on both sides, some of them negative."""
    biases = gaussian(n, 1, 5)[:, 0] / 5, gaussian(m, 1, 6)[:, 0] / 5
    return Scores(unit_gaussian(n, d), unit_gaussian(m, d, 1), scale, *biases)


def table(scores: Scores) -> np.ndarray:
    made = scores.scale * scores.x.double() @ scores.z.double().T
    made = made if scores.x_bias is None else made + scores.x_bias[:, None]
    return (made if scores.z_bias is None else made + scores.z_bias).numpy()


def same(found: TopK, expected: TopK) -> None:
    assert_same(found.indices, expected.indices)
    assert_same(found.scores, expected.scores)


class TestExactly:
    @given(searches(), st.integers(1, 16), st.sampled_from([1, 200, 2**20]), st.sampled_from(list(PRODUCTS)))
    def test_ties_included(self, search, k, scratch, name) -> None:
        queries, keys, scale, bias = search
        q, z, b = tensors(queries, keys, bias)
        scores, k = Scores(q, z, scale, z_bias=b), min(k, len(keys))
        found = selection.search(PRODUCTS[name](scores), k, scratch_bytes=scratch)
        same(found, plain_top_k(scores, k, scratch_bytes=SCRATCH))

    @pytest.mark.parametrize("k", [1, 10, 40])
    @pytest.mark.parametrize("scratch", [4_000, SCRATCH])
    def test_on_real_numbers(self, product, k, scratch) -> None:
        scores = biased(300, 1_500)
        found = selection.search(product(scores), k, scratch_bytes=scratch)
        assert_best(found, table(scores), k, atol=1e-5)

    @pytest.mark.parametrize("k", [1, 10])
    @pytest.mark.parametrize("scratch", [4_000, SCRATCH])
    def test_both_ways(self, product, k, scratch) -> None:
        scores = biased(150, 600)
        there, back = selection.search_both(product(scores), (k, k + 1), scratch_bytes=scratch)
        assert_best(there, table(scores), k, atol=1e-5)
        assert_best(back, table(scores).T, k + 1, atol=1e-5)

    def test_where_all_scores_are_negative(self, product) -> None:
        scores = Scores(unit_gaussian(40, 8).abs(), -unit_gaussian(900, 8, 1).abs())
        found = selection.search(product(scores), 5, scratch_bytes=SCRATCH)
        same(found, plain_top_k(scores, 5, scratch_bytes=SCRATCH))

    def test_where_norms_differ_much(self, product) -> None:
        sizes = 10.0 ** torch.linspace(-4, 4, 900)[torch.randperm(900, generator=generator(0))]
        scores = Scores(gaussian(60, 8) * sizes[:60, None], gaussian(900, 8, 1) * sizes[:, None])
        found = selection.search(product(scores), 5, scratch_bytes=SCRATCH)
        assert_same(found.indices, plain_top_k(scores, 5, scratch_bytes=SCRATCH).indices)

    def test_where_many_are_alike(self, product) -> None:
        scores = Scores(unit_gaussian(50, 6), unit_gaussian(20, 6, 1).repeat(60, 1))
        found = selection.search(product(scores), 7, scratch_bytes=SCRATCH)
        same(found, plain_top_k(scores, 7, scratch_bytes=SCRATCH))

    def test_where_nothing_is_finite(self, product) -> None:
        z = unit_gaussian(500, 6, 1)
        z[3] = torch.nan
        scores = Scores(unit_gaussian(4, 6), z)
        found = selection.search(product(scores), 2, scratch_bytes=SCRATCH)
        assert_same(found.indices, plain_top_k(scores, 2, scratch_bytes=SCRATCH).indices)


class TestSameBits:
    """Scores do not depend on what they are computed beside."""

    @pytest.mark.parametrize("cut", [1, 7, 299])
    def test_of_some_rows(self, product, cut) -> None:
        scores = biased(300, 1_500, d=300)
        whole = selection.search(product(scores), 10, scratch_bytes=SCRATCH)
        for rows in (slice(0, cut), slice(cut, 300)):
            part = Scores(scores.x[rows], scores.z, scores.scale, scores.x_bias[rows], scores.z_bias)
            found = selection.search(product(part), 10, scratch_bytes=50_000)
            same(found, TopK(whole.indices[rows], whole.scores[rows]))

    def test_of_any_product(self) -> None:
        scores = biased(300, 1_500, d=300)
        first, *others = (
            selection.search(make(scores), 10, scratch_bytes=SCRATCH) for make in PRODUCTS.values()
        )
        for other in others:
            same(other, first)

    def test_of_rows_however_they_lie_in_memory(self, product) -> None:
        scores = biased(300, 1_500, d=300)
        found = selection.search(product(scores), 10, scratch_bytes=SCRATCH)
        x, z = scores.x.T.contiguous().T, torch.nn.functional.pad(scores.z, (0, 5))[:, :300]
        other = Scores(x, z, scores.scale, scores.x_bias, scores.z_bias)
        same(selection.search(product(other), 10, scratch_bytes=SCRATCH), found)

    def test_with_any_threads(self, product) -> None:
        scores = biased(300, 1_500, d=300)
        found = selection.search(product(scores), 10, scratch_bytes=SCRATCH)
        before = torch.get_num_threads()
        torch.set_num_threads(before % 2 + 1)
        try:
            same(selection.search(product(scores), 10, scratch_bytes=SCRATCH), found)
        finally:
            torch.set_num_threads(before)


class TestWays:
    """What the compiled selection does where the other does nothing special."""

    @pytest.mark.parametrize("m", [1, 63, 64, 255, 256, 257, 700, 5_000])
    def test_any_number_of_columns(self, product, m) -> None:
        scores = biased(300, m)
        k = min(m, 10)
        there, back = selection.search_both(product(scores), (k, k), scratch_bytes=SCRATCH)
        assert_best(there, table(scores), k, atol=1e-5)
        assert_best(back, table(scores).T, k, atol=1e-5)

    def test_the_best_come_last(self, product) -> None:
        """Where every column beats those before, nothing can be told from the first tile."""
        x = unit_gaussian(600, 8).abs()
        scores = Scores(x, torch.linspace(0.1, 1, 3_000)[:, None] * torch.ones(8))
        there, back = selection.search_both(product(scores), (5, 5), scratch_bytes=100_000)
        same(there, plain_top_k(scores, 5, scratch_bytes=SCRATCH))
        same(back, plain_top_k(scores.turned, 5, scratch_bytes=SCRATCH))

    def test_the_best_stand_in_one_group(self, product) -> None:
        z = 0.01 * unit_gaussian(2_048, 8, 1).abs()
        z[::256] += 1
        scores = Scores(unit_gaussian(40, 8).abs(), z)
        found = selection.search(product(scores), 8, scratch_bytes=SCRATCH)
        same(found, plain_top_k(scores, 8, scratch_bytes=SCRATCH))

    @pytest.mark.parametrize("threads", [1, 2])
    def test_the_threads_of_torch_stay_as_they_were(self, product, threads) -> None:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        scores = biased(300, 700)
        try:
            selection.search_both(product(scores), (5, 5), scratch_bytes=SCRATCH)
            assert torch.get_num_threads() == threads
        finally:
            torch.set_num_threads(before)

    def test_the_threads_of_torch_stay_as_they_were_when_numba_comes(self) -> None:
        """After LAPACK has been at work, the start of numba's threads would set those of torch."""
        script = (
            "import isolex, torch; torch.set_num_threads(1); "
            "torch.linalg.svd(torch.randn(300, 300).double()); "
            "import isolex.retrieval.compiled; print(torch.get_num_threads())"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "1"

    def test_without_numba(self, monkeypatch) -> None:
        monkeypatch.undo()
        monkeypatch.setitem(sys.modules, "isolex.retrieval.compiled", None)
        tiles.compiled_loops.cache_clear()
        assert tiles.compiled_loops() is None
        tiles.compiled_loops.cache_clear()


class TestProof:
    def test_screening_alone_is_not_exact(self) -> None:
        """Keys that bfloat16 cannot tell apart: without proof and second search the result would be wrong."""
        x, z = torch.ones(30, 1), 1 + torch.randperm(4_000, generator=generator(0))[:, None] / 2**20
        scores = Scores(x, z)
        made = ScreeningProduct.of(scores, scratch_bytes=SCRATCH)
        found = selection.search(made, 3, scratch_bytes=SCRATCH)
        assert found.indices[0].tolist() == z[:, 0].argsort(descending=True)[:3].tolist()

    @pytest.mark.parametrize("name", list(PRODUCTS)[1:])
    def test_tiles_stay_under_the_ceiling(self, name) -> None:
        for scores in (biased(200, 300, 40), biased(50, 80, 300, scale=-0.3), biased(50, 80, 3, scale=40)):
            made = PRODUCTS[name](scores)
            for one in (made, made.turned):
                n, m = one.scores.x.shape[0], one.scores.z.shape[0]
                rows, columns = slice(0, n), slice(0, m)
                tile = one.tile(rows, columns, torch.empty(n * m, dtype=torch.bfloat16))
                exact = one.scores.tile(rows, columns)
                for column in range(m):
                    assert (exact[:, column] <= one.ceiling(rows, tile[:, column])).all()

    def test_few_rows_are_searched_again(self, monkeypatch) -> None:
        doubts = []
        proven = selection._Result.proven

        def counted(self, *arguments):
            doubts.append(int(self.doubted.sum()))
            return proven(self, *arguments)

        monkeypatch.setattr(selection._Result, "proven", counted)
        scores = Scores(unit_gaussian(2_000, 300), unit_gaussian(5_000, 300, 1))
        selection.search(ScreeningProduct.of(scores, scratch_bytes=2**26), 10, scratch_bytes=2**26)
        assert doubts[0] < 200

    def test_words_with_many_near_copies_are_screened_once_more(self, monkeypatch) -> None:
        """More near copies than candidates: no row is proven at first, and all are with more candidates."""
        monkeypatch.setattr(selection, "plain_top_k", lambda *_, **__: pytest.fail("a plain search"))
        originals = unit_gaussian(100, 300)
        copies = unit_gaussian(100, 300).repeat_interleave(40, dim=0) + 3e-3 * gaussian(4_000, 300, 2)
        scores = Scores(originals, copies)
        made = ScreeningProduct.of(scores, scratch_bytes=SCRATCH)
        found = selection.search(made, 10, scratch_bytes=SCRATCH)
        monkeypatch.undo()
        assert_close(found.scores, plain_top_k(scores, 10, scratch_bytes=SCRATCH).scores, atol=1e-6)

    def test_too_many_near_copies_are_searched_plainly(self, monkeypatch) -> None:
        asked = []

        def counted(scores, k, **arguments):
            asked.append(scores.x.shape[0])
            return plain_top_k(scores, k, **arguments)

        monkeypatch.setattr(selection, "plain_top_k", counted)
        originals = unit_gaussian(3, 300)
        copies = originals.repeat_interleave(2_000, dim=0) + 1e-5 * gaussian(6_000, 300, 2)
        scores = Scores(originals, copies)
        made = ScreeningProduct.of(scores, scratch_bytes=SCRATCH)
        found = selection.search(made, 10, scratch_bytes=SCRATCH)
        assert asked == [3]
        same(found, plain_top_k(scores, 10, scratch_bytes=SCRATCH))


class TestScratch:
    @pytest.mark.parametrize("scratch", [100_000, 2**22])
    def test_no_tile_has_more_than_half_of_it(self, product, way, monkeypatch, scratch) -> None:
        scores = biased(500, 3_000)
        made, sizes, again = product(scores), [], []
        compute = type(made).tile

        def recorded(self, *arguments):
            tile = compute(self, *arguments)
            (again if getattr(self, "generous", False) else sizes).append(tile.numel() * tile.element_size())
            return tile

        monkeypatch.setattr(type(made), "tile", recorded)
        for both in (False, True):
            sizes.clear()
            if both:
                selection.search_both(made, (3, 3), scratch_bytes=scratch)
            else:
                selection.search(made, 3, scratch_bytes=scratch)
            assert max(sizes + again) <= scratch / 2
            times = 2 if both and way == "torch" and made.cheap and max(sizes) < 500 * 3_000 * 2 else 1
            assert sum(sizes) == times * 500 * 3_000 * made.dtype.itemsize

    def test_few_rows_do_not_have_all_columns_rounded_at_once(self, monkeypatch) -> None:
        scores, scratch, parts = biased(3, 3_000), 100_000, []
        compute = screening._Rounded.part

        def recorded(self, rows):
            parts.append(compute(self, rows))
            return parts[-1]

        monkeypatch.setattr(screening._Rounded, "part", recorded)
        selection.search(ScreeningProduct.of(scores, scratch_bytes=scratch), 3, scratch_bytes=scratch)
        # Beside the rounded copy there is the scaled one in float32, twice as large.
        assert 3 * max(part.numel() * part.element_size() for part in parts) <= scratch / 2
        assert sum(part.shape[0] for part in parts) >= 3_000


@pytest.mark.usefixtures("always_fast")
class TestPublic:
    @pytest.mark.parametrize("wish", ["on", "off"])
    def test_the_switch_changes_nothing_but_the_way(self, monkeypatch, wish) -> None:
        monkeypatch.setenv(SCREENING_VARIABLE, wish)
        scores = biased(80, 400)
        same(
            top_k(scores.x, scores.z, 4, scale=2.0, bias=scores.z_bias),
            plain_top_k(Scores(scores.x, scores.z, 2.0, None, scores.z_bias), 4, scratch_bytes=SCRATCH),
        )
        there, back = top_k_both(scores.x, scores.z, 4, scale=2.0, x_bias=scores.x_bias, z_bias=scores.z_bias)
        same(there, plain_top_k(scores, 4, scratch_bytes=SCRATCH))
        same(back, plain_top_k(scores.turned, 4, scratch_bytes=SCRATCH))

    def test_fewer_rows_than_asked_for(self) -> None:
        there, back = top_k_both(gaussian(5, 3), gaussian(9, 3, 1), 7)
        assert (there.indices.shape, back.indices.shape) == ((5, 7), (9, 5))

    def test_a_wish_that_is_none(self, monkeypatch) -> None:
        monkeypatch.setenv(SCREENING_VARIABLE, "perhaps")
        with pytest.raises(InputError, match="ISOLEX_SCREENING: got 'perhaps', expected auto, on or off"):
            top_k(gaussian(5, 3), gaussian(9, 3, 1), 2)

    @pytest.mark.parametrize(("k", "message"), [(0, "got k = 0"), (-1, "got k = -1")])
    def test_k(self, k, message) -> None:
        with pytest.raises(InputError, match=message):
            top_k_both(gaussian(5, 3), gaussian(9, 3, 1), k)

    def test_no_rows(self) -> None:
        for x, z in ((gaussian(0, 3), gaussian(9, 3)), (gaussian(9, 3), gaussian(0, 3))):
            with pytest.raises(InputError, match="got no keys"):
                top_k_both(x, z, 2)


def test_small_searches_are_the_same_both_ways() -> None:
    scores = biased(8, 9)
    there, back = top_k_both(scores.x, scores.z, 3, scale=2.0, x_bias=scores.x_bias, z_bias=scores.z_bias)
    assert_best(there, table(scores), 3, atol=1e-6)
    assert_best(back, table(scores).T, 3, atol=1e-6)


@pytest.mark.parametrize(
    ("answers", "expected"), [((True, False), True), ((False, True), True), ((False, False), False)]
)
def test_the_processor_decides(monkeypatch, answers, expected) -> None:
    monkeypatch.delenv(SCREENING_VARIABLE, raising=False)
    for name, answer in zip(screening._BFLOAT16_QUESTIONS, answers, strict=True):
        monkeypatch.setattr(torch.cpu, name, lambda answer=answer: answer, raising=False)
    screening._multiplies_bfloat16.cache_clear()
    assert screens(torch.device("cpu")) is expected
    screening._multiplies_bfloat16.cache_clear()


def test_releases_of_torch_that_do_not_tell_do_not_screen(monkeypatch) -> None:
    monkeypatch.delenv(SCREENING_VARIABLE, raising=False)
    for name in screening._BFLOAT16_QUESTIONS:
        monkeypatch.delattr(torch.cpu, name, raising=False)
    screening._multiplies_bfloat16.cache_clear()
    assert not screens(torch.device("cpu"))
    screening._multiplies_bfloat16.cache_clear()


def test_oracle_and_plain_search_agree() -> None:
    scores = biased(20, 30)
    expected = oracle.scores(scores.x.double().numpy(), scores.z.double().numpy(), 2.0, scores.z_bias.numpy())
    assert_close(torch.from_numpy(table(scores)), expected + scores.x_bias.numpy()[:, None], atol=1e-6)
