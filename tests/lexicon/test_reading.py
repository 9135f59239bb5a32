import contextlib
import gzip
import unicodedata
import warnings
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError, IsolexError, IsolexWarning
from isolex.lexicon import Lexicon


@pytest.fixture
def file(tmp_path: Path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "lexicon.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def warned(path: Path) -> tuple[Lexicon, str]:
    with pytest.warns(IsolexWarning) as caught:
        lexicon = Lexicon.read(path)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    return lexicon, str(caught[0].message)


def quietly(path: Path, **options) -> Lexicon:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return Lexicon.read(path, **options)


def test_clean_file_reads_in_silence(file) -> None:
    lexicon = quietly(
        file("\ufeff# made by hand, 2020\r\n\r\ncat gato\r\ncat\tgata\r\n#comment\r\n#a #b\r\n")
    )
    assert lexicon.pairs == (("cat", "gato"), ("cat", "gata"), ("#a", "#b"))
    assert lexicon.weights is None


def test_gzip(file) -> None:
    assert quietly(file(gzip.compress(b"cat gato\n"))).pairs == (("cat", "gato"),)


def test_bad_lines_are_skipped_counted_and_reported_once(file) -> None:
    path = file(
        b"cat gato\nice cream helado\nlonely\ncaf\xe9 coffee\na\x01b c\n\ndog perro\nred rojo\nsea mar\n"
    )
    lexicon, message = warned(path)
    assert lexicon.pairs == (("cat", "gato"), ("dog", "perro"), ("red", "rojo"), ("sea", "mar"))
    reason = "line 2: 3 fields, expected 2; multiword entries need tabs"
    assert message == f"{path}: skipped 4 of 8 lines (first {reason})"


def test_a_file_of_which_most_lines_hold_no_pair_is_none(file) -> None:
    path = file("2 3\n1 1:.1 2:.2\n1 1:.3 2:.1\n")
    with pytest.raises(FormatError, match=r"most lines hold no pair of words \(line 2: 3 fields, expected 2"):
        Lexicon.read(path)


def test_invalid_utf8(file) -> None:
    assert "line 1: invalid UTF-8" in warned(file(b"caf\xe9 coffee\na b\n"))[1]


def test_a_file_in_another_encoding_is_refused_with_the_way_out(file) -> None:
    path = file("day día\nriver río\nhouse casa\ncat gato\nsea mar\n".encode("latin-1"))
    with pytest.raises(
        FormatError, match=r"2 lines are not UTF-8 .*Latin-1.*iconv -f ENCODING -t utf-8 lexicon.txt"
    ):
        Lexicon.read(path)


def test_damaged_letters_among_sound_ones_are_skipped(file) -> None:
    text = "day día\nriver río\nsong canción\n".encode() + b"caf\xe9 coffee\nt\xe9 tea\n"
    lexicon, message = warned(file(text))
    assert len(lexicon) == 3
    assert "skipped 2 of 5 lines" in message


def test_empty_field(file) -> None:
    assert "line 2: an empty word" in warned(file("ice cream\thelado\ncat\t \n"))[1]


def test_repeated_pairs_are_kept_once_with_their_first_weight(file) -> None:
    lexicon, message = warned(file("cat\tgato\t2\ncat\tgato\t3\ndog\tperro\n"))
    assert lexicon == Lexicon([("cat", "gato"), ("dog", "perro")], [2, 1])
    assert message.endswith(": 1 repeated pair kept once")


def test_pairs_that_only_letter_case_makes_equal_are_no_news(file) -> None:
    assert quietly(file("Cat gato\ncat GATO\n"), case="lower").pairs == (("cat", "gato"),)


def test_letter_case(file) -> None:
    path = file("Straße ROAD\n")
    assert quietly(path).pairs == (("Straße", "ROAD"),)
    assert quietly(path, case="lower").pairs == (("straße", "road"),)
    assert quietly(path, case="fold").pairs == (("strasse", "road"),)
    assert quietly(path, case="fold") == Lexicon.read(path, case="fold")


def test_words_are_brought_to_nfc_unless_told_otherwise(file) -> None:
    decomposed = unicodedata.normalize("NFD", "camión")
    path = file(f"truck {decomposed}\n")
    assert quietly(path).pairs == (("truck", "camión"),)
    assert quietly(path, unicode="keep").pairs == (("truck", decomposed),)


def test_what_nobody_sees_comes_off_the_ends_unless_told_otherwise(file) -> None:
    path = file("house\tcasa\u00a0\ncat\u200b\tgato\u2009\n")
    assert quietly(path).pairs == (("house", "casa"), ("cat", "gato"))
    assert quietly(path, unicode="keep").pairs == (("house", "casa\u00a0"), ("cat\u200b", "gato\u2009"))


def test_all_that_is_told_is_one_warning(file) -> None:
    path = file("en\tes\ncat\tgato\tnoun\nalone\ncat\tgato\n")
    lexicon, message = warned(path)
    assert lexicon == Lexicon([("cat", "gato")])
    header = (
        "line 1 ('en', 'es') is taken for a header; if it is a pair, write the words source and target in a"
    )
    column = "the third column is left out, since line 2 has 'noun' there, expected numbers of at least 0"
    assert message.startswith(
        f"{path}: {header} line above it; {column}; skipped 1 of 3 lines (first line 3: 1 f"
    )
    assert message.endswith("; 1 repeated pair kept once")


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\nsource;target\ncat;gato\n",
        "My small dictionary\nsource\ttarget\ncat\tgato\n",
        "Title\nen,es\ncat,gato\n",
    ],
)
def test_a_title_may_stand_above_the_header(file, content) -> None:
    lexicon, message = warned(file(content))
    assert lexicon.pairs == (("cat", "gato"),)
    assert "skipped 1 of 2 lines (first line 1: " in message


def test_letter_case_follows_the_languages(file) -> None:
    path = file("İSTANBUL istanbul\nILIK warm\n")
    turkish = quietly(path, case="lower", languages=("tr", None))
    assert turkish == Lexicon.read(path, case="lower", languages=("tr", "en"))
    assert turkish.pairs == (("istanbul", "istanbul"), ("ılık", "warm"))


def test_latin1_is_told_with_its_remedy(file) -> None:
    assert (
        "line 2: invalid UTF-8; convert it from the encoding that it is in, such as cp1251 or latin1, by: "
        in warned(file(b"a b\ncaf\xe9 c\n"))[1]
    )


def test_nfc_cannot_make_a_delimiter(file) -> None:
    # NFC turns U+037E, the Greek question mark, into a semicolon.
    assert quietly(file("a\u037eb;c\nd;e\n")).pairs == (("a;b", "c"), ("d", "e"))


def test_induced_lexicons_read_back(file) -> None:
    lexicon = quietly(
        file("source\ttarget\tscore\trank\tmutual\ncat\tgato\t-0.7\t1\ttrue\ncat\tgata\t-0.9\t2\tfalse\n")
    )
    assert lexicon == Lexicon([("cat", "gato"), ("cat", "gata")])
    lexicon = quietly(file('{"source": "cat", "target": "gato", "score": -1, "rank": 1, "mutual": true}\n'))
    assert lexicon == Lexicon([("cat", "gato")])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("# only some\n#remarks\n", "no line holds a pair of words;"),
        ("just some prose as it happens\n", "no line holds a pair of words .line 1: "),
        ("source\ttarget\n", "no line holds"),
    ],
)
def test_nothing_usable(file, content: str, problem: str) -> None:
    with pytest.raises(FormatError, match=problem) as caught:
        Lexicon.read(file(content))
    assert "\n" not in str(caught.value)


def test_unknown_options(file) -> None:
    path = file("a b")
    for options in ({"case": "upper"}, {"unicode": "nfd"}, {"format": "xlsx"}):
        with pytest.raises(InputError, match="expected one of"):
            Lexicon.read(path, **options)


@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.text('ab1#\t ,;"{}[]<.\r\n\ufeff', max_size=60).map(str.encode),
    ),
    format=st.sampled_from([None, "space", "tsv", "csv", "jsonl"]),
    compress=st.booleans(),
)
@example(data=b'{"source": "\\ud800", "target": "b"}', format=None, compress=False)
@example(data=b'"a\r,b"\n', format=None, compress=False)
def test_any_bytes_give_a_lexicon_or_an_isolex_error(tmp_path_factory, data, format, compress) -> None:
    path = tmp_path_factory.getbasetemp() / "any-bytes"
    path.write_bytes(gzip.compress(data, 0)[: len(data) + 15] if compress else data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IsolexWarning)
        with contextlib.suppress(IsolexError):
            assert len(Lexicon.read(path, format=format)) > 0
