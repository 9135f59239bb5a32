"""`align_space`: from vectors of many languages, and lexicons between some, to one space."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from isolex import align, align_space
from isolex.alignment import Space, load_space
from isolex.cards.card import GIVEN_SEEDS
from isolex.errors import InputError, IsolexWarning
from isolex.fleet import HereExecutor, Workplace
from isolex.lexicon import Lexicon
from isolex.mapping import Joint
from isolex.vectors import Vectors

from ..spaces import gaussian, numbered, planted_languages, true_pairs

CODES = ("en", "es", "fr", "de")
LANGUAGES = planted_languages(CODES)
ASKED = range(300, 340)  # in no lexicon
GRAPHS = {
    "star": [("en", "es"), ("en", "fr"), ("en", "de")],
    "tree": [("en", "es"), ("es", "fr"), ("fr", "de")],
    "complete": list(combinations(CODES, 2)),
}


def lexicons(pairs, count: int = 260):
    return {pair: true_pairs(*pair, range(count)) for pair in pairs}


def some(*codes: str) -> dict[str, Vectors]:
    return {code: LANGUAGES[code] for code in codes}


def right(space: Space, source: str, target: str) -> float:
    found = space.pair(source, target).translate([f"{source}{i}" for i in ASKED], k=1)
    return sum(word == f"{target}{i}" for ((word, _),), i in zip(found, ASKED, strict=True)) / len(ASKED)


def saved(space: Space, folder: Path) -> Path:
    space.save(folder / "space")
    return folder / "space"


def strangers(code: str) -> Vectors:
    """Vectors that have nothing to do with the others."""
    return Vectors(numbered(code, 400), gaussian(400, 12, 77), language=code)


class TestLexicons:
    @pytest.mark.parametrize("graph", GRAPHS)
    @pytest.mark.parametrize("method", ["joint", "procrustes"])
    def test_any_graph_puts_all_into_one_space(self, graph, method):
        space = align_space(LANGUAGES, lexicons(GRAPHS[graph]), method=method)
        assert all(right(space, *pair) > 0.95 for pair in combinations(CODES, 2))
        statuses = {pair: card.status for pair, card in space.card.pairs.items()}
        # No two lexicons lead from one end of the tree to the other, so there are no words to check it by.
        checkable = statuses.keys() - ({("en", "de")} if graph == "tree" else set())
        assert {statuses[pair] for pair in checkable} == {"aligned"}
        assert statuses["en", "de"] == ("unchecked" if graph == "tree" else "aligned")
        given = {pair for pair, card in space.card.pairs.items() if card.origin == "given"}
        assert given == set(GRAPHS[graph])
        assert space.card.method == method

    def test_a_tree_tells_who_came_in_by_whom(self):
        space = align_space(LANGUAGES, lexicons(GRAPHS["tree"]))
        by = {code: card.by for code, card in space.card.languages.items()}
        # From one in the middle outwards.
        assert by == {"es": None, "en": "es", "fr": "es", "de": "fr"}

    def test_lexicons_of_both_directions_count_together(self):
        halves = {
            ("en", "es"): true_pairs("en", "es", range(150)),
            ("es", "en"): true_pairs("es", "en", range(100, 260)),
        }
        space = align_space(some("en", "es"), halves)
        assert set(space.pair("en", "es").seeds.pairs) == set(true_pairs("en", "es", range(260)).pairs)
        whole = align_space(some("en", "es"), lexicons([("en", "es")]))
        assert right(space, "en", "es") == right(whole, "en", "es")

    def test_of_both_directions_one_may_have_weights(self):
        pairs = true_pairs("es", "en", range(100, 260))
        mixed = {
            ("en", "es"): true_pairs("en", "es", range(100)),
            ("es", "en"): Lexicon(pairs.pairs, [0.5] * len(pairs)),
        }
        seeds = align_space(some("en", "es"), mixed, check=False).pair("en", "es").seeds
        assert sorted(seeds.weights) == [0.5] * 160 + [1.0] * 100

    def test_pairs_of_little_weight_do_little_harm(self):
        good = true_pairs("en", "es", range(260)).pairs
        bad = [(f"en{i}", f"es{(i * 7 + 3) % 260}") for i in range(260)]

        def score(weights):
            lexicon = {("en", "es"): Lexicon([*good, *bad], weights)}
            return right(align_space(some("en", "es"), lexicon, check=False), "en", "es")

        assert score([1.0] * 260 + [0.001] * 260) > 0.95
        assert score([0.001] * 260 + [1.0] * 260) < 0.2

    def test_files_are_taken_where_vectors_and_lexicons_are(self, tmp_path):
        for code in ("en", "es"):
            LANGUAGES[code].write(tmp_path / f"{code}.vec")
        true_pairs("en", "es", range(260)).write(tmp_path / "en-es.tsv")
        space = align_space(
            {code: tmp_path / f"{code}.vec" for code in ("en", "es")},
            {("en", "es"): str(tmp_path / "en-es.tsv")},
            check=False,
        )
        assert right(space, "en", "es") > 0.95

    def test_languages_may_differ_in_dimension(self):
        languages = planted_languages(("en", "es", "fr"), dimensions={"es": 15, "fr": 20})
        space = align_space(languages, lexicons([("en", "es"), ("es", "fr")]))
        assert right(space, "en", "fr") > 0.9
        assert {side.matrix.shape[1] for side in space.sides.values()} == {20}


class TestJudging:
    def test_unchecked_is_said(self):
        space = align_space(some("en", "es", "fr"), lexicons([("en", "es"), ("en", "fr")]), check=False)
        assert {card.status for card in space.card.pairs.values()} == {"unchecked"}
        assert {card.weight for card in space.card.pairs.values()} == {1.0}
        assert space.card.pair("es", "fr").reason == "this pair of languages was not checked"
        assert right(space, "es", "fr") > 0.95

    def test_a_wrong_lexicon_fails_and_spoils_nothing(self):
        wrong = {("en", "de"): Lexicon((f"en{i}", f"de{(i * 7 + 3) % 260}") for i in range(260))}
        pairs = [("en", "es"), ("es", "fr"), ("en", "fr")]
        space = align_space(LANGUAGES, lexicons(pairs) | wrong)
        statuses = {pair: space.card.pair(*pair).status for pair in combinations(CODES, 2)}
        assert {pair: statuses[pair] for pair in pairs} == dict.fromkeys(pairs, "aligned")
        assert all(status != "aligned" for pair, status in statuses.items() if "de" in pair)
        assert space.card.languages["de"].status != "aligned"
        assert right(space, "es", "fr") > 0.95

    def test_the_same_seed_gives_the_same_space(self):
        given = some("en", "es", "fr"), lexicons([("en", "es"), ("en", "fr")])
        first, second = align_space(*given), align_space(*given)
        assert first.card.pairs == second.card.pairs
        assert all((first.sides[code].matrix == second.sides[code].matrix).all() for code in first.languages)


@pytest.fixture
def by_truth(monkeypatch) -> None:
    """Self-learning takes minutes: instead, alignments are made of what is true, and of xx they fail."""

    def aligned(source, target, seeds, *, normalize, seed, device):
        if min(len(source), len(target)) < 3:
            raise InputError("found no pair of words to begin with", where="self-learning")
        made = align(
            source,
            target,
            true_pairs(source.language, target.language, range(400)),
            method="procrustes",
            normalize=normalize,
            check=False,
            seed=seed,
            device=device,
        )
        status = "failed" if "xx" in (source.language, target.language) else "aligned"
        made.card = replace(made.card, status=status, reasons=("it was looked up",))
        return made

    monkeypatch.setattr("isolex.recipes.pair_links.align", aligned)


@pytest.mark.usefixtures("by_truth")
class TestFewLexicons:
    def test_few_words_are_supplemented_by_an_alignment(self, tmp_path):
        space = align_space(some("en", "es"), lexicons([("en", "es")], count=40))
        card = space.card.pair("en", "es")
        assert (card.status, card.origin) == ("aligned", "induced")
        assert card.seeds > 200
        given = set(true_pairs("en", "es", range(40)).pairs)
        assert given <= set(space.pair("en", "es").seeds.pairs)
        pair = load_space(saved(space, tmp_path)).pair("en", "es")
        count = pair.card.settings[GIVEN_SEEDS]
        assert set(pair.seeds.pairs[:count]) == given
        turned = load_space(tmp_path / "space").pair("es", "en")
        assert set(turned.seeds.pairs[:count]) == {(target, source) for source, target in given}
        assert right(space, "en", "es") > 0.9

    def test_parts_that_no_lexicon_connects_are_aligned(self):
        space = align_space(some("en", "es", "fr"), lexicons([("en", "es")]))
        assert space.languages == ("en", "es", "fr")
        assert space.card.pair("en", "es").origin == "given"
        assert GIVEN_SEEDS not in space.pair("en", "es").card.settings
        assert "induced" in {space.card.pair(code, "fr").origin for code in ("en", "es")}
        assert right(space, "fr", "en") > 0.9

    def test_without_lexicons_it_is_all_induced(self):
        space = align_space(some("en", "es"))
        assert space.card.pair("en", "es").origin == "induced"
        assert space.pair("es", "en").card.settings[GIVEN_SEEDS] == 0
        assert right(space, "en", "es") > 0.9

    def test_a_workplace_keeps_what_came_out(self, tmp_path, monkeypatch):
        given = some("en", "es", "fr"), lexicons([("en", "es")])
        place = Workplace(tmp_path / "work", HereExecutor)
        space, plain = align_space(*given, workplace=place), align_space(*given)
        assert space.card.pairs == plain.card.pairs
        assert all((space.sides[code].matrix == plain.sides[code].matrix).all() for code in plain.languages)
        monkeypatch.setattr("isolex.recipes.pair_links.align", None)
        again = align_space(*given, workplace=place)
        assert again.card.pairs == plain.card.pairs

    @pytest.mark.parametrize(
        "damaged",
        [
            lambda data: data[:1000],
            lambda data: (
                data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
            ),
        ],
    )
    def test_a_damaged_store_of_vectors_is_written_again(self, tmp_path, damaged):
        given = some("en", "es"), {}
        place = Workplace(tmp_path / "work", HereExecutor)
        plain = align_space(*given, workplace=place)
        for path in (tmp_path / "work" / "vectors").iterdir():
            assert ":" not in path.name
            path.write_bytes(damaged(path.read_bytes()))
        for path in (tmp_path / "work").glob("*.json"):
            path.unlink()
        assert align_space(*given, workplace=place).card.pairs == plain.card.pairs

    def test_a_job_that_was_lost_is_no_verdict(self, tmp_path, monkeypatch):
        def lost(*_, **__):
            raise RuntimeError("gone")

        monkeypatch.setattr("isolex.recipes.pair_links.align", lost)
        place = Workplace(tmp_path / "work", HereExecutor)
        with pytest.raises(InputError, match=r"failed: RuntimeError: gone; give the same command again"):
            align_space(some("en", "es"), {}, workplace=place)

    def test_where_nothing_is_to_be_aligned_no_worker_is_begun(self, tmp_path):
        place = Workplace(tmp_path / "work", lambda: pytest.fail("an executor was begun"))
        align_space(some("en", "es"), lexicons([("en", "es")]), workplace=place)

    def test_a_language_that_nobody_vouches_for_is_left_out_and_named(self):
        vectors = some("en", "es") | {"xx": strangers("xx")}
        with pytest.warns(IsolexWarning, match="xx is left out: no lexicon links it to the space"):
            space = align_space(vectors, lexicons([("en", "es")]))
        assert space.languages == ("en", "es")
        assert space.card.left_out.keys() == {"xx"}
        assert right(space, "en", "es") > 0.95

    def test_one_with_too_few_words_to_begin_is_left_out_like_any_other(self):
        vectors = some("en", "es") | {"xy": LANGUAGES["fr"].head(2)}
        with pytest.warns(IsolexWarning, match="xy is left out"):
            assert align_space(vectors, lexicons([("en", "es")])).languages == ("en", "es")

    def test_a_small_lexicon_whose_alignment_failed_stays_a_given_one(self):
        vectors = some("en", "es") | {"xx": strangers("xx")}
        given = {("en", "xx"): Lexicon(zip(vectors["en"].words[:60], vectors["xx"].words[:60], strict=True))}
        card = align_space(vectors, lexicons([("en", "es")]) | given).card.pair("en", "xx")
        assert (card.status, card.origin, card.seeds) == ("failed", "given", 60)

    def test_only_what_was_induced_silences_the_verdict_on_pairs_that_it_links(self):
        vectors = some("en", "es", "fr") | {"xx": strangers("xx")}
        few = {("en", "xx"): Lexicon(zip(vectors["en"].words[:60], vectors["xx"].words[:60], strict=True))}
        card = align_space(vectors, lexicons([("en", "es"), ("en", "fr")]) | few).card
        assert card.pair("es", "fr").status == "aligned"
        induced = align_space(some("en", "es", "fr"), lexicons([("en", "es")])).card
        middle = next(code for code in ("en", "es") if induced.pair(code, "fr").origin == "induced")
        other = "es" if middle == "en" else "en"
        if induced.pair(other, "fr").origin is None:
            assert induced.pair(other, "fr").status == "unchecked"

    def test_where_nothing_aligns_there_is_no_space(self):
        with pytest.raises(InputError, match="no two of the languages could be aligned; give lexicons"):
            align_space({"en": LANGUAGES["en"], "xx": strangers("xx")})


class TestBadInput:
    @pytest.mark.parametrize(
        ("codes", "pairs", "said"),
        [
            (["en"], [], "got en, expected at least two languages"),
            ([], [], "got none, expected at least two languages"),
            (["en", "all"], [], "which stands for all languages"),
            (["en", "e" * 300], [], "40 at most"),
            (["en", "EN"], [], "got en and EN, which are one code; give each language once"),
            (["pt_br", "pt-BR"], [], "which are one code"),
            (["en", "es"], [("en", "fr")], "lexicon en-fr: got no vectors of fr, only of en, es"),
            (["en", "es"], [("EN", "es")], "lexicon EN-es: got no vectors of EN, only of en, es"),
            (["en", "es"], [("en", "en")], "lexicon en-en: is of one language with itself"),
            (["en", "a b"], [], "got the language 'a b', expected letters, digits"),
            (["en", "es"], ["en-es"], "lexicons: got 'en-es', expected a pair of codes"),
            (["en", "es"], [("en", "es", "fr")], "expected a pair of codes"),
        ],
    )
    def test_languages_and_lexicons_that_cannot_be(self, codes, pairs, said):
        vectors = {code: LANGUAGES.get(code, LANGUAGES["es"]) for code in codes}
        with pytest.raises(InputError, match=said):
            align_space(vectors, dict.fromkeys(pairs, true_pairs("en", "es", range(260))))

    def test_a_lexicon_without_a_word_of_theirs(self):
        with pytest.raises(InputError, match="lexicon en-es: not one pair is in both vocabularies"):
            align_space(some("en", "es"), {("en", "es"): Lexicon([("a", "b")])})

    def test_an_unknown_method_is_refused_with_the_nearest_one(self):
        with pytest.raises(InputError, match="did you mean 'joint'"):
            align_space(some("en", "es"), lexicons([("en", "es")]), method="join")

    @pytest.mark.parametrize("method", [Joint, None, 3])
    def test_what_is_no_method_is_refused(self, method):
        with pytest.raises(InputError, match="expected a name or a solver"):
            align_space(some("en", "es"), lexicons([("en", "es")]), method=method)

    @pytest.mark.parametrize("vectors", [None, ["en.vec", "es.vec"]])
    def test_what_is_no_dictionary_of_vectors_is_refused(self, vectors):
        with pytest.raises(InputError, match="expected a dictionary by code"):
            align_space(vectors)

    def test_settings_of_ones_own(self):
        space = align_space(
            some("en", "es"), lexicons([("en", "es")]), method=Joint(sweeps=1, ridge=7.0), check=False
        )
        assert space.card.settings["solver"]["sweeps"] == 1
        assert right(space, "en", "es") > 0.95
