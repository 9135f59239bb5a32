import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec

import numpy as np
import pytest
import torch

import isolex
from isolex import METHODS, Lexicon, Vectors, align, evaluate
from isolex.errors import InputError, IsolexWarning, UnknownWordError
from isolex.judging import policy
from isolex.judging.restarts import Evidence, reseeded
from isolex.judging.thresholds import FAILED_AGREEMENT
from isolex.judging.verdict import judge_evidence
from isolex.mapping import (
    CCA,
    RCSLS,
    Adversarial,
    Bilinear,
    Bootstrapping,
    GivenPairs,
    GromovWasserstein,
    Induction,
    LeastSquares,
    Mapping,
    Problem,
    Procrustes,
    SelfLearning,
    SimilarityDistributions,
    Solved,
    Solver,
    Union,
    VecMap,
    WassersteinProcrustes,
)
from isolex.progress import stopping
from isolex.recipes import Method, check_supervision, choosing
from isolex.recipes.choosing import choose
from isolex.recipes.methods import other_starts
from isolex.retrieval import CSLS

from .planted import rotation
from .shaped import shaped, shaped_problem
from .spaces import gaussian, numbered, planted

# Methods that see nothing but their seed pairs, and those that go on by themselves.
NAMES = tuple(name for name, method in METHODS.items() if not method.self_learning)
SELF_LEARNING = tuple(name for name, method in METHODS.items() if method.self_learning)
# The others take seconds to minutes whatever the size of the spaces: hundreds of rounds, thousands of plans.
QUICK = (
    "self-learning",
    "muse-supervised",
    "vecmap-semi-cpu",
    "vecmap-identical-cpu",
    "unsupervised",
    "vecmap-unsupervised-cpu",
)

needs_pot = pytest.mark.skipif(find_spec("ot") is None, reason="POT is not there")


def named(names):
    """Parameters, those that need POT marked as such."""
    return [pytest.param(name, marks=needs_pot if "wasserstein" in name else ()) for name in names]


@pytest.fixture(scope="module")
def world():
    """A planted pair of spaces; of its dictionary the first 150 words are seeds and the others a test."""
    source, target, lexicon = planted(300, 20, noise=0.1, seed=2)
    return source, target, Lexicon(lexicon.pairs[:150]), Lexicon(lexicon.pairs[150:])


def words_of(problem: Problem, pairs: torch.Tensor, *, shared: int = 0) -> tuple[Vectors, Vectors, Lexicon]:
    """Vectors of a problem and the lexicon of its pairs; the first so many pairs are identical strings."""
    names, targets = numbered("s", len(problem.x)), numbered("t", len(problem.z))
    for i, j in pairs[:shared].tolist():
        targets[j] = names[i]
    lexicon = Lexicon((names[i], targets[j]) for i, j in pairs.tolist())
    return Vectors(names, problem.x.numpy()), Vectors(targets, problem.z.numpy()), lexicon


@pytest.fixture(autouse=True)
def quick_annealing(monkeypatch) -> None:
    """For spaces as small as here few rounds do, and the costly second try is not needed.

    Unless `many_words`, methods that learn from themselves are judged by a restart.
    """
    for room in (choosing, policy):
        monkeypatch.setattr(room, "FEW_WORDS", 1_000)
    monkeypatch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 20)
    monkeypatch.setattr(choosing, "find_spec", lambda name: None)


@pytest.fixture(scope="module")
def small():
    """Spaces with shape enough to be aligned without a dictionary; 40 pairs are identical strings."""
    problem, pairs = shaped_problem(100, 10, noise=0.05, seed=4)
    return words_of(problem, pairs, shared=40)


def seeds_for(method: str, lexicon: Lexicon) -> Lexicon | None:
    """What a method begins with: 40 pairs, or nothing."""
    return Lexicon(lexicon.pairs[:40]) if METHODS[method].needs == "pairs" else None


@pytest.fixture
def many_words(monkeypatch) -> None:
    """A hundred seed words are enough to hold some out."""
    for room in (choosing, policy):
        monkeypatch.setattr(room, "FEW_WORDS", 100)


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


@pytest.mark.parametrize("method", ["procrustes", "vecmap"])
def test_five_seeds_are_too_few_to_tell(world, method):
    source, target, seeds, _ = world
    card = align(source, target, Lexicon(seeds.pairs[:5]), method=method).card
    assert card.status == "doubtful"
    assert "only 5 seed words can be held out" in card.reasons[0]


def test_one_seed_leaves_nothing_to_check(world):
    source, target, seeds, _ = world
    card = align(source, target, Lexicon(seeds.pairs[:1]), method="procrustes").card
    assert card.status == "doubtful"
    assert card.scores["null_p@1"] is None
    assert card.scores["held_out_p@1"] == {"procrustes": None}
    json.dumps(card.to_dict(), allow_nan=False)
    assert "nan" not in " ".join(card.reasons)
    assert len(card.reasons) == 1


@pytest.mark.parametrize("seed", [0, 1])
def test_one_seed_is_enough_to_try(small, seed):
    one = Lexicon(small[2].pairs[:1])
    card = align(small[0], small[1], one, method="muse-supervised", seed=seed).card
    evidence = Evidence(**card.scores["evidence"])
    assert (card.status, card.reasons[0]) == judge_evidence(evidence, words=100)
    json.dumps(card.to_dict(), allow_nan=False)


def test_without_a_check_the_status_says_so(world):
    source, target, seeds, _ = world
    alignment = align(source, target, seeds, method="vecmap", check=False)
    assert (alignment.card.status, alignment.card.reasons) == ("unchecked", ())
    assert "held_out_p@1" not in alignment.card.scores
    assert same_maps(alignment, align(source, target, seeds, method="vecmap"))


# Methods that learn from themselves.


@pytest.mark.parametrize("method", QUICK)
def test_every_self_learning_method_finds_a_planted_rotation(small, method):
    source, target, lexicon = small
    alignment = align(source, target, seeds_for(method, lexicon), method=method, check=False)
    assert (alignment.card.method, alignment.card.status) == (method, "unchecked")
    test = Lexicon(lexicon.pairs[40:])
    assert evaluate(alignment, test).precision(1) >= 95
    assert evaluate(alignment, test, direction="backward").precision(1) >= 95
    assert alignment.card.scores["seed_pairs"] == (0 if METHODS[method].needs == "nothing" else 40)


@needs_pot
def test_gromov_wasserstein_finds_a_planted_rotation():
    source, target, lexicon = words_of(*shaped_problem(60, 6, noise=0.05, seed=4))
    alignment = align(source, target, method="gromov-wasserstein-cpu", check=False)
    assert evaluate(alignment, lexicon).precision(1) >= 90


@pytest.mark.parametrize("method", named(METHODS))
def test_every_method_ends_when_asked_to(small, method, monkeypatch):
    monkeypatch.setattr("isolex.mapping.adversarial._STEPS_BETWEEN_LOOKS", 2)
    source, target, lexicon = small
    with stopping(lambda: True):
        alignment = align(source, target, seeds_for(method, lexicon), method=method, check=False)
    assert all(torch.isfinite(rows).all() for rows in alignment.shared)
    stages = [row.get("stage") for row in alignment.card.trace]
    assert method not in SELF_LEARNING or len(stages) == len(set(stages)) > 0
    assert json.dumps(alignment.card.to_dict(), allow_nan=False)


@pytest.mark.parametrize("method", ["self-learning", "muse-supervised"])
def test_a_restart_and_a_null_vouch_for_self_learning(small, method):
    source, target, lexicon = small
    card = align(source, target, seeds_for(method, lexicon), method=method).card
    assert (card.status, card.method) == ("aligned", method)
    evidence = card.scores["evidence"]
    assert evidence["agreement"] > 90 > evidence["null_agreement"] + 30
    assert evidence["criterion"] > 0.95 > evidence["null_criterion"]
    assert "held_out_p@1" not in card.scores
    assert "gives the same first answer for" in card.reasons[0]
    assert json.dumps(card.to_dict(), allow_nan=False)


@pytest.mark.parametrize(("method", "words"), [("self-learning", 150), ("muse-supervised", 300)])
def test_self_learning_between_spaces_without_anything_in_common_fails(method, words):
    card = align(*unrelated(words), method=method).card
    assert card.status == "failed"
    assert "the spaces did not align; try" in card.reasons[0]


def test_self_learning_from_a_wrong_dictionary_is_not_aligned():
    source, target, lexicon = words_of(*shaped_problem(300, 20, noise=0.1))
    shifted = Lexicon((s, t) for (s, _), (_, t) in zip(lexicon.pairs[:40], lexicon.pairs[40:80], strict=True))
    assert align(source, target, shifted, method="muse-supervised").card.status != "aligned"
    assert (
        align(source, target, Lexicon(lexicon.pairs[:40]), method="muse-supervised").card.status == "aligned"
    )


def test_without_a_lexicon_it_is_unsupervised(small):
    source, target, lexicon = small
    alignment = align(source, target)
    assert (alignment.card.method, alignment.card.status) == ("unsupervised", "aligned")
    assert alignment.card.scores["evidence"]["agreement"] > 90
    assert evaluate(alignment, lexicon).precision(1) >= 95
    assert len(alignment.seeds) == 0
    scores = alignment.card.scores
    assert (scores["seed_pairs"], scores["seed_words"], scores["lexicon_coverage"]) == (0, 0, 0)
    assert same_maps(alignment, align(source, target, method="unsupervised", check=False))


def test_spaces_without_anything_in_common_fail_without_a_lexicon_too():
    source, target, _ = unrelated(80, 10)
    alignment = align(source, target)
    assert (alignment.card.method, alignment.card.status) == ("unsupervised", "failed")
    assert "try a seed lexicon of 50 pairs" in alignment.card.reasons[0]


def test_an_unsupervised_alignment_can_be_saved(small, tmp_path):
    source, target, _ = small
    alignment = align(source, target, check=False, method="unsupervised")
    alignment.save(tmp_path / "made")
    loaded = isolex.load(tmp_path / "made")
    found, expected = (dict(one.translate("s3")) for one in (loaded, alignment))
    assert found == pytest.approx(expected, abs=1e-6)
    assert loaded.card.to_dict() == alignment.card.to_dict()


def test_stopped_before_the_check_it_is_doubtful(small):
    source, target, lexicon = small
    for given, method in (None, "unsupervised"), (Lexicon(lexicon.pairs[:40]), "self-learning"):
        with stopping(lambda: True):
            card = align(source, target, given).card
        assert (card.method, card.status) == (method, "doubtful")
        assert card.reasons == ("stopped early, before the result could be checked",)


def test_stopped_during_the_check_it_is_doubtful(small):
    """What was found is sound; only the restart was cut short."""
    source, target, lexicon = small
    rows: list[dict] = []
    solver = SelfLearning(callback=rows.append)
    ten = Lexicon(lexicon.pairs[:10])
    whole = len(align(source, target, ten, method=solver, check=False).card.trace)
    rows.clear()
    with stopping(lambda: len(rows) > whole):
        alignment = align(source, target, ten, method=solver)
    assert evaluate(alignment, lexicon).precision(1) >= 95
    assert alignment.card.status == "doubtful"
    assert "stopped early" in alignment.card.reasons[0]


# Which supervision.


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].needs == "pairs"])
def test_methods_that_need_pairs_say_so(world, method):
    expected = f"method {method}: needs seed pairs, got none; give a lexicon, identical strings or numerals"
    with pytest.raises(InputError, match=expected):
        check_supervision(method, None)
    with pytest.raises(InputError, match=expected):
        align(world[0], world[1], method=method)
    for given in "a lexicon", "identical strings", "numerals":
        check_supervision(method, given)


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].needs == "nothing"])
def test_methods_that_need_no_pairs_refuse_them(world, method):
    with pytest.raises(InputError, match=f"method {method}: works without seed pairs, got numerals; leave"):
        check_supervision(method, "numerals")
    with pytest.raises(InputError, match=f"method {method}: works without seed pairs, got a lexicon; leave"):
        align(*world[:3], method=method)
    check_supervision(method, None)


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].needs == "identical"])
def test_methods_of_identical_strings_find_them_themselves(world, method):
    expected = f"method {method}: finds its own seed of identical strings, got a lexicon; leave"
    with pytest.raises(InputError, match=expected):
        check_supervision(method, "a lexicon")
    with pytest.raises(InputError, match=expected):
        align(*world[:3], method=method)
    check_supervision(method, None)
    check_supervision(method, "identical strings")
    with pytest.raises(InputError, match="share no identical strings"):
        align(world[0], world[1], method=method)


def test_auto_and_solvers_take_what_they_get():
    for method in "auto", Procrustes(), SelfLearning():
        for given in None, "a lexicon", "identical strings", "numerals":
            check_supervision(method, given)
    with pytest.raises(InputError, match="did you mean 'vecmap-semi'"):
        check_supervision("vecmap-sem", None)


def test_a_solver_without_the_pairs_that_it_needs(world):
    with pytest.raises(InputError, match="got no seed pairs"):
        align(world[0], world[1], method=Procrustes())


def test_identical_strings_are_the_seed_of_the_alignment(small):
    source, target, lexicon = small
    with stopping(lambda: True):
        alignment = align(source, target, method="vecmap-identical", check=False)
        by_hand = align(source, target, Lexicon.identical(source, target), method="vecmap-semi", check=False)
    assert set(alignment.seeds.pairs) == set(lexicon.pairs[:40])
    assert same_maps(alignment, by_hand)


# What the methods are.

# Both sides turned into common directions, without any of the steps that make it more than a rotation.
ROTATION = VecMap(
    whiten=False,
    reweight_source=0,
    reweight_target=0,
    dewhiten_source=None,
    dewhiten_target=None,
    dimension=None,
)
ADVANCED = VecMap(
    whiten=True,
    reweight_source=0.5,
    reweight_target=0.5,
    dewhiten_source="source",
    dewhiten_target="target",
    dimension=None,
)


def vecmap_as_published(start, seed: int) -> SelfLearning:
    return SelfLearning(
        solver=ROTATION,
        start=start,
        induction=Induction("union", CSLS(10), vocabulary=20_000, dropout="pairs"),
        final=ADVANCED,
        keep=0.1,
        growth=2.0,
        patience=50,
        tolerance=1e-6,
        # The one departure from the paper: the rounds that look for a first map are for these words alone.
        coarse=4_000,
        seed=seed,
    )


def muse_as_published(start, seed: int) -> SelfLearning:
    """The first map and five rounds of refinement."""
    return SelfLearning(
        solver=Procrustes(),
        start=start,
        induction=Induction("mutual", CSLS(10), vocabulary=None, rank_limit=15_000),
        final=None,
        rounds=6,
        keep=1.0,
        patience=6,
        seed=seed,
    )


def mutual(solver) -> Solved:
    return Solved(solver, Induction("mutual", CSLS(10), vocabulary=15_000))


PUBLISHED = {
    "procrustes": lambda seed: Procrustes(),
    "vecmap": lambda seed: ADVANCED,
    "least-squares": lambda seed: LeastSquares(ridge=0),
    "vecmap-semi": lambda seed: vecmap_as_published(GivenPairs(), seed),
    "vecmap-identical": lambda seed: vecmap_as_published(GivenPairs(), seed),
    "vecmap-unsupervised": lambda seed: vecmap_as_published(SimilarityDistributions(4_000), seed),
    "muse-supervised": lambda seed: muse_as_published(GivenPairs(), seed),
    "muse-unsupervised": lambda seed: muse_as_published(
        mutual(
            Adversarial(
                hidden=2048,
                dropout=0.1,
                smoothing=0.2,
                vocabulary=50_000,
                batch_size=32,
                discriminator_steps=5,
                learning_rate=0.1,
                orthogonality=0.01,
                decay=0.95,
                shrink=0.5,
                seed=seed,
            )
        ),
        seed,
    ),
    "muse-unsupervised-released": lambda seed: muse_as_published(mutual(Adversarial.released(seed)), seed),
    "wasserstein-procrustes": lambda seed: muse_as_published(mutual(WassersteinProcrustes.paper(seed)), seed),
    "gromov-wasserstein": lambda seed: GromovWasserstein(vocabulary=20_000),
}


@pytest.mark.parametrize("method", PUBLISHED)
def test_settings_are_the_published_ones(method):
    assert METHODS[method].make(3) == PUBLISHED[method](3)
    assert METHODS[method].make(3) != replace(
        VecMap(dimension=17) if method == "procrustes" else Procrustes()
    )


@pytest.mark.parametrize("method", [name for name in METHODS if name.endswith("-cpu")])
def test_methods_for_a_cpu_are_the_same_but_for_their_budget(method):
    full, cut = METHODS[method.removesuffix("-cpu")], METHODS[method]
    assert (cut.needs, cut.self_learning) == (full.needs, full.self_learning)
    assert type(cut.make(0)) is type(full.make(0))
    if method.startswith("vecmap"):
        whole, less = full.make(4), cut.make(4)
        assert less.patience < whole.patience
        assert less.induction.vocabulary < whole.induction.vocabulary
        induction = replace(less.induction, vocabulary=whole.induction.vocabulary)
        assert replace(less, patience=whole.patience, induction=induction) == whole


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_reaches_everything_random(method):
    make = METHODS[method].make
    assert make(3) == make(3) == reseeded(make(0), 3)
    assert (make(3) != make(4)) == _is_random(make(0))


def _is_random(solver: Solver) -> bool:
    return hasattr(solver, "seed") or (isinstance(solver, Bootstrapping) and _is_random(solver.start))


def test_names_and_needs():
    assert next(iter(METHODS)) == "procrustes"
    assert all(isinstance(method, Method) for method in METHODS.values())
    needs = {name: method.needs for name, method in METHODS.items()}
    assert {name for name, need in needs.items() if need == "identical"} == {
        "vecmap-identical",
        "vecmap-identical-cpu",
    }
    assert all(needs[name] == "pairs" for name in NAMES)
    assert all((need == "nothing") == ("uns" in name or "wass" in name) for name, need in needs.items())


# Which method.


@dataclass
class Wavering:
    """A map that is another one every time."""

    calls: int = 0

    def solve(self, problem: Problem) -> Mapping:
        self.calls += 1
        return Mapping.one_sided(rotation(problem.x.shape[1], self.calls))


@dataclass(frozen=True)
class Untouchable:
    def solve(self, problem: Problem) -> Mapping:
        raise AssertionError("was tried")


def test_auto_with_a_few_pairs_takes_self_learning(small):
    source, target, lexicon = small
    card = align(source, target, Lexicon(lexicon.pairs[:20])).card
    assert (card.method, card.status) == ("self-learning", "aligned")


def starting_at(monkeypatch, *solvers: Solver) -> None:
    """Self-learning without pairs begins at these, the last of them a costly one."""
    starts = [(f"from {place}", solver, place == len(solvers)) for place, solver in enumerate(solvers, 1)]
    monkeypatch.setattr(choosing, "other_starts", lambda seed, *, words, transport: iter(starts))


@pytest.mark.parametrize("pairs", [0, 10])
def test_auto_goes_on_to_the_next_start_until_one_finds_the_same_again(pairs, monkeypatch):
    problem, every = shaped_problem(60, 8)
    problem = replace(problem, pairs=every[:pairs])
    wavering = [Wavering(), Wavering()]
    sound = SelfLearning(start=SimilarityDistributions())
    monkeypatch.setattr(choosing, "self_learning", lambda start, seed: wavering[0])
    starting_at(monkeypatch, wavering[1], sound, Untouchable(), Untouchable())
    found = choose("auto", problem, seed=0, check=True)
    assert (str(found.taken), found.taken.solver) == ("unsupervised (from 2)", sound)
    assert found.status == "aligned"
    assert [solver.calls for solver in wavering] == [1 if pairs else 0, 1]


def test_where_nothing_was_found_costly_starts_are_left_out(monkeypatch):
    problem = shaped_problem(60, 8)[0]
    starting_at(monkeypatch, Wavering(), Untouchable())
    for agreed, expected in ((0.0, "nothing"), (0.6, "was tried")):
        monkeypatch.setattr(policy, "agreement", lambda *_, agreed=agreed, **__: (agreed, agreed))
        if expected == "was tried":
            with pytest.raises(AssertionError, match=expected):
                choose("unsupervised", problem, seed=0, check=True)
        else:
            assert choose("unsupervised", problem, seed=0, check=True).status == "failed"


def test_where_nothing_can_be_learnt_from_a_few_pairs_a_rotation_may_hold(monkeypatch):
    """Spaces of evenly spread words, too few of them."""
    source, target, lexicon = planted(120, 10, noise=0.1, seed=5)
    monkeypatch.setattr(choosing, "self_learning", lambda start, seed: Wavering())
    starting_at(monkeypatch, Wavering(), Wavering())
    alignment = align(source, target, Lexicon(lexicon.pairs[:60]))
    assert (alignment.card.method, alignment.card.status) == ("procrustes", "aligned")
    assert set(alignment.card.scores["held_out_p@1"]) == {
        "procrustes",
        "vecmap",
        "bilinear",
        "bootstrapping",
        "contrastive",
    }
    assert evaluate(alignment, Lexicon(lexicon.pairs[60:])).precision(1) >= 95
    few = align(source, target, Lexicon(lexicon.pairs[:5])).card
    assert few.status == "doubtful"
    assert "only 3 seed words can be held out" in few.reasons[0]
    one = align(source, target, Lexicon(lexicon.pairs[:1])).card
    assert set(one.scores["held_out_p@1"].values()) == {None}
    assert "was taken as the simplest method" in one.reasons[1]
    assert "nan" not in " ".join(one.reasons)


def test_of_starts_that_all_waver_the_one_that_agrees_best_is_told(monkeypatch):
    problem = shaped_problem(60, 8)[0]
    first, second = Wavering(), Wavering(100)
    starting_at(monkeypatch, first, second)
    agreed = iter([0.5 * FAILED_AGREEMENT, 0.9 * FAILED_AGREEMENT])
    monkeypatch.setattr(policy, "agreement", lambda *_, **__: (one := next(agreed), one))
    found = choose("auto", problem, seed=0, check=True)
    assert found.taken.solver is second
    assert found.status == "failed"
    assert found.scores["evidence"]["agreement"] == pytest.approx(0.9 * FAILED_AGREEMENT)


def test_wasserstein_procrustes_is_for_equal_dimensions_and_needs_pot(monkeypatch):
    asked: list[bool] = []

    def starts(seed: int, *, words: int, transport: bool) -> Iterator[tuple[str, Solver, bool]]:
        assert words == 60
        asked.append(transport)
        yield from other_starts(seed, words=words, transport=transport)

    monkeypatch.setattr(choosing, "other_starts", starts)
    problem = shaped_problem(60, 8)[0]
    wider = Problem(problem.x, torch.cat([problem.z, problem.z[:, :2]], dim=1))
    for there in True, False:
        monkeypatch.setattr(choosing, "find_spec", lambda name, there=there: True if there else None)
        for given in problem, wider:
            choose("unsupervised", given, seed=0, check=False)
    assert asked == [True, False, False, False]
    counts = [len(list(other_starts(0, words=5_000, transport=there))) for there in (True, False)]
    assert counts == [4, 3]
    assert len(list(other_starts(0, words=2_000, transport=False))) == 1  # the others would be the same


def test_without_a_check_one_try_is_made(small, monkeypatch):
    wavering = Wavering()
    starting_at(monkeypatch, wavering, Untouchable())
    card = align(small[0], small[1], method="unsupervised", check=False).card
    assert (card.status, card.reasons, wavering.calls) == ("unchecked", (), 1)


class TestWordsWrittenAlike:
    """The first 60 words of either side are names, written almost alike."""

    @pytest.fixture
    def named(self) -> tuple[Vectors, Vectors]:
        x, z = shaped(200)
        names = [f"name{place}" for place in range(60)]
        return (
            Vectors([*(name.title() for name in names), *x.words[60:]], x.matrix),
            Vectors([*names, *z.words[60:]], z.matrix),
        )

    def test_without_a_lexicon_they_are_one(self, named, monkeypatch):
        starting_at(monkeypatch, Untouchable(), Untouchable())
        for method in "auto", "unsupervised":
            alignment = align(*named, method=method)
            assert (alignment.card.method, alignment.card.status) == ("unsupervised", "aligned")
            told = "60 pairs of words that are written alike"
            assert alignment.card.settings["further_pairs"] == told
            assert alignment.card.reasons[1] == f"the method was unsupervised (with {told})"
            assert alignment.card.scores["seed_pairs"] == len(alignment.seeds) == 0
            test = Lexicon((f"s{place}", f"t{place}") for place in range(60, 200))
            assert evaluate(alignment, test).precision(1) > 90

    def test_fully_unsupervised_does_without_them(self, named, monkeypatch):
        starting_at(monkeypatch, Wavering(), Wavering())
        card = align(*named, method="fully-unsupervised").card
        assert (card.method, card.status) == ("fully-unsupervised", "failed")
        assert "further_pairs" not in card.settings

    def test_few_are_no_lexicon(self, named, monkeypatch):
        starting_at(monkeypatch, Wavering(), Wavering())
        few = [Vectors(side.words[36:], side.matrix[36:]) for side in named]
        assert align(*few).card.status == "failed"

    def test_they_join_a_few_given_pairs(self, named):
        given = Lexicon((f"s{place}", f"t{place}") for place in range(60, 90))
        card = align(*named, given).card
        assert (card.method, card.status) == ("self-learning", "aligned")
        assert card.settings["further_pairs"] == "60 pairs of words that are written alike"
        assert card.scores["seed_pairs"] == 30

    def test_methods_that_are_named_get_none(self, named):
        given = Lexicon((f"s{place}", f"t{place}") for place in range(60, 90))
        assert "further_pairs" not in align(*named, given, method="self-learning").card.settings


def test_with_many_pairs_held_out_words_judge_self_learning_too(small, many_words, monkeypatch):
    source, target, lexicon = small
    card = align(source, target, lexicon, method="muse-supervised").card
    assert card.status == "aligned"
    assert card.scores["held_out_p@1"]["muse-supervised"] >= 95
    assert "evidence" not in card.scores


def test_auto_takes_the_best_on_held_out_words_and_says_why(many_words):
    """A source space with stretched axes: no rotation serves it, which leaves Procrustes behind."""
    source, target, lexicon = planted(200, 20, noise=0.1, seed=4)
    stretched = Vectors(source.words, source.matrix * np.geomspace(0.02, 5, 20, dtype=np.float32))
    alignment = align(stretched, target, Lexicon(lexicon.pairs[:150]))
    tried = alignment.card.scores["held_out_p@1"]
    assert set(tried) == {*choosing.COMPARED, *choosing.REFINED}
    assert tried[alignment.card.method] == max(tried.values()) > tried["procrustes"] + 10
    told = rf"{alignment.card.method}( \(.+\))? was taken for the best P@1 on held-out seed words"
    assert any(
        re.match(told, reason) and all(name in reason for name in tried) for reason in alignment.card.reasons
    )
    # Of several ridges the best stands for the method, and in the card.
    assert alignment.card.method == "bilinear"
    solver = Bilinear(alignment.card.settings["solver"]["ridge"])
    given = align(stretched, target, Lexicon(lexicon.pairs[:150]), method=solver)
    assert same_maps(alignment, given)


def test_of_equally_good_methods_auto_takes_the_simplest_and_checks_in_any_case(many_words):
    source, target, lexicon = planted(130, 12, noise=0.01, seed=2)
    card = align(source, target, Lexicon(lexicon.pairs[:110]), check=False).card
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
    settings = json.loads(json.dumps(alignment.card.to_dict()))["settings"]["solver"]
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


def test_the_settings_of_every_method_are_kept(small, monkeypatch):
    monkeypatch.setattr("isolex.mapping.adversarial._STEPS_BETWEEN_LOOKS", 2)
    source, target, _ = small
    with stopping(lambda: True):
        card = align(source, target, method="muse-unsupervised", check=False).card
    settings = json.loads(json.dumps(card.to_dict()))["settings"]["solver"]
    assert (settings["name"], settings["rounds"], settings["final"]) == ("SelfLearning", 6, None)
    assert settings["start"]["name"] == "Solved"
    assert settings["start"]["solver"]["name"] == "Adversarial"
    assert settings["start"]["solver"]["smoothing"] == 0.2
    assert settings["induction"]["criterion"] == {"name": "CSLS", "k": 10}
    assert "callback" not in settings


def test_the_settings_of_a_union_are_kept(small):
    source, target, lexicon = small
    solver = SelfLearning(start=Union((GivenPairs(), SimilarityDistributions(50))), rounds=1)
    card = align(source, target, Lexicon(lexicon.pairs[:40]), method=solver, check=False).card
    seeds = json.loads(json.dumps(card.to_dict()))["settings"]["solver"]["start"]["seeds"]
    assert [seed["name"] for seed in seeds] == ["GivenPairs", "SimilarityDistributions"]


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


@pytest.mark.parametrize(
    ("lexicon", "said"),
    [
        (Lexicon(()), "not one pair is in both vocabularies.*check languages"),
        (
            Lexicon([("gone", "lost"), ("s1", "lost"), ("gone", "t1")]),
            "not one pair is in both vocabularies.*check languages",
        ),
        (Lexicon([("t1", "s1")]), "looks the wrong way round.*exchange its two columns"),
    ],
)
def test_no_overlap_is_told_with_help(world, lexicon, said):
    with pytest.raises(InputError, match=said) as caught:
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
    with pytest.raises(InputError, match="letter case differs: take --case fold"):
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


@pytest.mark.parametrize("method", ["self-learning", "unsupervised"])
def test_the_seed_decides_what_self_learning_drops(small, method):
    source, target, lexicon = small
    given = seeds_for(method, lexicon)
    one, two, other = (align(source, target, given, method=method, seed=n, check=False) for n in (5, 5, 6))
    assert same_maps(one, two)
    assert one.card.trace == two.card.trace
    assert other.card.trace != one.card.trace


@pytest.mark.parametrize("method", NAMES)
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


def test_the_global_generator_is_left_alone(world, small):
    before = torch.random.get_rng_state()
    align(*world[:3], method="rcsls")
    align(small[0], small[1], method="unsupervised", check=False)
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
    assert len(alignment.source) == alignment.card.source.words == 298
    assert evaluate(alignment, test).precision(1) >= 97
    with pytest.raises(UnknownWordError, match="'s3' has no vector: its row is zero"):
        alignment.translate("s3")


def test_zero_vectors_change_nothing(world):
    """The result is that of the same vectors without these words."""
    source, target, seeds, test = world
    rows = np.array(source.matrix)
    rows[[3, 290]] = 0
    with pytest.warns(
        IsolexWarning, match="source: left out 2 of 300 words, whose vectors are zero, such as s3"
    ):
        with_zeros = align(Vectors(source.words, rows), target, seeds)
    kept = [row for row in range(300) if row not in (3, 290)]
    without = align(Vectors([source.words[row] for row in kept], rows[kept]), target, seeds)
    assert torch.equal(with_zeros.mapping.source, without.mapping.source)
    assert with_zeros.card.scores == without.card.scores
    assert with_zeros.seeds == without.seeds
    assert with_zeros.induce("mutual") == without.induce("mutual")
    assert evaluate(with_zeros, test).answers == evaluate(without, test).answers


@pytest.mark.parametrize("method", NAMES)
def test_vectors_of_zeros_only_are_refused(world, method):
    _, target, seeds, _ = world
    nothing = Vectors(numbered("s", 300), np.zeros((300, 20), dtype=np.float32))
    with pytest.raises(InputError, match="every vector is zero"):
        align(nothing, target, seeds, method=method)
    with pytest.raises(InputError, match="every vector is zero"):
        align(target, nothing, seeds.reversed(), method=method)


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


def test_spaces_may_differ_in_dimension_without_a_lexicon():
    problem, pairs = shaped_problem(80, 8)
    wide = torch.cat([problem.x, torch.zeros(80, 4)], dim=1)
    source, target, lexicon = words_of(Problem(wide, problem.z), pairs)
    for method, given in ("unsupervised", None), ("self-learning", Lexicon(lexicon.pairs[:20])):
        alignment = align(source, target, given, method=method, check=False)
        assert evaluate(alignment, lexicon).precision(1) >= 95


def test_fewer_seeds_than_dimensions():
    source, target, lexicon = planted(200, 40, noise=0.02, seed=8)
    for method in NAMES:
        alignment = align(source, target, Lexicon(lexicon.pairs[:25]), method=method)
        assert alignment.card.status != "failed"
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


def test_a_handful_of_words_is_never_aligned_by_restarts():
    problem, pairs = shaped_problem(40, 4)
    source, target, lexicon = words_of(problem, pairs)
    card = align(source, target, Lexicon(lexicon.pairs[:20]), method="self-learning").card
    assert card.scores["evidence"]["agreement"] > 50
    assert card.status == "doubtful"
    assert "only 40 words" in card.reasons[0]
