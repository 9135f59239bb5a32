import unicodedata

import numpy as np
import pytest

from isolex import export
from isolex.errors import InputError

from .helpers import aligned, assert_same_neighbours, over_words, rows_of


def read(folder, name):
    words = (folder / f"{name}.aligned.words.txt").read_text(encoding="utf-8").splitlines()
    return words, np.load(folder / f"{name}.aligned.npy", allow_pickle=False)


def test_plain_numpy_finds_the_same(tmp_path):
    alignment = aligned()
    files = export(alignment, tmp_path, format="numpy")
    assert [file.name for file in files] == [
        *("aa.aligned.npy", "aa.aligned.words.txt", "bb.aligned.npy", "bb.aligned.words.txt")
    ]
    words, source = read(tmp_path, "aa")
    answers, target = read(tmp_path, "bb")
    for found, expected in zip((source, target), rows_of(alignment), strict=True):
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, expected)
    cosines = target @ source[words.index("s3")]
    best = np.argsort(-cosines)[:5]
    assert_same_neighbours([(answers[row], cosines[row]) for row in best], alignment, "s3")


def test_it_can_be_memory_mapped(tmp_path):
    file = export(aligned(), tmp_path, format="numpy")[0]
    assert isinstance(np.load(file, mmap_mode="r"), np.memmap)


def test_words_stay_as_they_are(tmp_path):
    words = [" a", "b ", "", "café", unicodedata.normalize("NFD", "café"), "\ufeffx", "𐌰", "a\tb"]
    words = [word for word in words if word]
    export(over_words(words, ["x"]), tmp_path, format="numpy")
    assert read(tmp_path, "aa")[0] == words
    assert (tmp_path / "bb.aligned.words.txt").read_bytes() == b"x\n"


@pytest.mark.parametrize("word", ["a\nb", "a\r", "\x85", "a\u2028b", "\x1c", "\n", "\x0b"])
def test_words_with_a_line_break_are_refused(tmp_path, word):
    with pytest.raises(InputError, match="holds a line break") as caught:
        export(over_words(["c"], ["d", word]), tmp_path, format="numpy")
    assert str(caught.value).startswith("bb vectors: the word ")
    assert len(str(caught.value).splitlines()) == 1
    assert not list(tmp_path.iterdir())
