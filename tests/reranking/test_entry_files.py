import csv
import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from isolex import IsolexWarning
from isolex.choices import TRUSTED_FORMATS
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.reranking import TrustedEntry
from isolex.reranking.entry_files import check_languages, format_of, write_entries

from .hand_made import dictionary

ENTRIES = dictionary().entries(0.5, k=3)
LANGUAGES = ("en", "es")

LANG, ID = "{http://www.w3.org/XML/1998/namespace}lang", "{http://www.w3.org/XML/1998/namespace}id"
TEI = {"": "http://www.tei-c.org/ns/1.0"}
TBX = {"": "urn:iso:std:iso:30042:ed-2"}

# Mark-up, quotes, right to left with points, combining marks, joiners, beyond the BMP, spaces inside.
ODD = (
    "<b>",
    "&amp;",
    "]]>",
    '"',
    "'",
    "שָׁלוֹם",
    "\u202eabc",
    "e\u0301\u0327",
    "क्‍ष",
    "𐌰𐌹",
    "ice cream",
    "a, b (0.5)",
)
UNWRITABLE = ("a\tb", "a\nb", "\x00", "\x1b[0m", "a\ud800", " a", "")
NOT_XML = ("a\ufffe", "\uffff")


def entry(source: str, target: str = "uno", alternatives: tuple = ()) -> TrustedEntry:
    return TrustedEntry(source, target, 0.5, 0.25, {"strings": 0.5}, alternatives)


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def objects(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def tei_pairs(path) -> list[tuple[str, str]]:
    body = ET.parse(path).getroot().findall("text/body/entry", TEI)
    return [
        (found.findtext("form/orth", namespaces=TEI), quote.text)
        for found in body
        for quote in found.findall("sense/cit/quote", TEI)
    ]


def tbx_pairs(path) -> list[tuple[str, str]]:
    made = []
    for concept in ET.parse(path).getroot().findall("text/body/conceptEntry", TBX):
        (source,), targets = (
            [term.text for term in section.findall("termSec/term", TBX)]
            for section in concept.findall("langSec", TBX)
        )
        made += [(source, target) for target in targets]
    return made


READ = {
    "tsv": lambda path: [(row["source"], row["target"]) for row in rows(path)],
    "jsonl": lambda path: [(row["source"], row["target"]) for row in objects(path)],
    "tei": tei_pairs,
    "tbx": tbx_pairs,
}


def pairs(entries) -> list[tuple[str, str]]:
    return [(one.source, one.target) for one in entries]


@pytest.fixture(params=TRUSTED_FORMATS)
def format(request):
    return request.param


class TestEveryFormat:
    def test_reads_back(self, format, tmp_path, recwarn):
        path = tmp_path / f"out.{format}"
        write_entries(ENTRIES, path, languages=LANGUAGES)
        assert READ[format](path) == pairs(ENTRIES)
        assert len(recwarn) == 0

    @pytest.mark.parametrize("word", ODD)
    def test_odd_words(self, format, tmp_path, word):
        made = [entry(word, f"{word}x", ((word, 0.1),))]
        write_entries(made, tmp_path / "out", format=format, languages=LANGUAGES)
        assert READ[format](tmp_path / "out") == pairs(made)

    @pytest.mark.parametrize("word", UNWRITABLE)
    def test_words_that_it_cannot_hold_are_left_out_and_counted(self, format, tmp_path, word):
        made = [
            entry("one"),
            entry(word),
            entry("two", word),
            entry("three", "tres", ((word, 0.4), ("b", 0.1))),
        ]
        with pytest.warns(IsolexWarning, match="left out 2 of 4 entries, whose words the file cannot hold"):
            write_entries(made, tmp_path / "out", format=format, languages=LANGUAGES)
        assert READ[format](tmp_path / "out") == [("one", "uno"), ("three", "tres")]
        text = (tmp_path / "out").read_text(encoding="utf-8")
        assert "0.4" not in text.partition("three")[2]

    def test_no_entries(self, format, tmp_path):
        write_entries([], tmp_path / "out", format=format, languages=LANGUAGES)
        assert READ[format](tmp_path / "out") == []

    def test_without_confidences(self, format, tmp_path):
        (tmp_path / "out").write_text("old")
        with pytest.raises(
            InputError, match=r"out: the entries have no confidences; write alignment\.induce"
        ):
            write_entries(
                [replace(ENTRIES[0], confidence=float("nan"))],
                tmp_path / "out",
                format=format,
                languages=LANGUAGES,
            )
        assert (tmp_path / "out").read_text() == "old"

    def test_a_place_that_cannot_be_written(self, format, tmp_path):
        with pytest.raises(InputError, match="cannot be written"):
            write_entries(ENTRIES, tmp_path / "no" / "out", format=format, languages=LANGUAGES)

    def test_the_same_twice(self, format, tmp_path):
        for name in ("a", "b"):
            write_entries(ENTRIES, tmp_path / name, format=format, languages=LANGUAGES)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


class TestTables:
    def test_tsv(self, tmp_path):
        write_entries(ENTRIES, tmp_path / "out.tsv")
        assert rows(tmp_path / "out.tsv")[:3] == [
            {
                "source": "one",
                "target": "uno",
                "confidence": "0.9500",
                "no_translation": "0.0100",
                "evidence": "alignment +2.0, strings +0.5",
                "alternatives": "y (0.02)",
            },
            {
                "source": "two",
                "target": "dos",
                "confidence": "0.7500",
                "no_translation": "0.1000",
                "evidence": "alignment +1.0, strings -0.2",
                "alternatives": "tres (0.10)",
            },
            {
                "source": "two",
                "target": "uno",
                "confidence": "0.5500",
                "no_translation": "0.1000",
                "evidence": "",
                "alternatives": "tres (0.10)",
            },
        ]

    def test_json_lines(self, tmp_path):
        write_entries(ENTRIES, tmp_path / "out.jsonl")
        assert objects(tmp_path / "out.jsonl")[1] == {
            "source": "two",
            "target": "dos",
            "confidence": 0.75,
            "no_translation": 0.1,
            "evidence": {"alignment": 1.0, "strings": -0.25},
            "alternatives": [{"target": "tres", "confidence": 0.1}],
        }

    @pytest.mark.parametrize("name", ["out.tsv", "out.jsonl"])
    def test_is_a_seed_lexicon(self, tmp_path, name):
        made = [entry(word, f"{word}x") for word in ODD]
        write_entries(made, tmp_path / name)
        assert list(Lexicon.read(tmp_path / name, unicode="keep")) == pairs(made)

    @pytest.mark.parametrize("word", NOT_XML)
    @pytest.mark.parametrize("format", ["tsv", "jsonl"])
    def test_what_only_xml_forbids_stays(self, tmp_path, word, format, recwarn):
        write_entries([entry(word)], tmp_path / "out", format=format)
        assert READ[format](tmp_path / "out") == [(word, "uno")]
        assert len(recwarn) == 0


@pytest.mark.parametrize("word", NOT_XML)
@pytest.mark.parametrize("format", ["tei", "tbx"])
def test_characters_that_xml_forbids(tmp_path, word, format):
    with pytest.warns(IsolexWarning, match="left out 1 of 2 entries"):
        write_entries([entry(word), entry("one")], tmp_path / "out", format=format, languages=LANGUAGES)
    assert READ[format](tmp_path / "out") == [("one", "uno")]


class TestTei:
    @pytest.fixture
    def root(self, tmp_path):
        write_entries(ENTRIES, tmp_path / "out.tei", languages=("en", "zh-Hant"))
        return ET.parse(tmp_path / "out.tei").getroot()

    def test_header(self, root):
        description = root.find("teiHeader/fileDesc", TEI)
        assert description.findtext("titleStmt/title", namespaces=TEI) == "en-zh-Hant dictionary"
        assert description.findtext("extent", namespaces=TEI) == "3 headwords"
        assert description.findtext("publicationStmt/p", namespaces=TEI)
        origin = description.findtext("sourceDesc/p", namespaces=TEI)
        assert "isolex" in origin
        assert "5 translations. By their mean confidence, 67% are expected to be right" in origin
        languages = root.findall("teiHeader/profileDesc/langUsage/language", TEI)
        assert [language.get("ident") for language in languages] == ["en", "zh-Hant"]

    def test_entry(self, root):
        second = root.findall("text/body/entry", TEI)[1]
        assert second.find("form", TEI).get(LANG) == "en"
        assert [cit.attrib for cit in second.findall("sense/cit", TEI)] == 2 * [
            {"type": "trans", LANG: "zh-Hant"}
        ]
        notes = [(note.get("type"), note.text) for note in second.iter(f"{{{TEI['']}}}note")]
        assert notes == [
            ("certainty", "0.7500"),
            ("certainty", "0.5500"),
            ("no-translation", "no translation: 0.1000"),
            ("evidence", "evidence: alignment +1.0, strings -0.2"),
            ("alternatives", "alternatives: tres (0.10)"),
        ]

    def test_ids(self, root):
        assert [found.get(ID) for found in root.iter(f"{{{TEI['']}}}entry")] == ["e1", "e2", "e3"]

    def test_unknown_languages(self, tmp_path):
        write_entries(ENTRIES, tmp_path / "out.tei")
        root = ET.parse(tmp_path / "out.tei").getroot()
        assert {found.get(LANG) for found in root.iter(f"{{{TEI['']}}}cit")} == {"und"}
        assert [one.get("ident") for one in root.iter(f"{{{TEI['']}}}language")] == ["und"]


class TestTbx:
    @pytest.fixture
    def root(self, tmp_path):
        write_entries(ENTRIES, tmp_path / "out.tbx", languages=LANGUAGES)
        return ET.parse(tmp_path / "out.tbx").getroot()

    def test_dialect(self, root):
        assert root.tag == f"{{{TBX['']}}}tbx"
        assert (root.get("type"), root.get("style"), root.get(LANG)) == ("TBX-Basic", "dca", "en")

    def test_header(self, root):
        assert "67%" in root.findtext("tbxHeader/fileDesc/sourceDesc/p", namespaces=TBX)

    def test_concept(self, root):
        second = root.findall("text/body/conceptEntry", TBX)[1]
        assert second.get("id") == "c2"
        assert [section.get(LANG) for section in second.findall("langSec", TBX)] == ["en", "es"]
        assert [note.text for note in second.findall("note", TBX)] == [
            "no translation: 0.1000",
            "evidence: alignment +1.0, strings -0.2",
            "alternatives: tres (0.10)",
        ]
        assert [note.text for note in second.findall("langSec/termSec/note", TBX)] == [
            "confidence: 0.7500",
            "confidence: 0.5500",
        ]

    @pytest.mark.parametrize("languages", [(None, None), ("en", "en"), ("und", None)])
    def test_it_needs_two_languages(self, tmp_path, languages):
        with pytest.raises(InputError, match=r"expected two: .* --source-language"):
            write_entries(ENTRIES, tmp_path / "out.tbx", languages=languages)
        assert not (tmp_path / "out.tbx").exists()


@pytest.mark.parametrize(
    ("name", "format"),
    [
        *[("a.tsv", "tsv"), ("a", "tsv"), ("a.txt", "tsv"), ("a.jsonl", "jsonl"), ("A.TEI", "tei")],
        *[("a.tei.xml", "tei"), ("a.tbx", "tbx"), ("a.tbx.xml", "tbx"), ("tei", "tsv")],
    ],
)
def test_names_stand_for_formats(name, format):
    assert format_of(f"folder.tbx/{name}") == format


def test_xml_may_be_either(tmp_path):
    with pytest.raises(InputError, match=r"out\.xml: its name does not tell TEI from TBX; give the format"):
        write_entries(ENTRIES, tmp_path / "out.xml")


@pytest.mark.parametrize(
    "name", ["a.tsv.gz", "a.tei.GZ", "a.csv", "a.jsonl.zst", "a.json", "a.xlsx", "a.tmx"]
)
def test_names_that_promise_something_else(tmp_path, name):
    with pytest.raises(InputError, match=r"dictionaries are not written as \.\w+; use \.tsv"):
        write_entries(ENTRIES, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_unknown_format(tmp_path):
    with pytest.raises(InputError, match=r"'tbxx'.*tbx"):
        write_entries(ENTRIES, tmp_path / "out", format="tbxx")


@pytest.mark.parametrize("code", ["en us", "english language", "e&", "<en>", "português", "-"])
def test_what_is_no_language_code(code):
    for side, languages in (("source", (code, "es")), ("target", ("en", code))):
        with pytest.raises(InputError, match=f"got {side} language .*, expected a code such as en"):
            check_languages("tei", languages)
    assert check_languages("tsv", (code, None)) == (code, "und")
