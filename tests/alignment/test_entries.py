import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex import Lexicon
from isolex.alignment import InducedEntry, InducedLexicon
from isolex.errors import InputError, IsolexWarning

from ..lexicon.strategies import words

AWKWARD = [
    '"',
    '"quoted"',
    'a "b',
    "'",
    "New York",
    "# a",
    "#",
    "a,b",
    "a;b",
    "1",
    "source",
    "\u00a0x",
    "ñandú",
]
LEXICON = InducedLexicon(
    (
        InducedEntry("cat", "gato", 0.81239, 1, True),
        InducedEntry("cat", "gata", -0.5, 2, False),
        *(
            InducedEntry(word, other, 0.25, 1, False)
            for word, other in zip(AWKWARD, AWKWARD[::-1], strict=True)
        ),
    ),
    "forward",
)


def pairs_of(lexicon: InducedLexicon) -> list[tuple[str, str]]:
    return [(entry.source, entry.target) for entry in lexicon]


def test_it_is_a_sequence_of_entries():
    assert len(LEXICON) == len(AWKWARD) + 2
    assert list(LEXICON) == list(LEXICON.entries)
    assert LEXICON.lexicon() == Lexicon(pairs_of(LEXICON))


@pytest.mark.parametrize("name", ["lexicon.tsv", "lexicon.jsonl", "lexicon"])
def test_it_is_read_back_as_pairs(tmp_path, name, recwarn):
    LEXICON.write(tmp_path / name)
    # By default a no-break space at the end of a word comes off.
    assert Lexicon.read(tmp_path / name, unicode="keep") == LEXICON.lexicon()
    assert not recwarn.list


entries = st.lists(
    st.tuples(words, words, st.floats(-2, 2)), min_size=1, max_size=8, unique_by=lambda row: row[:2]
)


@given(entries, st.sampled_from(["tsv", "jsonl"]))
def test_any_words_are_read_back(rows, format):
    lexicon = InducedLexicon(tuple(InducedEntry(s, t, score, 1, True) for s, t, score in rows), "forward")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        lexicon.write(path, format=format)
        assert Lexicon.read(path, unicode="keep") == lexicon.lexicon()


def test_tsv_holds_every_field_as_it_is(tmp_path):
    LEXICON.write(tmp_path / "lexicon.tsv")
    header, *rows = (tmp_path / "lexicon.tsv").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    assert header == "source\ttarget\tscore\trank\tmutual"
    assert rows[0] == "cat\tgato\t0.8124\t1\tyes"
    assert rows[1] == "cat\tgata\t-0.5000\t2\tno"
    assert [tuple(row.split("\t")[:2]) for row in rows] == pairs_of(LEXICON)


def test_json_lines_hold_every_field(tmp_path):
    LEXICON.write(tmp_path / "lexicon.jsonl")
    rows = [
        json.loads(line) for line in (tmp_path / "lexicon.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert rows[0] == {"source": "cat", "target": "gato", "score": 0.8124, "rank": 1, "mutual": True}
    assert [(row["source"], row["target"]) for row in rows] == pairs_of(LEXICON)
    assert "ñandú" in (tmp_path / "lexicon.jsonl").read_text(encoding="utf-8")


def test_the_format_counts_more_than_the_name(tmp_path):
    LEXICON.write(tmp_path / "lexicon.tsv", format="jsonl")
    assert (tmp_path / "lexicon.tsv").read_text(encoding="utf-8").startswith('{"source": "cat"')
    with pytest.raises(InputError, match="unknown lexicon format 'jsonn'; did you mean 'jsonl'"):
        LEXICON.write(tmp_path / "other", format="jsonn")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("bad", ["a\tb", "a\nb", "a\rb", " a", "a "])
def test_words_that_no_lexicon_holds_are_left_out_and_told(tmp_path, bad):
    good = InducedEntry("cat", "gato", 1.0, 1, True)
    lexicon = InducedLexicon(
        (InducedEntry(bad, "x", 0.5, 1, True), good, InducedEntry("y", bad, 0.5, 1, False)), "forward"
    )
    with pytest.warns(IsolexWarning, match="left out 2 of 3 entries"):
        lexicon.write(tmp_path / "lexicon.tsv")
    assert Lexicon.read(tmp_path / "lexicon.tsv").pairs == (("cat", "gato"),)
    with pytest.warns(IsolexWarning, match="left out 2 of 3 entries"):
        assert lexicon.lexicon().pairs == (("cat", "gato"),)
    lexicon.write(tmp_path / "lexicon.jsonl")
    rows = (tmp_path / "lexicon.jsonl").read_text(encoding="utf-8").split("\n")
    assert json.loads(rows[0])["source"] == bad


@pytest.mark.parametrize("format", ["tsv", "jsonl"])
def test_a_file_is_replaced_only_when_whole(tmp_path, format):
    path = tmp_path / "lexicon"
    path.write_text("old")

    class Interrupting(tuple):
        def __iter__(self):
            yield LEXICON.entries[0]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        InducedLexicon(Interrupting(LEXICON.entries), "forward").write(path, format=format)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InputError, match="cannot be written"):
        LEXICON.write(tmp_path / "no" / "lexicon", format=format)
