import math
import sys
from dataclasses import replace

import numpy as np
import pytest

from isolex import Alignment, align, evaluate
from isolex.errors import InputError, IsolexWarning, MissingExtraError, UnknownWordError
from isolex.lexicon import Lexicon
from isolex.reranking import (
    GROUPS,
    RerankedDictionary,
    Reranker,
    RerankSettings,
    fitting,
    plain_dictionary,
    rerank,
)
from isolex.vectors import Vectors
from isolex.vectors.ngrams import NgramVectors
from tests.shaped import columns_permuted, make_annealing_quick
from tests.spaces import planted

from .made_up import CIPHER, LETTERS, languages

SOURCE, TARGET, PAIRS = languages()
SEEDS, TEST = Lexicon(PAIRS.pairs[:250]), Lexicon(PAIRS.pairs[250:])
SETTINGS = RerankSettings(trees=30)
RIGHT = dict(TEST.pairs)


@pytest.fixture(scope="module", autouse=True)
def quick():
    """For as few words as here self-learning would take hundreds of rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 20)
        yield


@pytest.fixture(scope="module")
def made() -> RerankedDictionary:
    return rerank(SOURCE, TARGET, SEEDS, settings=SETTINGS, check=False)


def precision(dictionary: RerankedDictionary) -> float:
    found = dictionary.translate(list(RIGHT), k=1)
    return 100 * float(np.mean([best[0][0] == RIGHT[word] for word, best in zip(RIGHT, found, strict=True)]))


def test_translates_better_than_csls(made):
    assert made.learnt
    assert made.reason == (
        "learnt from 250 seed words, so few that confidences may be off by 0.06, and by more for rarer words"
    )
    assert precision(made) > evaluate(made.alignment, TEST).precision(1) + 15


def test_many_seed_words_need_no_warning():
    assert fitting._learnt_from(fitting._SURE_WORDS) == "learnt from 500 seed words"
    assert "off by 0.10" in fitting._learnt_from(100)


def test_the_cipher_is_what_it_gained_by(made):
    """Two words of three are ciphered; without the learned correspondences nothing shows it."""
    assert isinstance(made.ranker, Reranker)
    blind = replace(made, ranker=made.ranker.without("characters"))
    assert precision(made) > precision(blind) + 5


def test_the_cipher_is_read_in_another_script():
    letters = str.maketrans(LETTERS, "абвгдезиклмн")
    target = Vectors([word.translate(letters) for word in TARGET.words], TARGET.matrix, language="bb")
    pairs = Lexicon([(source, word.translate(letters)) for source, word in PAIRS.pairs[:250]])
    few = replace(SETTINGS, candidates=1, softmax=1, backward=0, strings=1)
    ranker = rerank(SOURCE, target, pairs, settings=few, check=False).ranker
    assert isinstance(ranker, Reranker)
    ciphered = [(source, word) for source, word in RIGHT.items() if source.translate(CIPHER) == word]
    rows = np.array([[SOURCE.id(source), TARGET.id(word)] for source, word in ciphered])
    found = ranker.evidence.candidates(np.unique(rows[:, 0])).among(rows, len(target))
    assert found.sum() > 0.9 * len(rows)


def test_confidences_tell_right_from_wrong(made):
    found = made.translate(list(RIGHT), k=1)
    right = np.array([best[0][0] == RIGHT[word] for word, best in zip(RIGHT, found, strict=True)])
    confidence = np.array([best[0][1] for best in found])
    assert confidence[right].mean() > confidence[~right].mean() + 0.2
    assert confidence.mean() == pytest.approx(right.mean(), abs=0.15)


def test_entries(made):
    entries = made.entries()
    assert [entry.source for entry in entries] == list(SOURCE.words)
    for entry in entries:
        confidences = [entry.confidence, *(value for _, value in entry.alternatives)]
        assert confidences == sorted(confidences, reverse=True)
        assert 0 <= entry.no_translation <= 1 - entry.confidence + 1e-9
        assert set(entry.evidence) == set(GROUPS) - {"triangulation"}
        assert len(confidences) <= SETTINGS.alternatives
    assert [(entry.target, entry.confidence) for entry in entries[:5]] == [
        best[0] for best in made.translate(SOURCE.words[:5], k=1)
    ]


def test_entries_of_a_least_confidence(made):
    sure = made.entries(0.8)
    assert 0 < len(sure) < len(SOURCE)
    assert {entry.source for entry in sure} == {
        entry.source for entry in made.entries() if entry.confidence >= 0.8
    }


def test_number_of_translations_follows_the_confidence(made):
    counts = [len(made.lexicon(level)) for level in (0.0, 0.3, 0.9)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > len(SOURCE)


def test_one_to_one(made):
    pairs = made.one_to_one(0.2)
    assert len({source for source, _ in pairs}) == len({target for _, target in pairs}) == len(pairs)
    assert len(pairs) > 100


def test_summary_counts_entries(made):
    levels = made.summary()
    assert [level.confidence for level in levels] == [0.9, 0.7, 0.5]
    for level in levels:
        assert level.entries == len(made.entries(level.confidence))
        assert level.entries == 0 or level.confidence <= level.expected_precision <= 1


def test_words_in_any_order_and_more_than_once(made):
    first, second = list(RIGHT)[:2]
    found = made.translate([second, first, second], k=3)
    assert found[0] == found[2] == made.translate([second], k=3)[0]
    assert found[1] == made.translate([first], k=3)[0]
    assert made.translate(first, k=3) == found[1]
    assert made.translate([], k=3) == []


def test_the_same_twice(made):
    again = rerank(SOURCE, TARGET, SEEDS, settings=SETTINGS, check=False)
    assert again.translate(list(RIGHT)[:20]) == made.translate(list(RIGHT)[:20])


def test_without_a_group_its_features_are_gone(made):
    assert isinstance(made.ranker, Reranker)
    names = made.ranker.without("strings").labelled.table.names
    assert names
    assert not any(name.startswith("strings.") for name in names)


def test_bad_questions(made):
    with pytest.raises(UnknownWordError, match="'nowhere'"):
        made.translate(["nowhere"])
    with pytest.raises(InputError, match="got k = 0"):
        made.translate([SOURCE.words[0]], k=0)
    with pytest.raises(InputError, match=r"got confidence = 1\.5"):
        made.entries(1.5)


def test_many_seed_words_begin_with_ridge_regression(monkeypatch):
    monkeypatch.setattr("isolex.reranking.start.MANY_WORDS", 200)
    dictionary = rerank(SOURCE, TARGET, SEEDS, settings=SETTINGS)
    assert dictionary.alignment.card.method == "bilinear"
    assert dictionary.status == "aligned"
    assert precision(dictionary) > evaluate(dictionary.alignment, TEST).precision(1) + 10


def views(dictionary: RerankedDictionary) -> list[str]:
    assert isinstance(dictionary.ranker, Reranker)
    return [view.name for view in dictionary.ranker.evidence.views]


class TestOfAnAlignment:
    def test_it_is_the_alignment_that_is_given(self, tmp_path):
        given = align(SOURCE, TARGET, SEEDS, method="procrustes", normalize=("unit",))
        dictionary = rerank(given, settings=SETTINGS)
        assert dictionary.alignment is given
        assert dictionary.status == given.card.status
        assert isinstance(dictionary.ranker, Reranker)
        x, _ = dictionary.ranker.evidence.spaces.rows
        np.testing.assert_array_equal(x, given.sides[0].normalized())
        assert precision(dictionary) > evaluate(given, TEST).precision(1) + 10
        given.save(tmp_path / "given")
        again = rerank(tmp_path / "given", settings=SETTINGS)
        assert again.translate(list(RIGHT)[:20]) == dictionary.translate(list(RIGHT)[:20])

    @pytest.mark.parametrize(
        ("method", "more"),
        [("procrustes", []), ("contrastive", []), ("rcsls", ["own"]), ("self-learning", ["self-learning"])],
    )
    def test_its_own_method_is_a_view_where_it_is_another(self, monkeypatch, method, more):
        monkeypatch.setattr("isolex.reranking.start.MANY_WORDS", 200)
        given = align(SOURCE, TARGET, SEEDS, method=method, check=False)
        assert views(rerank(given, settings=SETTINGS)) == [*SETTINGS.alignments, *more]

    def test_with_few_seed_words_a_self_learned_map_is_one_more(self):
        given = align(SOURCE, TARGET, SEEDS, method="bilinear", check=False)
        assert views(rerank(given, settings=SETTINGS)) == [*SETTINGS.alignments, "self-learning"]

    def test_the_closed_form_that_was_compared_is_not_compared_again(self, monkeypatch):
        made = align(SOURCE, TARGET, SEEDS, method="procrustes")
        card = replace(made.card, scores={"held_out_p@1": {"procrustes": 50.0, "vecmap": 40.0}})
        given = Alignment(*made.sides, seeds=made.seeds, card=card)
        monkeypatch.setattr("isolex.reranking.start.closed_forms", lambda _: pytest.fail("compared again"))
        rerank(given, settings=SETTINGS)

    def test_one_without_seed_pairs(self, monkeypatch):
        make_annealing_quick(monkeypatch)
        dictionary = rerank(align(SOURCE, TARGET, method="unsupervised", check=False), settings=SETTINGS)
        assert "there are 0 seed words to learn from" in dictionary.reason
        assert "the order is learnt from the alignment's own mutual pairs" in dictionary.reason

    def test_few_seed_words_look_like_words_that_no_lexicon_has(self):
        """Mutual pairs of a map that was solved for all seeds would tell every fold what it must not know."""
        given = align(SOURCE, TARGET, SEEDS, method="bilinear", check=False)
        ranker = rerank(given, settings=SETTINGS).ranker
        assert isinstance(ranker, Reranker)
        labelled = ranker.labelled
        pairs = TEST.index(SOURCE, TARGET).pairs
        found = ranker.evidence.candidates(np.unique(pairs[:, 0]))
        right = found.among(pairs, len(TARGET))
        column = labelled.table.names.index("alignment.base.rank")
        seeds = labelled.table.values[labelled.right, column] == 0
        others = ranker.evidence.table(found).values[right, column] == 0
        assert 0.05 < others.mean() < 0.95
        assert seeds.mean() == pytest.approx(others.mean(), abs=0.12)

    def test_of_a_failed_one_nothing_is_learnt_first(self, monkeypatch):
        made = align(SOURCE, TARGET, SEEDS, method="procrustes", check=False)
        given = Alignment(*made.sides, seeds=made.seeds, card=replace(made.card, status="failed"))
        monkeypatch.setattr("isolex.reranking.start.Annealing", lambda *_, **__: pytest.fail("it was learnt"))
        assert rerank(given, settings=SETTINGS).reason.startswith("the alignment failed")

    def test_what_does_not_go_together(self):
        given = align(SOURCE, TARGET, SEEDS, method="procrustes", check=False)
        with pytest.raises(InputError, match="got a lexicon beside an alignment"):
            rerank(given, lexicon=SEEDS)
        with pytest.raises(InputError, match="got an alignment and vectors beside it"):
            rerank(given, TARGET)
        with pytest.raises(InputError, match="got Vectors, expected Alignment or a path"):
            rerank(SOURCE)


class _Told(NgramVectors):
    """n-grams that know the translation of every word; in the space of the other language."""

    def __init__(self):
        super().__init__(TARGET.matrix, 1, 1)
        self._translations = dict(PAIRS.pairs)

    def composed_rows(self, words):
        return np.stack([TARGET.vector(self._translations[word]) for word in words])


def test_vectors_of_ngrams_are_an_alignment_more(made):
    source = Vectors(SOURCE.words, SOURCE.matrix, language=SOURCE.language)
    source.subwords = _Told()
    told = rerank(source, TARGET, SEEDS, settings=SETTINGS, check=False)
    assert precision(told) > precision(made) + 10


def test_the_alignments_are_those_of_the_settings():
    settings = replace(SETTINGS, alignments=("procrustes", "rcsls"))
    dictionary = rerank(SOURCE, TARGET, SEEDS, settings=settings, check=False)
    assert views(dictionary) == ["procrustes", "rcsls", "self-learning"]


def test_more_parts_than_seed_words():
    settings = replace(SETTINGS, folds=300, trees=2)
    assert rerank(SOURCE, TARGET, Lexicon(PAIRS.pairs[:60]), settings=settings, check=False).learnt


def test_pairs_of_weight_zero_are_left_out(made):
    wrong = [(source, TARGET.words[0]) for source, _ in SEEDS.pairs]
    weighted = Lexicon([*SEEDS.pairs, *wrong], weights=[1.0] * len(SEEDS.pairs) + [0.0] * len(wrong))
    assert rerank(SOURCE, TARGET, weighted, settings=SETTINGS, check=False).translate(list(RIGHT), k=1) == (
        made.translate(list(RIGHT), k=1)
    )


FEW = Lexicon(PAIRS.pairs[:40])


@pytest.fixture(scope="module")
def unsure() -> RerankedDictionary:
    return rerank(SOURCE, TARGET, FEW, settings=SETTINGS, check=False)


class TestFewSeeds:
    def test_the_order_is_learnt_all_the_same(self, unsure):
        assert unsure.alignment.card.method == "self-learning"
        assert precision(unsure) > evaluate(unsure.alignment, TEST).precision(1) + 5

    def test_there_are_no_confidences_and_it_says_why(self, unsure):
        assert not unsure.learnt
        assert unsure.reason == (
            "there are 40 seed words to learn from, expected at least 50, "
            "so the order is learnt from the alignment's own mutual pairs"
        )
        assert all(math.isnan(entry.confidence) for entry in unsure.entries())
        assert all(math.isnan(entry.no_translation) for entry in unsure.entries())
        with pytest.raises(InputError, match="there are no confidences"):
            unsure.summary()

    def test_no_seeds(self, monkeypatch):
        make_annealing_quick(monkeypatch)
        dictionary = rerank(SOURCE, TARGET, settings=SETTINGS, check=False)
        assert dictionary.alignment.card.method == "unsupervised"
        assert dictionary.reason.startswith("there are 0 seed words to learn from")
        assert "mutual pairs" in dictionary.reason

    def test_identical_strings_do_not_show_how_many_others_are_right(self):
        same = {target: source for source, target in PAIRS.pairs[:60]}
        target = Vectors([same.get(word, word) for word in TARGET.words], TARGET.matrix)
        seeds = Lexicon((word, word) for word in same.values())
        dictionary = rerank(SOURCE, target, seeds, settings=SETTINGS, check=False)
        assert not dictionary.learnt
        assert dictionary.reason.startswith("the seed pairs are identical strings or numerals, unlike other")

    @pytest.mark.parametrize("groups", [("strings", "characters", "frequency"), ("alignment", "hubness")])
    def test_without_either_witness_the_order_is_plain(self, groups):
        dictionary = rerank(SOURCE, TARGET, FEW, settings=replace(SETTINGS, groups=groups), check=False)
        assert "the groups alignment and strings or characters are needed" in dictionary.reason
        words = list(SOURCE.words[:10])
        found = [[target for target, _ in answers] for answers in dictionary.translate(words, k=3)]
        assert found == [
            [target for target, _ in answers] for answers in dictionary.alignment.translate(words, k=3)
        ]


@pytest.fixture(scope="module")
def plain() -> RerankedDictionary:
    return rerank(SOURCE.head(40), TARGET, Lexicon(PAIRS.pairs[:30]), settings=SETTINGS, check=False)


class TestTooLittle:
    def test_is_in_csls_order_and_says_so(self, plain):
        assert not plain.learnt
        assert "there are 30 seed words to learn from, expected at least 50" in plain.reason
        words = list(SOURCE.words[:10])
        found = [[target for target, _ in answers] for answers in plain.translate(words, k=3)]
        assert found == [
            [target for target, _ in answers] for answers in plain.alignment.translate(words, k=3)
        ]

    def test_has_no_confidences(self, plain):
        assert all(math.isnan(entry.confidence) for entry in plain.entries())
        for ask in (lambda: plain.entries(0.5), plain.one_to_one, plain.summary):
            with pytest.raises(InputError, match=r"there are no confidences: there are .* more seed pairs"):
                ask()


def test_a_failed_alignment_is_not_reranked(monkeypatch):
    monkeypatch.setattr("isolex.reranking.start.MANY_WORDS", 200)
    dictionary = rerank(SOURCE, columns_permuted(TARGET), SEEDS, settings=SETTINGS)
    assert dictionary.status == "failed"
    assert not dictionary.learnt
    assert "the alignment failed" in dictionary.reason


def test_a_lexicon_of_other_languages():
    with pytest.raises(InputError, match="lexicon"):
        rerank(SOURCE, TARGET, Lexicon([("no", "where")]))


def test_a_missing_package_is_named_at_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setattr("isolex.reranking.fitting.align", None)
    with pytest.raises(MissingExtraError, match=r"scikit-learn.*isolex\[rerank\]"):
        rerank(SOURCE, TARGET, SEEDS, settings=SETTINGS, check=False)


def test_words_without_a_vector_are_told(tmp_path):
    source, target, pairs = planted(40, 5)
    matrix = source.matrix.copy()
    matrix[3] = 0
    target.write(tmp_path / "target.safetensors")
    with pytest.warns(IsolexWarning, match=f"^source: left out 1 of 40 words, .* such as {source.words[3]}$"):
        made = rerank(
            Vectors(source.words, matrix),
            tmp_path / "target.safetensors",
            Lexicon(pairs.pairs[10:20]),
            check=False,
        )
    assert len(made.alignment.source) == 39


class TestWrongPairs:
    """Half of the words that are no seed words have no translation; of some of them people said so."""

    SETTINGS = RerankSettings(
        trees=20,
        folds=2,
        alternatives=3,
        candidates=5,
        softmax=2,
        alignments=("procrustes",),
        groups=("alignment", "frequency"),
    )
    LOST = range(200, 300)

    @pytest.fixture(scope="class")
    @classmethod
    def alignment(cls):
        source, target, pairs = planted(noise=0.3)
        kept = [word for word in target.words if int(word[1:]) not in cls.LOST]
        return align(
            source, target.subset(kept), Lexicon(pairs.pairs[:120]), method="procrustes", check=False
        )

    @pytest.fixture(scope="class")
    @classmethod
    def both(cls, alignment):
        """Without knowing of wrong pairs, and with."""
        asked = [f"s{n}" for n in cls.LOST[:60]]
        wrong = Lexicon((word, alignment.translate(word, k=1)[0][0]) for word in asked)
        return [rerank(alignment, wrong=given, settings=cls.SETTINGS) for given in (None, wrong)]

    def test_the_reranker_learns_from_them(self, both):
        """Of words that nobody was asked about, those without a translation are believed less."""
        lost = [f"s{n}" for n in self.LOST[60:]]
        before, after = (np.mean([answers[0][1] for answers in made.translate(lost, k=1)]) for made in both)
        assert after < before - 0.3
        found = both[1].translate([f"s{n}" for n in range(120, 200)], k=1)
        assert np.mean([answers[0][1] for answers in found]) > after + 0.3

    def test_they_are_no_seed_words(self, both):
        assert both[1].reason == both[0].reason
        assert both[1].reason.startswith("learnt from 120 seed words")
        assert len(both[1].alignment.seeds) == 120

    def test_a_file_of_them(self, alignment, both, tmp_path):
        wrong = Lexicon((f"s{n}", both[0].translate(f"s{n}", k=1)[0][0]) for n in self.LOST[:60])
        wrong.write(tmp_path / "wrong.tsv")
        made = rerank(alignment, wrong=tmp_path / "wrong.tsv", settings=self.SETTINGS)
        assert made.ranked.confidence.mean() < both[0].ranked.confidence.mean() - 0.05

    def test_none_and_words_that_are_not_there_change_nothing(self, alignment, both):
        for wrong in (Lexicon(()), Lexicon([("none", "t1"), ("s250", "none")])):
            made = rerank(alignment, wrong=wrong, settings=self.SETTINGS)
            assert made.ranked.confidence.tolist() == both[0].ranked.confidence.tolist()

    def test_wrong_answers_to_seed_words_are_wrong_anyway(self, alignment, both):
        made = rerank(alignment, wrong=Lexicon([("s5", "t6")]), settings=self.SETTINGS)
        assert made.ranked.confidence.tolist() == both[0].ranked.confidence.tolist()


class TestPlainDictionary:
    ALIGNMENT = align(SOURCE, TARGET, SEEDS, method="procrustes", check=False)

    def test_is_in_the_order_of_csls_without_confidences(self):
        made = plain_dictionary(self.ALIGNMENT, "nobody asked", settings=replace(SETTINGS, alternatives=3))
        assert (made.learnt, made.reason, made.alignment) == (False, "nobody asked", self.ALIGNMENT)
        words = list(SOURCE.words[:20])
        assert [[word for word, _ in one] for one in made.translate(words)] == [
            [word for word, _ in one] for one in self.ALIGNMENT.translate(words, k=3)
        ]
        assert np.isnan(made.ranked.confidence).all()
        assert np.isnan(made.ranked.none_right).all()
        with pytest.raises(InputError, match="there are no confidences: nobody asked"):
            made.entries(0.5)

    def test_of_a_folder(self, tmp_path):
        self.ALIGNMENT.save(tmp_path / "made")
        made = plain_dictionary(tmp_path / "made", "nobody asked")
        assert made.ranked.keys.shape == (len(SOURCE), RerankSettings().alternatives)
        assert made.ranked.keys.tolist() == plain_dictionary(self.ALIGNMENT, "").ranked.keys.tolist()
