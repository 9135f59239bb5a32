import json
import warnings
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from isolex.errors import InputError
from isolex.lexicon import Lexicon

from .strategies import nfc_words, pairs, weights, words

CATS = Lexicon([("cat", "gato"), ("ice cream", "helado")])


def round_trip(path: Path, lexicon: Lexicon, **options) -> Lexicon:
    lexicon.write(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return Lexicon.read(path, **options)


@st.composite
def lexicons(draw, of) -> Lexicon:
    chosen = draw(pairs(of))
    weighted = draw(st.booleans())
    return Lexicon(
        chosen, draw(st.lists(weights, min_size=len(chosen), max_size=len(chosen))) if weighted else None
    )


@given(lexicon=lexicons(words), ending=st.sampled_from(["tsv", "csv", "jsonl", "txt"]))
@example(lexicon=Lexicon([("source", "target")]), ending="tsv")
@example(lexicon=Lexicon([("\ufeffa", "b")]), ending="tsv")
@example(lexicon=Lexicon([("#", "# x"), ("a", "b")]), ending="tsv")
@example(lexicon=Lexicon([("{", "}")]), ending="tsv")
@example(lexicon=Lexicon([('"a"', "b"), ('"c"', "d")]), ending="tsv")
@example(lexicon=Lexicon([("'a'", '"\u201d')]), ending="tsv")
@example(lexicon=Lexicon([("a", "x"), ('"b"', "y"), ('"c"', "z")]), ending="tsv")
@example(lexicon=Lexicon([("de", "la"), ("een", "un")]), ending="tsv")
@example(lexicon=Lexicon([("'a'", "b"), ("'c'", "d")]), ending="csv")
@example(lexicon=Lexicon([('["a",', '"b"]')]), ending="tsv")
@example(lexicon=Lexicon([("1", "a"), ("2", "b")], [1, 2]), ending="tsv")
@example(lexicon=Lexicon([("<html>", "x")]), ending="tsv")
@example(lexicon=Lexicon([("a", "1 2 3 4")]), ending="csv")
@example(lexicon=Lexicon([("# a", "b"), ('"', '""')]), ending="csv")
def test_nothing_is_lost(tmp_path_factory, lexicon, ending) -> None:
    path = tmp_path_factory.getbasetemp() / f"round-trip.{ending}"
    assert round_trip(path, lexicon, unicode="keep") == lexicon


@given(lexicon=lexicons(nfc_words), ending=st.sampled_from(["tsv", "csv", "jsonl"]))
def test_nothing_is_lost_of_nfc_words_by_default(tmp_path_factory, lexicon, ending) -> None:
    path = tmp_path_factory.getbasetemp() / f"round-trip-nfc.{ending}"
    assert round_trip(path, lexicon) == lexicon


def test_what_the_files_look_like(tmp_path: Path) -> None:
    weighted = Lexicon(CATS, [0.5, 2])
    expected = {
        "a.tsv": "cat\tgato\nice cream\thelado\n",
        "b.tsv": "source\ttarget\tweight\ncat\tgato\t0.5\nice cream\thelado\t2.0\n",
        "a.csv": '"source","target"\n"cat","gato"\n"ice cream","helado"\n',
        "b.csv": '"source","target","weight"\n"cat","gato","0.5"\n"ice cream","helado","2.0"\n',
    }
    for name, text in expected.items():
        path = tmp_path / name
        (weighted if name.startswith("b") else CATS).write(path)
        assert path.read_bytes().decode() == text
    weighted.write(tmp_path / "b.jsonl")
    first = (tmp_path / "b.jsonl").read_text().splitlines()[0]
    assert json.loads(first) == {"source": "cat", "target": "gato", "weight": 0.5}


def test_an_empty_lexicon_leaves_only_the_header(tmp_path: Path) -> None:
    Lexicon([]).write(tmp_path / "empty.tsv")
    assert (tmp_path / "empty.tsv").read_text() == "source\ttarget\n"


@pytest.mark.parametrize("name", ["a.tsv.gz", "a.JSON", "a.xlsx", "no/such/folder/a.tsv", "."])
def test_refused_places(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        CATS.write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tsv"
    CATS.write(path)
    before = path.read_bytes()

    def interrupted(*args, **kwargs) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Lexicon([("dog", "perro")]).write(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
