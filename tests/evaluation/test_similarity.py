import json
import math
import random
import warnings

import numpy as np
import pytest

from isolex.errors import InputError, IsolexWarning
from isolex.evaluation import ScoredPair, SimilarityResult, SimilaritySet, evaluate_similarity
from isolex.vectors import Vectors

from ..comparisons import assert_close
from ..oracles import similarity as oracle
from ..spaces import alignment_of, gaussian, numbered, planted, rotation


class Made:
    """Subwords of a model that knows every word but one."""

    def __init__(self, d):
        self.d = d

    def vector(self, word):
        return np.zeros(self.d, np.float32) if word == "none" else gaussian(1, self.d, len(word))[0]


def table(words, rows):
    return dict(zip(words, np.asarray(rows, dtype=np.float64), strict=True))


def own_space(vectors):
    return table(vectors.words, vectors.matrix)


def world(seed, n=60, d=8):
    """Two languages that agree somewhat, and pairs with every oddity, their gold being noisy cosines."""
    rng = random.Random(seed)
    words = [*numbered("word", n - 4), "Upper", "lower", "two", "New York"]
    x = gaussian(n, d, seed)
    z = x @ rotation(d, seed) + 0.5 * gaussian(n, d, seed + 1)
    x[5] = 0
    others = [
        word.title() if i % 7 == 0 else f"other{i}" if i % 11 == 0 else word for i, word in enumerate(words)
    ]
    first, second = Vectors(words, x), Vectors(others, z)
    items = [*words[:30], "WORD3", "upper", "LOWER", "TWO", "New York", "word1 word2", "two gone word3"]
    items += ["gone", "gone lost", "word5", "upper two", "word7 New York"]
    pairs = [(rng.choice(items), rng.choice(items)) for _ in range(80)]
    cosines = oracle.cosines(own_space(first), own_space(first), [(a, b, 0) for a, b in pairs])
    gold = [rng.gauss(cosine or 0, 0.3) for cosine in cosines]
    return (
        first,
        second,
        SimilaritySet([(a, b, round(2 + 2 * g, 1)) for (a, b), g in zip(pairs, gold, strict=True)]),
    )


def assert_agrees(result, expected):
    assert_close([result.pearson, result.spearman, result.harmonic_mean], expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("unknown", ["drop", "midpoint"])
@pytest.mark.parametrize("seed", range(4))
class TestAgreesWithTheOracle:
    def test_in_one_language(self, seed, unknown):
        vectors, _, pairs = world(seed)
        result = evaluate_similarity(vectors, pairs, unknown=unknown)
        assert_agrees(result, oracle.similarity(own_space(vectors), own_space(vectors), pairs, unknown))
        known = [c is not None for c in oracle.cosines(own_space(vectors), own_space(vectors), pairs)]
        assert 0 < result.known == sum(known) < 80
        assert result.coverage == pytest.approx(100 * sum(known) / 80)
        assert (result.n, result.dropped, result.filled) == (
            (sum(known), 80 - sum(known), 0) if unknown == "drop" else (80, 0, 80 - sum(known))
        )

    @pytest.mark.parametrize("side", [None, "cross", "source", "target"])
    def test_in_an_alignment(self, seed, unknown, side):
        source, target, pairs = world(seed)
        alignment = alignment_of(source, target, maps=(rotation(8, seed), np.eye(8)))
        x, z = alignment.shared
        spaces = table(alignment.source.words, x), table(alignment.target.words, z)
        first, second = {"source": (0, 0), "target": (1, 1)}.get(side, (0, 1))
        result = evaluate_similarity(alignment, pairs, unknown=unknown, side=side)
        assert_agrees(result, oracle.similarity(spaces[first], spaces[second], pairs, unknown))
        assert result.side == (side or "cross")


def test_the_comparison_can_fail():
    vectors, _, pairs = world(0)
    right = oracle.similarity(own_space(vectors), own_space(vectors), pairs)
    result = evaluate_similarity(vectors, pairs)
    for place in range(3):
        wrong = list(right)
        wrong[place] += 2e-6
        with pytest.raises(AssertionError):
            assert_agrees(result, wrong)
    with pytest.raises(AssertionError):
        assert_agrees(evaluate_similarity(vectors, pairs, unknown="midpoint"), right)


def test_turning_round():
    source, target, pairs = world(1)
    alignment = alignment_of(source, target)
    there = evaluate_similarity(alignment, pairs)
    back = evaluate_similarity(alignment.reversed(), pairs.reversed())
    assert_close(back.spearman, there.spearman)
    assert (back.n, back.side) == (there.n, "cross")
    assert back.pairs[0].first == there.pairs[0].second
    target_side = evaluate_similarity(alignment, pairs, side="target")
    assert evaluate_similarity(alignment.reversed(), pairs, side="source").pairs == target_side.pairs


def test_an_orthogonal_map_without_centring_changes_no_cosine():
    source, target, pairs = world(2)
    alignment = alignment_of(source, target, maps=(rotation(8, 0), np.eye(8)), steps=("unit",))
    own, mapped = evaluate_similarity(source, pairs), evaluate_similarity(alignment, pairs, side="source")
    assert_close(mapped.pearson, own.pearson)
    assert (own.side, mapped.side) == (None, "source")


def cosine_of(vectors, first, second):
    """The cosine of one pair, and how its words were found."""
    filler = [(vectors.words[0], vectors.words[0], 1.0)]
    result = evaluate_similarity(vectors, SimilaritySet([(first, second, 0.0), *filler]))
    found = dict(result.forms)
    found["exact"] -= 2
    return result.pairs[0].cosine, {form: count for form, count in found.items() if count}


class TestLookUp:
    VECTORS = Vectors(
        ["a", "b", "Anna", "anna", "Berlin", "zero", "Zero", "New York", "york"],
        np.array([[1, 0], [0, 2], [1, 1], [-1, 1], [0, -1], [0, 0], [3, 0], [0, 1], [5, 5]]),
    )

    @pytest.mark.parametrize(
        ("item", "cosine", "forms"),
        [
            ("Anna", math.sqrt(0.5), {"exact": 1}),
            ("ANNA", -math.sqrt(0.5), {"lower": 1}),
            ("berlin", 0, {"title": 1}),
            ("BERLIN", 0, {"title": 1}),
            ("zero", 1, {"title": 1}),
            ("New York", 0, {"exact": 1}),
            ("NEW YORK", 0, {"title": 1}),
            ("a b", math.sqrt(0.5), {"exact": 2}),
            ("a  a b", 2 / math.sqrt(5), {"exact": 3}),
            ("a gone", 1, {"exact": 1, "unknown": 1}),
            ("Berlin york", (math.sqrt(0.5)) / math.sqrt(0.5 + (1 - math.sqrt(0.5)) ** 2), {"exact": 2}),
            ("gone", None, {"unknown": 1}),
            ("gone lost", None, {"unknown": 2}),
        ],
    )
    def test_spelling_and_multiword_items(self, item, cosine, forms):
        forms = dict(forms)
        forms["exact"] = forms.get("exact", 0) + 1
        assert cosine_of(self.VECTORS, "a", item) == (cosine and pytest.approx(cosine), forms)

    @pytest.mark.parametrize(
        ("language", "forms"),
        [("tr", {"exact": 1, "lower": 2, "title": 1}), ("en", {"exact": 1, "unknown": 3})],
    )
    def test_spelling_follows_the_language(self, language, forms):
        vectors = Vectors(["a", "ılık", "incir", "İstanbul"], gaussian(4, 4, 0), language=language)
        assert cosine_of(vectors, "a", "ILIK İNCİR istanbul")[1] == forms

    def test_opposite_words_leave_nothing(self):
        vectors = Vectors(["a", "b"], np.array([[1, 0], [-1, 0]]))
        assert cosine_of(vectors, "a b", "a")[0] is None

    def test_subwords(self):
        vectors = Vectors(["a", "b"], gaussian(2, 4, 0))
        vectors.subwords = Made(4)
        made = {word: vectors.vector(word) for word in ("a", "unseen", "york")}
        expected = oracle.cosines(made, made, [("a", "unseen", 0), ("a", "unseen york", 0)])
        for item, cosine, count in (("unseen", expected[0], 1), ("unseen york", expected[1], 2)):
            found, forms = cosine_of(vectors, "a", item)
            assert found == pytest.approx(cosine)
            assert forms == {"exact": 1, "subwords": count}
        assert cosine_of(vectors, "a", "none") == (None, {"exact": 1, "unknown": 1})
        assert cosine_of(vectors, "a", "A")[1] == {"exact": 1, "lower": 1}

    def test_subwords_in_an_alignment(self):
        source, target, _ = planted(50, 4)
        source.subwords = Made(4)
        alignment = alignment_of(source, target, maps=(rotation(4, 0), np.eye(4)))
        result = evaluate_similarity(alignment, SimilaritySet([("unseen", "t1", 1), ("s2", "t2", 2)]))
        mapped = alignment.map(source.vector("unseen")[None])[0]
        assert result.pairs[0].cosine == pytest.approx(
            float(mapped @ alignment.shared[1][target.id("t1")]), abs=1e-6
        )


def test_items_of_the_same_words_tie_whatever_rounding_makes_of_it():
    """Cosines of a row with itself differ in their last bits."""
    vectors = Vectors(numbered("w", 200), gaussian(200, 30, 0))
    result = evaluate_similarity(vectors, SimilaritySet([(w, f"{w} gone", 1) for w in vectors.words]))
    assert {pair.cosine for pair in result.pairs} == {1.0}


def test_the_midpoint_is_the_mean_of_the_others():
    vectors = Vectors(["a", "b", "c"], np.array([[1, 0], [1, 1], [0, 1]]))
    pairs = SimilaritySet([("a", "a", 4), ("a", "b", 2), ("a", "c", 1), ("a", "gone", 3)])
    mean = (1 + math.sqrt(0.5)) / 3
    expected = np.corrcoef([4, 2, 1, 3], [1, math.sqrt(0.5), 0, mean])[0, 1]
    result = evaluate_similarity(vectors, pairs, unknown="midpoint")
    assert result.pearson == pytest.approx(expected)
    assert result.pairs[3] == ScoredPair("a", "gone", 3.0, None)


def test_figures_that_are_not_defined():
    vectors = Vectors(["a", "b", "c"], np.eye(3))
    one = evaluate_similarity(vectors, SimilaritySet([("a", "b", 1)]))
    same = evaluate_similarity(vectors, SimilaritySet([("a", "b", 1), ("b", "c", 2)]))
    for result in (one, same):
        figures = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert [figures[key] for key in ("pearson", "spearman", "harmonic_mean")] == [None] * 3
        assert figures["interval"] == [None, None]


def test_json():
    vectors, _, pairs = world(3)
    result = evaluate_similarity(vectors, pairs, unknown="midpoint")
    figures = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert set(figures) == {
        *("set", "side", "unknown", "pearson", "spearman", "harmonic_mean", "interval", "n", "pairs"),
        *("coverage", "dropped", "filled", "forms"),
    }
    assert_close(
        [figures["pearson"], figures["spearman"], figures["harmonic_mean"]],
        [result.pearson, result.spearman, result.harmonic_mean],
        atol=1e-6,
    )
    low, high = figures["interval"]
    assert low < figures["harmonic_mean"] < high
    assert (figures["set"], figures["side"], figures["unknown"]) == ("pairs", None, "midpoint")
    assert set(figures["forms"]) == {"exact", "lower", "title", "subwords", "unknown"}
    assert result.n == figures["n"] == figures["pairs"] == 80


def test_a_negative_correlation_has_no_harmonic_mean():
    scored = tuple(ScoredPair("a", "b", gold, -gold) for gold in (1.0, 2.0, 3.0))
    result = SimilarityResult("pairs", None, "drop", scored, {})
    assert (result.pearson, result.spearman, result.harmonic_mean) == pytest.approx((-1, -1, 0))


def test_a_file_is_read(tmp_path):
    vectors, _, pairs = world(0)
    path = tmp_path / "some.tsv"
    path.write_text("".join(f"{a}\t{b}\t{score}\n" for a, b, score in pairs))
    result = evaluate_similarity(vectors, path)
    assert result.name == "some.tsv"
    assert result.pairs == evaluate_similarity(vectors, pairs).pairs
    assert result == evaluate_similarity(vectors, str(path))


class TestWhatDoesNotFit:
    SOURCE, TARGET, LEXICON = planted(40, 6)
    ALIGNMENT = alignment_of(SOURCE, TARGET)
    PAIRS = SimilaritySet([(s, t, float(i)) for i, (s, t) in enumerate(LEXICON.pairs[:9])])

    def test_turned_round(self):
        with pytest.raises(
            InputError,
            match=r"pairs: 0 of 9 pairs are known; 9 would be if they are turned round \(--reverse",
        ):
            evaluate_similarity(self.ALIGNMENT, self.PAIRS.reversed())
        mostly = SimilaritySet([*self.PAIRS.reversed(), self.PAIRS.pairs[0]])
        with pytest.warns(
            IsolexWarning, match="1 of 10 pairs are known; 9 would be if they are turned round"
        ):
            evaluate_similarity(self.ALIGNMENT, mostly)

    @pytest.mark.parametrize(("side", "prefix"), [("source", "s"), ("target", "t")])
    def test_one_language(self, side, prefix):
        pairs = SimilaritySet([(f"{prefix}{i}", f"{prefix}{i + 1}", float(i)) for i in range(9)])
        with pytest.raises(InputError, match=f"0 of 9 pairs are known; 9 would be with the side '{side}'"):
            evaluate_similarity(self.ALIGNMENT, pairs)
        assert evaluate_similarity(self.ALIGNMENT, pairs, side=side).n == 9

    def test_nothing_is_said_of_a_set_that_fits_best_as_it_is(self):
        few = SimilaritySet([*self.PAIRS, *[("gone", "gone", 1.0)] * 30, *[("s1", "s2", 1.0)] * 9])
        with warnings.catch_warnings():
            warnings.simplefilter("error", IsolexWarning)
            assert evaluate_similarity(self.ALIGNMENT, few).known == 9

    @pytest.mark.parametrize("unknown", ["drop", "midpoint"])
    def test_other_words(self, unknown):
        pairs = SimilaritySet([("кіт", "猫", 1.0)], "odd.tsv")
        for space in (self.ALIGNMENT, self.SOURCE):
            with pytest.raises(InputError, match=r"odd\.tsv: 0 of 1 pairs are known; check the languages"):
                evaluate_similarity(space, pairs, unknown=unknown)

    def test_names_and_types(self):
        with pytest.raises(InputError, match="unknown side 'sauce'; did you mean 'source'"):
            evaluate_similarity(self.ALIGNMENT, self.PAIRS, side="sauce")
        with pytest.raises(
            InputError, match="unknown way to treat unknown words 'dropped'; did you mean 'drop'"
        ):
            evaluate_similarity(self.ALIGNMENT, self.PAIRS, unknown="dropped")
        with pytest.raises(InputError, match="side: got 'source' with vectors of one language; leave it out"):
            evaluate_similarity(self.SOURCE, self.PAIRS, side="source")
        with pytest.raises(InputError, match="space: got list, expected Vectors, an Alignment or a path"):
            evaluate_similarity([], self.PAIRS)
