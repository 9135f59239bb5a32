"""A joint space is judged by words that none of its lexicons showed it."""

from dataclasses import dataclass, replace
from itertools import combinations

import pytest
import torch

from isolex.arrays import generator
from isolex.judging import choose_jointly, composed
from isolex.judging.jointly import _Split
from isolex.mapping import Joint, JointMapping, JointProblem, Problem
from isolex.normalize import unit_rows

from ..planted import gaussian, rotation, same_ids, unit_gaussian

N, D = 400, 12
ALL = list(combinations(range(3), 2))


def spaces(count: int = 3, *, noise: float = 0.1) -> list[torch.Tensor]:
    meaning = unit_gaussian(N, D)
    return [unit_rows(meaning @ rotation(D, 10 + i) + noise * gaussian(N, D, 20 + i)) for i in range(count)]


def shuffled(count: int) -> torch.Tensor:
    return torch.stack([torch.arange(count), torch.randperm(count, generator=generator(5))], dim=1)


def test_pairs_with_and_without_a_lexicon_are_aligned() -> None:
    rows = spaces()
    lexicons = {
        (0, 1): Problem(rows[0], rows[1], same_ids(N)),
        (0, 2): Problem(rows[0], rows[2], same_ids(N)),
    }
    choice = choose_jointly([Joint()], rows, lexicons, asked=ALL, seed=0)
    assert {pair: status for pair, (status, _) in choice.statuses.items()} == dict.fromkeys(ALL, "aligned")
    # The words of language 1 and 2 that are asked are linked by the held-out words of language 0 alone.
    assert choice.held_out[1, 2].words >= N // 10
    assert all(found.percent > 90 for found in choice.held_out.values())


def test_a_language_with_a_wrong_lexicon_fails_and_the_others_do_not() -> None:
    rows = spaces(4)
    right = {(i, j): Problem(rows[i], rows[j], same_ids(N)) for i, j in ALL}
    wrong = {(0, 3): Problem(rows[0], rows[3], shuffled(N))}
    asked = list(combinations(range(4), 2))
    choice = choose_jointly([Joint()], rows, right | wrong, asked=asked, seed=0)
    statuses = {pair: status for pair, (status, _) in choice.statuses.items()}
    assert all(statuses[pair] == "aligned" for pair in ALL)
    assert all(statuses[i, 3] != "aligned" for i in range(3))
    # It is wrong, so it counts little.
    assert choice.weights[0, 3] < 0.2 * min(choice.weights[pair] for pair in ALL)


@dataclass(frozen=True)
class Senseless:
    """Maps the second language the wrong way round."""

    def solve(self, problem: JointProblem) -> JointMapping:
        mapping = Joint().solve(problem)
        first, second = mapping.placements
        return replace(mapping, placements=(first, replace(second, map=-second.map)))


@pytest.mark.parametrize("turn", [1, -1])
def test_of_several_solvers_the_one_is_taken_that_held_out_words_speak_for(turn) -> None:
    rows = spaces(2)
    lexicons = {(0, 1): Problem(rows[0], rows[1], same_ids(N))}
    solvers = [Senseless(), Joint()][::turn]
    choice = choose_jointly(solvers, rows, lexicons, asked=[(0, 1)], seed=0)
    assert choice.solver == Joint()
    assert choice.statuses[0, 1][0] == "aligned"


def test_of_solvers_that_do_alike_the_first_is_taken() -> None:
    rows = spaces(2, noise=0)
    lexicons = {(0, 1): Problem(rows[0], rows[1], same_ids(N))}
    for solvers in ([Joint(ridge=1), Joint(ridge=2)], [Joint(ridge=2), Joint(ridge=1)]):
        assert choose_jointly(solvers, rows, lexicons, asked=[], seed=0).solver is solvers[0]


def test_lexicons_too_small_to_hold_words_out_are_doubtful() -> None:
    rows = spaces(2)
    lexicons = {(0, 1): Problem(rows[0], rows[1], same_ids(3))}
    status, reason = choose_jointly([Joint()], rows, lexicons, asked=[(0, 1)], seed=0).statuses[0, 1]
    assert status == "doubtful"
    assert "too few to check" in reason


def test_composed_pairs_go_through_every_third_language() -> None:
    lexicons = {
        (0, 1): torch.tensor([[1, 5], [2, 6], [9, 9]]),
        (1, 2): torch.tensor([[5, 8], [5, 7], [4, 4]]),
        (2, 3): torch.tensor([[3, 3]]),
        (0, 3): torch.tensor([[1, 3], [1, 2]]),
    }
    # 1 → 5 → 8 and 7 through language 1; 1 → 3 → 3 through language 3, whose lexicon with 2 is turned round.
    assert composed(lexicons, 0, 2).tolist() == [[1, 3], [1, 7], [1, 8]]


def test_pairs_that_other_words_of_the_lexicons_link_are_not_asked() -> None:
    rows = spaces()
    # Two words of language 0 mean the same, so when one is held out the other gives the answer away.
    twice = torch.cat([same_ids(N), torch.stack([torch.arange(N).roll(1), torch.arange(N)], dim=1)])
    lexicons = {pair: Problem(rows[pair[0]], rows[pair[1]], twice) for pair in ((0, 1), (0, 2))}
    split = _Split.of(rows, lexicons, seed=0, part=1)
    asked = {tuple(pair) for pair in split.asked(1, 2).tolist()}
    shown = {tuple(pair) for pair in composed(split.shown, 1, 2).tolist()}
    assert asked
    assert not asked & shown
    assert len(asked) < len(composed(split.gold, 1, 2))


def test_composed_of_languages_that_nothing_links_is_empty() -> None:
    assert composed({(0, 1): torch.tensor([[1, 5]])}, 0, 1).shape == (0, 2)
