import pytest

from isolex.lexicon.formats import BadLineError, Entry, Format, is_header, plan


def entries(*lines: str, format: Format | None = None) -> list[Entry]:
    layout = plan(lines, format)
    return [layout.parse(line) for line in lines[layout.start :]]


CAT = ("cat", "gato", None)
ICE = ("ice cream", "helado", None)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["cat gato", "dog   perro "], [CAT, ("dog", "perro", None)]),
        (["cat\tgato", "dog perro"], [CAT, ("dog", "perro", None)]),
        (["cat \t gato"], [CAT]),
        (["#the #a", "cat gato"], [("#the", "#a", None), CAT]),
        (["# numeral", "cat gato"], [("#", "numeral", None), CAT]),
        (["a\u00a0b c"], [("a\u00a0b", "c", None)]),
        (["source target"], [("source", "target", None)]),
        (["cat\tgato", "ice cream\thelado"], [CAT, ICE]),
        (["cat\tgato\t0.5", "ice cream\thelado"], [("cat", "gato", 0.5), ICE]),
        (["# a remark", "source\ttarget", "cat\tgato"][1:], [CAT]),
        (["SRC\tTRG", "cat\tgato"], [CAT]),
        (["source\ttarget\tscore\trank\tmutual", "cat\tgato\t0.7\t1\tyes"], [CAT]),
        (["id\tweight\ttarget\tsource", "1\t2.5\tgato\tcat", "1\t\tgato\tcat"], [("cat", "gato", 2.5), CAT]),
        (["source\ttarget\tweight", "cat\tgato"], [CAT]),
        (["cat,gato", "ice cream,helado"], [CAT, ICE]),
        (["cat, gato", '"ice cream", "helado"'], [CAT, ICE]),
        (["cat;gato", "ice cream;helado"], [CAT, ICE]),
        (["word,translation,note", 'cat,gato,"a, b"'], [CAT]),
        (['"say ""hi""","a, b",3'], [('say "hi"', "a, b", 3.0)]),
        (['{"source": "cat", "target": "gato", "score": 0.7}'], [CAT]),
        (['{"source": "cat", "target": "gato", "weight": 2}'], [("cat", "gato", 2.0)]),
    ],
)
def test_sniffed(lines: list[str], expected: list[Entry]) -> None:
    assert entries(*lines) == expected


def test_remarks_do_not_sway_the_sniffing() -> None:
    layout = plan(["# made, by, hand", "# in, 2020", "", "source\ttarget", "ice cream\thelado"], None)
    assert layout.start == 4
    assert layout.parse("ice cream\thelado") == ICE


def test_a_named_format_is_not_sniffed() -> None:
    assert entries("1,000 1.000") == [("1", "000 1.000", None)]
    assert entries("1,000 1.000", format="space") == [("1,000", "1.000", None)]
    assert entries("a,b\tc", format="csv") == [("a", "b\tc", None)]
    assert plan([], "tsv").start == 0


@pytest.mark.parametrize(
    ("format", "line", "reason"),
    [
        ("space", "cat", "1 field, expected 2"),
        ("space", "ice cream helado", "3 fields, expected 2; multiword entries need tabs"),
        ("tsv", "ice cream", "1 field, expected 2"),
        ("tsv", "a\tb\tc\td", "4 fields.*need a header"),
        ("tsv", "a\tb\tnoun", "weight 'noun'"),
        ("tsv", "a\tb\t-1", "weight '-1'"),
        ("tsv", "a\tb\tnan", "weight 'nan'"),
        ("csv", '"a,b', "not CSV"),
        ("csv", "a", "1 field"),
        ("csv", "# made, by hand", "remark"),
        ("jsonl", "{", "not JSON"),
        ("jsonl", '{"a":' * 100_000, "not JSON"),
        ("jsonl", '{"source": 1' + "0" * 5000 + "}", "JSON|strings"),
        ("jsonl", '["a", "b"]', "no object with"),
        ("jsonl", '{"source": "a", "target": 3}', "no object with"),
        ("jsonl", '{"source": "a", "target": "b", "weight": [1]}', "weight"),
    ],
)
def test_bad_lines(format: Format, line: str, reason: str) -> None:
    with pytest.raises(BadLineError, match=reason):
        entries(line, format=format)


def test_a_row_shorter_than_its_header() -> None:
    with pytest.raises(BadLineError, match="fewer than the header names"):
        entries("source\ttarget", "cat")


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        (["source", "target"], True),
        (["Word", "Translation", "x"], True),
        (["source", "fuente"], False),
        (["source", "translation"], False),
        ([], False),
    ],
)
def test_headers(fields: list[str], answer: bool) -> None:
    assert is_header(fields) is answer
