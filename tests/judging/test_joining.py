"""A language that joins a space is judged like a joint solution in which the others do not move."""

import pytest
import torch

from isolex.judging import Joining, choose_jointly
from isolex.mapping import Joint, JointMapping, JointProblem, Problem, Tie
from isolex.normalize import unit_rows

from ..planted import gaussian, rotation, same_ids, shuffled_pairs, unit_gaussian

N, D = 400, 12


def spaces(count: int) -> list[torch.Tensor]:
    meaning = unit_gaussian(N, D)
    return [unit_rows(meaning @ rotation(D, 10 + i) + 0.1 * gaussian(N, D, 20 + i)) for i in range(count)]


ROWS = spaces(3)


def tie(i: int, j: int) -> Tie:
    return Tie.of(Problem(ROWS[i], ROWS[j], same_ids(N)))


@pytest.fixture(scope="module")
def frozen() -> JointMapping:
    """A space of the first two."""
    return Joint().solve(JointProblem.of(2, [((0, 1), tie(0, 1))]))


def test_the_others_stay_and_the_last_is_placed(frozen):
    joined = Joining(frozen, Joint()).solve(JointProblem.of(3, [((0, 2), tie(0, 2)), ((1, 2), tie(1, 2))]))
    assert joined.placements[:2] == frozen.placements
    assert joined.scaling is frozen.scaling
    mapped = [unit_rows(rows @ map) for rows, map in zip(ROWS, joined.maps, strict=True)]
    for other in (0, 1):
        assert bool(((mapped[2] @ mapped[other].T).argmax(dim=1) == torch.arange(N)).double().mean() > 0.95)


def test_the_order_of_a_pair_does_not_matter(frozen):
    turned = Tie(tie(0, 2).cross.T, tie(0, 2).target, tie(0, 2).source)
    both = [
        Joining(frozen, Joint()).solve(JointProblem.of(3, [(pair, one), ((1, 2), tie(1, 2))])).maps[2]
        for pair, one in (((0, 2), tie(0, 2)), ((2, 0), turned))
    ]
    torch.testing.assert_close(*both)


def test_a_lexicon_that_counts_more_moves_it_more(frozen):
    wrong = Tie.of(Problem(ROWS[1], ROWS[2], shuffled_pairs(N)))
    ties = [((0, 2), tie(0, 2)), ((1, 2), wrong)]

    def cosine(weight: float) -> float:
        problem = JointProblem.of(3, ties, weights={(1, 2): weight})
        maps = Joining(frozen, Joint()).solve(problem).maps
        return float((unit_rows(ROWS[0] @ maps[0]) * unit_rows(ROWS[2] @ maps[2])).sum(dim=1).mean())

    assert cosine(0.01) > cosine(20.0)


@pytest.mark.parametrize(("right", "status"), [(True, "aligned"), (False, "failed")])
def test_a_lexicon_is_judged(frozen, right, status):
    pairs = same_ids(N) if right else shuffled_pairs(N)
    lexicons = {(i, 2): Problem(ROWS[i], ROWS[2], pairs) for i in (0, 1)}
    choice = choose_jointly([Joining(frozen, Joint())], ROWS, lexicons, asked=list(lexicons), seed=0)
    assert {found for found, _ in choice.statuses.values()} == {status}
