import json
import subprocess
import sys
import unicodedata

import numpy as np
import pytest

from isolex.vectors import Vectors
from tests.spaces import gaussian, numbered

from .conftest import ODD
from .malformed import UNUSABLE


def words(report) -> dict[str, list[str]]:
    return {one["word"]: [answer["word"] for answer in one["answers"]] for one in report["translations"]}


def test_json(isolex, here):
    result = isolex("translate", "aa-bb", "s7", "s30", "-k", 3, "--json")
    result.warns(None)
    report = result.json
    assert (report["criterion"], report["direction"]) == ("csls", "forward")
    assert [one["known"] for one in report["translations"]] == [True, True]
    found = words(report)
    assert [answers[0] for answers in found.values()] == ["t7", "t30"]
    assert [len(answers) for answers in found.values()] == [3, 3]
    scores = [answer["score"] for answer in report["translations"][0]["answers"]]
    assert scores == sorted(scores, reverse=True)


def test_text(isolex, here):
    result = isolex("translate", "aa-bb", "s7", "s30", "-k", 2)
    result.warns(None)
    rows = [line.split() for line in result.out.splitlines()]
    assert rows[0] == ["word", "translation", "score"]
    assert rows[1][:2] == ["s7", "t7"]
    assert len(rows) == 5
    assert rows[3][:2] == ["s30", "t30"]


@pytest.mark.parametrize("criterion", ["csls", "nn", "isf"])
def test_reverse(isolex, here, criterion):
    report = isolex("translate", "aa-bb", "t7", "--reverse", "--criterion", criterion, "--json").json
    assert (report["criterion"], report["direction"]) == (criterion, "backward")
    assert words(report)["t7"][0] == "s7"


@pytest.mark.parametrize(("odd", "right"), [(odd, f"t{name[1:]}") for name, odd in ODD.items()])
def test_words_that_look_like_mark_up_or_are_beyond_ascii(isolex, here, odd, right):
    assert isolex("translate", "aa-bb", odd, "-k", 1).out.splitlines()[1].split()[:2] == [odd, right]
    assert words(isolex("translate", "aa-bb", odd, "-k", 1, "--json").json) == {odd: [right]}
    assert isolex("translate", "aa-bb", right, "-k", 1, "--reverse").out.splitlines()[1].split()[:2] == [
        right,
        odd,
    ]


class TestUnknownWords:
    def test_the_others_are_still_answered(self, isolex, here):
        result = isolex("translate", "aa-bb", "S7", "s30", "nonsuch", "--json")
        assert result.status == 1
        assert [one["known"] for one in result.json["translations"]] == [False, True, False]
        assert words(result.json)["s30"][0] == "t30"
        assert words(result.json)["nonsuch"] == []
        assert result.lines == [
            "isolex: unknown word 'S7'; did you mean 's7'?",
            "isolex: unknown word 'nonsuch'",
        ]

    def test_several_words_in_quotation_marks(self, isolex, here):
        result = isolex("translate", "aa-bb", "s7 s30")
        told = "it is looked up as one word; for several words leave out the quotation marks"
        assert (result.status, result.lines) == (1, [f"isolex: unknown word 's7 s30'; {told}"])

    def test_text(self, isolex, here):
        result = isolex("translate", "aa-bb", "nonsuch", "s30")
        assert (result.status, result.lines) == (1, ["isolex: unknown word 'nonsuch'"])
        assert "t30" in result.out
        alone = isolex("translate", "aa-bb", "nonsuch")
        assert (alone.status, alone.out, len(alone.lines)) == (1, "", 1)

    def test_words_of_the_other_language(self, isolex, here):
        other = "isolex: unknown word '{}'; it is a word of the other language: {} --reverse"
        assert isolex("translate", "aa-bb", "t30").lines == [other.format("t30", "add")]
        assert isolex("translate", "aa-bb", "s30", "--reverse").lines == [other.format("s30", "leave out")]

    def test_no_words_or_empty_ones(self, isolex, here):
        isolex("translate", "aa-bb").fails("Missing argument 'WORD...'")
        result = isolex("translate", "aa-bb", "", "--json")
        assert (result.status, result.json["translations"][0]["known"]) == (1, False)

    def test_bytes_that_are_no_text(self, isolex, here):
        """As Python hands over an argument that is not in the locale's encoding."""
        result = isolex("translate", "aa-bb", "s\udcff", "s30", "--json")
        assert (result.status, words(result.json)["s30"][0]) == (1, "t30")


class TestUnicode:
    def test_words_come_to_the_form_of_the_vocabulary(self, isolex, here):
        typed = unicodedata.normalize("NFD", "été")
        assert typed != "été"
        result = isolex("translate", "aa-bb", typed, "--json")
        result.warns(None)
        assert words(result.json)[typed][0] == "t0"

    def test_a_vocabulary_that_was_kept_as_it_is(self, isolex, here):
        form = unicodedata.normalize("NFD", "été")
        (here / "aa.vec").write_text((here / "aa.vec").read_text().replace("été", form))
        isolex(
            *("align", "aa.vec", "bb.vec", "--lexicon", "seeds.tsv", "--method", "procrustes"),
            *("--unicode", "keep", "-o", "kept"),
        ).warns(None)
        assert words(isolex("translate", "kept", form, "--json").json)[form][0] == "t0"


def test_another_process_gives_the_same_answers(isolex, here):
    """With another seed of Python's string hashes, so that no order may hang on sets of words."""
    arguments = ("translate", "aa-bb", "s7", "été", "s120", "--criterion", "isf", "--json")
    other = subprocess.run(
        [sys.executable, "-m", "isolex", *arguments],
        env={"PYTHONHASHSEED": "99", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert other.stderr == ""
    assert json.loads(other.stdout) == isolex(*arguments).json


class TestOtherVectors:
    def write(self, name: str, n: int = 300, *, d: int = 20, same: int = 0) -> str:
        """A file of n words; the first rows are those of aa.vec."""
        old = Vectors.read("aa.vec")
        matrix = np.vstack([old.matrix[:same, :d], gaussian(n - same, d, seed=3)])
        Vectors([*old.words[:same], *numbered("new", n - same)], matrix).write(name)
        return name

    def test_others_are_refused(self, isolex, here):
        isolex("translate", "aa-bb", "s7", "--source", self.write("other.vec")).fails(
            r"not the source vectors that the alignment was made for .*--other-vectors"
        )
        isolex("translate", "aa-bb", "s7", "--target", "aa.vec").fails("not the target vectors")
        isolex("translate", "aa-bb", "s7", "--source", self.write("few.vec", 200, same=200)).fails(
            "not the source"
        )

    def test_unless_asked_for(self, isolex, here):
        result = isolex("translate", "aa-bb", "new7", "--source", self.write("other.vec"), "--other-vectors")
        result.warns(None)
        assert result.out.splitlines()[1].startswith("new7")

    def test_never_of_another_dimension(self, isolex, here):
        isolex("translate", "aa-bb", "s7", "--source", self.write("d.vec", d=19), "--other-vectors").fails(
            "source vectors have 19 dimensions, expected 20"
        )

    def test_a_bigger_vocabulary_that_begins_with_the_same_rows_is_taken(self, isolex, here):
        bigger = self.write("bigger.vec", 400, same=300)
        result = isolex("translate", "aa-bb", "s7", "new50", "--source", bigger, "--json")
        result.warns(None)
        assert words(result.json)["s7"][0] == "t7"
        assert len(words(result.json)["new50"]) == 5

    @pytest.mark.parametrize("kind", UNUSABLE)
    def test_unusable_files(self, isolex, here, kind):
        make, message = UNUSABLE[kind]
        make(here / "aa.vec")
        isolex("translate", "aa-bb", "s7", "--source", "bad.vec", "--json").fails(message)


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("nowhere", "s7"), "nowhere: there is no such alignment folder"),
            (("aa.vec", "s7"), "aa.vec: is a file, expected a folder with a saved alignment; give what"),
            (("data", "s7"), "data: is no alignment: it holds no card.json"),
            (("aa-bb", "s7", "-k", "0"), "'-k': 0 is not in the range"),
            (("aa-bb", "s7", "--criterion", "cosine"), "'cosine' is not one of 'csls', 'nn', 'isf'"),
            (("aa-bb", "s7", "--device", "quantum"), "device 'quantum' is not available"),
        ],
    )
    def test_arguments(self, isolex, here, arguments, message):
        isolex("translate", *arguments).fails(message)

    @pytest.mark.parametrize(
        "name", ["card.json", "alignment.safetensors", "seeds.tsv", "source.safetensors"]
    )
    @pytest.mark.parametrize("damage", ["cut", "gone", "emptied"])
    def test_a_damaged_alignment(self, isolex, here, name, damage):
        path = here / "aa-bb" / name
        data = path.read_bytes()
        path.unlink()
        if damage != "gone":
            path.write_bytes(data[: len(data) // 2 if damage == "cut" else 0])
        result = isolex("translate", "aa-bb", "s7", "--criterion", "isf")
        if (name, damage) == ("source.safetensors", "gone"):
            # The card says which file they came from, and that is still there.
            result.warns(r"aa-bb: its vectors are read from .*/aa\.vec$")
        else:
            result.fails(r"^isolex: error: \S*aa-bb")


def test_k_beyond_the_vocabulary_gives_all_of_it(isolex, here):
    report = isolex("translate", "aa-bb", "s7", "-k", 10_000, "--json").json
    assert len(set(words(report)["s7"])) == 300


def test_a_word_with_a_zero_vector_is_told_from_an_unknown_one(isolex, here):
    lines = (here / "aa.vec").read_bytes().splitlines()
    word, *numbers = lines[-1].decode().split()
    lines[-1] = " ".join([word, *["0"] * len(numbers)]).encode()
    (here / "aa.vec").write_bytes(b"\n".join(lines) + b"\n")
    isolex("align", "aa.vec", "bb.vec", "-o", "out", "--lexicon", "seeds.tsv", "--method", "procrustes")
    result = isolex("translate", "out", word, "nobody")
    assert result.status == 1
    assert f"the word {word!r} has no vector: its row is zero" in result.err
    assert "unknown word 'nobody'" in result.err
