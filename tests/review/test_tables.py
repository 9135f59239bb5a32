import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.cards.card import GIVEN_SEEDS
from isolex.errors import FormatError, InputError
from isolex.lexicon import Lexicon
from isolex.lexicon.words import word_problem
from isolex.review import Decision, Judgements, read_decisions, write_decisions
from isolex.review.rows import given_lexicon
from isolex.review.tables import format_of, parse_decisions

from .made import dictionary, said

WHEN = "2024-05-06T07:08:09+00:00"
LATER = "2024-05-06T08:00:00+00:00"
MADE = [
    said("cat", "gato felino", "casa", at=WHEN, comment="the animal"),
    said("dog", "", "pan", "ben", at=LATER),
    said("dog", "perro", reviewer="ana", at=LATER),
    said("sun", reviewer="ana", at=LATER),
]
# Of these decisions, the pairs, what forbids them, and the remarks.
DECIDED = [
    ("cat", "gato", None, ["the animal", f"accepted by ana {WHEN}"]),
    ("cat", "felino", None, ["the animal", f"accepted by ana {WHEN}"]),
    ("cat", "casa", "forbidden", ["the animal", f"rejected by ana {WHEN}"]),
    ("dog", "perro", None, [f"accepted by ana {LATER}"]),
    ("dog", "pan", "forbidden", [f"rejected by ben {LATER}"]),
]
TEI = "{http://www.tei-c.org/ns/1.0}"
XML = "{http://www.w3.org/XML/1998/namespace}"
LANGUAGES = ("en", "es")
# Mark-up, an override of direction, a very long one, separators and quotation marks inside, other line ends.
HOSTILE = (
    "<b>&amp;\"'",
    "abc\u202edef",
    "w" * 10_000,
    'a,b;c"d',
    "=1+1",
    "a\u2028b",
    "a\u0085b",
    "𐌰é",
    "]]>",
    "gato (animal)",
)

# A table takes blanks, invisible marks and quotation marks off the ends of cells, so none has them there.
WORDS = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    .map(lambda text: f"a{text}b")
    .filter(lambda word: word_problem(word) is None)
)


def written(tmp_path, decisions, format, *, languages=LANGUAGES):
    """What stands in the file, and how many pairs that is said to be."""
    count = write_decisions(Judgements(decisions), tmp_path / "out", format=format, languages=languages)
    return (tmp_path / "out").read_text(encoding="utf-8"), count


def held(decisions):
    """The pairs that hold, and who decided on them."""
    judgements = Judgements(decisions)
    return {
        (word, target, verdict, last.reviewer, last.at, last.comment)
        for word in judgements.words()
        for verdict in ("accepted", "rejected")
        for target, last in getattr(judgements.on(word), verdict).items()
    }


class TestTsv:
    def test_rows(self, tmp_path):
        text, count = written(tmp_path, MADE, "tsv")
        assert text.splitlines() == [
            "source\ttarget\tdecision\treviewer\twhen\tcomment",
            f"cat\tgato\taccepted\tana\t{WHEN}\tthe animal",
            f"cat\tfelino\taccepted\tana\t{WHEN}\tthe animal",
            f"cat\tcasa\trejected\tana\t{WHEN}\tthe animal",
            f"dog\tperro\taccepted\tana\t{LATER}\t",
            f"dog\tpan\trejected\tben\t{LATER}\t",
        ]
        assert count == 5

    def test_round_trip(self, tmp_path):
        written(tmp_path, MADE, "tsv")
        found, refused = read_decisions(tmp_path / "out")
        assert refused == []
        assert held(found) == held(MADE)

    def test_round_trip_of_hostile_words(self, tmp_path):
        comment = "line\nend\tand\r\nmore"
        made = [Decision(f"s{word}", (word,), ("x",), "ana", at=WHEN, comment=comment) for word in HOSTILE]
        text, count = written(tmp_path, made, "tsv")
        assert count == 2 * len(HOSTILE) == text.count("\n") - 1
        found, refused = read_decisions(tmp_path / "out")
        assert refused == []
        assert [(one.source, one.accepted, one.rejected, one.comment) for one in found] == [
            (one.source, one.accepted, one.rejected, "line end and more") for one in made
        ]

    @given(st.lists(WORDS, min_size=1, max_size=4, unique=True))
    def test_round_trip_of_any_words(self, tmp_path_factory, words):
        # As vectors and lexicons have them.
        words = dict.fromkeys(normalize("NFC", word) for word in words)
        made = [Decision(word, (f"x{word}",), (f"y{word}",), "ana", at=WHEN) for word in words]
        path = tmp_path_factory.mktemp("any") / "out"
        write_decisions(Judgements(made), path)
        found, refused = read_decisions(path)
        assert refused == []
        assert held(found) == held(made)

    def test_nothing_decided(self, tmp_path):
        text, count = written(tmp_path, [], "tsv")
        assert (text, count) == ("source\ttarget\tdecision\treviewer\twhen\tcomment\n", 0)
        assert read_decisions(tmp_path / "out") == ([], [])


def test_jsonl(tmp_path):
    text, count = written(tmp_path, [*MADE, said("<b>\u202e", "x\u0301y", comment="a\nb", at=WHEN)], "jsonl")
    rows = [json.loads(line) for line in text.split("\n")[:-1]]
    assert count == len(rows) == 6
    assert rows[2] == {
        "source": "cat",
        "target": "casa",
        "decision": "rejected",
        "reviewer": "ana",
        "when": WHEN,
        "comment": "the animal",
    }
    assert (rows[5]["source"], rows[5]["target"], rows[5]["comment"]) == ("<b>\u202e", "x\u0301y", "a\nb")


def test_omegat_has_three_columns_of_accepted_pairs(tmp_path):
    text, count = written(tmp_path, [*MADE, said("sea", "mar", comment="a\tb\nc")], "omegat")
    assert text.splitlines() == [
        "cat\tgato\tthe animal",
        "cat\tfelino\tthe animal",
        "dog\tperro\t",
        "sea\tmar\ta b c",
    ]
    assert count == 4


class TestTei:
    def test_entries_with_who_and_when(self, tmp_path):
        text, count = written(tmp_path, MADE, "tei")
        root = ET.fromstring(text)
        assert root.tag == f"{TEI}TEI"
        names = {one.get(f"{XML}id"): one.text for one in root.iter(f"{TEI}name")}
        found = [
            (
                entry.find(f"{TEI}form/{TEI}orth").text,
                [
                    (
                        cit.find(f"{TEI}quote").text,
                        names[cit.get("resp").removeprefix("#")],
                        cit.find(f"{TEI}note[@type='decision']/{TEI}date").get("when"),
                        [note.text for note in cit.findall(f"{TEI}note[@type='comment']")],
                    )
                    for cit in entry.iter(f"{TEI}cit")
                ],
            )
            for entry in root.iter(f"{TEI}entry")
        ]
        assert found == [
            ("cat", [("gato", "ana", WHEN, ["the animal"]), ("felino", "ana", WHEN, ["the animal"])]),
            ("dog", [("perro", "ana", LATER, [])]),
        ]
        assert count == 3
        assert {one.get(f"{XML}lang") for one in root.iter(f"{TEI}cit")} == {"es"}
        assert {one.get(f"{XML}lang") for one in root.iter(f"{TEI}form")} == {"en"}

    def test_names_those_alone_who_accepted(self, tmp_path):
        root = ET.fromstring(written(tmp_path, [*MADE, said("x", "y", reviewer="<carl & co>")], "tei")[0])
        assert [one.text for one in root.iter(f"{TEI}name")] == ["<carl & co>", "ana"]


class TestTbx:
    def test_concepts_of_which_rejected_terms_are_forbidden(self, tmp_path):
        text, count = written(tmp_path, MADE, "tbx")
        root = ET.fromstring(text)
        assert (root.tag, root.get("type")) == ("martif", "TBX")
        found = []
        for entry in root.iter("termEntry"):
            source, target = entry.findall("langSet")
            assert (source.get(f"{XML}lang"), target.get(f"{XML}lang")) == LANGUAGES
            (group,) = target.findall("tig")
            status = group.find("termNote[@type='administrativeStatus']")
            notes = [note.text for note in group.findall("note[@from='translator']")]
            words = source.find("tig/term").text, group.find("term").text
            found.append((*words, getattr(status, "text", None), notes))
        assert found == DECIDED
        assert count == 5

    def test_entries_keep_their_names(self, tmp_path):
        """Programs that have the pairs of an earlier file already must know them again."""
        names = []
        for made in (MADE, MADE[1:]):
            text, _ = written(tmp_path, made, "tbx")
            entries = ET.fromstring(text).iter("termEntry")
            names.append({entry.get("id"): [term.text for term in entry.iter("term")] for entry in entries})
        assert len(names[0]) == 5
        assert len(names[1]) == 2
        assert names[1].items() <= names[0].items()

    def test_what_weblate_reads(self, tmp_path):
        """By the package that Weblate reads it with: terms, what it shows beside them, and their status."""
        tbx = pytest.importorskip(
            "translate.storage.tbx", reason="needs translate-toolkit, of the extra test"
        )
        text, _ = written(tmp_path, [*MADE, said(*HOSTILE[:2], at=WHEN)], "tbx")
        units = tbx.tbxfile.parsestring(text.encode()).units
        found = [
            (
                unit.source,
                unit.target,
                next((note.text for note in unit.xmlelement.iter("termNote")), None),
                unit.getnotes("translator").split("\n"),
            )
            for unit in units
        ]
        assert found == [*DECIDED, (*HOSTILE[:2], None, [f"accepted by ana {WHEN}"])]
        assert not any(unit.isobsolete() for unit in units)  # else Weblate would leave them out
        assert all(unit.istranslatable() for unit in units)
        assert len({unit.getid() for unit in units}) == len(units)

    def test_needs_two_languages(self, tmp_path):
        with pytest.raises(InputError, match="got no language codes, expected two"):
            written(tmp_path, MADE, "tbx", languages=(None, None))


@pytest.mark.parametrize("format", ["tei", "tbx"])
class TestMarkup:
    def test_hostile_words_come_back(self, tmp_path, format):
        made = [said("w", at=WHEN)] + [Decision(word, (f"t{word}",), (), "ana", at=WHEN) for word in HOSTILE]
        text, count = written(tmp_path, made, format)
        words = [
            one.text
            for one in ET.fromstring(text.encode()).iter()
            if one.tag.endswith(("}orth", "}quote", "term"))
        ]
        assert words == [each for word in HOSTILE for each in (word, f"t{word}")]
        assert count == len(HOSTILE)

    def test_what_xml_forbids_is_left_out(self, tmp_path, format):
        """Of words the pair, of remarks the character."""
        made = [said("cat", "ga\uffffto perro", reviewer="an\x07a", comment="a\x00b\x1b\ufffec\nd", at=WHEN)]
        text, count = written(tmp_path, made, format)
        assert count == 1
        told = " ".join(filter(None, (one.text for one in ET.fromstring(text).iter())))
        assert "abc\nd" in told
        assert "ana" in told
        assert "perro" in told

    def test_a_language_that_is_none(self, tmp_path, format):
        with pytest.raises(InputError, match="got source language 'e n', expected a code"):
            written(tmp_path, MADE, format, languages=("e n", "es"))


class TestWriting:
    def test_a_format_that_is_none(self, tmp_path):
        with pytest.raises(InputError, match="xlsx"):
            write_decisions(Judgements(), tmp_path / "out", format="xlsx")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("name", "format"),
        [
            ("a", "tsv"),
            ("a.tsv", "tsv"),
            ("a.jsonl", "jsonl"),
            ("a.tei", "tei"),
            ("a.TBX", "tbx"),
            ("a.utf8", "omegat"),
        ],
    )
    def test_the_format_that_a_name_stands_for(self, name, format):
        assert format_of(name) == format

    @pytest.mark.parametrize("name", ["a.csv", "a.xml"])
    def test_names_that_stand_for_none(self, name):
        with pytest.raises(InputError, match=name):
            format_of(name)


SPREADSHEETS = {
    "commas": (
        "source,target,decision,reviewer,comment\n"
        '"cat, wild",gato; montés,accepted,ana,\n'
        '"cat, wild","la ""casa""",rejected,ana,\n'
        "dog,perro,accepted,,\n"
    ),
    "semicolons": (
        "decision;source;target;reviewer\n"
        'accepted;cat, wild;"gato; montés";ana\n'
        'rejected;cat, wild;"la ""casa""";ana\n'
        "accepted;dog;perro;\n"
    ),
    "tabs": (
        "Source\tTARGET\tDecision\tReviewer\n"
        "cat, wild\tgato; montés\tAccepted\tana\n"
        'cat, wild\tla "casa"\tREJECTED\tana\n'
        "dog\tperro\taccepted\n"
    ),
    "more columns": (
        "extra\tsource\ttarget\tdecision\treviewer\r\n"
        "1\tcat, wild\tgato; montés\taccepted\tana\r\n\r\n"
        '2\tcat, wild\tla "casa"\trejected\tana\r\n'
        "3\tdog\tperro\taccepted\t\t\t\r\n"
    ),
}


class TestSpreadsheets:
    """The same decisions as programs write them, who may have changed the order of columns."""

    EXPECTED = (("cat, wild", ("gato; montés",), ('la "casa"',), "ana"), ("dog", ("perro",), (), "import"))

    @pytest.mark.parametrize("text", SPREADSHEETS.values(), ids=SPREADSHEETS)
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_are_read(self, tmp_path, text, mark):
        (tmp_path / "table").write_bytes((mark + text).encode())
        found, refused = read_decisions(tmp_path / "table")
        assert refused == []
        assert tuple((one.source, one.accepted, one.rejected, one.reviewer) for one in found) == self.EXPECTED

    def test_quoted_columns(self, tmp_path):
        (tmp_path / "table").write_text('"source"\t"target"\t"decision"\n"cat"\t"gato"\t"accepted"\n')
        found, _ = read_decisions(tmp_path / "table", reviewer="ben")
        assert found == [said("cat", "gato", reviewer="ben")]

    def test_remarks_and_times(self):
        lines = [
            "source\ttarget\tdecision\twhen\tcomment",
            "cat\tgato\taccepted\t\t",
            f"cat\tcasa\trejected\t{WHEN}\tno house",
            "cat\tgato\taccepted\t\t",
        ]
        found, _ = parse_decisions(lines, where="here")
        assert found == [said("cat", "gato", "casa", "import", at=WHEN, comment="no house")]

    def test_decisions_of_different_times_and_remarks(self):
        rows = ["source\ttarget\tdecision\twhen\tcomment", f"a\tb\taccepted\t{WHEN}\tone"]
        rows += [f"a\tc\trejected\t{LATER}\ttwo", f"a\td\taccepted\t{WHEN}\tone", "a\te\trejected\t\t"]
        found, _ = parse_decisions(rows, where="here", reviewer="ana")
        assert found == [
            said("a", "b d", "e", at=WHEN, comment="one"),
            said("a", "", "c", at=LATER, comment="two"),
        ]

    def test_words_of_several_reviewers(self):
        rows = ["source\ttarget\tdecision\treviewer", "a\tb\taccepted\tana", "a\tb\trejected\tben"]
        found, _ = parse_decisions(rows, where="here")
        assert found == [said("a", "b"), said("a", "", "b", "ben")]


class TestRefused:
    def test_rows_by_number(self):
        rows = [
            "source\ttarget\tdecision",
            "cat\tgato\taccepted",
            "",
            "dog\t\taccepted",
            "\tperro\taccepted",
            "sun\tsol\tperhaps",
            "sea\tmar",
            "sky\tcielo\trejected",
        ]
        found, refused = parse_decisions(rows, where="here")
        expected = "expected accepted or rejected, or lexicon or proposed, which are ignored"
        assert [one.source for one in found] == ["cat", "sky"]
        assert refused == [
            "row 4 has no source or no target",
            "row 5 has no source or no target",
            f"row 6 has the decision 'perhaps', {expected}",
            f"row 7 has the decision '', {expected}",
        ]

    def test_pairs_that_are_right_and_wrong_and_words_that_are_none(self):
        rows = ["source,target,decision", "a,b,accepted", "a,b,rejected", "c\x07,d,accepted", "e,f,accepted"]
        found, refused = parse_decisions(rows, where="here")
        assert [one.source for one in found] == ["e"]
        assert refused == [
            "row 2: 'a' is left out: got 'b' both as accepted and as rejected",
            "row 4: 'c\\x07' is left out: got 'c\\x07' as a word, which has a control character "
            "inside a word",
        ]

    @pytest.mark.parametrize(
        ("when", "at"),
        [
            ("2024-05-06T07:08:09Z", WHEN),
            ("2024-05-06 07:08:09", WHEN),
            ("2024-05-06T09:08:09.5+02:00", WHEN),
            ("2024-05-06", "2024-05-06T00:00:00+00:00"),
            ("06.05.2024", None),
            ("yesterday", None),
            ("?", None),
            ("0001-01-01T00:00:00+23:00", None),
        ],
    )
    def test_times(self, when, at):
        rows = ["source\ttarget\tdecision\twhen", f"cat\tgato\taccepted\t{when}"]
        found, refused = parse_decisions(rows, where="here")
        if at is not None:
            assert ([one.at for one in found], refused) == ([at], [])
        else:
            told = f"row 2 has the time {when!r}, expected one such as 2026-05-06T07:08:09+00:00, or none"
            assert (found, refused) == ([], [told])

    def test_words_that_the_vocabulary_lacks(self):
        rows = ["source,target,decision", "cat,gato,accepted", "none,x,accepted"]
        found, refused = parse_decisions(rows, where="here", vocabularies=({"cat"}, {"gato"}))
        assert [one.source for one in found] == ["cat"]
        assert refused == ["row 3 has the word 'none', which the vocabulary lacks"]

    def test_words_as_the_vocabulary_has_them(self):
        loose, composed = "cafe\u0301", "caf\u00e9"
        rows = ["source,target,decision", f"{loose},x,accepted"]
        for words, found in (({loose}, loose), ({composed}, composed)):
            decisions, refused = parse_decisions(rows, where="here", vocabularies=(words, {"x"}))
            assert ([one.source for one in decisions], refused) == ([found], [])

    def test_what_is_composed_to_a_separator_parts_no_cells(self):
        rows = ["source;target;decision;comment", "cat;gato;accepted;why\u037e because"]
        (found,), refused = parse_decisions(rows, where="here")
        assert (found.comment, refused) == ("why; because", [])

    def test_cells_that_do_not_close(self):
        rows = ["source,target,decision,comment", 'cat,gato,accepted,"two', 'lines"', "dog,perro,accepted,"]
        found, refused = parse_decisions(rows, where="here")
        assert [one.source for one in found] == ["dog"]
        assert len(refused) == 2

    def test_bytes_that_are_no_text(self, tmp_path):
        (tmp_path / "table").write_bytes(b"source\ttarget\tdecision\nc\xe9\tb\taccepted\nf\tg\taccepted\n")
        with pytest.raises(FormatError, match="line 2: is not UTF-8"):
            read_decisions(tmp_path / "table")

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "is empty"),
            (b"\n\n", "is empty"),
            (b"cat\tgato\n", "has no column source and no column target and no column decision"),
            (b"source\ttarget\ncat\tgato\n", "has no column decision"),
            (b"<?xml version='1.0'?>\n<TEI/>\n", "is a web page or XML"),
            (b"PK\x03\x04" + b"\x00" * 40, "is a zip archive or an Excel workbook"),
        ],
    )
    def test_foreign_files(self, tmp_path, content, told):
        (tmp_path / "table").write_bytes(content)
        with pytest.raises(FormatError, match=rf"table: {told}"):
            read_decisions(tmp_path / "table")

    def test_no_file(self, tmp_path):
        with pytest.raises(InputError, match="there is no such file"):
            read_decisions(tmp_path / "none")


ANSWERS = {
    "sun": [("sol", 0.9)],
    "cat": [("casa", 0.8), ("gato", 0.7)],
    "dog": [("pan", 0.9), ("lobo", 0.6), ("can", 0.2)],
    "fox": [("zorro", 0.4)],
    "cow": [("vaca", 0.75)],
}


class TestWholeDictionary:
    """What was decided, and what the dictionary proposes beside it."""

    def written(self, tmp_path, format, decisions=(), **options):
        options = {"dictionary": dictionary(ANSWERS), "min_confidence": 0.5} | options
        count = write_decisions(
            Judgements(decisions), tmp_path / "out", format=format, languages=LANGUAGES, **options
        )
        return (tmp_path / "out").read_text(encoding="utf-8"), count

    def test_decided_words_stand_as_decided_and_the_others_are_proposed(self, tmp_path):
        decisions = [
            said("cat", "gato felino", "casa", at=WHEN, comment="the animal"),
            said("dog", "", "pan", "ben", at=LATER),
            said("unknown", "desconocido", at=LATER),
        ]
        text, count = self.written(tmp_path, "tsv", decisions)
        assert text.splitlines() == [
            "source\ttarget\tdecision\treviewer\twhen\tcomment\tconfidence",
            "sun\tsol\tproposed\t\t\t\t0.9",
            f"cat\tgato\taccepted\tana\t{WHEN}\tthe animal\t",
            f"cat\tfelino\taccepted\tana\t{WHEN}\tthe animal\t",
            f"cat\tcasa\trejected\tana\t{WHEN}\tthe animal\t",
            f"dog\tpan\trejected\tben\t{LATER}\t\t",
            "dog\tlobo\tproposed\t\t\t\t0.6",
            "cow\tvaca\tproposed\t\t\t\t0.75",
            f"unknown\tdesconocido\taccepted\tana\t{LATER}\t\t",
        ]
        assert count == 8

    LEXICON = Lexicon(
        [("dog", "can"), ("cat", "gato"), ("cat", "felino"), ("cow", "pan"), ("sun", "sol"), ("sky", "cielo")]
    )

    def test_the_lexicon_stands_beside_what_was_decided(self, tmp_path):
        """Nothing is proposed for its words, unless all of their pairs were rejected."""
        decisions = [
            said("cat", "gato", "casa", at=WHEN),
            said("cow", "", "pan", at=WHEN),
        ]
        text, count = self.written(tmp_path, "tsv", decisions, lexicon=self.LEXICON)
        assert text.splitlines() == [
            "source\ttarget\tdecision\treviewer\twhen\tcomment\tconfidence",
            "sun\tsol\tlexicon\t\t\t\t",
            f"cat\tgato\taccepted\tana\t{WHEN}\t\t",
            f"cat\tcasa\trejected\tana\t{WHEN}\t\t",
            "cat\tfelino\tlexicon\t\t\t\t",
            "dog\tcan\tlexicon\t\t\t\t",
            f"cow\tpan\trejected\tana\t{WHEN}\t\t",
            "cow\tvaca\tproposed\t\t\t\t0.75",
            "sky\tcielo\tlexicon\t\t\t\t",
        ]
        assert count == 8
        self.LEXICON.write(tmp_path / "lexicon.tsv")
        assert self.written(tmp_path, "tsv", decisions, lexicon=tmp_path / "lexicon.tsv") == (text, count)

    def test_pairs_of_weight_0_are_not_certain(self, tmp_path):
        lexicon = Lexicon([("sun", "mesa"), ("cat", "felino")], weights=[0, 1])
        text, _ = self.written(tmp_path, "tsv", lexicon=lexicon)
        assert [line.split("\t")[:3] for line in text.splitlines()[1:3]] == [
            ["sun", "sol", "proposed"],
            ["cat", "felino", "lexicon"],
        ]

    def test_the_lexicon_is_not_taken_back_as_a_decision(self, tmp_path):
        text, _ = self.written(tmp_path, "tsv", lexicon=self.LEXICON)
        assert read_decisions(tmp_path / "out") == ([], [])
        rejected = text.replace("sun\tsol\tlexicon", "sun\tsol\trejected")
        (tmp_path / "out").write_text(rejected, "utf-8")
        decisions, _ = read_decisions(tmp_path / "out", reviewer="ana")
        assert decisions == [said("sun", "", "sol")]

    def test_people_are_named_only_where_they_decided(self, tmp_path):
        told = ", and decided on by people"
        assert told not in self.written(tmp_path, "tbx", lexicon=self.LEXICON)[0]
        assert told in self.written(tmp_path, "tbx", [said("cat", "gato")], lexicon=self.LEXICON)[0]

    def test_the_lexicon_in_other_formats(self, tmp_path):
        decisions = [said("cat", "gato", at=WHEN)]
        lexicon = Lexicon([("dog", "can"), ("cat", "gato")])
        tei, count = self.written(tmp_path, "tei", decisions, lexicon=lexicon)
        root = ET.fromstring(tei)
        assert count == 4
        assert "4 pairs, 1 of them from the lexicon." in root.find(f".//{TEI}sourceDesc/{TEI}p").text
        (dog,) = [one for one in root.iter(f"{TEI}cit") if one.find(f"{TEI}quote").text == "can"]
        assert dog.get("resp") is None
        assert [(note.get("type"), note.text) for note in dog.iter(f"{TEI}note")] == [
            ("decision", "from the lexicon")
        ]
        tbx, _ = self.written(tmp_path, "tbx", decisions, lexicon=lexicon)
        notes = [note.text for note in ET.fromstring(tbx).iter("note")]
        assert notes.count("from the lexicon") == 1
        assert f"accepted by ana {WHEN}" in notes
        text, _ = self.written(tmp_path, "omegat", decisions, lexicon=lexicon)
        assert "dog\tcan\tfrom the lexicon\n" in text
        text, _ = self.written(tmp_path, "jsonl", decisions, lexicon=lexicon)
        rows = [json.loads(line) for line in text.splitlines()]
        assert [row for row in rows if row["source"] == "dog"] == [
            {
                "source": "dog",
                "target": "can",
                "decision": "lexicon",
                "reviewer": "",
                "when": "",
                "comment": "",
            }
        ]

    def test_what_is_proposed_is_not_taken_back_as_a_decision(self, tmp_path):
        self.written(tmp_path, "tsv", [said("cat", "gato", at=WHEN)])
        decisions, refused = read_decisions(tmp_path / "out")
        assert [one.source for one in decisions] == ["cat"]
        assert refused == []

    @pytest.mark.parametrize(
        ("changed", "reviewer"),
        [("accepted\t", "ben"), ("accepted\tana", "ana"), ("accepted\tisolex", "ben")],
    )
    def test_a_proposal_that_somebody_accepts_in_the_table_is_one(self, tmp_path, changed, reviewer):
        """It is that of who imports the table, unless it names somebody; earlier releases named isolex."""
        text, _ = self.written(tmp_path, "tsv")
        (tmp_path / "out").write_text(text.replace("sol\tproposed\t", f"sol\t{changed}"), "utf-8")
        decisions, _ = read_decisions(tmp_path / "out", reviewer="ben")
        assert [(one.source, one.accepted, one.reviewer) for one in decisions] == [
            ("sun", ("sol",), reviewer)
        ]

    def test_a_reviewer_may_be_called_isolex(self, tmp_path):
        (tmp_path / "out").write_text("source\ttarget\tdecision\treviewer\ncat\tgato\taccepted\tisolex\n")
        decisions, _ = read_decisions(tmp_path / "out", reviewer="ben")
        assert [one.reviewer for one in decisions] == ["isolex"]

    def test_in_xml_proposals_are_marked(self, tmp_path):
        decisions = [said("cat", "gato", "casa", at=WHEN)]
        tei, count = self.written(tmp_path, "tei", decisions)
        root = ET.fromstring(tei)
        assert count == 4
        found = {
            entry.find(f".//{TEI}orth").text: [note.get("type") for note in entry.iter(f"{TEI}note")]
            for entry in root.iter(f"{TEI}entry")
        }
        assert found == {
            "sun": ["certainty"],
            "cat": ["decision"],
            "dog": ["certainty"],
            "cow": ["certainty"],
        }
        assert [name.text for name in root.iter(f"{TEI}name")] == ["ana"]
        tbx, count = self.written(tmp_path, "tbx", decisions)
        assert count == 5
        notes = [note.text for note in ET.fromstring(tbx).iter("note")]
        assert "proposed by isolex, confidence 0.90" in notes
        assert [note.text for note in ET.fromstring(tbx).iter("termNote")] == ["forbidden"]

    def test_a_glossary_has_them_with_their_confidence(self, tmp_path):
        text, count = self.written(tmp_path, "omegat", [said("cat", "gato", "casa", at=WHEN, comment="meow")])
        assert text.splitlines()[:2] == ["sun\tsol\tproposed by isolex, confidence 0.90", "cat\tgato\tmeow"]
        assert count == 4

    def test_json_lines_have_the_confidence_of_proposals_alone(self, tmp_path):
        text, _ = self.written(tmp_path, "jsonl", [said("cat", "gato", at=WHEN)])
        rows = [json.loads(line) for line in text.splitlines()]
        assert [(row["source"], row.get("confidence")) for row in rows[:2]] == [("sun", 0.9), ("cat", None)]


class TestGivenLexicon:
    """Which seed pairs are a dictionary."""

    def of(self, pairs):
        return given_lexicon(dictionary(ANSWERS, seeds=pairs).alignment)

    def test_pairs_that_somebody_gave(self):
        """Some of them may well be identical strings."""
        pairs = [("sun", "sol"), ("fox", "fox"), ("3", "3")]
        assert self.of(pairs).pairs == Lexicon(pairs).pairs

    @pytest.mark.parametrize(
        "pairs",
        [
            [],
            [("fox", "fox"), ("!", "!")],
            [("3", "3"), ("1,5", "1,5"), ("\u0663", "3")],
            [("Élève", "eleve"), ("Москва", "Moskva")],
        ],
    )
    def test_no_words_that_are_written_alike(self, pairs):
        assert len(self.of(pairs)) == 0

    @pytest.mark.parametrize("given", range(3))
    def test_no_pairs_that_isolex_induced(self, given):
        pairs = [("sun", "sol"), ("cat", "gato")]
        alignment = dictionary(ANSWERS, seeds=pairs).alignment
        alignment.card = replace(alignment.card, settings={GIVEN_SEEDS: given})
        assert list(given_lexicon(alignment)) == pairs[:given]
