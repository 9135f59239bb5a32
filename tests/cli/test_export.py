import numpy as np
import pytest

from isolex import load
from isolex.interchange import EXPORT_FORMATS
from isolex.vectors import Vectors

from .helpers import contents
from .malformed import UNUSABLE


@pytest.mark.parametrize("format", EXPORT_FORMATS)
def test_json_and_every_format(isolex, here, format):
    result = isolex("export", "aa-bb", "-o", "out", "--format", format, "--json")
    result.warns(None)
    ending = EXPORT_FORMATS[format]
    assert result.json == {"format": format, "files": [f"out/aa.aligned{ending}", f"out/bb.aligned{ending}"]}
    sides = zip(result.json["files"], load("aa-bb").shared, strict=True)
    for file, rows in sides:
        np.testing.assert_array_equal(Vectors.read(file).matrix, rows.numpy())


def test_text(isolex, here):
    result = isolex("export", "aa-bb", "-o", "out[b]")
    result.warns(None)
    assert result.out == "out[b]/aa.aligned.vec\nout[b]/bb.aligned.vec\n"


def test_other_files_of_the_folder_stay(isolex, here):
    isolex("export", "aa-bb", "-o", "data").warns(None)
    assert (here / "data" / "vectors" / "aa.vec.gz").exists()
    assert (here / "data" / "aa.aligned.vec").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "-o", "out"), "nowhere: there is no such alignment folder"),
        (("aa-bb",), "Missing option '-o'"),
        (("aa-bb", "-o", "aa.vec"), r"aa.vec: cannot be made \(File exists\)"),
        (("aa-bb", "-o", "aa.vec/out"), r"aa.vec/out: cannot be made \(Not a directory\)"),
        (("aa-bb", "-o", "out", "--format", "gensim"), "'gensim' is not one of 'word2vec'"),
        (("aa-bb", "-o", "out", "--source", "bb.vec"), "not the source vectors"),
    ],
)
def test_bad_input(isolex, here, arguments, message):
    before = contents(here)
    isolex("export", *arguments).fails(message)
    assert contents(here) == before


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_vectors(isolex, here, kind):
    make, message = UNUSABLE[kind]
    make(here / "aa.vec")
    before = contents(here)
    isolex("export", "aa-bb", "-o", "data", "--target", "bad.vec", "--json").fails(message)
    assert contents(here) == before
