import json
import pickle
import warnings
import zlib

import numpy as np
import pytest
import torch
from hypothesis import given
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch_file

from isolex.errors import FormatError, InputError, IsolexWarning
from isolex.vectors import Vectors
from isolex.vectors.native_store import StoredWords
from isolex.vectors.ngrams import NgramVectors
from isolex.vectors.reading_report import NOT_FINITE, Skip

from .helpers import any_word, assert_same, read_bytes, round_trip, tables


@pytest.fixture
def vectors() -> Vectors:
    matrix = np.arange(20, dtype=np.float32).reshape(5, 4)
    return Vectors(["cat", "New York", "a\nb", "café", "catch 22"], matrix, language="en")


@pytest.fixture
def path(tmp_path, vectors):
    vectors.write(tmp_path / "file.safetensors")
    return tmp_path / "file.safetensors"


@given(tables(any_word))
def test_a_store_loses_nothing(vectors):
    assert_same(round_trip(vectors, "file.safetensors"), vectors)
    half = Vectors(vectors.words, np.clip(vectors.matrix, -1e4, 1e4).astype(np.float16), language="xx")
    back = round_trip(half, "file.safetensors")
    assert_same(back, half)
    assert back.language == "xx"


def test_a_store_is_mapped_and_its_words_wait(path, vectors, monkeypatch):
    def decode(words):
        raise AssertionError("a word was decoded")

    with monkeypatch.context() as patch:
        patch.setattr(StoredWords, "_words", property(decode))
        opened = Vectors.read(path)
        assert len(opened) == 5
        assert opened.language == "en"
        assert repr(opened) == "Vectors(en: 5 words × 4, float32)"
        assert opened.fingerprint == vectors.fingerprint
        assert len(Vectors.read(path, limit=2)) == 2
    assert isinstance(opened.matrix, np.memmap)
    assert opened.tensor().shape == (5, 4)
    assert_same(opened, vectors)


def test_what_is_done_to_the_tensor_leaves_the_file_alone(path):
    before = path.read_bytes()
    Vectors.read(path).tensor()[:] = 7
    assert path.read_bytes() == before


def test_the_card_says_what_it_is(path, vectors):
    with safe_open(path, framework="numpy") as file:
        card = json.loads(file.metadata()["isolex"])
        assert set(file.keys()) == {"matrix", "sums", "words", "offsets"}
    assert card == {
        "format": "isolex-vectors",
        "version": 1,
        "n": 5,
        "dimension": 4,
        "language": "en",
        "fingerprint": vectors.fingerprint,
        "zero_rows": 0,
        "words_sum": zlib.crc32(
            np.cumsum([0, 3, 8, 3, 5, 8]), zlib.crc32("catNew Yorka\nbcafécatch 22".encode())
        ),
    }


def test_a_store_knows_how_many_of_its_rows_are_zero(tmp_path):
    path = tmp_path / "file.safetensors"
    Vectors(["a", "b", "c"], np.array([[1, 2], [0, 0], [0, 1]])).write(path)
    with pytest.warns(IsolexWarning, match="1 word has a zero vector"):
        assert Vectors.read(path).report.zero_rows == 1
    assert Vectors.read(path, limit=1).report.zero_rows is None


def test_options_work(path, vectors):
    head = Vectors.read(path, limit=2)
    assert_same(head, vectors.head(2))
    assert head.fingerprint == vectors.head(2).fingerprint
    assert isinstance(head.matrix, np.memmap)
    part = Vectors.read(path, vocabulary=["cafe\u0301", "cat", "cow"], dtype="float16")
    assert list(part.words) == ["cat", "café"]
    assert part.matrix.dtype == np.float16
    assert part.language == "en"
    assert Vectors.read(path, language="de").language == "de"
    assert list(Vectors.read(path, vocabulary=["a\nb", "catch 22"], limit=3).words) == ["a\nb"]
    with pytest.raises(FormatError, match="none of the vocabulary's words"):
        Vectors.read(path, vocabulary=["cow"])


def test_conversion_counts_what_float16_cannot_hold(tmp_path):
    Vectors(["a", "b"], np.array([[1e6, 0], [1, 2]])).write(tmp_path / "file.safetensors")
    vectors = read_bytes((tmp_path / "file.safetensors").read_bytes(), dtype="float16")
    assert list(vectors.words) == ["b"]
    assert vectors.report.skipped == {NOT_FINITE: Skip(1, 1)}


def test_conversion_goes_through_all_rows(tmp_path):
    matrix = np.arange(10_000, dtype=np.float32)[:, None] / 8
    words = [f"w{row}" for row in range(10_000)]
    Vectors(words, matrix).write(tmp_path / "file.safetensors")
    assert_same(
        Vectors.read(tmp_path / "file.safetensors", dtype="float16"), Vectors(words, matrix.astype("f2"))
    )
    assert len(Vectors.read(tmp_path / "file.safetensors", dtype="float16", limit=5000)) == 5000


@pytest.fixture
def with_ngrams(vectors) -> Vectors:
    vectors.subwords = NgramVectors(np.arange(28, dtype=np.float32).reshape(7, 4), 2, 3)
    return vectors


@pytest.mark.parametrize("options", [{}, {"limit": 2}, {"vocabulary": ["cat"]}, {"dtype": "float16"}])
def test_ngrams_are_kept_and_mapped(with_ngrams, tmp_path, options):
    with_ngrams.write(tmp_path / "file.safetensors")
    back = Vectors.read(tmp_path / "file.safetensors", **options)
    assert isinstance(back.subwords.matrix, np.memmap)
    assert (back.subwords.shortest, back.subwords.longest) == (2, 3)
    np.testing.assert_array_equal(back.vector("unseen"), with_ngrams.vector("unseen"))
    back.write(tmp_path / "file.safetensors")  # in its own place
    again = Vectors.read(tmp_path / "file.safetensors")
    np.testing.assert_array_equal(again.vector("unseen"), with_ngrams.vector("unseen"))


def test_an_ngram_that_is_no_number_is_told(with_ngrams, tmp_path):
    with_ngrams.subwords.matrix[:, 1] = np.nan
    with_ngrams.write(tmp_path / "file.safetensors")
    opened = Vectors.read(tmp_path / "file.safetensors")
    with pytest.raises(FormatError, match=r"file\.safetensors: is damaged \(an n-gram of 'unseen' holds NaN"):
        opened.vector("unseen")
    assert opened.vector("cat").tolist() == [0, 1, 2, 3]


def test_ngrams_do_not_change_the_fingerprint(with_ngrams, tmp_path, path):
    with_ngrams.write(tmp_path / "with.safetensors")
    assert Vectors.read(tmp_path / "with.safetensors").fingerprint == Vectors.read(path).fingerprint


def test_subwords_of_another_kind_are_left_out(vectors, tmp_path):
    class Echo:
        def vector(self, word):
            return np.ones(4, np.float32)

    vectors.subwords = Echo()
    vectors.write(tmp_path / "file.safetensors")
    assert Vectors.read(tmp_path / "file.safetensors").subwords is None


@pytest.mark.parametrize(
    ("lengths", "ngrams", "message"),
    [
        (None, np.ones((7, 3), np.float32), "ngrams is null, expected an object"),
        ({"shortest": 2}, np.ones((7, 3), np.float32), "ngrams lacks 'longest'"),
        (
            {"shortest": 0, "longest": 3},
            np.ones((7, 3), np.float32),
            "ngrams.shortest is 0, expected a whole",
        ),
        ({"shortest": 4, "longest": 3}, np.ones((7, 3), np.float32), "ngrams are of 4 to 3 characters"),
        ({"shortest": 2, "longest": 10**9}, np.ones((7, 3), np.float32), "ngrams.longest is 1000000000"),
        ({"shortest": True, "longest": 3}, np.ones((7, 3), np.float32), "ngrams.shortest is true"),
        (
            {"shortest": 2, "longest": 3},
            np.ones((7, 4), np.float32),
            "ngrams has the sizes 7 × 4, expected some × 3",
        ),
        ({"shortest": 2, "longest": 3}, np.ones((7, 3)), "ngrams is of type F64, expected F32 or F16"),
        ({"shortest": 2, "longest": 3}, None, "lacks 'ngrams'"),
    ],
)
def test_damaged_ngrams_are_told(tmp_path, lengths, ngrams, message):
    card = {"format": "isolex-vectors", "version": 1, "ngrams": lengths}
    tensors = TENSORS if ngrams is None else TENSORS | {"ngrams": ngrams}
    save_file(tensors, tmp_path / "file", metadata={"isolex": json.dumps(card)})
    with pytest.raises(FormatError, match=message):
        Vectors.read(tmp_path / "file")


def test_ngrams_of_a_pruned_model_are_kept(vectors, tmp_path):
    rows, kept = np.arange(12, dtype=np.float32).reshape(3, 4), np.array([0, 5, 17])
    vectors.subwords = NgramVectors(rows, 2, 3, buckets=20, kept=kept)
    vectors.write(tmp_path / "file.safetensors")
    back = Vectors.read(tmp_path / "file.safetensors")
    assert back.subwords.buckets == 20
    np.testing.assert_array_equal(back.subwords.kept, kept)
    for word in ("unseen", "another", "third"):
        np.testing.assert_array_equal(back.subwords.vector(word), vectors.subwords.vector(word))


@pytest.mark.parametrize("kept", [[1, 0], [-1, 1], [1, 20], [1, 1], [1, 2, 3], []])
def test_buckets_that_cannot_be_are_told(tmp_path, kept):
    lengths = {"shortest": 2, "longest": 3, "buckets": 20}
    card = {"format": "isolex-vectors", "version": 1, "ngrams": lengths}
    ngrams = {"ngrams": np.ones((2, 3), np.float32), "ngram_buckets": np.array(kept, dtype=np.int64)}
    save_file(TENSORS | ngrams, tmp_path / "file", metadata={"isolex": json.dumps(card)})
    with pytest.raises(FormatError, match="ngram_buckets"):
        Vectors.read(tmp_path / "file")


def test_a_bucket_that_has_changed_is_told(vectors, tmp_path):
    rows, kept = np.arange(12, dtype=np.float32).reshape(3, 4), np.array([0, 500, 900])
    vectors.subwords = NgramVectors(rows, 2, 3, buckets=2000, kept=kept)
    vectors.write(tmp_path / "file.safetensors")
    whole = (tmp_path / "file.safetensors").read_bytes()
    changed = whole.replace(kept.tobytes(), np.array([0, 501, 900]).tobytes())
    assert changed != whole
    (tmp_path / "file.safetensors").write_bytes(changed)
    with pytest.raises(FormatError, match=r"is damaged \(ngram_buckets have changed"):
        Vectors.read(tmp_path / "file.safetensors")


def test_words_outside_nfc(tmp_path):
    path = tmp_path / "file.safetensors"
    Vectors(["cafe\u0301", "café"], np.ones((2, 2)), unicode="keep").write(path)
    assert list(Vectors.read(path, unicode="keep").words) == ["cafe\u0301", "café"]
    with pytest.raises(FormatError, match=r"the same, at least in Unicode NFC; read it with unicode='keep'"):
        list(Vectors.read(path).words)
    assert len(Vectors.read(path, unicode="keep", dtype="float16")) == 2


def test_a_store_may_replace_itself(path, vectors):
    Vectors.read(path).head(3).write(path)
    assert_same(Vectors.read(path), vectors.head(3))


def test_any_cut_is_an_error(path):
    whole = path.read_bytes()
    for length in range(len(whole)):
        with pytest.raises(FormatError):
            read_bytes(whole[:length])


TENSORS = {
    "matrix": np.ones((2, 3), np.float32),
    "words": np.frombuffer(b"onetwo", np.uint8),
    "offsets": np.array([0, 3, 6]),
}
CARD = {"isolex": json.dumps({"format": "isolex-vectors", "version": 1})}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"matrix": np.ones((2, 3))}, "matrix is of type F64, expected F32 or F16"),
        ({"matrix": np.ones(6, np.float32)}, "matrix has the sizes 6, expected some × some"),
        ({"matrix": np.ones((3, 3), np.float32)}, "offsets bound 2 words, expected 3"),
        ({"words": np.ones(6, np.float32)}, "words is of type F32, expected U8"),
        ({"offsets": np.array([0, 3, 7])}, "offsets do not part the words"),
        ({"offsets": np.array([0, 6, 6])}, "offsets do not part the words"),
        ({"offsets": np.array([1, 3, 6])}, "offsets do not part the words"),
        ({"offsets": np.array([0, 9, 6])}, "offsets do not part the words"),
        ({"words": np.frombuffer(b"on\xff\xffwo", np.uint8)}, "not UTF-8"),
        ({"words": np.frombuffer(b"oneone", np.uint8)}, "two words of the store are the same"),
    ],
)
def test_stores_that_contradict_themselves_are_told(tmp_path, change, message):
    save_file(TENSORS | change, tmp_path / "file", metadata=CARD)
    with pytest.raises(FormatError, match=message):
        list(Vectors.read(tmp_path / "file").words)


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ('"n": 3', "matrix has the sizes 2 × 3, expected 3 × some"),
        ('"dimension": 4', "matrix has the sizes 2 × 3, expected some × 4"),
        ('"n": true', "n is true, expected a whole number"),
        ('"n": "2"', 'n is "2", expected a whole number'),
        ('"n": 1e9', "n is 1000000000.0"),
        (f'"n": {"1" * 5000}', "card holds a number of 5,000 digits"),
        (f'"dimension": {10**12}', "dimension is 1000000000000, expected .* from 1 to 1,000,000"),
        ('"fingerprint": 7', "fingerprint is 7, expected text"),
        ('"fingerprint": ["sha256:0"]', "fingerprint is a list"),
        ('"language": {}', "language is an object, expected text"),
        ('"language": "\\ud800"', "language is not valid Unicode"),
        ('"n": 2, "n": 2', 'card holds the key "n" twice'),
        ('"n": NaN', "card holds NaN"),
        (f'"x": {"[" * 100_000}', "card is nested more than 64 deep"),
    ],
)
def test_damaged_cards_are_told_in_one_line(tmp_path, card, message):
    text = f'{{"format": "isolex-vectors", "version": 1, {card}}}'
    save_file(TENSORS, tmp_path / "file", metadata={"isolex": text})
    with pytest.raises(FormatError, match=rf"file: is damaged \(.*{message}") as caught:
        Vectors.read(tmp_path / "file")
    assert "\n" not in str(caught.value)


def test_what_a_later_release_adds_is_left_out(tmp_path):
    text = '{"format": "isolex-vectors", "version": 1, "novelty": [1]}'
    save_file(TENSORS | {"more": np.ones(3)}, tmp_path / "file", metadata={"isolex": text})
    assert list(Vectors.read(tmp_path / "file").words) == ["one", "two"]


def test_types_that_numpy_has_not_are_told(tmp_path):
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in TENSORS.items()}
    for name, kinds in (("words", "U8"), ("matrix", "F32 or F16"), ("offsets", "I64")):
        changed = tensors | {name: tensors[name].to(torch.bfloat16)}
        save_torch_file(changed, tmp_path / "file", metadata=CARD)
        with pytest.raises(FormatError, match=rf"is damaged \({name} is of type BF16, expected {kinds}\)"):
            Vectors.read(tmp_path / "file")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
class TestRowsThatAreNoNumbers:
    """A store is mapped, so its values are looked at where they are used."""

    @pytest.fixture
    def opened(self, tmp_path, value, dtype):
        matrix = np.ones((20_000, 2), dtype)
        matrix[19_000, 1] = value
        text = np.frombuffer(b"".join(b"%05d" % row for row in range(20_000)), np.uint8)
        tensors = {"matrix": matrix, "words": text, "offsets": 5 * np.arange(20_001)}
        save_file(tensors, tmp_path / "file", metadata=CARD)
        return Vectors.read(tmp_path / "file")

    @pytest.mark.parametrize(
        "use",
        [
            lambda vectors, _: vectors.tensor(),
            lambda vectors, _: vectors.vector("19000"),
            lambda vectors, path: vectors.write(path / "out.vec"),
            lambda vectors, path: vectors.write(path / "out.safetensors"),
        ],
    )
    def test_they_are_told_with_file_and_word(self, opened, tmp_path, use):
        with pytest.raises(FormatError, match=r"file: is damaged \(the row of '19000' holds NaN or infinite"):
            use(opened, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def test_the_others_can_be_used(self, opened):
        assert opened.vector("18999").tolist() == [1, 1]
        assert opened.head(19_000).tensor().sum() == 38_000


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (None, "not one of isolex vectors"),
        ({"isolex": '{"format": "isolex-vectors", "version": true}'}, "version True, this isolex"),
        ({"format": "pt"}, "not one of isolex vectors"),
        ({"isolex": "[]"}, "not one of isolex vectors"),
        ({"isolex": "{"}, "card is no JSON"),
        ({"isolex": '{"format": "isolex-vectors", "version": 2}'}, "version 2, this isolex reads version 1"),
    ],
)
def test_foreign_and_newer_safetensors_are_told(tmp_path, metadata, message):
    save_file(TENSORS, tmp_path / "file", metadata=metadata)
    with pytest.raises(FormatError, match=message):
        Vectors.read(tmp_path / "file")


def test_a_missing_tensor_is_told(tmp_path):
    save_file({"matrix": TENSORS["matrix"]}, tmp_path / "file", metadata=CARD)
    with pytest.raises(FormatError, match="lacks 'offsets'"):
        Vectors.read(tmp_path / "file")


def test_a_full_disk_is_told(vectors, tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise SafetensorError("no space left on device")

    monkeypatch.setattr("isolex.vectors.native_store.save_file", full)
    with pytest.raises(InputError, match="no space left on device"):
        vectors.write(tmp_path / "file.safetensors")
    assert not list(tmp_path.iterdir())


def test_a_store_has_the_permissions_of_any_other_output(path, vectors):
    vectors.head(1).write(path.with_name("file.bin"))
    assert path.stat().st_mode == path.with_name("file.bin").stat().st_mode


def test_zero_rows_that_the_card_denies_are_found_when_they_are_used(tmp_path):
    text = '{"format": "isolex-vectors", "version": 1, "zero_rows": 0}'
    save_file(
        TENSORS | {"matrix": np.zeros((2, 3), np.float32)}, tmp_path / "file", metadata={"isolex": text}
    )
    with pytest.raises(FormatError, match=r"is damaged \(its card says that no vector is zero"):
        Vectors.read(tmp_path / "file").tensor()


class TestDamage:
    """One bit of a store changes, and the header does not."""

    ROW, ROWS = 700, 1_000

    @pytest.fixture
    def damaged(self, tmp_path):
        path = tmp_path / "file.safetensors"
        matrix = np.arange(2 * self.ROWS, dtype=np.float32).reshape(self.ROWS, 2)
        matrix[0] = 0  # so that leaving out zeros copies rows
        vectors = Vectors([f"w{row}" for row in range(self.ROWS)], matrix)
        vectors.subwords = NgramVectors(-matrix, 2, 3)
        vectors.write(path)
        return path

    def flip(self, path, content):
        whole = bytearray(path.read_bytes())
        assert whole.count(content) == 1
        whole[whole.index(content)] ^= 1
        path.write_bytes(whole)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IsolexWarning)
            return Vectors.read(path)

    @pytest.mark.parametrize(
        "use",
        [
            lambda vectors, _: vectors.tensor(),
            lambda vectors, _: vectors.check(),
            lambda vectors, _: vectors.id("w700"),
            lambda vectors, _: list(vectors.tensors(300)),
            lambda vectors, _: vectors.vector("w700"),
            lambda vectors, _: vectors.vector("w600"),  # of the same piece
            lambda vectors, _: vectors.head(701).tensor(),
            lambda vectors, _: vectors.head(701).fingerprint,
            lambda vectors, _: vectors.subset(["w700"]),
            lambda vectors, _: vectors.without_zeros(),
            lambda vectors, _: pickle.dumps(vectors),
            lambda vectors, path: vectors.write(path / "out.safetensors"),
            lambda vectors, path: vectors.write(path / "out.vec"),
        ],
    )
    def test_of_a_row_is_told_wherever_the_row_is_used(self, damaged, tmp_path, use):
        opened = self.flip(damaged, np.array([1400, 1401], np.float32).tobytes())
        with pytest.raises(FormatError, match=r"is damaged \(rows 513 to 768 have changed since"):
            use(opened, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [damaged.name]

    @pytest.mark.parametrize("options", [{"vocabulary": ["w3"]}, {"dtype": "float16"}])
    def test_of_a_row_is_told_where_rows_are_chosen_while_reading(self, damaged, options):
        self.flip(damaged, np.array([1400, 1401], np.float32).tobytes())
        with pytest.raises(FormatError, match="rows 513 to 768 have changed"):
            Vectors.read(damaged, **options)

    def test_other_rows_can_be_used(self, damaged):
        opened = self.flip(damaged, np.array([1400, 1401], np.float32).tobytes())
        assert opened.vector("w999").tolist() == [1998, 1999]
        assert opened.head(512).tensor().shape == (512, 2)
        assert list(opened.subset(["w1", "w999"]).words) == ["w1", "w999"]
        assert opened.lacks_vector("w0")

    def test_that_makes_a_row_zero_is_not_taken_for_a_word_without_a_vector(self, damaged):
        whole = damaged.read_bytes()
        row = np.array([1400, 1401], np.float32).tobytes()
        damaged.write_bytes(whole.replace(row, bytes(len(row))))
        with pytest.warns(IsolexWarning):
            opened = Vectors.read(damaged)
        for use in (lambda: "w700" in opened, lambda: opened.lacks_vector("w700"), lambda: opened.zero_rows):
            with pytest.raises(FormatError, match="rows 513 to 768 have changed"):
                use()

    @pytest.mark.parametrize("place", [1, 500, 999])
    def test_of_where_a_word_begins_is_told(self, damaged, place):
        offsets = np.cumsum([0, *(len(f"w{row}") for row in range(self.ROWS))])
        whole = bytearray(damaged.read_bytes())
        at = whole.index(offsets.tobytes()) + 8 * place
        whole[at] ^= 1
        damaged.write_bytes(whole)
        with pytest.raises(FormatError, match=r"is damaged \((words have changed|offsets do not part)"):
            Vectors.read(damaged)

    def test_of_an_ngram_is_told(self, damaged, tmp_path):
        opened = self.flip(damaged, np.array([-1400, -1401], np.float32).tobytes())
        opened.subwords.rows(np.array([0, 511, 999]))
        with pytest.raises(FormatError, match="rows 513 to 768 have changed"):
            opened.subwords.rows(np.array([0, 513]))
        with pytest.raises(FormatError, match="rows 513 to 768 have changed"):
            opened.write(tmp_path / "out.safetensors")

    def test_of_a_word_is_told(self, damaged):
        with pytest.raises(FormatError, match=r"is damaged \(words have changed since they were written"):
            self.flip(damaged, b"w499w500")

    def test_stores_of_earlier_releases_are_read(self, tmp_path):
        save_file(TENSORS, tmp_path / "file", metadata=CARD)
        assert Vectors.read(tmp_path / "file").tensor().shape == (2, 3)


@pytest.mark.parametrize("sums", [np.zeros(2, np.uint32), np.zeros(1, np.int64)])
def test_checksums_that_do_not_fit_are_told(tmp_path, sums):
    save_file(TENSORS | {"sums": sums}, tmp_path / "file", metadata=CARD)
    with pytest.raises(FormatError, match=r"is damaged \(sums"):
        Vectors.read(tmp_path / "file")
