import unicodedata

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from isolex import align
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.retrieval import CSLS
from isolex.transfer import RANKINGS, DocumentIndex, Text, TextEncoder, fused, reciprocal_ranks
from isolex.vectors import Vectors
from isolex.vectors.ngrams import NgramVectors
from tests.oracles import ranking as oracle
from tests.spaces import gaussian, planted

from .conftest import DOCUMENTS

QUERIES = [f"s{3 * i} s{3 * i + 1} s{3 * i + 2}" for i in range(30)]


@pytest.fixture(scope="module")
def index(alignment):
    return DocumentIndex(DOCUMENTS, alignment)


class TestFinding:
    @pytest.mark.parametrize("by", RANKINGS)
    def test_what_was_planted_is_found(self, index, by):
        assert index.scores(QUERIES, by=by).argmax(axis=1).tolist() == list(range(30))
        hits = index.search("S12, S14!", k=3, by=by)
        assert len(hits) == (2 if by == "translation" else 3)  # no other document has a translation
        assert hits[0].document == DOCUMENTS[4]

    @pytest.mark.parametrize("by", RANKINGS)
    def test_the_other_way(self, alignment, by):
        documents = [Text(str(i), query) for i, query in enumerate(QUERIES)]
        index = DocumentIndex(documents, alignment.reversed())
        assert index.search(DOCUMENTS[7].text, k=1, by=by)[0].document.id == "7"

    @pytest.mark.parametrize("by", RANKINGS)
    def test_hits_are_the_best_scores(self, index, by):
        scores = index.scores(["s3 s40 s41"], by=by)[0]
        hits = index.search("s3 s40 s41", k=7, by=by)
        speaks = scores > 0 if by == "translation" else np.ones(len(scores), dtype=bool)
        places = [place for place in oracle.order(scores.tolist()) if speaks[place]][:7]
        assert [hit.document for hit in hits] == [DOCUMENTS[place] for place in places]
        assert [hit.score for hit in hits] == scores[places].tolist()

    def test_scores_of_a_query_do_not_depend_on_the_others(self, index):
        for by in RANKINGS:
            together = index.scores(QUERIES, by=by)
            alone = np.vstack([index.scores([query], by=by) for query in QUERIES])
            assert alone == pytest.approx(together, abs=1e-5)

    def test_more_hits_than_documents(self, index):
        assert len(index.search("s5", k=99)) == 30


class TestScores:
    def test_vectors_are_csls_of_the_encoded_texts(self, index, alignment):
        queries, documents = (
            TextEncoder(side, component="vocabulary").fit([]).transform(texts).astype(float)
            for side, texts in (
                (alignment, QUERIES),
                (alignment.reversed(), [document.text for document in DOCUMENTS]),
            )
        )
        words = alignment.shared[0].double().numpy()
        neighbourhoods = np.sort(documents @ words.T, axis=1)[:, -10:].mean(axis=1)
        expected = 2 * queries @ documents.T - neighbourhoods
        assert CSLS().k == 10
        assert index.scores(QUERIES, by="vectors") == pytest.approx(expected, abs=1e-5)

    def test_translation_is_bm25_of_weighted_translations(self, alignment):
        index = DocumentIndex(DOCUMENTS, alignment, translations=3)
        terms = [[document.text.lower().replace(",", "").replace(".", "")] for document in DOCUMENTS]
        tokens = [own[0].split() for own in terms]
        retriever = bm25s.BM25()
        retriever.index(tokens, show_progress=False)
        expected = np.zeros(30)
        for word in ("s5", "s6", "s6"):
            for rank, (answer, _) in enumerate(alignment.translate(word, k=3), start=1):
                expected += (1 / rank) / (1 + 1 / 2 + 1 / 3) * retriever.get_scores([answer])
        assert index.scores(["s5 s6 S6"], by="translation")[0] == pytest.approx(expected, abs=1e-5)

    def test_names_stand_for_themselves(self, alignment):
        documents = [*DOCUMENTS, Text("name", "Xanthippe t200 t201"), Text("other", "Sokrates t202 t203")]
        index = DocumentIndex(documents, alignment)
        assert index.search("xanthippe", k=1, by="translation")[0].document.id == "name"
        assert index.search("SOKRATES", k=1)[0].document.id == "other"

    def test_a_known_word_weighs_less_as_itself(self, alignment):
        """The query's s5 stands in a document of the other language too, which its translation beats."""
        documents = [*DOCUMENTS, Text("copy", "s5 t250 t251")]
        scores = DocumentIndex(documents, alignment).scores(["s5"], by="translation")[0]
        assert scores[1] > scores[-1] > 0

    def test_what_is_known_and_what_is_not(self, index):
        assert index.encoders[0].coverage(["s5 nothing"]).words_known == 1
        assert index.encoders[1].coverage([document.text for document in DOCUMENTS]).percent == 100

    def test_a_tokeniser_is_for_both_languages(self, alignment):
        documents = [Text(document.id, document.text.replace(" ", "|").lower()) for document in DOCUMENTS]
        index = DocumentIndex(
            documents, alignment, tokenizer=lambda text: text.strip(".").replace(",", "").split("|")
        )
        for by in RANKINGS:
            assert index.search("s12|s13", k=1, by=by)[0].document.id == "d4"

    def test_an_unknown_ranking(self, index):
        for call in (index.search, lambda query, by: index.scores([query], by=by)):
            with pytest.raises(InputError, match="unknown ranking 'vector'; did you mean 'vectors'"):
                call("s5", by="vector")
        with pytest.raises(InputError, match="got k = 0, expected at least 1"):
            index.search("s5", k=0)


class Prefixed:
    """Subwords that give what begins with a word of the vocabulary, as s12-fold, that word's vector."""

    def __init__(self, vectors):
        self.vectors = vectors

    def vector(self, word):
        row = self.vectors.id(word[:-4]) if word.endswith("fold") else None
        return np.zeros(self.vectors.dimension, np.float32) if row is None else self.vectors.matrix[row]


@pytest.fixture(scope="module")
def with_subwords():
    source, target, pairs = planted()
    source.subwords = Prefixed(source)
    return align(source, target, pairs, method="procrustes", check=False)


class TestSubwords:
    """Words of the query that only subwords know."""

    def test_they_are_translated(self, alignment, with_subwords):
        assert not DocumentIndex(DOCUMENTS, alignment).scores(["s12fold"], by="translation").any()
        index = DocumentIndex(DOCUMENTS, with_subwords)
        unseen, seen = index.scores(["s12fold", "s12"], by="translation")
        # As `alignment.translate` translates it; the word itself is in no document.
        assert with_subwords.translate("s12fold") == with_subwords.translate("s12")
        assert unseen == pytest.approx(seen)
        for by in RANKINGS:
            assert index.search("S12, s13fold", k=1, by=by)[0].document.id == "d4"

    def test_tiny_ngrams(self):
        source, target, pairs = planted()
        source.subwords = NgramVectors(gaussian(50, source.dimension, 5), 3, 4)
        alignment = align(source, target, pairs, method="procrustes", check=False)
        index = DocumentIndex(DOCUMENTS, alignment)
        answers = alignment.translate("unseen")
        total = sum(1 / rank for rank in range(1, 6))
        expected = sum(
            index.bm25.get_scores([answer]) / (rank * total)
            for rank, (answer, _) in enumerate(answers, start=1)
            if answer in index.bm25.vocab_dict
        )
        assert index.scores(["unseen"], by="translation")[0] == pytest.approx(expected, abs=1e-5)

    def test_they_may_be_names_however_they_are_spelt(self, with_subwords):
        documents = [*DOCUMENTS, Text("name", "S12FOLD t200 t201")]
        index = DocumentIndex(documents, with_subwords)
        scores = index.scores(["s12fold"], by="translation")[0]
        assert scores.argmax() == len(DOCUMENTS)
        assert scores[4] > 0

    def test_words_with_neither_are_not(self, with_subwords):
        assert DocumentIndex(DOCUMENTS, with_subwords).search("nothing here") == []


def test_zero_rows_are_not_translated():
    source, target, pairs = planted()
    matrix = source.matrix.copy()
    matrix[source.id("s5")] = 0
    alignment = align(Vectors(source.words, matrix), target, pairs, method="procrustes", check=False)
    assert not DocumentIndex(DOCUMENTS, alignment).scores(["s5"], by="translation").any()


class TestOddInput:
    @pytest.mark.parametrize("query", ["", " ", "?!", "nothing here", "ничего"])
    @pytest.mark.parametrize("by", RANKINGS)
    def test_a_query_of_unknown_words_finds_nothing(self, index, query, by):
        assert index.search(query, by=by) == []

    def test_no_documents(self, alignment):
        with pytest.raises(InputError, match="there are no documents"):
            DocumentIndex([], alignment)

    def test_documents_without_any_known_word(self, alignment):
        documents = [Text("empty", ""), Text("signs", "?!"), Text("unknown", "qqq www"), *DOCUMENTS]
        index = DocumentIndex(documents, alignment)
        assert np.isfinite(index.scores(QUERIES)).all()
        for by in RANKINGS:
            assert index.search("s12 s13", k=1, by=by)[0].document.id == "d4"
        assert index.search("", k=1) == []

    @pytest.mark.parametrize(("texts", "hits"), [(["", "?"], 0), (["qqq www"], 0), (["t5"], 1)])
    def test_nothing_but_odd_documents(self, alignment, texts, hits):
        index = DocumentIndex([Text(str(i), text) for i, text in enumerate(texts)], alignment)
        for by in RANKINGS:
            assert np.isfinite(index.scores(["s5 s6", "unknown"], by=by)).all()
        assert len(index.search("s5", k=5)) == hits

    def test_duplicates_score_alike_and_keep_their_order(self, alignment):
        copies = [Text("a", DOCUMENTS[4].text), Text("b", DOCUMENTS[4].text)]
        index = DocumentIndex([*DOCUMENTS, *copies], alignment)
        for by in RANKINGS:
            hits = index.search("s12 s13 s14", k=3, by=by)
            assert [hit.document.id for hit in hits] == ["d4", "a", "b"]
            assert len({hit.score for hit in hits}) == 1


tables = arrays(np.float64, (3, 8), elements=st.integers(-4, 4).map(float))


class TestFusion:
    @given(tables, tables, st.floats(0, 1))
    def test_of_standardised_scores(self, first, second, weight):
        expected = np.zeros((3, 8))
        for share, scores in ((weight, first), (1 - weight, second)):
            for number, own in enumerate(scores):
                mean = sum(own) / 8
                deviation = (sum((value - mean) ** 2 for value in own) / 8) ** 0.5
                expected[number] += share * (own - mean) / (deviation if len(set(own)) > 1 else np.inf)
        assert fused(first, second, weight=weight) == pytest.approx(expected, abs=1e-9)

    def test_fusion_is_the_mean_of_both(self, index):
        parts = [index.scores(QUERIES, by=by) for by in ("vectors", "translation")]
        assert (index.scores(QUERIES) == fused(*parts)).all()

    @pytest.mark.parametrize("value", [0, 0.1, -0.7, 1e-20])
    def test_equal_scores_say_nothing(self, value):
        same = np.full((1, 7), value, np.float32)
        other = np.arange(7, dtype=np.float32)[None]
        assert (fused(same, same) == 0).all()
        assert fused(same, other) == pytest.approx(fused(np.zeros_like(same), other))

    @given(tables, tables)
    def test_of_ranks(self, first, second):
        made = reciprocal_ranks(first, second)
        expected = [
            oracle.reciprocal_rank_fusion(*own) for own in zip(first.tolist(), second.tolist(), strict=True)
        ]
        assert made == pytest.approx(np.array(expected))


def test_queries_in_any_unicode_form_find_documents_in_any():
    words = ["café", "té", "pan", "sol"]
    vectors = Vectors(words, np.eye(4), language="es")
    alignment = align(vectors, vectors, Lexicon([(word, word) for word in words]), method="procrustes")
    texts = ["un café zumbón", "té", "pan"]
    forms = [[unicodedata.normalize(form, text) for text in texts] for form in ("NFC", "NFD")]
    for documents in forms:
        index = DocumentIndex([Text(str(n), text) for n, text in enumerate(documents)], alignment)
        assert np.array_equal(*(index.scores(queries) for queries in forms))
        assert index.search(forms[1][0], k=1)[0].document.id == "0"


def test_documents_that_nothing_speaks_for_are_no_hits():
    """Without a known word a document has no vector; one without the query's words has no term of it."""
    words = ["sol", "pan", "mar", "luz"]
    vectors = Vectors(words, np.eye(4) + 0.1, language="es")
    alignment = align(vectors, vectors, Lexicon([(word, word) for word in words]), method="procrustes")
    texts = ["xxx yyy", "sol", "mar", "zzz"]
    index = DocumentIndex([Text(str(n), text) for n, text in enumerate(texts)], alignment, translations=1)
    assert index.search("sol", k=1, by="vectors")[0].document.id == "1"
    assert {hit.document.id for hit in index.search("sol", by="vectors")} == {"1", "2"}
    assert [hit.document.id for hit in index.search("sol", by="translation")] == ["1"]
    assert {hit.document.id for hit in index.search("sol")} == {"1", "2"}
    assert [hit.document.id for hit in index.search("zzz")] == ["3"]
    assert np.isfinite(index.scores(["sol", "zzz", "qqq"])).all()
    assert index.search("qqq") == []
