import json
from dataclasses import dataclass

import numpy as np
import pytest
import torch

import isolex
from isolex import METHODS, Lexicon, Vectors, align, evaluate
from isolex.errors import InputError
from isolex.mapping import CCA, RCSLS, LeastSquares, Mapping, Procrustes, VecMap

from .spaces import gaussian, numbered, planted

NAMES = tuple(METHODS)


@pytest.fixture(scope="module")
def world():
    """A planted pair of spaces; of its dictionary the first 150 words are seeds and the others a test."""
    source, target, lexicon = planted(300, 20, noise=0.1, seed=2)
    return source, target, Lexicon(lexicon.pairs[:150]), Lexicon(lexicon.pairs[150:])


def unrelated(n: int = 300, d: int = 20) -> tuple[Vectors, Vectors, Lexicon]:
    source = Vectors(numbered("s", n), gaussian(n, d, 11))
    target = Vectors(numbered("t", n), gaussian(n, d, 12))
    return source, target, Lexicon((f"s{i}", f"t{i}") for i in range(n))


def same_maps(one: isolex.Alignment, two: isolex.Alignment, *, atol: float = 0) -> bool:
    pairs = ((one.mapping.source, two.mapping.source), (one.mapping.target, two.mapping.target))
    return all(torch.allclose(a, b, atol=atol, rtol=0) for a, b in pairs)


@pytest.mark.parametrize("method", NAMES)
def test_every_method_finds_a_planted_rotation(world, method):
    source, target, seeds, test = world
    alignment = align(source, target, seeds, method=method)
    assert alignment.card.status == "aligned"
    assert alignment.card.method == method
    result = evaluate(alignment, test)
    assert result.precision(1) >= 98
    assert result.n == 150
    assert evaluate(alignment, test, direction="backward").precision(1) >= 98
    scores = alignment.card.scores
    assert scores["held_out_p@1"][method] >= 98
    assert scores["null_p@1"] < 10
    assert (scores["seed_pairs"], scores["seed_words"], scores["lexicon_coverage"]) == (150, 150, 100)


@pytest.mark.parametrize("method", NAMES)
def test_spaces_that_have_nothing_in_common_fail(method):
    alignment = align(*unrelated(), method=method)
    assert alignment.card.status == "failed"
    assert "the spaces did not align" in alignment.card.reasons[0]
    assert alignment.card.scores["held_out_p@1"][method] < 5


def test_a_wrong_dictionary_fails(world):
    source, target, seeds, _ = world
    shuffled = Lexicon(zip(seeds.sources, [t for _, t in seeds.pairs[1:] + seeds.pairs[:1]], strict=True))
    assert align(source, target, shuffled, method="procrustes").card.status == "failed"


@pytest.mark.parametrize("method", ["auto", "procrustes", "vecmap"])
def test_five_seeds_are_too_few_to_tell(world, method):
    source, target, seeds, _ = world
    card = align(source, target, Lexicon(seeds.pairs[:5]), method=method).card
    assert card.status == "doubtful"
    assert "only 5 seed words can be held out" in card.reasons[0]


@pytest.mark.parametrize("method", ["auto", "procrustes"])
def test_one_seed_leaves_nothing_to_check(world, method):
    source, target, seeds, _ = world
    card = align(source, target, Lexicon(seeds.pairs[:1]), method=method).card
    assert card.status == "doubtful"
    assert card.scores["null_p@1"] is None
    assert set(card.scores["held_out_p@1"].values()) == {None}
    json.dumps(card.to_json(), allow_nan=False)
    assert "nan" not in " ".join(card.reasons)
    assert card.method == "procrustes"
    assert len(card.reasons) == (2 if method == "auto" else 1)


def test_without_a_check_the_status_says_so(world):
    source, target, seeds, _ = world
    alignment = align(source, target, seeds, method="vecmap", check=False)
    assert (alignment.card.status, alignment.card.reasons) == ("unchecked", ())
    assert "held_out_p@1" not in alignment.card.scores
    assert same_maps(alignment, align(source, target, seeds, method="vecmap"))


# Which method.


def test_auto_takes_the_best_on_held_out_words_and_says_why():
    """A source space with stretched axes: no rotation serves it, which leaves Procrustes behind."""
    source, target, lexicon = planted(400, 20, noise=0.1, seed=4)
    stretched = Vectors(source.words, source.matrix * np.geomspace(0.02, 5, 20, dtype=np.float32))
    alignment = align(stretched, target, Lexicon(lexicon.pairs[:250]))
    tried = alignment.card.scores["held_out_p@1"]
    assert set(tried) == set(NAMES)
    assert tried[alignment.card.method] == max(tried.values()) > tried["procrustes"] + 10
    assert any(
        f"{alignment.card.method} was taken for the best P@1 on held-out seed words" in reason
        and all(name in reason for name in NAMES)
        for reason in alignment.card.reasons
    )
    named = align(stretched, target, Lexicon(lexicon.pairs[:250]), method=alignment.card.method)
    assert same_maps(alignment, named)
    assert named.card.scores["held_out_p@1"] == {named.card.method: tried[named.card.method]}


def test_of_equally_good_methods_auto_takes_the_simplest(world):
    source, target, seeds, _ = world
    card = align(source, target, seeds, check=False).card
    assert set(card.scores["held_out_p@1"].values()) == {100}
    assert card.method == "procrustes"
    assert card.status == "aligned"


@pytest.mark.parametrize(
    "solver",
    [
        Procrustes(),
        LeastSquares(ridge=0.5),
        CCA(ratio=0.5),
        VecMap(dimension=7),
        RCSLS(start=VecMap(), steps=2),
    ],
)
def test_a_solver_is_a_method_too(world, solver):
    source, target, seeds, test = world
    alignment = align(source, target, seeds, method=solver)
    assert alignment.card.method == type(solver).__name__
    settings = json.loads(json.dumps(alignment.card.to_json()))["settings"]["solver"]
    assert settings["name"] == type(solver).__name__
    for name in ("ridge", "ratio", "dimension", "steps"):
        if hasattr(solver, name):
            assert settings[name] == getattr(solver, name)
    assert evaluate(alignment, test).precision(1) > 50


def test_the_settings_of_nested_solvers_are_kept(world):
    source, target, seeds, _ = world
    solver = RCSLS(start=VecMap(reweight_source=0.25), steps=1)
    settings = align(source, target, seeds, method=solver, check=False).card.settings
    assert settings["solver"]["start"]["name"] == "VecMap"
    assert settings["solver"]["start"]["reweight_source"] == 0.25
    assert settings["normalize"] == ["unit", "center", "unit"]


def test_a_solver_of_ones_own(world):
    @dataclass(frozen=True)
    class Nothing:
        def solve(self, problem):
            return Mapping.one_sided(torch.eye(problem.x.shape[1]))

    source, target, seeds, _ = world
    alignment = align(source, target, seeds, method=Nothing())
    assert alignment.card.method == "Nothing"
    assert alignment.card.status == "failed"


def test_the_trace_of_the_solver_is_kept(world):
    source, target, seeds, _ = world
    trace = align(source, target, seeds, method=RCSLS(steps=3, validation=0), check=False).card.trace
    assert [row["step"] for row in trace] == [0, 1, 2, 3]
    assert trace[-1]["objective"] < trace[0]["objective"]


@pytest.mark.parametrize(
    ("name", "near"), [("procrust", "procrustes"), ("vec-map", "vecmap"), ("rcls", "rcsls")]
)
@pytest.mark.parametrize("check", [True, False])
def test_an_unknown_method_tells_the_near_one(world, name, near, check):
    with pytest.raises(InputError, match=f"unknown method '{name}'; did you mean '{near}'") as caught:
        align(*world[:3], method=name, check=check)
    assert "choose from auto, procrustes, vecmap" in str(caught.value)
    assert "\n" not in str(caught.value)


# What goes in.


def test_files_are_taken(world, tmp_path):
    source, target, seeds, test = world
    source.write(tmp_path / "source.vec")
    target.write(tmp_path / "target.bin")
    seeds.write(tmp_path / "seeds.tsv")
    by_path = align(
        str(tmp_path / "source.vec"), tmp_path / "target.bin", tmp_path / "seeds.tsv", method="procrustes"
    )
    assert same_maps(by_path, align(source, target, seeds, method="procrustes"))
    assert by_path.card.source.path == str((tmp_path / "source.vec").resolve())
    by_path.save(tmp_path / "made", vectors="reference")
    assert isolex.load(tmp_path / "made").translate("s3") == by_path.translate("s3")
    assert evaluate(by_path, test).precision(1) >= 98


def test_files_that_are_missing_are_told(world, tmp_path):
    source, target, seeds, _ = world
    with pytest.raises(InputError, match=r"gone\.vec"):
        align(tmp_path / "gone.vec", target, seeds)
    with pytest.raises(InputError, match=r"gone\.tsv"):
        align(source, target, tmp_path / "gone.tsv")


def test_no_lexicon_is_told_with_help(world):
    with pytest.raises(InputError, match=r"align: got no seed lexicon; give .*Lexicon\.identical"):
        align(world[0], world[1])


@pytest.mark.parametrize(
    "lexicon",
    [Lexicon(()), Lexicon([("gone", "lost"), ("s1", "lost"), ("gone", "t1")]), Lexicon([("t1", "s1")])],
)
def test_no_overlap_is_told_with_help(world, lexicon):
    with pytest.raises(
        InputError, match=r"not one pair is in both vocabularies.*check languages, direction"
    ) as caught:
        align(world[0], world[1], lexicon)
    assert "\n" not in str(caught.value)


def test_missing_words_are_told_by_the_card(world):
    source, target, seeds, _ = world
    more = Lexicon([*seeds, *((f"gone{i}", "t1") for i in range(50))])
    alignment = align(source, target, more, method="procrustes")
    assert alignment.card.scores["lexicon_coverage"] == 75
    assert alignment.seeds == seeds
    assert same_maps(alignment, align(source, target, seeds, method="procrustes"))


def test_letter_case_may_be_folded(world):
    source, target, seeds, _ = world
    upper = Vectors([word.upper() for word in source.words], source.matrix)
    with pytest.raises(InputError, match="--case lower or fold"):
        align(upper, target, seeds, method="procrustes")
    folded = align(upper, target, Lexicon(seeds.pairs, case="fold"), method="procrustes")
    assert folded.seeds.pairs[0] == ("S0", "t0")
    assert same_maps(folded, align(source, target, seeds, method="procrustes"))
    assert folded.translate("S9")[0][0] == "t9"


def test_many_to_many_seeds(world):
    source, target, seeds, test = world
    alignment = align(source, target, Lexicon([*seeds, ("s1", "t2"), ("s2", "t1")]), method="procrustes")
    assert alignment.card.scores["seed_pairs"] == 152
    assert alignment.card.scores["seed_words"] == 150
    assert evaluate(alignment, test).precision(1) >= 98


# Weights.


@pytest.mark.parametrize("method", ["procrustes", "vecmap", "cca", "least-squares"])
def test_pairs_without_weight_do_not_matter(world, method):
    source, target, seeds, _ = world
    junk = [(f"s{i}", f"t{i + 1}") for i in range(160, 290)]
    weighted = Lexicon([*seeds, *junk], [2.0] * len(seeds) + [0.0] * len(junk))
    alignment, plain = (align(source, target, pairs, method=method) for pairs in (weighted, seeds))
    # The signs of the shared directions are fixed, so that they are the same even where both sides move.
    for rows, others in zip(alignment.shared, plain.shared, strict=True):
        torch.testing.assert_close(rows, others, atol=1e-4, rtol=0)
    # Neither do they count when the method is tried on held-out words.
    assert alignment.card.scores["held_out_p@1"] == plain.card.scores["held_out_p@1"]
    misled = align(source, target, Lexicon(weighted.pairs), method=method)
    assert misled.card.scores["held_out_p@1"][method] < 80


def test_only_weightless_pairs_are_no_seeds(world):
    source, target, seeds, _ = world
    with pytest.raises(InputError, match="weights"):
        align(source, target, Lexicon(seeds.pairs, [0.0] * len(seeds)))


def test_weights_draw_the_map(world):
    source, target, seeds, _ = world
    clean, wrong = (
        seeds.pairs[:100],
        [(s, t) for (s, _), (_, t) in zip(seeds.pairs[100:149], seeds.pairs[101:], strict=True)],
    )
    score = {}
    for weight in (0.01, 1.0, 100.0):
        lexicon = Lexicon([*clean, *wrong], [1.0] * len(clean) + [weight] * len(wrong))
        alignment = align(source, target, lexicon, method="least-squares", check=False)
        score[weight] = evaluate(alignment, Lexicon(wrong)).mrr
    assert score[0.01] < score[1.0] < score[100.0]


def test_weights_survive_saving(world, tmp_path):
    source, target, seeds, _ = world
    weighted = Lexicon(seeds.pairs, np.linspace(0.1, 2, len(seeds)))
    alignment = align(source, target, weighted, method="procrustes", check=False)
    alignment.save(tmp_path / "made")
    loaded = isolex.load(tmp_path / "made").seeds
    assert loaded.pairs == seeds.pairs
    assert loaded.weights == pytest.approx(weighted.weights, rel=1e-6)


# Seeds, devices, dimensions, odd vectors.


@pytest.mark.parametrize("method", ["auto", *NAMES])
def test_the_same_seed_gives_the_same_result(world, method):
    source, target, seeds, _ = world
    one, two = (align(source, target, seeds, method=method, seed=5) for _ in range(2))
    assert same_maps(one, two)
    assert one.card.scores == two.card.scores
    assert one.card.seed == 5
    assert one.translate(["s1", "s200"]) == two.translate(["s1", "s200"])


def test_the_seed_chooses_what_is_held_out():
    source, target, lexicon = planted(200, 20, noise=0.8, seed=3)
    held_out = {
        align(source, target, lexicon, method="procrustes", seed=seed).card.scores["held_out_p@1"][
            "procrustes"
        ]
        for seed in range(6)
    }
    assert len(held_out) > 1


def test_the_global_generator_is_left_alone(world):
    before = torch.random.get_rng_state()
    align(*world[:3], method="rcsls")
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_device_that_is_not_there(world):
    with pytest.raises(InputError, match="device 'warp' is not available here"):
        align(*world[:3], device="warp")


def test_normalisation_is_to_be_chosen(world):
    source, target, seeds, _ = world
    alignment = align(source, target, seeds, method="procrustes", normalize=("unit",))
    assert alignment.normalizers[0].steps == ("unit",)
    assert alignment.card.settings["normalize"] == ["unit"]
    assert not same_maps(alignment, align(source, target, seeds, method="procrustes"), atol=1e-4)
    with pytest.raises(InputError, match="unknown normalisation step 'units'"):
        align(source, target, seeds, normalize=("units",))


def test_words_without_a_vector(world):
    source, target, seeds, test = world
    rows = np.array(source.matrix)
    rows[[3, 290]] = 0
    alignment = align(Vectors(source.words, rows), target, seeds, method="vecmap")
    assert alignment.card.source.zero_rows == 2
    assert alignment.card.target.zero_rows == 0
    assert alignment.card.status == "aligned"
    assert not alignment.shared[0][[3, 290]].any()
    assert torch.isfinite(alignment.shared[0]).all()
    assert evaluate(alignment, test).precision(1) >= 97
    assert all(np.isfinite(score) for _, score in alignment.translate("s3"))


def test_vectors_of_zeros_only_fail(world):
    _, target, seeds, _ = world
    nothing = Vectors(numbered("s", 300), np.zeros((300, 20), dtype=np.float32))
    for method in NAMES:
        alignment = align(nothing, target, seeds, method=method)
        assert alignment.card.status == "failed"
        assert alignment.card.source.zero_rows == 300
        assert all(torch.isfinite(rows).all() for rows in alignment.shared)


@pytest.mark.parametrize(("d", "e"), [(20, 14), (14, 20)])
@pytest.mark.parametrize("method", NAMES)
def test_spaces_may_differ_in_dimension(method, d, e):
    """The same 14 coordinates on either side, with six more of noise on one of them."""
    source, target, lexicon = planted(300, 14, noise=0.05, seed=6)
    widened = [
        Vectors(
            v.words, np.hstack([v.matrix, 0.1 * gaussian(300, wanted - 14, 7)]) if wanted > 14 else v.matrix
        )
        for v, wanted in ((source, d), (target, e))
    ]
    alignment = align(*widened, Lexicon(lexicon.pairs[:200]), method=method)
    assert (alignment.source.dimension, alignment.target.dimension) == (d, e)
    assert alignment.card.status == "aligned"
    assert evaluate(alignment, Lexicon(lexicon.pairs[200:])).precision(1) >= 90
    assert evaluate(alignment, Lexicon(lexicon.pairs[200:]), direction="backward").precision(1) >= 90


def test_fewer_seeds_than_dimensions():
    source, target, lexicon = planted(200, 40, noise=0.02, seed=8)
    for method in NAMES:
        alignment = align(source, target, Lexicon(lexicon.pairs[:25]), method=method)
        assert alignment.card.status in ("aligned", "doubtful")
        assert all(torch.isfinite(rows).all() for rows in alignment.shared)


def test_vectors_are_left_as_they_were(world):
    source, target, seeds, _ = world
    before = [np.array(side.matrix) for side in (source, target)]
    align(source, target, seeds, method="vecmap")
    for side, rows in zip((source, target), before, strict=True):
        np.testing.assert_array_equal(side.matrix, rows)


def test_an_alignment_serves_as_the_seed_of_another(world):
    source, target, seeds, test = world
    first = align(source, target, Lexicon(seeds.pairs[:60]), method="procrustes")
    second = align(source, target, first.induce("mutual").lexicon(), method="procrustes")
    assert second.card.scores["seed_pairs"] > 200
    assert evaluate(second, test).precision(1) >= evaluate(first, test).precision(1)
