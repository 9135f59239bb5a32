import difflib

import numpy as np
import pytest
import torch

from isolex.errors import InputError, IsolexWarning, UnknownWordError
from isolex.vectors import Vectors


@pytest.fixture
def animals() -> Vectors:
    matrix = np.arange(12, dtype=np.float32).reshape(4, 3)
    return Vectors(["cat", "dog", "house", "café"], matrix, language="en")


class Echo:
    """Subwords whose vectors tell that they come from here."""

    def vector(self, word: str) -> np.ndarray:
        return np.full(3, len(word) - 1, dtype=np.float32)


def test_a_table_knows_its_words(animals):
    assert len(animals) == 4
    assert animals.dimension == 3
    assert "dog" in animals
    assert "cow" not in animals
    assert animals.id("house") == 2
    assert animals.id("cow") is None
    np.testing.assert_array_equal(animals.vector("dog"), [3, 4, 5])
    assert repr(animals) == "Vectors(en: 4 words × 3, float32)"


@pytest.mark.parametrize(
    ("words", "matrix", "message"),
    [
        (["a"], np.ones(3), "got 1 dimensions"),
        (["a"], np.ones((2, 3)), "got 1 words and 2 rows"),
        ([], np.ones((0, 3)), "got 0 words"),
        (["a"], np.ones((1, 0)), "of 0 numbers"),
        (["a", "b", "a"], np.ones((3, 2)), "'a' stands at 0 and at 2"),
        (["a", 5], np.ones((2, 2)), "got 5 at 1"),
        (["a", ""], np.ones((2, 2)), "got '' at 1"),
        (["a", "\ud800"], np.ones((2, 2)), "not valid Unicode"),
        (["a", "b"], np.array([[1, 2], [np.nan, 1]]), "the row of 'b' holds NaN"),
        (["a"], np.array([[1e300, 0]]), "the row of 'a' holds NaN or infinite"),
        (["a"], np.array([["x", "y"]]), "expected numbers"),
    ],
)
def test_unsound_tables_are_refused(words, matrix, message):
    with pytest.raises(InputError, match=message):
        Vectors(words, matrix)


def test_matrices_of_all_kinds_are_taken():
    float16 = np.ones((1, 2), dtype=np.float16)
    assert Vectors(["a"], float16).matrix is float16
    assert Vectors(["a"], np.ones((1, 2))).matrix.dtype == np.float32
    assert Vectors(["a"], np.ones((1, 2), dtype=np.int64)).matrix.dtype == np.float32
    assert (
        Vectors(["a"], torch.ones(1, 2, dtype=torch.bfloat16, requires_grad=True)).matrix.dtype == np.float32
    )
    assert Vectors(["a"], torch.ones(1, 2, dtype=torch.float16)).matrix.dtype == np.float16


def test_unknown_words_bring_near_ones(animals):
    with pytest.raises(UnknownWordError, match=r"'hause' is not there; did you mean 'house'\?"):
        animals.vector("hause")
    with pytest.raises(UnknownWordError, match="did you mean 'cat'"):
        animals.vector("CAT")
    with pytest.raises(UnknownWordError, match="did you mean 'café'"):
        animals.vector("CAFE\u0301")
    with pytest.raises(UnknownWordError, match=r"is not there$"):
        animals.vector("zzz")


def test_near_words_are_spelt_as_the_language_does():
    with pytest.raises(UnknownWordError, match="did you mean 'ısı'"):
        Vectors(["ısı", "isi"], np.eye(2), language="tr").vector("ISI")
    with pytest.raises(UnknownWordError, match="did you mean 'isi'"):
        Vectors(["ısı", "isi"], np.eye(2)).vector("ISI")


def test_near_words_are_looked_for_among_few_of_a_large_vocabulary(monkeypatch):
    compared = []
    closest = difflib.get_close_matches

    def noting(word, words, **options):
        compared.append(len(words))
        return closest(word, words, **options)

    monkeypatch.setattr(difflib, "get_close_matches", noting)
    words = [f"word{number}" for number in range(20_000)]
    vectors = Vectors(words, np.zeros((20_000, 1), dtype=np.float16))
    with pytest.raises(UnknownWordError, match="did you mean 'word77'"):
        vectors.vector("wurd77")
    assert compared == [2_000]


def test_subwords_answer_for_unknown_words_only(animals):
    animals.subwords = Echo()
    np.testing.assert_array_equal(animals.vector("dog"), [3, 4, 5])
    np.testing.assert_array_equal(animals.vector("cow"), [2, 2, 2])
    np.testing.assert_array_equal(animals.head(1).vector("cow"), [2, 2, 2])
    with pytest.raises(UnknownWordError):
        animals.vector("x")  # zeros: the model knows nothing either


def test_tensor_is_float32_and_shares_memory(animals):
    tensor = animals.tensor()
    assert tensor.dtype == torch.float32
    assert tensor.data_ptr() == animals.matrix.ctypes.data
    assert Vectors(["a"], np.ones((1, 2), np.float16)).tensor().dtype == torch.float32


def test_head_and_subset_keep_order_and_language(animals):
    assert list(animals.head(2).words) == ["cat", "dog"]
    assert len(animals.head(100)) == 4
    part = animals.subset(["house", "unknown", "cat", "cat"])
    assert list(part.words) == ["cat", "house"]
    assert part.language == "en"
    np.testing.assert_array_equal(part.matrix, animals.matrix[[0, 2]])
    with pytest.raises(InputError, match="at least 1"):
        animals.head(0)
    with pytest.raises(InputError, match="none of the 1 words"):
        animals.subset(["unknown"])


def test_fingerprint_depends_on_words_order_and_values_alone(animals):
    same = Vectors(list(animals.words), animals.matrix.copy(), language="xx")
    assert same.fingerprint == animals.fingerprint
    other_word = Vectors(["cat", "dog", "house", "cafe"], animals.matrix)
    other_order = Vectors(["dog", "cat", "house", "café"], animals.matrix)
    other_value = Vectors(animals.words, animals.matrix + np.float32(1e-5))
    prints = {v.fingerprint for v in (animals, other_word, other_order, other_value, animals.head(3))}
    assert len(prints) == 5


def test_fingerprint_of_float16_is_that_of_its_values():
    matrix = np.array([[0.1, 0.2]], dtype=np.float32)
    rounded = matrix.astype(np.float16)
    assert Vectors(["a"], rounded).fingerprint != Vectors(["a"], matrix).fingerprint
    assert Vectors(["a"], rounded).fingerprint == Vectors(["a"], rounded.astype(np.float32)).fingerprint


def test_fingerprint_does_not_depend_on_layout():
    matrix = np.random.default_rng(0).standard_normal((9000, 4)).astype(np.float32)
    words = [str(number) for number in range(9000)]
    assert Vectors(words, np.asfortranarray(matrix)).fingerprint == Vectors(words, matrix).fingerprint


@pytest.fixture
def with_zeros():
    matrix = np.array([[1, 0], [0, 0], [0, 2], [0, 0]], dtype=np.float32)
    return Vectors(["one", "naught", "two", "nil"], matrix, language="en")


def test_a_zero_vector_is_none(with_zeros):
    assert with_zeros.zero_rows.tolist() == [1, 3]
    assert with_zeros.id("naught") is None
    assert "naught" not in with_zeros
    assert "two" in with_zeros
    assert with_zeros.lacks_vector("naught")
    assert not with_zeros.lacks_vector("two")
    assert not with_zeros.lacks_vector("unheard")
    with pytest.raises(UnknownWordError, match="the word 'nil' has no vector: its row is zero"):
        with_zeros.vector("nil")
    assert list(with_zeros.subset(["two", "nil"]).words) == ["two"]


def test_vectors_without_the_zero_ones_remember_them(with_zeros):
    kept = with_zeros.without_zeros()
    assert list(kept.words) == ["one", "two"]
    assert kept.matrix.tolist() == [[1, 0], [0, 2]]
    assert kept.language == "en"
    assert with_zeros.without_zeros() is kept  # made once
    assert kept.without_zeros() is kept
    for some in (kept, kept.head(1)):
        assert some.lacks_vector("nil")
        with pytest.raises(UnknownWordError, match="'nil' has no vector: its row is zero"):
            some.vector("nil")
    with pytest.raises(InputError, match="every vector is zero"):
        Vectors(["a"], np.zeros((1, 2))).without_zeros()


def test_subwords_serve_a_word_whose_row_is_zero(with_zeros):
    class Constant:
        def vector(self, word: str) -> np.ndarray:
            return np.full(2, len(word), dtype=np.float32)

    with_zeros.subwords = Constant()
    assert with_zeros.vector("nil").tolist() == [3, 3]
    assert with_zeros.without_zeros().vector("nil").tolist() == [3, 3]


def test_the_matrix_is_read_only():
    matrix = np.ones((2, 2), dtype=np.float32)
    vectors = Vectors(["a", "b"], matrix)
    for array in (vectors.matrix, vectors.head(1).matrix, vectors.subset(["b"]).matrix, matrix):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 2


def test_words_are_brought_to_nfc_and_found_in_any_form():
    vectors = Vectors(["cafe\u0301", "naïve"], np.eye(2))
    assert list(vectors.words) == ["café", "naïve"]
    assert vectors.id("cafe\u0301") == vectors.id("café") == 0
    assert "nai\u0308ve" in vectors
    assert vectors.vector("nai\u0308ve").tolist() == [0, 1]
    kept = Vectors(["cafe\u0301", "naïve"], np.eye(2), unicode="keep")
    assert list(kept.words) == ["cafe\u0301", "naïve"]
    assert kept.id("cafe\u0301") == 0
    assert kept.id("café") is None
    with pytest.raises(InputError, match="got 'nfd', expected 'nfc' or 'keep'"):
        Vectors(["a"], np.eye(1), unicode="nfd")


def test_of_words_that_are_the_same_in_nfc_the_first_is_kept():
    with pytest.warns(
        IsolexWarning, match=r"1 of 3 are the same as an earlier one in Unicode NFC \(first 'é'\)"
    ):
        vectors = Vectors(["e\u0301", "b", "é"], np.eye(3))
    assert list(vectors.words) == ["é", "b"]
    assert vectors.matrix.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_values_too_small_for_float32_are_told_of():
    with pytest.warns(IsolexWarning, match="1 of 2 rows become zero in float32"):
        vectors = Vectors(["a", "b"], np.array([[1e-60, 0], [1, 0]]))
    assert vectors.zero_rows.tolist() == [0]


def test_masked_values_are_refused():
    with pytest.raises(InputError, match="holds masked values, expected numbers; fill them"):
        Vectors(["a", "b"], np.ma.array(np.eye(2), mask=[[0, 0], [1, 0]]))
    assert Vectors(["a", "b"], np.ma.array(np.eye(2))).matrix.tolist() == [[1, 0], [0, 1]]


class TestNearest:
    @pytest.fixture
    def vectors(self):
        rows = [[3, 0], [1e-30, 1e-31], [0, 1], [0, 0], [-2, 0], [0, 7]]
        return Vectors(["a", "b", "c", "none", "e", "f"], np.array(rows, dtype=np.float32))

    def test_cosines_best_first_and_the_more_frequent_of_equals(self, vectors):
        found = vectors.nearest("a")
        assert [word for word, _ in found] == ["b", "c", "f", "e"]
        assert [score for _, score in found] == pytest.approx([1 / np.sqrt(1.01), 0, 0, -1], abs=1e-6)
        assert vectors.nearest("a", k=1) == found[:1]

    def test_over_pieces(self, monkeypatch):
        rows = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float16)
        vectors = Vectors([f"w{number}" for number in range(50)], rows)
        unit = rows.astype(float) / np.linalg.norm(rows.astype(float), axis=1, keepdims=True)
        order = np.argsort(-(unit @ unit[7]))[1:6]
        monkeypatch.setattr("isolex.vectors.table.PIECE_ROWS", 8)
        found = vectors.nearest("w7", k=5)
        assert [word for word, _ in found] == [f"w{number}" for number in order]
        assert [score for _, score in found] == pytest.approx((unit @ unit[7])[order], abs=1e-6)
        np.testing.assert_array_equal(vectors.matrix, rows)

    def test_unknown_words_and_words_without_a_vector(self, vectors):
        with pytest.raises(UnknownWordError, match="the word 'none' has no vector"):
            vectors.nearest("none")
        with pytest.raises(UnknownWordError, match="the word 'A' is not there; did you mean 'a'"):
            vectors.nearest("A")
        with pytest.raises(InputError, match="k = 0"):
            vectors.nearest("a", k=0)

    def test_subwords_answer_for_unseen_words(self, vectors):
        class Up:
            def vector(self, word):
                return np.array([0, 2], dtype=np.float32)

        vectors.subwords = Up()
        assert [word for word, _ in vectors.nearest("unseen", k=2)] == ["c", "f"]
        assert [word for word, _ in vectors.nearest("none", k=9)] == ["c", "f", "b", "a", "e"]
