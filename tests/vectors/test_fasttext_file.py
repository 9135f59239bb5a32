import gzip
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError, IsolexError, UnknownWordError
from isolex.vectors import Vectors
from tests.oracles.fasttext import Coded, Model, dense, encoded

from .helpers import read_bytes

WORDS = ["</s>", "house", "été", "猫", "a", "😀b", "houses"]
UNSEEN = ["housé", "b", "xyzzy", "猫猫", "</s>x"]
D = 7


def rows(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, D)).astype(np.float32)


def coded(n: int, part: int, seed: int, *, lengths: bool) -> Coded:
    """Random codes and centroids of `part` numbers, the last perhaps of fewer."""
    rng = np.random.default_rng(seed)
    widths = [part] * (D // part) + ([D % part] if D % part else [])
    centroids = [rng.normal(size=(256, width)).astype(np.float32) for width in widths]
    codes = rng.integers(0, 256, (n, len(widths)))
    if not lengths:
        return Coded(codes, centroids)
    norms = rng.uniform(0.5, 2, 256).astype(np.float32)
    return Coded(codes, centroids, rng.integers(0, 256, n), norms)


def model(name: str) -> Model:
    words, n = [word.encode() for word in WORDS], len(WORDS)
    pruned = [(7, 2), (30, 0), (2, 1), (11, 3), (12, 4), (19, 5)]
    sizes = {"buckets": 31, "shortest": 1, "longest": 4}
    return {
        "dense": Model(words, rows(n + 31, 1), rows(n, 2), **sizes),
        "version 11": Model(words, rows(n + 31, 1), rows(n, 2), version=11, **sizes),
        "without subwords": Model(words, rows(n, 1), rows(n, 2), longest=0),
        "unused buckets": Model(words, rows(n + 5, 1), rows(n, 2), buckets=5, shortest=0, longest=0),
        "pruned": Model(words, rows(n + 6, 1), rows(n, 2), pruned=pruned, **sizes),
        "all pruned": Model(words, rows(n, 1), rows(n, 2), pruned=[], **sizes),
        "quantised": Model(words, coded(n + 31, 2, 1, lengths=False), rows(n, 2), **sizes),
        "one part": Model(words, coded(n + 31, 7, 1, lengths=False), rows(n, 2), **sizes),
        "lengths": Model(words, coded(n + 31, 3, 1, lengths=True), rows(n, 2), **sizes),
        "all coded": Model(
            words, coded(n + 6, 2, 1, lengths=True), coded(n, 3, 2, lengths=True), pruned=pruned, **sizes
        ),
    }[name]


MODELS = (
    *("dense", "version 11", "without subwords", "unused buckets", "pruned", "all pruned"),
    *("quantised", "one part", "lengths", "all coded"),
)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("compressed", [False, True])
def test_vectors_are_those_of_the_definition(name, compressed, tmp_path):
    expected, path = model(name), tmp_path / "model.bin"
    data = encoded(expected)
    path.write_bytes(gzip.compress(data) if compressed else data)
    vectors = Vectors.read(path)
    assert list(vectors.words) == WORDS
    for word in WORDS:
        np.testing.assert_allclose(vectors.vector(word), expected.vector(word), atol=1e-6)
    assert (vectors.subwords is None) == (name in {"without subwords", "unused buckets", "all pruned"})
    for word in UNSEEN:
        made = vectors.from_subwords(word)
        np.testing.assert_allclose(0 if made is None else made, expected.vector(word), atol=1e-6)
    vectors.write(tmp_path / "store.safetensors")
    stored = Vectors.read(tmp_path / "store.safetensors")
    for word in UNSEEN:
        again, made = stored.from_subwords(word), vectors.from_subwords(word)
        np.testing.assert_array_equal(0 if again is None else again, 0 if made is None else made)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("compressed", [False, True])
def test_the_output_matrix_has_the_words_as_contexts(name, compressed):
    expected = model(name)
    data = encoded(expected)
    vectors = read_bytes(gzip.compress(data) if compressed else data, matrix="output")
    assert list(vectors.words) == WORDS
    np.testing.assert_allclose(vectors.matrix, dense(expected.outputs), atol=1e-6)
    assert (vectors.subwords, vectors.path) == (None, None)


def test_models_that_have_no_output_vectors_of_words_say_so(tmp_path):
    tree = model("dense")
    tree.loss = 1
    assert list(read_bytes(encoded(tree)).words) == WORDS
    with pytest.raises(FormatError, match="has no output vectors of words, since hierarchical softmax"):
        read_bytes(encoded(tree), matrix="output")
    with pytest.raises(FormatError, match=r"is word2vec text, which has no output matrix; name a fastText"):
        read_bytes(b"1 2\na 1 2\n", matrix="output")
    with pytest.raises(InputError, match="matrix: got 'inner', expected 'input' or 'output'"):
        read_bytes(encoded(tree), matrix="inner")


def test_only_the_rows_asked_for_are_looked_at(tmp_path):
    expected = model("dense")
    expected.inputs[1] = np.nan  # the own row of "house"
    path = tmp_path / "model.bin"
    path.write_bytes(encoded(expected))
    vectors = Vectors.read(path, vocabulary=["été", "a"])
    assert list(vectors.words) == ["été", "a"]
    assert vectors.report.skipped == {}
    with pytest.raises(FormatError, match="'house' holds NaN or infinite values"):
        vectors.vector("house")
    with pytest.warns(UserWarning, match="1 NaN or infinite"):
        assert "house" not in Vectors.read(path)
    limited = Vectors.read(path, limit=1)
    assert list(limited.words) == ["</s>"]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("asked", [["w3"], ["w9000"], ["w9000", "w3"]])
def test_a_vocabulary_may_be_far_down_in_the_file(asked, compressed):
    """So that whole blocks of words, at the start, in the middle or at the end, hold none of it."""
    words = [f"w{number}".encode() for number in range(10_000)]
    expected = Model(words, rows(len(words) + 31, 1), rows(len(words), 2), buckets=31)
    data = encoded(expected)
    vectors = read_bytes(gzip.compress(data, 1) if compressed else data, vocabulary=asked)
    assert list(vectors.words) == sorted(asked)
    for word in asked:
        np.testing.assert_allclose(vectors.vector(word), expected.vector(word), atol=1e-6)
    with pytest.raises(FormatError, match="none of the vocabulary's words"):
        read_bytes(data, vocabulary=["nowhere"])


@pytest.mark.parametrize("unicode", ["nfc", "keep"])
def test_words_left_out_are_found_in_any_form(unicode):
    """A model may have learnt decomposed words, of which the n-grams are not those of the composed ones."""
    expected, decomposed = model("dense"), "e\u0301te\u0301"
    expected.words[2] = decomposed.encode()
    vectors = read_bytes(encoded(expected), limit=1, unicode=unicode)
    for word in ("été", decomposed):
        np.testing.assert_allclose(vectors.vector(word), expected.vector(decomposed), atol=1e-6)


def test_a_word_that_has_no_utf_8_has_no_subwords():
    vectors = read_bytes(encoded(model("dense")))
    assert vectors.from_subwords("\ud800x") is None
    with pytest.raises(UnknownWordError):
        vectors.vector("\ud800x")


def test_rows_are_mapped_where_they_can_be(tmp_path):
    """Behind a dictionary of such a length that numbers are aligned; else they are copied."""
    kinds = set()
    for more in range(4):
        expected = model("without subwords")
        expected.words[-1] += b"x" * more
        path = tmp_path / f"{more}.bin"
        path.write_bytes(encoded(expected))
        vectors = Vectors.read(path)
        kinds.add(isinstance(vectors.matrix, np.memmap))
        np.testing.assert_array_equal(vectors.matrix, expected.inputs)
        assert len(Vectors.read(path, limit=3)) == 3
        assert list(Vectors.read(path, vocabulary=["a"]).words) == ["a"]
        assert Vectors.read(path, dtype="float16").matrix.dtype == np.float16
    assert kinds == {True, False}


def test_unusable_words_are_counted():
    expected = model("dense")
    expected.words[2:5] = [b"house", b"\xff", b""]
    vectors = read_bytes(encoded(expected))
    assert list(vectors.words) == ["</s>", "house", "😀b", "houses"]
    assert {reason: skip.count for reason, skip in vectors.report.skipped.items()} == {
        "duplicate word": 1,
        "not valid UTF-8": 1,
        "empty word": 1,
    }


def test_a_large_model_is_opened_without_reading_it(tmp_path):
    """Two million buckets of 250 numbers, 2 GB, of which a file of holes takes no room."""
    small = Model([b"house", b"bread"], np.ones((2, 250), np.float32), np.ones((1, 250), np.float32))
    data = encoded(small)
    head = len(data) - 2 * 17 - 4 * 3 * 250
    path, buckets = tmp_path / "large.bin", 2_000_000
    with path.open("wb") as file:
        start = bytearray(data[:head])
        struct.pack_into("<i", start, 8 + 4 * 8, buckets)
        file.write(start + struct.pack("<?2q", False, 2 + buckets, 250) + data[head + 17 : head + 17 + 2000])
        file.seek(4 * 250 * buckets, 1)
        file.write(data[-17 - 1000 :])
    assert path.stat().st_size > 2_000_000_000
    lines = (
        "import sys; from isolex.vectors import Vectors",
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])",
        "before = peak(); vectors = Vectors.read(sys.argv[1])",
        "assert vectors.vector('house').any() and not vectors.subwords.vector('unseen').any()",
        "print(peak() - before)",
    )
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells a process its peak memory")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), path], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 64 * 1024  # KiB


@pytest.mark.parametrize("name", MODELS)
def test_any_cut_is_told(name):
    data = encoded(model(name))
    for length in [*range(4, 400, 9), *range(400, len(data), 997), len(data) - 1]:
        for cut in (data[:length], gzip.compress(data[:length])):
            with pytest.raises(FormatError, match="cut off"):
                read_bytes(cut)


@pytest.mark.parametrize(
    ("offset", "layout", "value", "message"),
    [
        (4, "<i", 13, "is a fastText binary of version 13, expected 11 or 12"),
        (8, "<i", 9, "contradicts itself"),  # dimension
        (8, "<i", 2**31 - 1, "contradicts itself"),
        (8, "<i", 0, "contradicts itself"),
        (40, "<i", 2**31 - 1, "contradicts itself"),  # buckets
        (40, "<i", -1, "contradicts itself"),
        (44, "<i", -1, "contradicts itself"),  # shortest n-grams
        (48, "<i", 10**9, "contradicts itself"),  # longest n-grams
        (64, "<3i", (2**31 - 1, 2**31 - 1, 0), "cut off|contradicts itself"),  # entries and words
        (64, "<i", 8, "contradicts itself"),
        (64, "<3i", (7, 6, 1), "contradicts itself"),
        (84, "<q", 2**62, "contradicts itself"),  # pruned n-grams
        (84, "<q", -2, "contradicts itself"),
    ],
)
def test_headers_that_lie_are_told(offset, layout, value, message):
    data = bytearray(encoded(model("dense")))
    struct.pack_into(layout, data, offset, *(value if isinstance(value, tuple) else (value,)))
    for own in (bytes(data), gzip.compress(bytes(data))):
        with pytest.raises(FormatError, match=message):
            read_bytes(own)


def test_pruned_n_grams_that_cannot_be_are_told():
    for pair in ((31, 2), (-1, 2), (30, 2), (7, 6), (7, -1)):
        wrong = model("pruned")
        wrong.pruned[0] = pair
        with pytest.raises(FormatError, match="contradicts itself"):
            read_bytes(encoded(wrong))


@pytest.mark.parametrize("matrix", ["input", "output"])
def test_what_stands_behind_a_compressed_model_is_looked_at(matrix):
    """Its end mark may be cut off, or something follow it, though the model itself is all there."""
    n = len(WORDS) + 100_000  # more than a buffer holds
    large = Model([word.encode() for word in WORDS], rows(n, 1), rows(len(WORDS), 2), buckets=100_000)
    data = gzip.compress(encoded(large), 1)
    assert len(read_bytes(data, matrix=matrix)) == len(WORDS)
    for own in (data[:-4], data[:-8], data + b"something else"):
        with pytest.raises(FormatError, match="gzip data are damaged or cut off"):
            read_bytes(own, matrix=matrix)


def test_a_word_without_an_end_is_told():
    data = encoded(model("dense"))[:92] + b"x" * 3_000_000
    with pytest.raises(FormatError, match="word 1 of the fastText binary does not end"):
        read_bytes(data)


@given(st.sampled_from(MODELS), st.data(), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_damage_gives_vectors_or_one_line(name, draw, compressed):
    """Any byte, or any field of four or eight, or a piece cut out or put in."""
    data = bytearray(encoded(model(name)))
    numbers = st.sampled_from([0, 1, -1, 2, 255, 256, 2**31 - 1, -(2**31), 2**32 + 7, 2**63 - 1, -(2**63)])
    for _ in range(draw.draw(st.integers(1, 3))):
        place = draw.draw(st.integers(4, min(len(data), 700) - 9))
        kind = draw.draw(st.sampled_from(["byte", "field", "cut", "more"]))
        if kind == "byte":
            data[place] = draw.draw(st.integers(0, 255))
        elif kind == "field":
            size = draw.draw(st.sampled_from([4, 8]))
            data[place : place + size] = (draw.draw(numbers) % 2 ** (8 * size)).to_bytes(size, "little")
        elif kind == "cut":
            del data[place : place + draw.draw(st.integers(1, 50))]
        else:
            data[place:place] = draw.draw(st.binary(max_size=20))
    for matrix in ("input", "output"):
        with suppress(IsolexError):  # whose messages are one line
            vectors = read_bytes(gzip.compress(bytes(data)) if compressed else bytes(data), matrix=matrix)
            assert vectors.matrix.shape == (len(vectors), vectors.dimension)
            vectors.from_subwords("unseen")
