import pickle
import warnings
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks

from isolex.errors import InputError, IsolexWarning
from isolex.transfer import COMPONENTS, WEIGHTINGS, TextCoverage, TextEncoder
from isolex.vectors import Vectors
from tests.oracles import encoding as oracle
from tests.spaces import alignment_of, gaussian, planted

WORDS = [
    "the",
    "dog",
    "House",
    "Paris",
    "bread",
    "l'",
    "homme",
    "don't",
    "well-known",
    "m'yach",
    "known",
    "ice",
]
TEXTS = ["the dog the house", "bread and the ice", "paris", "", "nothing here", "known bread, dog!"]
# The same as words of the vocabulary.
READ = [
    ["the", "dog", "the", "House"],
    ["bread", "and", "the", "ice"],
    ["Paris"],
    [],
    ["nothing", "here"],
    ["known", "bread", "dog"],
]


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(WORDS, gaussian(len(WORDS), 7, 0))


@pytest.fixture
def encode(vectors):
    """The word that a token is taken for is the one whose vector it gets."""
    return TextEncoder(vectors, weighting="mean").fit([])


class Spelled:
    """Subwords that know words which begin with x."""

    def vector(self, word):
        made = np.zeros(7, np.float32)
        if word.startswith("x"):
            made[len(word) % 7] = 2
        return made


class TestWeightings:
    @pytest.mark.parametrize("weighting", WEIGHTINGS)
    @pytest.mark.parametrize("component", COMPONENTS)
    def test_against_the_definition(self, vectors, weighting, component):
        made = TextEncoder(vectors, weighting=weighting, component=component).fit_transform(TEXTS)
        rows = vectors.matrix.astype(float)
        means = oracle.means(weighting, READ, WORDS, rows, READ)
        direction = np.zeros(7)
        if weighting == "sif" and component == "texts":
            direction = oracle.of_texts(means)
        elif weighting == "sif" and component == "vocabulary":
            direction = oracle.of_vocabulary(WORDS, rows)
        assert made.dtype == np.float32
        assert made == pytest.approx(oracle.without(means, direction), abs=1e-5)

    @pytest.mark.parametrize("weighting", WEIGHTINGS)
    def test_a_wrong_weighting_would_be_seen(self, vectors, weighting):
        made = TextEncoder(vectors, weighting=weighting, component="none").fit_transform(TEXTS)
        for other in set(WEIGHTINGS) - {weighting}:
            means = oracle.means(other, READ, WORDS, vectors.matrix.astype(float), READ)
            assert made != pytest.approx(oracle.without(means, np.zeros(7)), abs=1e-3)

    def test_weights_come_from_the_fitted_texts(self, vectors):
        fitted, asked = TEXTS[:2], ["dog bread known known"]
        encoder = TextEncoder(vectors, weighting="idf").fit(fitted)
        rows = vectors.matrix.astype(float)
        means = oracle.means("idf", [asked[0].split()], WORDS, rows, READ[:2])
        assert encoder.transform(asked) == pytest.approx(oracle.without(means, np.zeros(7)), abs=1e-5)
        assert set(encoder.idf_) == {"the", "dog", "House", "bread", "ice"}

    @pytest.mark.parametrize("smoothing", [1e-5, 0.1])
    def test_smoothing(self, vectors, smoothing):
        encoder = TextEncoder(vectors, smoothing=smoothing, component="none").fit([])
        means = oracle.means("sif", READ[:2], WORDS, vectors.matrix.astype(float), [], a=smoothing)
        assert encoder.transform(TEXTS[:2]) == pytest.approx(oracle.without(means, np.zeros(7)), abs=1e-5)

    def test_the_common_direction_is_gone(self, vectors):
        encoder = TextEncoder(vectors, component="vocabulary").fit([])
        assert np.linalg.norm(encoder.common_) == pytest.approx(1, abs=1e-6)
        assert encoder.transform(TEXTS) @ encoder.common_ == pytest.approx(np.zeros(len(TEXTS)), abs=1e-5)

    @pytest.mark.parametrize("texts", [["the dog"], ["the dog", "dog the", "the dog"]])
    def test_texts_that_are_all_the_common_direction_are_zero(self, vectors, texts):
        """And not the rounding that is left of them, brought to unit length."""
        assert not TextEncoder(vectors).fit_transform(texts).any()


class TestRows:
    @pytest.mark.parametrize("weighting", WEIGHTINGS)
    def test_unit_or_zero(self, vectors, weighting):
        norms = np.linalg.norm(TextEncoder(vectors, weighting=weighting).fit_transform(TEXTS), axis=1)
        assert norms == pytest.approx([1, 1, 1, 0, 0, 1], abs=1e-6)

    def test_no_texts(self, vectors):
        assert TextEncoder(vectors).fit([]).transform([]).shape == (0, 7)

    def test_both_languages_lie_in_the_shared_space(self):
        source, target, _ = planted(noise=0)
        # The maps that undo the planted rotation, from all pairs.
        order = [target.id(f"t{i}") for i in range(len(source))]
        x, z = (m - m.mean(0) for m in (unit(source.matrix), unit(target.matrix[order])))
        u, _, v = np.linalg.svd(unit(x).T @ unit(z))
        alignment = alignment_of(source, target, maps=(u @ v, np.eye(20)))
        texts = [f"s{i} s{i + 1} s{i + 2}" for i in range(0, 60, 3)]
        english = TextEncoder(alignment, weighting="mean").fit_transform(texts)
        turned = [text.replace("s", "t") for text in texts]
        spanish = TextEncoder(alignment.reversed(), weighting="mean").fit_transform(turned)
        assert ((english @ spanish.T).argmax(axis=1) == np.arange(20)).all()
        shared = TextEncoder(alignment, weighting="mean").fit_transform(["s7"])
        assert shared[0] == pytest.approx(alignment.shared[0][7].numpy(), abs=1e-6)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class TestBackOff:
    @pytest.mark.parametrize(
        ("token", "found"),
        [
            ("dog", ["dog"]),
            ("DOG", ["dog"]),
            ("Dog", ["dog"]),
            ("paris", ["Paris"]),
            ("PARIS", ["Paris"]),
            ("hoUse", ["House"]),
            ("l'homme", ["l'", "homme"]),
            ("L’Homme", ["l'", "homme"]),
            ("lʼhomme", ["l'", "homme"]),
            ("don’t", ["don't"]),
            ("mʼyach", ["m'yach"]),
            ("M’YACH", ["m'yach"]),
            ("well-known", ["well-known"]),
            ("known-bread", ["known", "bread"]),
            ("un-known", ["known"]),
            ("dogs'", []),
            ("dog'", ["dog"]),
            ("unknown", []),
        ],
    )
    def test_spellings(self, vectors, encode, token, found):
        assert encode.terms(token) == (found or [token.lower()])
        expected = sum((unit(vectors.matrix)[vectors.id(word)] for word in found), np.zeros(7))
        assert encode.transform([token])[0] == pytest.approx(oracle.unit(expected), abs=1e-6)

    def test_zero_rows_are_no_words(self):
        vectors = Vectors(["the", "Empty", "empty"], np.array([[1, 0], [0, 2], [0, 0]], np.float32))
        encoder = TextEncoder(vectors, weighting="mean").fit([])
        assert encoder.transform(["the empty", "empty"]) == pytest.approx(
            np.array([[0.5**0.5, 0.5**0.5], [0, 1]])
        )

    def test_subwords(self, vectors):
        vectors.subwords = Spelled()
        encoder = TextEncoder(vectors, weighting="mean").fit([])
        axes = np.eye(7)
        assert encoder.transform(["xyz"])[0] == pytest.approx(axes[3])
        assert encoder.transform(["yyy"])[0] == pytest.approx(np.zeros(7))
        both = axes[4] + unit(vectors.matrix)[1]
        assert encoder.transform(["xxxx DOG yyy"])[0] == pytest.approx(oracle.unit(both), abs=1e-6)
        # The vocabulary stands before subwords, even for a word that must be cut, or has another apostrophe.
        assert encoder.terms("bread-xyz xyz-abc x’yz") == ["bread", "xyz", "xyz-abc", "x’yz"]

    @pytest.mark.parametrize("word", ["xa", "xabc"])
    def test_subword_made_words_are_as_rare_as_the_last(self, vectors, word):
        vectors.subwords = Spelled()
        encoder = TextEncoder(vectors, component="none").fit([])
        made = encoder.transform([f"the {word}"])[0]
        weights = [oracle.weight_of("sif", known, WORDS, [], 1e-3) for known in ("the", WORDS[-1])]
        expected = weights[0] * unit(vectors.matrix)[0] + weights[1] * np.eye(7)[len(word)]
        assert made == pytest.approx(oracle.unit(expected), abs=1e-5)

    def test_subwords_are_mapped_into_the_shared_space(self):
        source, target = (Vectors(WORDS, gaussian(len(WORDS), 7, seed)) for seed in (1, 2))
        source.subwords = Spelled()
        rotated = np.linalg.qr(gaussian(7, 7, 3))[0]
        alignment = alignment_of(source, target, maps=(rotated, np.eye(7)))
        made = TextEncoder(alignment, weighting="mean").fit_transform(["xyz"])
        assert made == pytest.approx(alignment.map(Spelled().vector("xyz")[None]).numpy(), abs=1e-6)

    def test_what_subwords_know_is_a_term_in_lower_case(self, vectors):
        """Another text may spell it otherwise."""
        vectors.subwords = Spelled()
        encoder = TextEncoder(vectors).fit([])
        assert encoder.terms("xYZ House XYZ") == ["xyz", "House", "xyz"]

    def test_lower_case_is_that_of_the_language(self):
        for language, terms in (
            ("tr", ["ılık", "istanbul", "ışık"]),
            ("en", ["ilik", "i\u0307stanbul", "işik"]),
        ):
            encoder = TextEncoder(Vectors(["ılık", "su"], gaussian(2, 4, 0), language=language)).fit([])
            assert encoder.terms("ILIK İSTANBUL IŞIK") == terms


class TestCoverage:
    def test_counts(self, vectors):
        """By hand: of TEXTS, as READ has them, "and", "nothing" and "here" are unknown."""
        encoder = TextEncoder(vectors).fit([])
        assert encoder.coverage(TEXTS) == TextCoverage(
            texts=6, texts_known=4, words=14, words_known=11, by_subwords=0
        )
        # A word that is cut is one, and known if a part is.
        assert encoder.coverage(["un-known l'homme"]) == TextCoverage(1, 1, 2, 2, 0)

    def test_of_subwords(self, vectors):
        vectors.subwords = Spelled()
        encoder = TextEncoder(vectors).fit([])
        assert encoder.coverage(iter(["xyz dog yyy", "xx"])) == TextCoverage(2, 2, 4, 3, by_subwords=2)

    def test_nothing(self, vectors):
        encoder = TextEncoder(vectors).fit([])
        for texts in ([], ["", "?!"]):
            coverage = encoder.coverage(texts)
            assert (coverage.words, coverage.percent) == (0, 0)
            assert coverage.summary() == f"0.0 % of 0 words known; 0 of {len(texts)} texts with a known word"

    def test_for_people_and_programs(self):
        coverage = TextCoverage(texts=2, texts_known=1, words=3000, words_known=2000, by_subwords=0)
        assert coverage.summary() == "66.7 % of 3,000 words known; 1 of 2 texts with a known word"
        assert coverage.to_dict() == {
            **{"texts": 2, "texts_known": 1, "words": 3000, "words_known": 2000, "by_subwords": 0},
            "percent": 66.67,
        }
        guessed = TextCoverage(1, 1, 1, 1, by_subwords=1).summary()
        assert guessed == "100.0 % of 1 word known, 1 of them by subwords; 1 of 1 text with a known word"


class TestScripts:
    def test_words_of_other_scripts_are_whole(self):
        words = ["हिन्दी", "किताब", "м'яч", "été", "שָׁלוֹם"]
        encoder = TextEncoder(Vectors(words, gaussian(5, 4, 0)), weighting="mean").fit([])
        assert encoder.terms("हिन्दी, किताब। М’ЯЧ ÉTÉ שָׁלוֹם") == words


class TestTokenizer:
    def test_any_callable(self, vectors):
        encoder = TextEncoder(vectors, weighting="mean", tokenizer=lambda text: text.split("|")).fit([])
        assert encoder.terms("dog|the ice|bread") == ["dog", "the ice", "bread"]
        plain = TextEncoder(vectors, weighting="mean").fit([])
        assert (encoder.transform(["dog|the ice|bread"]) == plain.transform(["dog bread"])).all()

    def test_a_script_without_blanks(self):
        encoder = TextEncoder(Vectors(list("日本語"), gaussian(3, 4, 0)), tokenizer=list).fit(["日本"])
        assert encoder.terms("日本語") == ["日", "本", "語"]


class TestScikitLearn:
    LABELLED = (
        [f"bread ice {word}" for word in WORDS[:5] * 2] + [f"dog Paris {word}" for word in WORDS[:5] * 2],
        ["food"] * 10 + ["other"] * 10,
    )

    def test_pipeline_and_search(self, vectors):
        pipeline = make_pipeline(TextEncoder(vectors), LogisticRegression())
        search = GridSearchCV(pipeline, {"textencoder__weighting": WEIGHTINGS}, cv=2)
        search.fit(*self.LABELLED)
        assert search.predict(["ice bread", "dog paris"]).tolist() == ["food", "other"]
        assert search.cv_results_["mean_test_score"].shape == (3,)
        assert search.best_estimator_[0].space is vectors

    def test_cloning_does_not_copy_vectors(self, vectors):
        encoder = TextEncoder(vectors, weighting="idf", smoothing=0.5).fit(TEXTS)
        copied = clone(encoder)
        assert copied.space is vectors
        assert copied.get_params() == encoder.get_params()
        with pytest.raises(NotFittedError):
            copied.transform(TEXTS)
        assert clone(make_pipeline(encoder))[0].space is vectors

    def test_names_of_columns(self, vectors):
        names = TextEncoder(vectors).fit(TEXTS).get_feature_names_out()
        assert names.tolist() == [f"textencoder{i}" for i in range(7)]

    @pytest.mark.parametrize("method", ["transform", "terms", "coverage", "get_feature_names_out"])
    def test_not_fitted(self, vectors, method):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            getattr(TextEncoder(vectors), method)("the dog")

    @pytest.mark.filterwarnings("ignore:Can't test estimator")
    def test_the_checks_that_scikit_learn_has_for_text(self, vectors):
        """It leaves out those that feed numbers, as the estimator's tags say that it takes strings."""
        names = []
        for estimator, check in estimator_checks.estimator_checks_generator(TextEncoder(vectors)):
            check(estimator)
            names.append(check.func.__name__)
        assert "check_estimator_cloneable" in names

    @pytest.mark.parametrize(
        "check",
        [
            *("do_not_raise_errors_in_init_or_set_params", "estimator_repr", "estimator_tags_renamed"),
            *("estimators_unfitted", "get_feature_names_out_error", "get_params_invariance", "mixin_order"),
            *("no_attributes_set_in_init", "parameters_default_constructible", "set_params"),
            *("transformers_unfitted", "valid_tag_types"),
        ],
    )
    def test_those_that_need_no_data(self, vectors, check):
        getattr(estimator_checks, f"check_{check}")("TextEncoder", TextEncoder(vectors))

    @pytest.mark.parametrize("weighting", WEIGHTINGS)
    def test_what_the_others_ask_of_numbers_holds_of_texts(self, vectors, weighting):
        encoder = TextEncoder(vectors, weighting=weighting)
        before = encoder.get_params()
        assert encoder.fit(TEXTS, y=[1, 2]) is encoder
        assert encoder.get_params() == before
        made = encoder.transform(TEXTS)
        # Idempotent; texts do not touch one another; arrays and iterators are like lists.
        assert (encoder.fit(TEXTS).transform(TEXTS) == made).all()
        assert (encoder.fit_transform(np.array(TEXTS)) == made).all()
        assert (encoder.transform(iter(TEXTS)) == made).all()
        assert encoder.transform(TEXTS[::-1])[::-1] == pytest.approx(made, abs=1e-6)
        assert np.vstack([encoder.transform([text]) for text in TEXTS]) == pytest.approx(made, abs=1e-6)
        assert (pickle.loads(pickle.dumps(encoder)).transform(TEXTS) == made).all()

    def test_fitting_again_forgets(self, vectors):
        encoder = TextEncoder(vectors, weighting="sif").fit(TEXTS)
        encoder.set_params(weighting="mean").fit(["bread"])
        assert set(encoder.idf_) == {"bread"}
        assert not encoder.common_.any()


class TestInput:
    @pytest.mark.parametrize(
        ("texts", "warned"), [(["the", "nichts"], 1), (["the", "dog", "nichts"], 0), (["nichts"], 0)]
    )
    def test_texts_of_another_language_are_told_of(self, encode, texts, warned):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            encode.transform(texts)
        assert [one.category for one in caught] == [IsolexWarning] * warned

    @pytest.mark.parametrize(("texts", "warned"), [(19, 1), (20, 0)])
    def test_few_texts_have_no_common_direction(self, vectors, texts, warned):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            TextEncoder(vectors).fit(["the dog"] * texts)
            TextEncoder(vectors, component="vocabulary").fit(["the dog"] * texts)
        assert [one.category for one in caught] == [IsolexWarning] * warned

    @pytest.mark.parametrize("method", ["fit", "transform"])
    def test_one_string(self, vectors, method):
        encoder = TextEncoder(vectors).fit([])
        with pytest.raises(InputError, match="texts: got one string, expected several texts; put it into a"):
            getattr(encoder, method)("the dog")

    @pytest.mark.parametrize(
        ("texts", "message"),
        [
            (["a", 3], "number 1 is int"),
            ([None], "number 0 is NoneType"),
            ([b"a"], "number 0 is bytes"),
            ([["a", "b"]], "number 0 is list"),
            (np.ones((2, 2)), "number 0 is ndarray"),
        ],
    )
    def test_no_strings(self, vectors, texts, message):
        fitted = TextEncoder(vectors).fit([])
        for call in (TextEncoder(vectors).fit, fitted.transform, fitted.coverage):
            with pytest.raises(InputError, match=f"texts: {message}, expected a string"):
                call(texts)

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"weighting": "means"}, "unknown weighting 'means'; did you mean 'mean'"),
            ({"component": "text"}, "unknown component 'text'; did you mean 'texts'"),
            *(({"smoothing": a}, f"smoothing: got {a}, expected a positive") for a in (0, -1, float("nan"))),
            ({"space": 3}, "space: got int, expected Vectors, an Alignment or a path"),
        ],
    )
    def test_settings_are_checked_when_fitting(self, vectors, settings, message):
        encoder = partial(TextEncoder, **{"space": vectors} | settings)()
        with pytest.raises(InputError, match=message):
            encoder.fit([])
