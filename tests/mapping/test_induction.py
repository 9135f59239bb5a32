import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.mapping import Dictionary, Induction
from isolex.normalize import unit_rows
from isolex.retrieval import CSLS, InvertedSoftmax, NearestNeighbour
from tests.comparisons import assert_close, assert_same
from tests.oracles import retrieval as oracle
from tests.planted import unit_gaussian

X, Z = unit_gaussian(60, 5), unit_gaussian(45, 5, 1)
NEAREST = NearestNeighbour()

CRITERIA = {"nearest": NEAREST, "csls-10": CSLS(), "csls-1": CSLS(1), "csls-more-than-there-are": CSLS(99)}


def table_of(x: Tensor, z: Tensor, criterion) -> np.ndarray:
    """Scores of all pairs, without any query's own term, which changes no order."""
    sources, keys = x.double().numpy(), z.double().numpy()
    if isinstance(criterion, NearestNeighbour):
        return oracle.scores(sources, keys)
    return 2 * sources @ keys.T - oracle.mean_of_best(keys @ sources.T, criterion.k)[None, :]


def answered(x: Tensor, z: Tensor, criterion) -> tuple[list[int], list[float]]:
    """Each row's best answer by definition, and its lead."""
    table = table_of(x, z, criterion)
    ordered = np.sort(table, axis=1)
    return table.argmax(axis=1).tolist(), (ordered[:, -1] - ordered[:, -2]).tolist()


def defined(x: Tensor, z: Tensor, criterion, direction: str) -> tuple[list[list[int]], list[float]]:
    """Pairs and leads by definition, in the order that is promised."""
    (there, there_leads), (back, back_leads) = answered(x, z, criterion), answered(z, x, criterion)
    forward = [([i, j], there_leads[i]) for i, j in enumerate(there)]
    backward = [([i, j], back_leads[j]) for j, i in enumerate(back)]
    both = [([i, j], min(lead, back_leads[j])) for (i, j), lead in forward if back[j] == i]
    chosen = {"forward": forward, "backward": backward, "union": forward + backward, "mutual": both}
    pairs, leads = zip(*chosen[direction], strict=True)
    return list(pairs), list(leads)


def mean_cosine(x: Tensor, z: Tensor, criterion) -> float:
    best, _ = answered(x, z, criterion)
    return float((x.double() * z.double()[best]).sum(dim=1).mean())


def widest(pairs: list[list[int]], leads: list[float], count: int) -> list[list[int]]:
    kept = sorted(range(len(pairs)), key=lambda i: -leads[i])[:count]
    return [pairs[i] for i in sorted(kept)]


def rank_table(x: Tensor, z: Tensor) -> np.ndarray:
    """The place of each key in each query's list of nearest neighbours, from 0."""
    return np.argsort(oracle.order(table_of(x, z, NEAREST)), axis=1)


def ranks_of(found: Dictionary, ranks: np.ndarray) -> np.ndarray:
    rows, keys = found.pairs.numpy().T
    return ranks[rows, keys]


class TestAnswers:
    @pytest.mark.parametrize("direction", ["forward", "backward", "union", "mutual"])
    @pytest.mark.parametrize("name", CRITERIA)
    @pytest.mark.parametrize("sizes", [(60, 45), (45, 60), (7, 45), (2, 2)])
    def test_they_are_the_best_by_definition(self, direction, name, sizes) -> None:
        x, z = unit_gaussian(sizes[0], 5, 3), unit_gaussian(sizes[1], 5, 4)
        found = Induction(direction, CRITERIA[name]).induce(x, z)
        assert found.pairs.tolist() == defined(x, z, CRITERIA[name], direction)[0]
        assert found.pairs.dtype == torch.int64

    @pytest.mark.parametrize("name", CRITERIA)
    def test_the_criterion_is_the_mean_cosine_of_best_answers(self, name) -> None:
        forward, backward = mean_cosine(X, Z, CRITERIA[name]), mean_cosine(Z, X, CRITERIA[name])
        expected = {"forward": forward, "backward": backward, "union": (forward + backward) / 2}
        expected["mutual"] = expected["union"]
        assert abs(forward - backward) > 1e-3
        for direction, value in expected.items():
            assert_close(Induction(direction, CRITERIA[name]).induce(X, Z).criterion, value)

    def test_the_criteria_differ(self) -> None:
        found = {tuple(Induction("forward", own).induce(X, Z).pairs[:, 1]) for own in CRITERIA.values()}
        assert len(found) == len(CRITERIA)

    def test_any_criterion_of_retrieval_will_do(self) -> None:
        sharp = InvertedSoftmax(20.0)
        scores = oracle.inverted_softmax(X.double().numpy(), Z.double().numpy(), X.double().numpy(), 20.0)
        found = Induction("forward", sharp).induce(X, Z)
        assert found.pairs[:, 1].tolist() == scores.argmax(axis=1).tolist()

    def test_a_pair_that_both_sides_answer_stands_twice_in_the_union(self) -> None:
        union = Induction("union").induce(X, Z).pairs.tolist()
        mutual = Induction("mutual").induce(X, Z).pairs.tolist()
        assert 0 < len(mutual) < len(X)
        assert [pair for pair in union[: len(X)] if union.count(pair) == 2] == mutual

    def test_spaces_are_left_as_they_were(self) -> None:
        x, z = X.clone(), Z.clone()
        Induction(max_size=5).induce(x, z, keep=0.5, generator=generator(0))
        assert_same(x, X)
        assert_same(z, Z)

    def test_a_single_word_a_side(self) -> None:
        x, z = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.6, 0.8]])
        for direction, count in ("forward", 1), ("backward", 1), ("union", 2), ("mutual", 1):
            for induction in Induction(direction), Induction(direction, margin=0.1, max_size=5):
                found = induction.induce(x, z)
                assert found.pairs.tolist() == [[0, 0]] * count
                assert_close(found.criterion, 0.6)


class TestZeroRows:
    @pytest.mark.parametrize("name", CRITERIA)
    @pytest.mark.parametrize("direction", ["forward", "backward", "union", "mutual"])
    def test_it_is_as_if_they_were_not_there(self, name, direction) -> None:
        x, z = X.clone(), Z.clone()
        x[[0, 7, 59]], z[[1, 44]] = 0, 0
        found = Induction(direction, CRITERIA[name]).induce(x, z)
        x_ids, z_ids = x.any(dim=1).nonzero()[:, 0].tolist(), z.any(dim=1).nonzero()[:, 0].tolist()
        pairs, _ = defined(x[x_ids], z[z_ids], CRITERIA[name], direction)
        assert found.pairs.tolist() == [[x_ids[i], z_ids[j]] for i, j in pairs]
        assert (len(x_ids), len(z_ids)) == (57, 43)

    def test_they_are_nobodys_answer(self) -> None:
        """Their cosine of 0 beats any that is negative."""
        x, z = X.clone(), Z.clone()
        x[:, 0] = x[:, 0].abs() + 1
        z[:, 0] = -z[:, 0].abs() - 1
        x, z = unit_rows(x), unit_rows(z)
        z[44], x[3] = 0, 0
        for direction in "forward", "backward", "union":
            pairs = Induction(direction, NEAREST).induce(x, z).pairs
            assert not (pairs == torch.tensor([3, 44])).any()

    def test_neither_do_they_count_in_the_criterion(self) -> None:
        padded = torch.cat([X, torch.zeros(30, 5)])
        found = Induction("forward", NEAREST).induce(padded, Z)
        assert_close(found.criterion, mean_cosine(X, Z, NEAREST))

    @pytest.mark.parametrize("direction", ["forward", "backward", "union", "mutual"])
    def test_nothing_but_zeros(self, direction) -> None:
        nothing = torch.zeros(30, 5)
        for keep in 1.0, 0.3:
            found = Induction(direction).induce(nothing, nothing, keep=keep, generator=generator(0))
            assert found.pairs.shape == (0, 2)
            assert found.criterion == 0


class TestSelection:
    @pytest.mark.parametrize("direction", ["forward", "backward", "union", "mutual"])
    @pytest.mark.parametrize("criterion", [CSLS(), NEAREST])
    def test_margin(self, direction, criterion) -> None:
        pairs, leads = defined(X, Z, criterion, direction)
        margin = float(np.median(leads)) + 1e-5
        found = Induction(direction, criterion, margin=margin).induce(X, Z).pairs.tolist()
        assert found == [pair for pair, lead in zip(pairs, leads, strict=True) if lead > margin]
        assert 0 < len(found) < len(pairs)

    @pytest.mark.parametrize("direction", ["forward", "backward", "union", "mutual"])
    def test_at_most_those_of_the_widest_margin(self, direction) -> None:
        pairs, leads = defined(X, Z, CSLS(), direction)
        found = Induction(direction, max_size=7).induce(X, Z).pairs.tolist()
        assert found == widest(pairs, leads, 7)
        assert Induction(direction, max_size=1_000).induce(X, Z).pairs.tolist() == pairs

    def test_at_least_so_many_whatever_their_margin(self) -> None:
        pairs, leads = defined(X, Z, CSLS(), "union")
        found = Induction(margin=1.9, min_size=9).induce(X, Z).pairs.tolist()
        assert max(leads) < 1.9
        assert found == widest(pairs, leads, 9)
        assert Induction(margin=1.9).induce(X, Z).pairs.tolist() == []
        assert Induction(margin=1.9, min_size=1_000).induce(X, Z).pairs.tolist() == pairs
        assert Induction(min_size=5).induce(X, Z).pairs.tolist() == pairs

    def test_sizes_and_margin_together(self) -> None:
        pairs, leads = defined(X, Z, CSLS(), "union")
        sure = sum(lead > 0.1 for lead in leads)
        assert 10 < sure < 100
        cases = (0, sure - 5, sure - 5), (sure + 5, sure + 9, sure + 5), (0, 105, sure)
        for minimum, maximum, expected in cases:
            found = Induction(margin=0.1, min_size=minimum, max_size=maximum).induce(X, Z).pairs.tolist()
            assert found == widest(pairs, leads, expected)

    @pytest.mark.parametrize("direction", ["forward", "backward", "union", "mutual"])
    def test_rank_limit_is_for_both_words_and_searches_everything(self, direction) -> None:
        pairs, _ = defined(X, Z, CSLS(), direction)
        found = Induction(direction, rank_limit=20).induce(X, Z).pairs.tolist()
        assert found == [[i, j] for i, j in pairs if i < 20 and j < 20]
        assert 0 < len(found) < len(pairs)

    def test_rank_limit_comes_before_the_sizes(self) -> None:
        pairs, leads = defined(X, Z, CSLS(), "union")
        inside = [i for i, (row, key) in enumerate(pairs) if row < 20 and key < 20]
        found = Induction(rank_limit=20, max_size=4).induce(X, Z).pairs.tolist()
        assert found == widest([pairs[i] for i in inside], [leads[i] for i in inside], 4)

    @pytest.mark.parametrize("direction", ["forward", "backward", "union", "mutual"])
    def test_words_outside_the_vocabulary_take_no_part(self, direction) -> None:
        found = Induction(direction, vocabulary=30).induce(X, Z)
        assert found.pairs.tolist() == defined(X[:30], Z[:30], CSLS(), direction)[0]
        whole = Induction(direction, vocabulary=None).induce(X, Z)
        assert whole.pairs.tolist() == defined(X, Z, CSLS(), direction)[0]
        assert found.criterion < whole.criterion


class TestDropoutOfPairs:
    """Many queries to few keys; the rank of each answer in its query's full list is the random variable."""

    @pytest.mark.parametrize(
        ("keep", "keys"), [(0.5, 60), (0.3, 60), (0.05, 60), (0.9, 60), (0.2, 5), (0.5, 1)]
    )
    def test_the_rank_is_geometric_and_past_the_candidates_anything(self, keep, keys) -> None:
        x, z = unit_gaussian(6_000, 6), unit_gaussian(keys, 6, 1)
        found = Induction("forward", NEAREST).induce(x, z, keep=keep, generator=generator(2))
        counts = np.bincount(ranks_of(found, rank_table(x, z)), minlength=keys)
        listed = min(keys, 40, math.ceil(math.log(1e-3) / math.log1p(-keep)))
        shares = np.where(np.arange(keys) < listed, keep * (1 - keep) ** np.arange(keys), 0)
        assert_chances(counts, shares + (1 - keep) ** listed / keys)

    def test_it_is_the_rank_after_masking_each_key_by_itself(self) -> None:
        x, z, keep = unit_gaussian(6_000, 6), unit_gaussian(60, 6, 1), 0.3
        found = Induction("forward", NEAREST).induce(x, z, keep=keep, generator=generator(3))
        ranks, table = rank_table(x, z), table_of(x, z, NEAREST)
        masked = np.where(np.random.default_rng(0).random(table.shape) < keep, table, -np.inf)
        expected = ranks[np.arange(len(x)), masked.argmax(axis=1)]
        both = np.stack([np.bincount(part, minlength=60) for part in (ranks_of(found, ranks), expected)])
        both = np.hstack([both[:, :15], both[:, 15:].sum(axis=1, keepdims=True)])
        assert stats.chi2_contingency(both).pvalue > 1e-3

    def test_every_word_draws_for_itself(self) -> None:
        x, z = X[:1].repeat(500, 1), unit_gaussian(60, 5, 1)
        answers = Induction("forward", NEAREST).induce(x, z, keep=0.5, generator=generator(0)).pairs[:, 1]
        assert answers.unique().numel() > 5
        assert not torch.equal(answers[:250], answers[250:])

    def test_each_direction_draws_for_itself(self) -> None:
        found = Induction("union", NEAREST).induce(X, X, keep=0.5, generator=generator(0)).pairs
        assert found[:60, 1].tolist() != found[60:, 0].tolist()

    def test_mutual_pairs_are_mutual_after_the_draw(self) -> None:
        drawn = Induction("union", CSLS()).induce(X, Z, keep=0.6, generator=generator(4)).pairs.tolist()
        forward, backward = drawn[: len(X)], drawn[len(X) :]
        found = Induction("mutual", CSLS()).induce(X, Z, keep=0.6, generator=generator(4)).pairs.tolist()
        assert found == [pair for pair in forward if pair in backward]
        assert found

    def test_the_criterion_does_not_depend_on_the_draw(self) -> None:
        plain = Induction().induce(X, Z).criterion
        for seed in range(3):
            drawn = Induction().induce(X, Z, keep=0.2, generator=generator(seed))
            assert drawn.criterion == pytest.approx(plain, abs=1e-6)

    def test_margins_are_those_of_the_words_not_of_the_draw(self) -> None:
        pairs, leads = defined(X, Z, CSLS(), "forward")
        found = Induction("forward", max_size=10).induce(X, Z, keep=0.5, generator=generator(0)).pairs
        assert found[:, 0].tolist() == [row for row, _ in widest(pairs, leads, 10)]

    def test_zero_rows_have_no_answer(self) -> None:
        padded = torch.cat([X, torch.zeros(9, 5)])
        pairs = Induction("forward").induce(padded, Z, keep=0.3, generator=generator(0)).pairs
        assert pairs[:, 0].tolist() == list(range(60))


class TestDropoutOfKeys:
    @pytest.mark.parametrize("keep", [0.05, 0.3, 0.75])
    def test_a_share_of_the_keys_answers_and_each_answer_is_their_best(self, keep) -> None:
        """Every key is a query too, so that each that was kept answers itself."""
        queries = torch.cat([Z, X])
        found = Induction("forward", NEAREST, dropout="keys").induce(
            queries, Z, keep=keep, generator=generator(1)
        )
        kept = found.pairs[:, 1].unique()
        assert kept.numel() == round(keep * 45)
        best = table_of(queries, Z[kept], NEAREST).argmax(axis=1)
        assert found.pairs.tolist() == [[i, int(kept[j])] for i, j in enumerate(best)]

    def test_neighbourhoods_are_those_in_all_queries(self) -> None:
        found = Induction("forward", CSLS(3), dropout="keys").induce(X, Z, keep=0.5, generator=generator(1))
        kept = torch.randperm(45, generator=generator(1))[:22].sort().values
        best = table_of(X, Z[kept], CSLS(3)).argmax(axis=1)
        assert found.pairs[:, 1].tolist() == kept[best].tolist()

    def test_each_direction_leaves_out_others(self) -> None:
        found = Induction("union", NEAREST, dropout="keys").induce(X, X, keep=0.5, generator=generator(0))
        there, back = found.pairs[:60, 1].unique(), found.pairs[60:, 0].unique()
        assert there.numel() == back.numel() == 30
        assert there.tolist() != back.tolist()

    def test_every_key_is_kept_as_often(self) -> None:
        draws, counts = generator(5), torch.zeros(45)
        for _ in range(400):
            found = Induction("forward", NEAREST, dropout="keys").induce(Z, Z, keep=0.4, generator=draws)
            counts[found.pairs[:, 1].unique()] += 1
        assert counts.sum() == 400 * 18
        assert_chances(counts.numpy(), np.full(45, 1 / 45))

    def test_one_key_is_left_at_least(self) -> None:
        found = Induction("union", dropout="keys").induce(X, Z, keep=1e-6, generator=generator(0)).pairs
        assert found[:60, 1].unique().numel() == found[60:, 0].unique().numel() == 1


class TestDraws:
    @pytest.mark.parametrize("direction", ["forward", "backward", "union", "mutual"])
    def test_without_dropout_there_are_none(self, direction) -> None:
        given = generator(7)
        state = given.get_state()
        for dropout in "pairs", "keys":
            found = Induction(direction, dropout=dropout).induce(X, Z, keep=1.0, generator=given)
            assert found.pairs.tolist() == defined(X, Z, CSLS(), direction)[0]
        assert torch.equal(given.get_state(), state)

    @pytest.mark.parametrize("dropout", ["pairs", "keys"])
    def test_the_generator_decides(self, dropout) -> None:
        induction, state = Induction(dropout=dropout), torch.get_rng_state()
        first, again, other = (
            induction.induce(X, Z, keep=0.4, generator=generator(seed)).pairs for seed in (1, 1, 2)
        )
        assert_same(first, again)
        assert first.tolist() != other.tolist()
        assert torch.equal(torch.get_rng_state(), state)

    @pytest.mark.parametrize("dropout", ["pairs", "keys"])
    def test_a_generator_goes_on(self, dropout) -> None:
        draws, induction = generator(1), Induction(dropout=dropout)
        first, second = (induction.induce(X, Z, keep=0.4, generator=draws).pairs for _ in range(2))
        assert first.tolist() != second.tolist()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"direction": "sideways"}, "got direction 'sideways', expected forward, backward, union or mutual"),
        ({"dropout": "words"}, "got dropout 'words', expected pairs or keys"),
        ({"vocabulary": 0}, "at least 1"),
        ({"rank_limit": 0}, "at least 1"),
        ({"max_size": 0}, "at least 1"),
        ({"min_size": -1}, "at least 1"),
        ({"margin": -0.1}, "got margin -0.1, expected at least 0"),
        ({"margin": math.nan}, "got margin nan, expected at least 0"),
    ],
)
def test_unusable_settings(settings, message) -> None:
    with pytest.raises(InputError, match=rf"Induction: .*{message}"):
        Induction(**settings)


@pytest.mark.parametrize("keep", [0.0, -0.5, 1.1, math.nan])
def test_an_impossible_share(keep) -> None:
    with pytest.raises(InputError, match=r"Induction: got keep .*, expected 0 < keep ≤ 1 and a generator"):
        Induction().induce(X, Z, keep=keep, generator=generator(0))


@pytest.mark.parametrize("dropout", ["pairs", "keys"])
def test_dropout_needs_a_generator(dropout) -> None:
    with pytest.raises(InputError, match=r"got keep 0\.5, expected 0 < keep ≤ 1 and a generator"):
        Induction(dropout=dropout).induce(X, Z, keep=0.5)


def test_dictionaries_are_compared_by_identity() -> None:
    pairs = torch.zeros(1, 2, dtype=torch.int64)
    assert Dictionary(pairs, 0.5) != Dictionary(pairs, 0.5)


def assert_chances(counts: np.ndarray, shares: np.ndarray) -> None:
    """Counts that these shares give, rare outcomes taken together, at a level of one in a thousand."""
    total = counts.sum()
    assert shares.sum() == pytest.approx(1)
    rare = shares * total < 10
    seen, wanted = counts[~rare], shares[~rare]
    if rare.any():
        seen, wanted = np.append(seen, counts[rare].sum()), np.append(wanted, shares[rare].sum())
    if wanted[-1] * total < 1:
        assert seen[-1] < 5
        seen, wanted = seen[:-1], wanted[:-1]
    if len(wanted) == 1:
        assert seen[0] == pytest.approx(total, abs=5)
    else:
        assert stats.chisquare(seen, wanted / wanted.sum() * seen.sum()).pvalue > 1e-3
