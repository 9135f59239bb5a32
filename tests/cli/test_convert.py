import numpy as np
import pytest

from isolex.vectors import Vectors, identify
from tests.oracles.fasttext import Model, encoded
from tests.spaces import gaussian

from .helpers import contents
from .malformed import SOUND, UNUSABLE, USABLE, ZERO_VECTOR


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("out.vec", "word2vec text"),
        ("out.txt", "GloVe text"),
        ("out.bin", "word2vec binary"),
        ("out.safetensors", "isolex store"),
        ("out.vec.gz", "word2vec text, gzip"),
        ("out.txt.bz2", "GloVe text, bzip2"),
        ("out.bin.xz", "word2vec binary, xz"),
        ("out.vec.zst", "word2vec text, zstd"),
    ],
)
def test_json_and_every_format(isolex, here, name, kind):
    result = isolex("convert", "aa.vec", name, "--json")
    result.warns(None)
    assert result.json == {"output": name, "words": 300, "dimension": 20}
    assert str(identify(name)) == kind
    old, new = Vectors.read("aa.vec"), Vectors.read(name)
    assert list(new.words) == list(old.words)
    np.testing.assert_array_equal(new.matrix, old.matrix)


def test_text(isolex, here):
    result = isolex("convert", "aa.vec", "out[b].data", "--format", "glove")
    result.warns(None)
    assert result.out == "out[b].data: 300 words × 20\n"


def test_options(isolex, here):
    (here / "wanted.txt").write_text("s9\nnonsuch\ns7\ns200\n")
    options = ("--vocabulary", "wanted.txt", "--limit", 100, "--dtype", "float16", "--language", "xx")
    result = isolex("convert", "aa.vec", "out.safetensors", *options)
    result.warns(r"2 of the 4 words asked for are not among the rows read \('nonsuch', 's200'\)")
    vectors = Vectors.read("out.safetensors")
    assert (list(vectors.words), vectors.matrix.dtype, vectors.language) == (["s7", "s9"], np.float16, "xx")


def test_a_list_of_words_as_windows_writes_it(isolex, here):
    (here / "wanted.txt").write_bytes("\ufeffs9\r\ns7 \r\ns200\u00a0\r\n".encode())
    isolex("convert", "aa.vec", "out.vec", "--vocabulary", "wanted.txt").warns(None)
    assert list(Vectors.read("out.vec").words) == ["s7", "s9", "s200"]


def test_no_file_onto_itself(isolex, here):
    before = (here / "aa.vec").read_bytes()
    isolex("convert", "aa.vec", here / "aa.vec", "--limit", 10).fails("aa.vec: is the input")
    assert (here / "aa.vec").read_bytes() == before


def test_two_inputs_and_no_output(isolex, here):
    before = (here / "bb.vec").read_bytes()
    isolex("convert", "aa.vec", "bb.vec").fails(
        r"bb\.vec: holds vectors of other words, .*; give another name"
    )
    assert (here / "bb.vec").read_bytes() == before
    (here / "other").write_text("no vectors")
    for output in ("other", "out.vec", "out.vec"):
        assert isolex("convert", "aa.vec", output, "--format", "word2vec", "--limit", "9").status == 0


def test_a_link_stays_and_what_it_points_to_is_replaced(isolex, here):
    (here / "old.vec").write_text("anything")
    (here / "link.vec").symlink_to("old.vec")
    isolex("convert", "bb.vec", "link.vec").warns(None)
    assert (here / "link.vec").is_symlink()
    assert (here / "old.vec").read_bytes() == (here / "bb.vec").read_bytes()


@pytest.mark.parametrize("kind", USABLE)
def test_usable_files_convert_with_one_warning(isolex, here, kind):
    change, message = USABLE[kind]
    (here / "bad.vec").write_bytes(b"\n".join(change((here / "aa.vec").read_bytes().splitlines())) + b"\n")
    result = isolex("convert", "bad.vec", "out.vec", "--json")
    result.warns(f"bad.vec: .*{message}")
    # What was written is sound, so that it is read without a word.
    again = isolex("convert", "out.vec", "again.vec", "--json")
    again.warns(None)
    assert again.json["words"] == result.json["words"]


def test_words_with_a_zero_vector_are_kept_and_told(isolex, here):
    lines = (here / "aa.vec").read_bytes().splitlines()
    (here / "bad.vec").write_bytes(b"\n".join(ZERO_VECTOR(lines)) + b"\n")
    result = isolex("convert", "bad.vec", "out.vec", "--json")
    result.warns("bad.vec: 1 word has a zero vector and will be left out")
    assert result.json["words"] == 300


@pytest.mark.parametrize("kind", SOUND)
def test_odd_but_sound_files_convert_without(isolex, here, kind):
    lines = SOUND[kind]((here / "aa.vec").read_bytes().splitlines())
    (here / "odd.vec").write_bytes(b"\n".join(lines) + b"\n")
    isolex("convert", "odd.vec", "out.vec").warns(None)


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_files_are_one_line_and_touch_nothing(isolex, here, kind):
    make, message = UNUSABLE[kind]
    make(here / "aa.vec")
    (here / "out.vec").write_text("old")
    before = contents(here)
    isolex("convert", "bad.vec", "out.vec", "--json").fails(message)
    assert contents(here) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("out.foo",), r"the extension '\.foo' does not name a format to write; use .vec"),
        (("out.foo.gz",), r"the extension '\.foo' does not name a format to write; use .vec"),
        (("out",), "the extension '' does not name a format"),
        (("out.safetensors.gz",), "a store is not compressed"),
        (("out.vec", "--format", "fasttext"), "'--format': 'fasttext' is not one of"),
        (("data",), "does not name a format"),
        (("data", "--format", "glove"), "data: is a folder, expected a file name"),
        (("no/out.vec",), "no/out.vec: cannot be written"),
        (("/dev/null", "--format", "glove"), "/dev/null: is no regular file, so it is not replaced"),
        (("out.vec", "--limit", "0"), "'--limit': 0 is not in the range"),
        (("out.vec", "--dtype", "int8"), "'int8' is not one of"),
        (("out.vec", "--vocabulary", "no.txt"), "no.txt: there is no such file"),
        (("out.vec", "--vocabulary", "data"), "data: is a folder, expected a file"),
    ],
)
def test_bad_input_is_told_before_the_vectors_are_read(isolex, here, monkeypatch, arguments, message):
    def too_late(*_, **__):
        raise AssertionError("vectors were read first")

    monkeypatch.setattr(Vectors, "read", too_late)
    before = contents(here)
    isolex("convert", "aa.vec", *arguments).fails(message)
    assert contents(here) == before


def test_a_vocabulary_of_another_language(isolex, here):
    (here / "wanted.txt").write_text("eins\nzwei\n")
    isolex("convert", "aa.vec", "out.vec", "--vocabulary", "wanted.txt").fails(
        "none of the vocabulary's words"
    )


def test_a_word_that_the_format_cannot_hold(isolex, here):
    (here / "aa.vec").write_bytes(SOUND["token with spaces"]([b""] * 9)[5] + b"\n")
    isolex("convert", "aa.vec", "out.bin").fails(
        r"error: out.bin: the word 'ice cream' holds a space .*; write a .safetensors store"
    )
    assert not (here / "out.bin").exists()


class TestMatrix:
    def test_the_output_matrix_of_a_fasttext_model(self, isolex, here):
        words, rows = [b"house", b"bread"], gaussian(4, 4, 0)
        (here / "model.bin").write_bytes(encoded(Model(words, rows[:2], rows[2:])))
        for matrix, expected in (("input", rows[:2]), ("output", rows[2:])):
            isolex("convert", "model.bin", "out.safetensors", "--matrix", matrix).warns(None)
            np.testing.assert_array_equal(Vectors.read("out.safetensors").matrix, expected)

    def test_other_files_have_none(self, isolex, here):
        isolex("convert", "aa.vec", "out.vec", "--matrix", "output").fails(
            "aa.vec: is word2vec text, which has no output matrix; name a fastText .bin model"
        )
        assert not (here / "out.vec").exists()
