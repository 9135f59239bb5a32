import math
from dataclasses import replace

import pytest
import torch

from isolex.errors import InputError
from isolex.mapping import Bilinear, Bootstrapping, Mapping, Problem, Procrustes
from isolex.progress import stopping
from tests.comparisons import assert_same, assert_translates
from tests.mapping.cases import Fixed, Keeping
from tests.planted import planted, same_ids, shuffled_pairs, unit_gaussian

IDENTITY = Mapping(torch.eye(20), torch.eye(20))


def as_set(pairs: torch.Tensor) -> set[tuple[int, int]]:
    return set(map(tuple, pairs.tolist()))


class TestPlanted:
    def test_few_pairs_are_enough(self) -> None:
        problem, pairs, _ = planted(n=400, d=30, seeds=20, noise=0.1)
        held_out = pairs[20:]

        def right(solver) -> float:
            x, z = solver.solve(problem).apply(problem.x, problem.z)
            found = (x[held_out[:, 0]] @ z.T).argmax(dim=1)
            return float((found == held_out[:, 1]).double().mean())

        assert right(Bootstrapping()) > 0.99 > right(Bilinear()) + 0.1

    def test_the_start_finds_the_first_pairs_where_none_are_given(self) -> None:
        x = unit_gaussian(100, 20)
        problem = Problem(x, x)
        found = Bootstrapping(Fixed(IDENTITY), Procrustes()).solve(problem)
        assert_translates(found, x, x, same_ids(100))
        assert found.trace == tuple({"round": n, "given": 0, "induced": 100} for n in (1, 2))

    def test_without_pairs_the_start_must_do_without(self) -> None:
        with pytest.raises(InputError, match="no seed pairs"):
            Bootstrapping().solve(Problem(unit_gaussian(9, 3), unit_gaussian(9, 3)))

    def test_where_there_is_neither_a_given_nor_an_induced_pair_the_start_stays(self) -> None:
        problem = Problem(torch.zeros(5, 20), torch.zeros(5, 20))
        found = Bootstrapping(Fixed(IDENTITY), Procrustes()).solve(problem)
        assert_same(found.source, IDENTITY.source)
        assert found.trace == ()


class TestRounds:
    def test_given_words_get_no_other_translation(self) -> None:
        """By the map each word translates itself; what is given says otherwise of ten."""
        x = unit_gaussian(100, 20)
        given = shuffled_pairs(10, seed=1)
        assert as_set(given) & as_set(same_ids(10)) != as_set(given)
        keeping = Keeping()
        found = Bootstrapping(Fixed(IDENTITY), keeping, rounds=3).solve(Problem(x, x, given))
        assert len(keeping.seen) == 3
        for seen in keeping.seen:
            assert torch.equal(seen.pairs[:10], given)
            assert (seen.pairs[10:] >= 10).all()
        assert as_set(keeping.seen[0].pairs[10:]) == as_set(same_ids(100)[10:])
        assert [row["given"] for row in found.trace] == [10, 10, 10]

    def test_words_of_pairs_of_weight_zero_are_free(self) -> None:
        x, keeping = unit_gaussian(100, 20), Keeping()
        weights = torch.tensor([1.0, 0.0])
        problem = Problem(x, x, torch.tensor([[0, 0], [1, 2]]), weights)
        Bootstrapping(Fixed(IDENTITY), keeping, rounds=1).solve(problem)
        assert as_set(keeping.seen[0].pairs) == as_set(same_ids(100))

    def test_given_pairs_count_more(self) -> None:
        x, keeping = unit_gaussian(100, 20), Keeping()
        problem = Problem(x, x, same_ids(4), torch.tensor([1.0, 1.0, 1.0, 5.0]))
        Bootstrapping(Fixed(IDENTITY), keeping, rounds=1, weight=6.0).solve(problem)
        weights = keeping.seen[0].weights
        ratios = weights / weights[-1]
        assert torch.allclose(ratios[:4], 6 * torch.tensor([0.5, 0.5, 0.5, 2.5]))
        assert torch.allclose(ratios[4:], torch.ones(96))

    def test_only_frequent_words_are_induced(self) -> None:
        x, keeping = unit_gaussian(100, 20), Keeping()
        Bootstrapping(Fixed(IDENTITY), keeping, rounds=1, vocabulary=30).solve(Problem(x, x, same_ids(5)))
        assert as_set(keeping.seen[0].pairs) == as_set(same_ids(30))

    def test_without_rounds_it_is_its_start(self) -> None:
        problem = planted(noise=0.3)[0]
        found, expected = Bootstrapping(rounds=0).solve(problem), Bilinear().solve(problem)
        assert_same(found.source, expected.source)
        assert_same(found.target, expected.target)
        assert found.trace == ()

    def test_without_a_solver_the_start_solves_every_round(self) -> None:
        problem = planted(noise=0.3)[0]
        found = Bootstrapping(Procrustes()).solve(problem)
        expected = Bootstrapping(Procrustes(), Procrustes()).solve(problem)
        assert_same(found.source, expected.source)
        keeping = Keeping()
        Bootstrapping(keeping, rounds=3).solve(problem)
        assert len(keeping.seen) == 4

    def test_the_trace_goes_on_from_that_of_the_start(self) -> None:
        x = unit_gaussian(50, 20)
        start = Fixed(replace(IDENTITY, trace=({"stage": "first"},)))
        found = Bootstrapping(start, Procrustes(), rounds=1).solve(Problem(x, x, same_ids(5)))
        assert found.trace == ({"stage": "first"}, {"round": 1, "given": 5, "induced": 45})

    def test_outputs_are_left_aside(self) -> None:
        problem = planted(noise=0.1)[0]
        outputs = unit_gaussian(120, 6, 5), unit_gaussian(120, 6, 6)
        found, expected = (Bootstrapping().solve(one) for one in (replace(problem, outputs=outputs), problem))
        assert_same(found.source, expected.source)
        assert found.trace == expected.trace

    def test_a_stop_is_as_running_out_of_rounds(self) -> None:
        problem = planted(noise=0.3)[0]
        with stopping(lambda: True):
            found = Bootstrapping(rounds=5).solve(problem)
        expected = Bootstrapping(rounds=1).solve(problem)
        assert_same(found.source, expected.source)
        assert found.trace == expected.trace


@pytest.mark.parametrize(
    "settings",
    [
        {"rounds": -1},
        {"rounds": 1.5},
        {"vocabulary": 0},
        {"weight": 0},
        {"weight": -1},
        {"weight": math.nan},
        {"weight": 1e9},
    ],
)
def test_unusable_settings(settings) -> None:
    with pytest.raises(InputError, match="Bootstrapping: "):
        Bootstrapping(**settings)
