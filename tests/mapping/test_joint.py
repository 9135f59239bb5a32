"""Many languages in one space."""

from itertools import combinations, pairwise

import pytest
import torch

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.mapping import (
    GeneralizedProcrustes,
    GeoMM,
    Joint,
    JointProblem,
    JointVecMap,
    Problem,
    Procrustes,
    Tie,
    VecMap,
    components,
)
from isolex.normalize import unit_rows

from ..planted import gaussian, rotation, same_ids, unit_gaussian

N, D = 200, 8
SOLVERS = [Joint(), Joint(ridge=0), Joint(ridge=30), JointVecMap(), GeneralizedProcrustes()]
STAR = [(0, 1), (0, 2), (0, 3)]
TREE = [(0, 1), (1, 2), (2, 3)]
COMPLETE = list(combinations(range(4), 2))


def spaces(count: int = 4, *, noise: float = 0.0, dimensions: tuple[int, ...] = ()) -> list[torch.Tensor]:
    """One meaning, turned another way in each language; the n-th rows translate each other."""
    meaning = unit_gaussian(N, D)
    return [
        unit_rows(meaning @ rotation(D, 10 + i, e) + noise * gaussian(N, e, 20 + i))
        for i, e in enumerate(dimensions or (D,) * count)
    ]


def name(solver) -> str:
    return repr(solver).partition(", sweeps")[0].replace("(sweeps=100", "")


def problem(rows, lexicons, *, weights=None, seeds: int = 120) -> JointProblem:
    ties = (((i, j), Tie.of(Problem(rows[i], rows[j], same_ids(seeds)))) for i, j in lexicons)
    return JointProblem.of(len(rows), ties, weights=weights)


def worst_cosine(rows, mapping) -> float:
    """The least cosine of any word with its translation in any other language."""
    mapped = [unit_rows(x @ map) for x, map in zip(rows, mapping.maps, strict=True)]
    return min(float((a * b).sum(dim=1).min()) for a, b in combinations(mapped, 2))


@pytest.mark.parametrize("lexicons", [STAR, TREE, COMPLETE], ids=["star", "tree", "complete"])
@pytest.mark.parametrize("solver", SOLVERS, ids=name)
def test_planted_rotations_are_recovered_whatever_the_graph(lexicons, solver) -> None:
    rows = spaces()
    assert worst_cosine(rows, solver.solve(problem(rows, lexicons))) > 0.9999


@pytest.mark.parametrize("solver", SOLVERS, ids=name)
def test_languages_may_differ_in_dimension(solver) -> None:
    rows = spaces(dimensions=(D, D + 3, D, D + 5))
    mapping = solver.solve(problem(rows, TREE))
    assert [tuple(map.shape) for map in mapping.maps] == [(e, D + 5) for e in (D, D + 3, D, D + 5)]
    assert worst_cosine(rows, mapping) > 0.999


def test_rotations_on_a_star_are_procrustes_with_the_middle() -> None:
    rows = spaces(noise=0.3)
    maps = GeneralizedProcrustes().solve(problem(rows, STAR)).maps
    for other in (1, 2, 3):
        pivot = Procrustes().solve(Problem(rows[other], rows[0], same_ids(120))).source
        torch.testing.assert_close(maps[other] @ maps[0].T, pivot, atol=1e-5, rtol=0)


def test_two_languages_agree_in_the_singular_values_of_vecmap() -> None:
    rows = spaces(2, noise=0.3)
    mapping = JointVecMap().solve(problem(rows, [(0, 1)]))
    x, z = (side[:120].double() for side in rows)
    s = torch.linalg.svdvals(
        torch.linalg.inv(torch.linalg.cholesky(x.T @ x))
        @ (x.T @ z)
        @ torch.linalg.inv(torch.linalg.cholesky(z.T @ z)).T
    )
    torch.testing.assert_close(mapping.strengths, s, atol=1e-6, rtol=0)


@pytest.mark.parametrize("dimensions", [(D, D), (D, D + 3)])
@pytest.mark.parametrize("ridge", [0.0, 0.5, 10.0])
def test_scores_of_two_languages_are_those_of_the_ridge_regression(dimensions, ridge) -> None:
    rows = spaces(dimensions=dimensions, noise=0.3)
    maps = Joint(ridge=ridge, tolerance=1e-12).solve(problem(rows, [(0, 1)])).maps
    x, z = (side[:120].double() / 120**0.5 for side in rows)
    scale = [float(side.square().sum()) / side.shape[1] for side in (x, z)]
    # The normal equations of M, written out: (Σ_z ⊗ Σ_x + λ I) vec M = vec C.
    normal = torch.kron(x.T @ x, z.T @ z) + ridge * scale[0] * scale[1] * torch.eye(
        dimensions[0] * dimensions[1]
    )
    regressed = torch.linalg.solve(normal, (x.T @ z).flatten()).reshape(dimensions)
    expected = regressed * (scale[0] * scale[1]) ** 0.5
    torch.testing.assert_close((maps[0] @ maps[1].T).double(), expected, atol=1e-5, rtol=1e-4)


def test_it_reaches_the_objective_of_geomm_without_descent() -> None:
    rows = spaces(noise=0.3)
    given = problem(rows, COMPLETE)

    def right(maps) -> float:
        a, b = (unit_rows(rows[place] @ maps[place]) for place in (0, 3))
        return float(((a @ b.T).argmax(dim=1) == torch.arange(N)).double().mean())

    ours, theirs = Joint(ridge=10).solve(given).maps, GeoMM(ridge=10).solve(given).maps
    assert right(ours) == pytest.approx(right(theirs), abs=0.03)
    scores = [maps[0].double() @ maps[3].double().T for maps in (ours, theirs)]
    first, second = (one / one.norm() for one in scores)
    assert float((first * second).sum()) > 0.995


def test_two_languages_are_whitened_and_rotated_as_by_vecmap() -> None:
    rows = spaces(2, noise=0.3)
    mapping = JointVecMap().solve(problem(rows, [(0, 1)]))
    plain = VecMap(dewhiten_source=None, dewhiten_target=None).solve(Problem(rows[0], rows[1], same_ids(120)))
    turned = [place.map.double() @ torch.linalg.inv(mapping.scaling) for place in mapping.placements]
    scores = turned[0] * mapping.strengths @ turned[1].T
    expected = plain.source.double() @ plain.target.double().T
    torch.testing.assert_close(scores / scores.norm(), expected / expected.norm(), atol=1e-4, rtol=0)


def test_between_has_the_maps_of_two_languages() -> None:
    mapping = Joint().solve(problem(spaces(noise=0.3), TREE))
    pair = mapping.between(0, 3)
    assert torch.equal(pair.source, mapping.maps[0])
    assert torch.equal(pair.target, mapping.maps[3])


def test_lexicons_with_other_words_bring_languages_closer_than_a_chain() -> None:
    rows = spaces(noise=0.2)

    def right(lexicons) -> float:
        """Share of words that language 3 translates rightly for language 0."""
        parts = torch.randperm(N, generator=generator(3)).split(N // len(COMPLETE))
        ties = (
            ((i, j), Tie.of(Problem(rows[i], rows[j], part[:, None].repeat(1, 2))))
            for (i, j), part in zip(COMPLETE, parts, strict=False)
            if (i, j) in lexicons
        )
        mapping = Joint().solve(JointProblem.of(4, ties))
        a, b = (unit_rows(rows[place] @ mapping.maps[place]) for place in (0, 3))
        return float(((a @ b.T).argmax(dim=1) == torch.arange(N)).double().mean())

    assert right(COMPLETE) > right(TREE) + 0.05


def test_the_order_of_the_languages_does_not_matter() -> None:
    rows = spaces(noise=0.3)
    order = [2, 0, 3, 1]
    place = {language: at for at, language in enumerate(order)}
    there = Joint(tolerance=1e-12).solve(problem(rows, COMPLETE))
    turned = Joint(tolerance=1e-12).solve(
        problem([rows[i] for i in order], [(place[i], place[j]) for i, j in COMPLETE])
    )
    for i, j in COMPLETE:
        scores = [
            unit_rows(rows[i] @ maps[a]) @ unit_rows(rows[j] @ maps[b]).T
            for maps, a, b in ((there.maps, i, j), (turned.maps, place[i], place[j]))
        ]
        torch.testing.assert_close(*scores, atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    "solver", [Joint(tolerance=0), JointVecMap(tolerance=0), GeneralizedProcrustes(tolerance=0)], ids=name
)
def test_the_objective_never_falls(solver) -> None:
    trace = solver.solve(problem(spaces(noise=0.5), COMPLETE)).trace
    values = [row["objective"] for row in trace]
    assert len(values) > 2
    assert all(after >= before - 1e-9 for before, after in pairwise(values))


def test_a_wrong_lexicon_that_counts_little_does_little_harm() -> None:
    rows = spaces()
    wrong = torch.stack([torch.arange(120), torch.randperm(120, generator=generator(1))], dim=1)

    def cosine(weight: float) -> float:
        ties = [
            ((i, j), Tie.of(Problem(rows[i], rows[j], wrong if (i, j) == (1, 2) else same_ids(120))))
            for i, j in COMPLETE
        ]
        mapping = Joint().solve(JointProblem.of(4, ties, weights={(1, 2): weight}))
        a, b = (unit_rows(rows[place] @ mapping.maps[place]) for place in (1, 2))
        return float((a * b).sum(dim=1).mean())

    assert cosine(0.001) > 0.999
    assert cosine(0.001) > cosine(1.0)


@pytest.mark.parametrize("solver", [Joint(), JointVecMap(), GeneralizedProcrustes()], ids=name)
def test_a_language_placed_later_stands_where_a_joint_solution_has_it(solver) -> None:
    rows = spaces(noise=0.1)
    mapping = solver.solve(problem(rows[:3], [(0, 1), (0, 2), (1, 2)]))
    kept = [map.clone() for map in mapping.maps]
    ties = [Tie.of(Problem(rows[3], rows[i], same_ids(120))) for i in (0, 1)]
    placed = solver.place(mapping, ties[0].source, [(i, tie.cross, 1.0) for i, tie in enumerate(ties)])
    both = unit_rows(rows[3] @ placed.map), unit_rows(rows[2] @ mapping.maps[2])
    together = solver.solve(problem(rows, [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3)]))
    expected = unit_rows(rows[3] @ together.maps[3]), unit_rows(rows[2] @ together.maps[2])
    cosines = [float((a * b).sum(dim=1).mean()) for a, b in (both, expected)]
    assert cosines[0] == pytest.approx(cosines[1], abs=0.01)
    assert all(torch.equal(before, after) for before, after in zip(kept, mapping.maps, strict=True))


@pytest.mark.parametrize("solver", SOLVERS, ids=name)
def test_directions_without_variance_are_left_out(solver) -> None:
    rows = spaces()
    flat = [torch.cat([x[:, :-1], torch.zeros(N, 1)], dim=1) for x in rows]
    mapping = solver.solve(problem(flat, COMPLETE))
    assert all(bool(torch.isfinite(map).all()) for map in mapping.maps)


def test_weights_of_pairs_count() -> None:
    rows = spaces(2)
    halves = torch.cat([same_ids(60), torch.stack([torch.arange(60), torch.arange(60).flip(0)], dim=1)])
    weights = torch.cat([torch.ones(60), torch.zeros(60)])
    weighted = Tie.of(Problem(rows[0], rows[1], halves, weights))
    torch.testing.assert_close(weighted.cross, Tie.of(Problem(rows[0], rows[1], same_ids(60))).cross)


def test_components_are_named_the_largest_first() -> None:
    assert components(6, [(0, 4), (4, 5), (1, 2)]) == [[0, 4, 5], [1, 2], [3]]


@pytest.mark.parametrize(
    ("lexicons", "weights", "said"),
    [
        ([(0, 1), (2, 3)], None, r"2 parts: \[\[0, 1\], \[2, 3\]\]"),
        ([(0, 1), (1, 0)], None, "two ties of spaces 0 and 1"),
        ([(0, 0)], None, "a tie of spaces 0 and 0"),
        ([(0, 4)], None, "expected two of 4"),
        (STAR, {(0, 1): 0.0}, "must be positive"),
        (STAR, {(0, 1): float("nan")}, "must be positive"),
        (STAR, {(0, 1): float("inf")}, "positive and finite"),
    ],
)
def test_unusable_problems_are_refused(lexicons, weights, said) -> None:
    rows = spaces()
    tie = Tie.of(Problem(rows[0], rows[1], same_ids(120)))
    with pytest.raises(InputError, match=said):
        JointProblem.of(4, ((pair, tie) for pair in lexicons), weights=weights)


def test_one_space_is_refused() -> None:
    with pytest.raises(InputError, match="at least 2"):
        JointProblem.of(1, [])


def test_a_space_of_two_dimensions_is_refused() -> None:
    rows = spaces(dimensions=(D, D, D + 1, D))
    ties = [((0, 1), (0, 1)), ((0, 3), (2, 3))]
    with pytest.raises(InputError, match="dimensions of space 0"):
        JointProblem.of(
            4, [(pair, Tie.of(Problem(rows[i], rows[j], same_ids(120)))) for pair, (i, j) in ties]
        )


@pytest.mark.parametrize("solver", [*SOLVERS, GeoMM()], ids=name)
def test_a_language_whose_rows_are_all_zero_harms_no_other(solver) -> None:
    rows = [*spaces(3), torch.zeros(N, D)]
    mapping = solver.solve(problem(rows, COMPLETE))
    assert all(bool(torch.isfinite(map).all()) for map in mapping.maps)
    a, b = (unit_rows(rows[place] @ mapping.maps[place]) for place in (0, 1))
    assert float((a * b).sum(dim=1).min()) > 0.99


@pytest.mark.parametrize("settings", [{"sweeps": 0}, {"sweeps": 1.5}, {"tolerance": float("nan")}])
@pytest.mark.parametrize("kind", [Joint, JointVecMap, GeneralizedProcrustes])
def test_unusable_settings_are_refused(kind, settings) -> None:
    with pytest.raises(InputError, match=kind.__name__):
        kind(**settings)


@pytest.mark.parametrize("ridge", [-1.0, float("nan"), float("inf"), 1e300])
def test_an_unusable_ridge_is_refused(ridge) -> None:
    with pytest.raises(InputError, match="expected a number of at least 0"):
        Joint(ridge=ridge)
