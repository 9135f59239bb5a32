import pytest

from isolex.lexicon.lexicon_formats import Contents, Format, parse

Plain = tuple[str, str, float | None]


def entries(*lines: str, format: Format | None = None) -> list[Plain]:
    contents = parse(lines, format)
    assert not contents.faults
    return pairs(contents)


def pairs(contents: Contents) -> list[Plain]:
    return [(entry.source, entry.target, entry.weight) for entry in contents.entries]


CAT = ("cat", "gato", None)
ICE = ("ice cream", "helado", None)
HEAVY_CAT = ("cat", "gato", 0.5)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["cat gato", "dog   perro "], [CAT, ("dog", "perro", None)]),
        (["cat\tgato", "dog perro"], [CAT, ("dog", "perro", None)]),
        (["cat \t gato"], [CAT]),
        (["#the #a", "cat gato"], [("#the", "#a", None), CAT]),
        (["# numeral", "cat gato"], [("#", "numeral", None), CAT]),
        (["a\u00a0b c"], [("a\u00a0b", "c", None)]),
        (["cat\tgato", "ice cream\thelado"], [CAT, ICE]),
        (["cat\tgato\t0.5", "ice cream\thelado"], [HEAVY_CAT, ICE]),
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
        # Semicolons with commas inside, and decimal commas.
        (["cat;gato;0,5", "ice cream;helado;0,7"], [HEAVY_CAT, ("ice cream", "helado", 0.7)]),
        (["source;target;weight", "cat;gato;0,5"], [HEAVY_CAT]),
        (["cat;gato", "ice cream, sorbet;helado"], [CAT, ("ice cream, sorbet", "helado", None)]),
        (["cat\tgato\t0,5", "ice cream\thelado\t1"], [HEAVY_CAT, ("ice cream", "helado", 1.0)]),
        (['cat,gato,"0,5"'], [HEAVY_CAT]),
        (["cat gato 0,5", "dog perro 0,7"], [HEAVY_CAT, ("dog", "perro", 0.7)]),
        (["1,000 1.000"], [("1,000", "1.000", None)]),
        # Empty cells at the end.
        (["cat,gato,", "ice cream,helado,"], [CAT, ICE]),
        (["cat\tgato\t\t", "ice cream\thelado\t\u00a0\t"], [CAT, ICE]),
        (["cat,gato,0.5", "ice cream,helado,"], [HEAVY_CAT, ICE]),
        # Word aligners and phrase tables.
        (["cat gato 0.5", "dog perro 0.7"], [HEAVY_CAT, ("dog", "perro", 0.7)]),
        (["cat gato 0.5", "dog perro 1e-05", "a b"], [HEAVY_CAT, ("dog", "perro", 1e-05), ("a", "b", None)]),
        (["cat gato 0.5", "dog perro", "sun sol"], [HEAVY_CAT, ("dog", "perro", None), ("sun", "sol", None)]),
        (["house: casa", "ice cream : helado"], [("house", "casa", None), ICE]),
        (["cat ||| gato", "ice cream ||| helado"], [CAT, ICE]),
        (["cat ||| gato ||| 0.5", "ice cream ||| helado"], [HEAVY_CAT, ICE]),
        (["src\ttrg\tprob", "cat\tgato\t0.5"], [HEAVY_CAT]),
        # A header of two words says nothing of a third column.
        (["source,target", "cat,gato,0.5"], [HEAVY_CAT]),
        # Quotes, and what R writes.
        (['"cat"\t"gato"', '"ice cream"\t"helado"'], [CAT, ICE]),
        (["source\ttarget", '"cat"\t"gato"'], [CAT]),
        (['"\tcomillas', "cat\tgato"], [('"', "comillas", None), CAT]),
        (['"cat" , "gato"', '"ice cream" , "helado"'], [CAT, ICE]),
        (['" comillas', "cat gato", '" "'], [('"', "comillas", None), CAT, ('"', '"', None)]),
        (['"source" "target"', '"cat" "gato"', '"ice cream" "helado"'], [CAT, ICE]),
        (['"source" "target" "weight"', '"1" "cat" "gato" 0.5', '"2" "ice cream" "helado" 2'],
         [HEAVY_CAT, ("ice cream", "helado", 2.0)]),
        # Lists, as JSON and as Python print them.
        (['["cat", "gato"]', '["ice cream", "helado"]'], [CAT, ICE]),
        (['["cat", "gato", 0.5]', '["ice cream", "helado", null]'], [HEAVY_CAT, ICE]),
        (['["cat", "gato"],', '["ice cream", "helado"],'], [CAT, ICE]),
        (["('cat', 'gato')", "('l\\'eau', \"l'aigua\")"], [CAT, ("l'eau", "l'aigua", None)]),
        (["['cat', 'gato', 0.5],"], [HEAVY_CAT]),
        (['{"src": "cat", "tgt": "gato", "prob": "0.5"}'], [HEAVY_CAT]),
    ],
)  # fmt: skip
def test_sniffed(lines: list[str], expected: list[Plain]) -> None:
    assert entries(*lines) == expected


def test_remarks_do_not_sway_the_sniffing() -> None:
    lines = ["# made, by, hand", "# in, 2020", "", "source\ttarget", "ice cream\thelado"]
    assert entries(*lines) == [ICE]
    assert parse(lines).entries[0].line == 5


def test_a_named_format_is_not_sniffed() -> None:
    assert entries("1,000 1.000", format="csv") == [("1", "000 1.000", None)]
    assert entries("1,000 1.000", format="space") == [("1,000", "1.000", None)]
    assert entries("a,b\tc", format="csv") == [("a", "b\tc", None)]
    assert entries(format="tsv") == []


@pytest.mark.parametrize(
    ("format", "lines"),
    [
        ("space", ["source target", "cat gato"]),
        ("space", ["en es", "cat gato"]),
        ("tsv", ["en\tes", "cat\tgato"]),
        ("csv", ["english,spanish", "cat,gato"]),
    ],
)
def test_with_a_named_format_headers_are_not_guessed(format: Format, lines: list[str]) -> None:
    assert len(entries(*lines, format=format)) == 2
    contents = parse(lines)
    assert pairs(contents) == [CAT]
    assert "line 1 (" in contents.notes[0]
    assert contents.notes[0].endswith(
        ") is taken for a header; if it is a pair, write the words source and target in a line above it"
    )
    above = {"space": "source target", "tsv": "source\ttarget", "csv": "source,target"}[format]
    assert len(parse([above, *lines]).entries) == 2


def test_headers_that_nobody_would_mistake_are_not_worth_a_word() -> None:
    assert parse(["source\ttarget", "cat\tgato"]).notes == []
    assert parse(["source;target;weight", "cat;gato;1"]).notes == []


@pytest.mark.parametrize(
    "lines",
    [
        ["V1\tV2", "1\tcat\tgato", "2\tice cream\thelado"],
        [",source_word,target_word", "0,cat,gato", "1,ice cream,helado"],
        ["0\tcat\tgato", "1\tice cream\thelado"],
        ['"1" "cat" "gato"', '"2" "ice cream" "helado"'],
    ],
)
def test_row_numbers_are_left_out(lines: list[str]) -> None:
    contents = parse(lines)
    assert pairs(contents) == [CAT, ICE]
    numbers = ["the first column holds row numbers and is left out"]
    assert contents.notes == (numbers if "source_word" not in lines[0] else [])


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["cat\tgato\tnoun", "ice cream\thelado"], "is left out, since line 1 has 'noun'"),
        (["cat\tgato\t0.5", "ice cream\thelado\t-1"], "line 2 has '-1' there, expected numbers of"),
        (["cat,gato,nan", "ice cream,helado,1"], "line 1 has 'nan'"),
        (["cat;gato;1,000.5", "ice cream;helado;2"], "line 1 has '1,000.5'"),
        (["cat;gato;0,5", "ice cream;helado;0.5"], "line 1 has '0,5'"),
        (["source,target,weight", "cat,gato,x", "ice cream,helado,2"], "the column of weights is left out"),
        (['["cat", "gato", true]', '["ice cream", "helado", [1]]'], "has 'True'"),
        (["cat|||gato|||1|||0", "ice cream|||helado|||1|||0"], "columns after the second are left out"),
    ],
)  # fmt: skip
def test_a_third_column_that_is_no_weight_costs_no_pair(lines: list[str], told: str) -> None:
    contents = parse(lines)
    assert pairs(contents) == [CAT, ICE]
    assert not contents.faults
    assert len(contents.notes) == 1
    assert told in contents.notes[0]


def test_a_few_numbers_among_words_make_no_column_of_weights() -> None:
    contents = parse(["cat gato", "dog perro", "formula one 1", "ice cream helado"])
    assert pairs(contents) == [CAT, ("dog", "perro", None)]
    reason = "3 fields, expected 2; multiword entries need tabs"
    assert contents.faults == [(3, reason), (4, reason)]


@pytest.mark.parametrize(
    "lines",
    [
        [
            "source\ttarget\tdecision\twho",
            "cat\tgato\taccepted\tana",
            "cat\tperro\tRejected \tben",
            "sun\tsol\tproposed\t",
            "sky\tcielo\t Proposed\tisolex",
            "dog\tperro",
        ],
        [
            "decision;target;source",
            "accepted;gato;cat",
            "rejected;perro;cat",
            "proposed;sol;sun",
            "proposed;cielo;sky",
            "lexicon;perro;dog",
        ],
        [
            '{"source": "cat", "target": "gato", "decision": "accepted"}',
            '{"source": "sun", "target": "sol", "decision": "proposed"}',
            '{"source": "cat", "target": "perro", "decision": "rejected"}',
            '{"source": "sky", "target": "cielo", "decision": "proposed"}',
            '{"source": "dog", "target": "perro", "decision": null}',
        ],
    ],
)
def test_pairs_that_a_reviewer_rejected_or_isolex_alone_proposes_are_none(lines: list[str]) -> None:
    contents = parse(lines)
    assert pairs(contents) == [CAT, ("dog", "perro", None)]
    assert (contents.faults, contents.notes) == (
        [],
        ["1 rejected pair left out", "2 proposed pairs left out"],
    )


@pytest.mark.parametrize("sign", ["=", "->", "—"])
def test_a_sign_between_the_words_is_named(sign: str) -> None:
    ((_, reason),) = parse([f"cat {sign} gato"]).faults
    assert reason == f"3 fields, expected 2; put a tab in the place of {sign!r}"


def test_translations_in_the_third_column_are_told() -> None:
    contents = parse([f"s{n}\t{'noun' if n % 2 else 'verb'}\tt{n}" for n in range(20)])
    assert [note.partition(":")[0] for note in contents.notes] == [
        "the third column is left out, since line 1 has 't0' there, expected numbers of at least 0",
        "the second column holds only 2 different words",
    ]
    assert len(parse([f"s{n}\tt{n}\tnoun{n}" for n in range(20)]).notes) == 1


def test_several_translations_in_one_field_are_told() -> None:
    lines = [f"word{'a' * n}\tpalabra, vocablo{'a' * n}" for n in range(10)]
    assert parse(lines).notes == [
        "10 lines may hold several translations (line 1: 'palabra, vocablo'); give each a line of its own, "
        "with the source word before it"
    ]
    assert parse([*lines[:2], *(f"s{n}\tt{n}" for n in range(20))]).notes == []
    assert parse([f"w{n}\t{n},{n}{n}{n}{'x' * (n == 0)}" for n in range(10)]).notes == []


def test_a_list_of_frequencies_is_told() -> None:
    assert parse([f"w{n} {n}" for n in range(10)]).notes == [
        "every second word is a number: is it a list of frequencies?"
    ]
    assert parse([f"{n} {n}" for n in range(10)]).notes == []


@pytest.mark.parametrize(
    ("format", "line", "reason"),
    [
        ("space", "cat", "1 field, expected 2"),
        ("space", "ice cream helado", "3 fields, expected 2; multiword entries need tabs"),
        ("tsv", "ice cream", "1 field, expected 2"),
        ("tsv", "a\tb\tc\td", "4 fields, expected 2, or 3 with a weight; more columns need a header"),
        ("csv", '"a,b', "not CSV"),
        ("csv", "a", "1 field"),
        ("jsonl", "{", "not JSON"),
        ("jsonl", '{"a":' * 100_000, "not JSON"),
        ("jsonl", "[" * 100_000, "not JSON"),
        ("jsonl", "('a', 'b', 1 + )", "not JSON"),
        ("jsonl", '{"source": 1' + "0" * 5000 + "}", "JSON|strings"),
        ("jsonl", '["a", 1]', "no object with"),
        ("jsonl", '{"source": "a", "target": 3}', "no object with"),
    ],
)
def test_bad_lines(format: Format, line: str, reason: str) -> None:
    contents = parse([line], format)
    assert contents.entries == []
    [(number, told)] = contents.faults
    assert number == 1
    assert any(part in told for part in reason.split("|"))


def test_remarks_are_no_faults() -> None:
    assert parse(["# made, by hand", "a,b"], "csv").faults == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("cat", "1 field, fewer than the header names"),
        ("a\tb\tc\td", "4 fields, more than the 3 that the header names"),
    ],
)
def test_rows_that_do_not_fit_their_header(row: str, reason: str) -> None:
    contents = parse(["source\ttarget\tweight", "cat\tgato\t0.5", row])
    assert pairs(contents) == [HEAVY_CAT]
    assert contents.faults == [(3, reason)]
