import math

import pytest
import torch

from isolex.errors import InputError
from isolex.normalize import unit_rows
from isolex.retrieval import CSLS, InvertedSoftmax, NearestNeighbour, criteria, mean_top_k
from tests.comparisons import assert_best, assert_close, assert_same
from tests.oracles import retrieval as oracle
from tests.planted import gaussian, same_ids, unit_gaussian
from tests.spaces import gaussian as drawn

CRITERIA = [NearestNeighbour(), CSLS(), CSLS(k=1), CSLS(k=999), InvertedSoftmax(), InvertedSoftmax(5.0)]


def spaces(n: int = 40, m: int = 50, d: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    return unit_gaussian(n, d), unit_gaussian(m, d, 1)


def expected_scores(criterion, sources, keys, queries):
    sources, keys, queries = (rows.double().numpy() for rows in (sources, keys, queries))
    if isinstance(criterion, CSLS):
        return oracle.csls(sources, keys, queries, criterion.k)
    if isinstance(criterion, InvertedSoftmax):
        return oracle.inverted_softmax(sources, keys, queries, criterion.temperature)
    return queries @ keys.T


@pytest.mark.parametrize("criterion", CRITERIA, ids=repr)
class TestEveryCriterion:
    @pytest.mark.parametrize("k", [1, 7, 50, 60])
    def test_scores_are_those_of_the_paper(self, criterion, k) -> None:
        sources, keys = spaces()
        queries = unit_gaussian(9, 4, 2)
        found = criterion.index(sources, keys).search(queries, k)
        assert_best(found, expected_scores(criterion, sources, keys, queries), k)

    def test_ranks_agree_with_scores(self, criterion) -> None:
        sources, keys = spaces()
        targets = torch.arange(40)
        table = expected_scores(criterion, sources, keys, sources)
        found = criterion.index(sources, keys).ranks(sources, targets)
        assert found.tolist() == oracle.ranks(table, targets.tolist()).tolist()

    def test_order_of_rows_does_not_matter(self, criterion) -> None:
        sources, keys = spaces()
        order = torch.randperm(50, generator=torch.Generator().manual_seed(0))
        found = criterion.index(sources, keys).search(sources, 5)
        permuted = criterion.index(sources.flip(0), keys[order]).search(sources, 5)
        assert_same(order[permuted.indices], found.indices)
        assert_close(permuted.scores, found.scores, atol=1e-4)

    def test_no_queries(self, criterion) -> None:
        found = criterion.index(*spaces()).search(torch.zeros(0, 4), 3)
        assert found.indices.shape == found.scores.shape == (0, 3)

    def test_best_are_the_keys_of_search(self, criterion) -> None:
        sources, keys = spaces()
        index = criterion.index(sources, keys)
        assert torch.equal(index.best(sources, 7), index.search(sources, 7).indices)

    def test_degenerate_spaces(self, criterion) -> None:
        """Zero rows, repeated rows, a single key: finite scores, ties to the lower id."""
        sources = torch.cat([torch.zeros(2, 4), unit_gaussian(3, 4)])
        keys = torch.cat([torch.zeros(1, 4), unit_gaussian(1, 4, 1).repeat(3, 1)])
        found = criterion.index(sources, keys).search(sources, 4)
        assert torch.isfinite(found.scores).all()
        for row in found.indices.tolist():
            assert [key for key in row if key > 0] == [1, 2, 3]
        assert criterion.index(sources, keys[:1]).search(sources, 4).indices.tolist() == [[0]] * 5


def hub() -> tuple[torch.Tensor, torch.Tensor]:
    """Four sources, their four translations at cosine 0.45, and a last key at cosine 0.5 to every source."""
    along, aside = torch.eye(8)[:4], torch.eye(8)[4:]
    translations = 0.45 * along + math.sqrt(1 - 0.45**2) * aside
    return along, torch.cat([translations, along.sum(dim=0, keepdim=True) / 2])


def test_a_hub_takes_every_answer_of_nearest_neighbour() -> None:
    sources, keys = hub()
    assert NearestNeighbour().index(sources, keys).search(sources, 1).indices.flatten().tolist() == [4] * 4


@pytest.mark.parametrize("criterion", [CSLS(), CSLS(k=4), InvertedSoftmax()], ids=repr)
def test_the_hub_loses_its_advantage(criterion) -> None:
    sources, keys = hub()
    index = criterion.index(sources, keys)
    assert index.search(sources, 1).indices.flatten().tolist() == [0, 1, 2, 3]
    assert index.ranks(sources, torch.full((4,), 4)).tolist() == [2] * 4


def test_csls_of_a_hand_made_case() -> None:
    # r_T(q) = (1 + 0.6) / 2 over both keys; r_S(z) = 1 and 0.6 over the only source.
    sources, keys = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.6, 0.8]])
    found = CSLS(k=2).index(sources, keys).search(sources, 2)
    assert_close(found.scores, [[2 - 0.8 - 1, 1.2 - 0.8 - 0.6]])


def test_csls_with_neighbourhoods_that_are_known() -> None:
    sources, keys = spaces()
    found = CSLS().index_with(keys, mean_top_k(keys, sources, 10)).search(sources, 5)
    expected = CSLS().index(sources, keys).search(sources, 5)
    assert_same(found.indices, expected.indices)
    assert_same(found.scores, expected.scores)


class TestInvertedSoftmax:
    @pytest.mark.parametrize("beta", [0.01, 1.0, 30.0, 300.0])
    def test_scores_are_log_probabilities_over_the_keys(self, beta) -> None:
        sources, keys = spaces()
        found = InvertedSoftmax(beta).index(sources, keys).search(sources, keys.shape[0])
        assert_close(found.scores.double().exp().sum(dim=1), torch.ones(40), atol=1e-3)
        assert (found.scores <= 1e-4).all()

    @staticmethod
    def likelihood(criterion, sources, keys, pairs) -> float:
        table = expected_scores(criterion, sources, keys, sources)
        return float(table[pairs[:, 0].numpy(), pairs[:, 1].numpy()].mean())

    @pytest.mark.parametrize("noise", [0.1, 0.3, 0.6, 1.0])
    def test_the_fitted_temperature_is_the_likeliest(self, noise) -> None:
        sources = unit_gaussian(60, 8)
        keys = unit_rows(sources + noise * gaussian(60, 8, 1))
        pairs = same_ids(40)
        fitted = InvertedSoftmax.fitted(sources, keys, pairs)
        best = self.likelihood(fitted, sources, keys, pairs)
        for beta in [InvertedSoftmax().temperature, *torch.logspace(0, math.log10(300), 40).tolist()]:
            assert best >= self.likelihood(InvertedSoftmax(beta), sources, keys, pairs) - 1e-3

    def test_clean_pairs_ask_for_a_high_temperature_and_noisy_ones_do_not(self) -> None:
        # By NumPy: what torch draws from a normal distribution differs between processors.
        sources, beside = (torch.from_numpy(drawn(60, 8, seed)) for seed in (0, 1))
        sources = unit_rows(sources)
        temperatures = [
            InvertedSoftmax.fitted(sources, unit_rows(sources + noise * beside), same_ids(60)).temperature
            for noise in (0.0, 0.3, 3.0)
        ]
        assert temperatures[0] > 100
        assert temperatures == sorted(temperatures, reverse=True)
        assert temperatures[2] < 10

    def test_the_pool_holds_every_pair(self) -> None:
        """Pairs outside the head of the vocabulary are fitted on all the same."""
        sources = unit_gaussian(60, 8)
        keys = unit_rows(sources + 0.3 * gaussian(60, 8, 1))
        pairs = torch.tensor([[50, 50], [3, 3], [59, 59], [50, 50], [7, 41]])
        fitted = InvertedSoftmax.fitted(sources, keys, pairs, pool=10)
        # By hand: the pool is the first ten rows of either side and the rows in the pairs.
        in_sources, in_keys = [*range(10), 50, 59], [*range(10), 41, 50, 59]
        moved = torch.tensor([[in_sources.index(i), in_keys.index(j)] for i, j in pairs.tolist()])
        assert fitted == InvertedSoftmax.fitted(sources[in_sources], keys[in_keys], moved)

    def test_pairs_beyond_the_pool_are_left_out(self) -> None:
        sources = unit_gaussian(60, 8)
        keys = unit_rows(sources + 0.3 * gaussian(60, 8, 1))
        pairs = torch.cat([same_ids(20), torch.tensor([[i, 59 - i] for i in range(20)])])
        fitted = InvertedSoftmax.fitted(sources, keys, pairs, pool=20)
        assert fitted == InvertedSoftmax.fitted(sources, keys, pairs[:20], pool=20)
        assert fitted != InvertedSoftmax.fitted(sources, keys, pairs)

    def test_no_pairs(self) -> None:
        with pytest.raises(InputError, match="no seed pairs"):
            InvertedSoftmax.fitted(*spaces(), torch.zeros(0, 2, dtype=torch.int64))

    @pytest.mark.parametrize("beta", [0.0, -1.0, math.nan, math.inf])
    def test_unusable_temperatures(self, beta) -> None:
        with pytest.raises(InputError, match="got temperature"):
            InvertedSoftmax(beta)


@pytest.mark.parametrize("k", [0, -3])
def test_unusable_k(k) -> None:
    with pytest.raises(InputError, match=f"got k = {k}"):
        CSLS(k=k)


def test_csls_without_a_vocabulary_to_compare_with() -> None:
    with pytest.raises(InputError, match="no keys"):
        CSLS().index(torch.zeros(0, 2), unit_gaussian(3, 2))


@pytest.mark.parametrize("lowest", [0.0, 0.7, 1.3, 2.0])
def test_golden_section(lowest) -> None:
    found = criteria._golden_section(lambda at: abs(at - lowest), 0.0, 2.0, steps=20)
    assert abs(found - lowest) < 2 * 0.62**20 + 1e-9
