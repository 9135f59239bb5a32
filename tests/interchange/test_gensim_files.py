import numpy as np
import pytest

from isolex import export

from .helpers import aligned, assert_same_neighbours, over_words, rows_of

KeyedVectors = pytest.importorskip("gensim.models").KeyedVectors


def test_gensim_loads_them_and_finds_the_same(tmp_path):
    alignment = aligned()
    files = export(alignment, tmp_path, format="gensim")
    assert [file.name for file in files] == ["aa.aligned.kv", "bb.aligned.kv"]
    source, target = (KeyedVectors.load(str(file)) for file in files)
    for loaded, side, rows in zip(
        (source, target), (alignment.source, alignment.target), rows_of(alignment), strict=True
    ):
        assert loaded.index_to_key == list(side.words)
        np.testing.assert_array_equal(loaded.vectors, rows)
    assert_same_neighbours(target.similar_by_vector(source["s3"], topn=5), alignment, "s3")


def test_a_big_matrix_stays_in_the_one_file(tmp_path, monkeypatch):
    monkeypatch.setattr("gensim.utils.SaveLoad._smart_save", lambda *_, **__: pytest.fail("several files"))
    assert sorted(tmp_path.iterdir()) == []
    files = export(aligned(), tmp_path, format="gensim")
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_no_path_of_the_maker_is_in_it(tmp_path):
    files = export(aligned(), tmp_path, format="gensim")
    assert len(files) == 2
    for file in files:
        assert str(tmp_path).encode() not in file.read_bytes()


def test_words_of_every_kind(tmp_path):
    words = ["a\nb", "New York", "e\u0301", "é", "\u2028"]
    file, _ = export(over_words(words, ["x"]), tmp_path, format="gensim")
    assert KeyedVectors.load(str(file)).index_to_key == words
