import numpy as np
import pytest

from isolex import export
from isolex.errors import InputError
from isolex.interchange.vector_files import ENDINGS
from isolex.vectors import Vectors

from .helpers import aligned, assert_same_neighbours, over_words, rows_of


@pytest.mark.parametrize("format", ENDINGS)
def test_files_read_back_are_the_shared_space(tmp_path, format):
    alignment = aligned()
    files = export(alignment, tmp_path, format=format)
    assert [file.name for file in files] == [f"{code}.aligned{ENDINGS[format]}" for code in ("aa", "bb")]
    for file, side, rows in zip(files, (alignment.source, alignment.target), rows_of(alignment), strict=True):
        back = Vectors.read(file)
        assert list(back.words) == list(side.words)
        np.testing.assert_array_equal(back.matrix, rows)


def test_the_store_keeps_the_language(tmp_path):
    files = export(aligned(), tmp_path, format="native")
    assert [Vectors.read(file).language for file in files] == ["aa", "bb"]


@pytest.mark.parametrize("format", ["word2vec", "word2vec-binary", "glove"])
def test_gensim_reads_the_plain_formats(tmp_path, format):
    keyed_vectors = pytest.importorskip("gensim.models").KeyedVectors
    alignment = aligned()
    options = {"binary": format == "word2vec-binary", "no_header": format == "glove"}
    source, target = (
        keyed_vectors.load_word2vec_format(str(file), **options)
        for file in export(alignment, tmp_path, format=format)
    )
    assert_same_neighbours(target.similar_by_vector(source["s3"], topn=5), alignment, "s3")


@pytest.mark.parametrize("good", [0, 1])
def test_an_interrupted_export_leaves_both_old_files(tmp_path, monkeypatch, good):
    export(aligned(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    written = []

    def interrupted(_, path, **__):
        path.write_text("half a file")
        written.append(path)
        if len(written) > good:
            raise KeyboardInterrupt

    monkeypatch.setattr("isolex.vectors.vector_formats.write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export(aligned().head(10), tmp_path)
    assert len(written) == good + 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_words_that_a_format_cannot_hold_are_told(tmp_path):
    alignment = over_words(["a\nb", "c"], ["d"])
    with pytest.raises(InputError) as caught:
        export(alignment, tmp_path)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())
    assert Vectors.read(export(alignment, tmp_path, format="native")[0]).words[0] == "a\nb"
