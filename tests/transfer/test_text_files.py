import bz2
import contextlib
import gzip
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import FormatError, InputError, IsolexError
from isolex.transfer import LabelledText, Text, places, read_labelled, read_relevance, read_texts

WANTED = [Text("a", "first text"), Text("b", "zweiter, schöner Text")]
LAYOUTS = {
    "t.tsv": "a\tfirst text\nb\tzweiter, schöner Text\n",
    "header.tsv": "ID\tText\na\tfirst text\nb\tzweiter, schöner Text\n",
    "order.tsv": "category\ttext\tindex_id\nx\tfirst text\ta\ny\tzweiter, schöner Text\tb\n",
    "more.tsv": "a column\tid\ttext\nmore\ta\tfirst text\n\tb\tzweiter, schöner Text\n",
    "windows.tsv": "\ufeffa\tfirst text\r\n\r\nb\tzweiter, schöner Text\r\n",
    "quotes.tsv": '"id"\t"text"\n"a"\t"first text"\n"b"\t"zweiter, schöner Text"\n',
    "unseen.tsv": "a\u00a0\tfirst text\u200b\nb\t\ufeffzweiter, scho\u0308ner Text\n",
    "t.jsonl": '{"id": "a", "text": "first text"}\n\n{"text": "zweiter, schöner Text", "id": "b", "x": 1}\n',
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_gives_the_same_texts(tmp_path, name, packed):
    path = tmp_path / (name + ".gz" * packed)
    data = LAYOUTS[name].encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    assert read_texts(path) == read_texts(str(path)) == WANTED


@pytest.mark.parametrize(("ending", "compress"), [(".bz2", bz2.compress), (".xz", lzma.compress)])
@pytest.mark.parametrize("name", LAYOUTS)
def test_the_layout_is_told_by_the_name_under_every_compression(tmp_path, name, ending, compress):
    (tmp_path / (name + ending)).write_bytes(compress(LAYOUTS[name].encode()))
    assert read_texts(tmp_path / (name + ending)) == WANTED


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "t.csv",
            "id,text\na,one\n",
            "t.csv, line 1: begins with 'id,text', expected one text a line, .* called .tsv",
        ),
        ("t.txt", '"id"\t"text"\na\tone\n', "give columns by tabs, in a file called .tsv, or the bare texts"),
        ("t.json", '{"text": "one"}\n{"text": "two"}\n', "give an object a line, in a file called .jsonl"),
        ("t.txt", '[\n{"text": "one"}\n]', "t.txt: is one JSON document"),
        (
            "t.vec",
            "2 3\nhouse 1 2 3\nbread 4 5 6\n",
            "t.vec: looks like a file of word vectors, expected texts",
        ),
    ],
)
def test_rows_are_not_taken_for_texts(tmp_path, name, text, message):
    with pytest.raises(FormatError, match=message):
        read_texts(write(tmp_path, name, text))


def test_lines_that_look_a_little_like_rows_are_texts(tmp_path):
    lines = ["the text, a novel", "{ braces }", "text;", "{}"]
    for line in lines:
        assert read_texts(write(tmp_path, "t.txt", line)) == [Text("1", line)]


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("name", ["t.txt", "t", "t.md"])
def test_plain_lines_are_numbered(tmp_path, name):
    texts = read_texts(write(tmp_path, name, "one\ttab\n\n  two  \n"))
    assert texts == [Text("1", "one\ttab"), Text("2", "two")]


def test_objects_without_an_id_have_the_number_of_their_line(tmp_path):
    lines = '{"text": "one"}\n\n{"text": "two", "id": null}\n{"text": "x", "id": 7}\n'
    assert [text.id for text in read_texts(write(tmp_path, "t.jsonl", lines))] == ["1", "3", "7"]


def test_columns_without_an_id_are_numbered(tmp_path):
    """So labelled texts can be given where labels are not asked for."""
    lines = "label\ttext\nsport\tone\n\nsport\ttwo\n"
    assert read_texts(write(tmp_path, "t.tsv", lines)) == [Text("1", "one"), Text("2", "two")]


def test_a_first_line_without_any_known_name_is_a_text(tmp_path):
    assert read_texts(write(tmp_path, "t.tsv", "x\ty\na\tone\n")) == [Text("x", "y"), Text("a", "one")]


def test_texts_are_brought_to_nfc(tmp_path):
    assert read_texts(write(tmp_path, "t.txt", "e\u0301te\u0301\n")) == [Text("1", "été")]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.txt", "", "t.txt: is empty"),
        ("t.txt", "\n \n", "t.txt: is empty"),
        (
            "t.tsv",
            "a\tone\nb two\n",
            r"t\.tsv, line 2: has 1 column, expected 2, by tabs: id, text; .* such as id<tab>text<tab>source",
        ),
        ("t.tsv", "a\tone\nb\ttwo\tmore\n", "t.tsv, line 2: has 3 columns, expected 2, by tabs: id, text"),
        ("t.tsv", "number\ttitle\tbody\n1\tone\ttwo\n", "t.tsv, line 1: has 3 columns, expected 2"),
        ("t.tsv", "id\tbody\na\tb\n", r"t\.tsv, line 1: names columns \(id, body\), but none 'text'; call"),
        ("t.tsv", "id\tcategory\na\tb\n", r"line 1: names columns \(id, category\), but none 'text'"),
        ("t.tsv", "id\tlabel\ttext\na\tx\tone\n\nb\ttwo\n", "t.tsv, line 4: has 2 columns, expected 3"),
        ("t.tsv", "id\ttext\na\tone\ttwo\n", "t.tsv, line 2: has 3 columns, expected 2, by tabs: id, text"),
        ("t.tsv", "id\ttext\n", "t.tsv: holds names of columns and nothing else; add texts"),
        (
            "t.tsv",
            "a\tone\n\nb\ttwo\na\tthree\n",
            "t.tsv, line 4: has the id 'a' of line 1 again; .* label<tab>text above",
        ),
        (
            "t.jsonl",
            '{"id": 1, "text": "a"}\n{"id": "1", "text": "b"}\n',
            "t.jsonl, line 2: has the id '1' of line 1 again",
        ),
        *(
            ("t.jsonl", '{"text": "fine"}\n\n' + line, 't.jsonl, line 3: is no object with a "text"')
            for line in (
                "{",
                '{"a":' * 99_999,
                '{"id": 1}',
                "[1]",
                '"text"',
                "3",
                "null",
                '{"text": 3}',
                '{"text": null}',
            )
        ),
    ],
)
def test_what_is_no_file_of_texts(tmp_path, name, text, message):
    with pytest.raises(FormatError, match=message) as caught:
        read_texts(write(tmp_path, name, text))
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path):
    for read in (read_texts, read_labelled, read_relevance):
        with pytest.raises(InputError, match=r"no\.tsv: there is no such file; check the path"):
            read(tmp_path / "no.tsv")
        with pytest.raises(
            InputError, match=r": is a folder, expected a file; .* the order of the arguments"
        ):
            read(tmp_path)
    (tmp_path / "t.txt").write_bytes(b"one\ntw\xf6\n")
    with pytest.raises(FormatError, match=r"t\.txt, line 2: is not UTF-8"):
        read_texts(tmp_path / "t.txt")
    (tmp_path / "t.txt.gz").write_bytes(gzip.compress(b"one\n" * 99)[:-9])
    with pytest.raises(FormatError, match=r"t\.txt\.gz"):
        read_texts(tmp_path / "t.txt.gz")


class TestLabelled:
    @pytest.mark.parametrize(
        "text",
        [
            "sport\tone text\nnews\ttwo\n",
            "label\ttext\nsport\tone text\nnews\ttwo\n",
            "index_id\tcategory\ttext\n0\tsport\tone text\n1\tnews\ttwo\n",
            "text\ttopic\none text\tsport\ntwo\tnews\n",
        ],
    )
    def test_layouts(self, tmp_path, text):
        expected = [LabelledText("one text", "sport"), LabelledText("two", "news")]
        assert read_labelled(write(tmp_path, "t.tsv", text)) == expected

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "is empty"),
            ("sport\tone\nnews\n", "line 2: has 1 column, expected 2, by tabs: label, text"),
            ("1\tsport\tone\n", "line 1: has 3 columns, expected 2, by tabs: label, text"),
            (
                "id\ttext\n1\tone\n",
                "t.tsv: names no column 'label' .* call it label, category, class or topic",
            ),
            ("label\tsentence\nsport\tone\n", r"line 1: names columns \(label, sentence\), but none 'text'"),
            ("sport\tone\n\ttwo\n", "line 2: has no label"),
        ],
    )
    def test_damaged(self, tmp_path, text, message):
        with pytest.raises(FormatError, match=message):
            read_labelled(write(tmp_path, "t.tsv", text))


class TestRelevance:
    @pytest.mark.parametrize(
        "text",
        [
            "q1 d1\nq2\td3\nq1   d2\n",
            "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t1\nq1\td2\t1\n",
            "\ufeffq1 d1\u00a0\rq2 d3\rq1 d2\r",
            "q1 d1 1\nq1 d9 0\nq2 d3 2\nq1 d2 1\nq3 d1 0\n",
            "q1 0 d1 1\nq1 0 d9 0\n\nq2 0 d3 1\nq1 0 d2 1\nq3 0 d1 0\n",
            "q1 d1\nq2 d3\nq1 d1\nq1 d2\nq1 0 d2 1\n",
        ],
    )
    def test_layouts(self, tmp_path, text):
        assert read_relevance(write(tmp_path, "r.txt", text)) == {"q1": ["d1", "d2"], "q2": ["d3"]}

    @pytest.mark.parametrize(("line", "found"), [("q1", "1 column"), ("q1 0 d1 1 more", "5 columns")])
    def test_damaged(self, tmp_path, line, found):
        path = write(tmp_path, "r.txt", f"q1 d1\n\n{line}\n")
        with pytest.raises(FormatError, match=rf"r\.txt, line 3: has {found}, expected query and"):
            read_relevance(path)


@given(st.one_of(st.binary(max_size=99), st.text('ab1 \t\r\n"{}[]:,text\u00a0').map(str.encode)))
def test_any_bytes_are_read_or_told(tmp_path_factory, data):
    for name in ("any.txt", "any.tsv", "any.jsonl"):
        path = tmp_path_factory.getbasetemp() / name
        path.write_bytes(data)
        for read in (read_texts, read_labelled, read_relevance):
            with contextlib.suppress(IsolexError):
                read(path)


def test_places():
    known = [Text("a", ""), Text("b", ""), Text("c", "")]
    assert places(["c", "a", "c"], known, where="x") == [2, 0, 2]
    with pytest.raises(InputError, match=r"docs\.tsv: lacks 2 of the 3 ids asked for, such as 'y'; check"):
        places(["a", "y", "z"], known, where="docs.tsv")
    with pytest.raises(InputError, match=r"docs\.tsv: lacks 1 of the 1 id asked for, such as 'y'"):
        places(["y"], known, where="docs.tsv")
