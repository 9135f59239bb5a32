import json

import numpy as np
import pytest

from isolex import load
from isolex.interchange import EXPORT_FORMATS
from isolex.interchange.vector_files import ENDINGS
from isolex.vectors import Vectors

from .helpers import contents
from .malformed import UNUSABLE

LOADED = {
    **{format: (f"out/aa.aligned{ending}", f"out/bb.aligned{ending}") for format, ending in ENDINGS.items()},
    "gensim": ("out/aa.aligned.kv", "out/bb.aligned.kv"),
    "numpy": (
        *("out/aa.aligned.npy", "out/aa.aligned.words.txt"),
        *("out/bb.aligned.npy", "out/bb.aligned.words.txt"),
    ),
    "spacy": ("out/aa", "out/bb"),
    "sentence-transformers": ("out",),
    "huggingface": ("out",),
}


@pytest.mark.parametrize("format", EXPORT_FORMATS)
def test_json_tells_what_to_load(isolex, here, format):
    result = isolex("export", "aa-bb", "-o", "out", "--format", format, "--json")
    result.warns(None)
    assert result.json == {"format": format, "files": list(LOADED[format])}
    assert all((here / path).exists() for path in LOADED[format])


@pytest.mark.parametrize("format", ENDINGS)
def test_files_hold_the_shared_space(isolex, here, format):
    isolex("export", "aa-bb", "-o", "out", "--format", format).warns(None)
    for file, rows in zip(LOADED[format], load("aa-bb").shared, strict=True):
        np.testing.assert_array_equal(Vectors.read(file).matrix, rows.numpy())


def test_text(isolex, here):
    result = isolex("export", "aa-bb", "-o", "out[b]")
    result.warns(None)
    assert result.out == "out[b]/aa.aligned.vec\nout[b]/bb.aligned.vec\n"


def test_other_files_of_the_folder_stay(isolex, here):
    isolex("export", "aa-bb", "-o", "data").warns(None)
    assert (here / "data" / "vectors" / "aa.vec.gz").exists()
    assert (here / "data" / "aa.aligned.vec").exists()


def test_a_repository_for_the_hub_is_an_alignment(isolex, here):
    isolex("export", "aa-bb", "-o", "out", "--format", "huggingface").warns(None)
    answers = [isolex("translate", folder, "s7", "--json").json for folder in ("aa-bb", "out")]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("format", ["spacy", "sentence-transformers", "huggingface"])
def test_an_earlier_export_is_replaced_unless_something_is_added(isolex, here, format):
    arguments = ("export", "aa-bb", "-o", "out", "--format", format)
    for _ in range(2):
        isolex(*arguments).warns(None)
    (here / "out" / "notes.txt").write_text("mine")
    before = contents(here)
    isolex(*arguments).fails(r"out: holds other files \(notes.txt\), so it is not replaced; choose an empty")
    assert contents(here) == before


@pytest.mark.parametrize("status", ["doubtful", "failed"])
def test_a_bad_alignment_warns_in_one_line(isolex, here, status):
    card = json.loads((here / "aa-bb" / "card.json").read_text())
    card |= {"status": status, "reasons": ["too little", "to tell"]}
    (here / "aa-bb" / "card.json").write_text(json.dumps(card))
    result = isolex("export", "aa-bb", "-o", "out", "--json")
    result.warns(f"the exported alignment is {status}: too little$")
    assert len(result.json["files"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere", "-o", "out"), "nowhere: there is no such alignment folder"),
        (("aa-bb",), "Missing option '-o'"),
        (("aa-bb", "-o", "aa.vec"), "error: aa.vec: is a file, expected a folder"),
        (("aa-bb", "-o", "aa.vec/out"), "error: aa.vec: is a file, expected a folder"),
        (("aa-bb", "-o", "aa.vec", "--format", "spacy"), "aa.vec: is a file, expected a folder"),
        (("aa-bb", "-o", "aa-bb", "--format", "huggingface"), "aa-bb: is the input"),
        (("aa-bb", "-o", "data", "--format", "sentence-transformers"), "data: holds other files"),
        (("aa-bb", "-o", "out", "--format", "gensin"), "'gensin' is not one of 'word2vec'"),
        (("aa-bb", "-o", "out", "--source", "bb.vec"), "not the source vectors"),
    ],
)
def test_bad_input(isolex, here, arguments, message):
    before = contents(here)
    isolex("export", *arguments).fails(message)
    assert contents(here) == before


def test_the_vectors_that_it_is_made_from_are_not_replaced(isolex, here):
    (here / "aa.vec").rename("source.aligned.vec")
    before = contents(here)
    arguments = ("export", "aa-bb", "--source", "source.aligned.vec")
    isolex(*arguments, "-o", ".").fails(r"source\.aligned\.vec: is the input")
    assert contents(here) == before
    isolex(*arguments, "-o", "out").warns(None)


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_vectors(isolex, here, kind):
    make, message = UNUSABLE[kind]
    make(here / "aa.vec")
    before = contents(here)
    isolex("export", "aa-bb", "-o", "data", "--target", "bad.vec", "--json").fails(message)
    assert contents(here) == before
