"""Whatever a command reads is refused as its output, and so is a place inside a folder that isolex wrote."""

import os

import click
import pytest

from isolex.cli.app import app, run
from isolex.cli.outputs import Command, Output

from .helpers import contents

ALIGN = ("align", "aa.vec", "bb.vec", "--lexicon", "seeds.tsv", "--method", "procrustes")


def commands(group: click.Group = app) -> list[click.Command]:
    own = list(group.commands.values())
    return [one for one in own if not isinstance(one, click.Group)] + [
        inner for one in own if isinstance(one, click.Group) for inner in commands(one)
    ]


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.name)
def test_every_command_says_what_it_writes(command):
    assert isinstance(command, Command)
    for parameter in command.params:
        if parameter.name in ("output", "answers"):
            assert isinstance(parameter.type, Output)
        elif "-o" in parameter.opts or str(getattr(parameter, "help", "")).startswith("File to write"):
            pytest.fail(f"{parameter.name} is an output that is not called one")


def refused(isolex, here, pattern, *arguments):
    before = contents(here)
    isolex(*arguments).fails(pattern)
    assert contents(here) == before


INPUTS = {
    "lexicon": (("lexicon", "aa-bb", "-o"), ("aa-bb/seeds.tsv", "aa-bb/source.safetensors", "aa-bb/new.tsv")),
    "lexicon over vectors": (("lexicon", "aa-bb", "--source", "aa.vec", "-o"), ("hard.vec", "soft.vec")),
    "convert": (("convert", "aa.vec", "--vocabulary", "words"), ("aa.vec", "hard.vec", "soft.vec", "words")),
    "diagnose": (
        ("diagnose", "aa.vec", "bb.vec", "--lexicon", "seeds.tsv", "--alignment", "aa-bb", "-o"),
        ("aa.vec", "bb.vec", "hard.vec", "soft.vec", "seeds.tsv", "aa-bb/card.json", "aa-bb/report.html"),
    ),
    "evaluate": (
        ("evaluate", "bli", "aa-bb", "test.tsv", "--train", "seeds.tsv", "--answers"),
        ("test.tsv", "seeds.tsv", "aa-bb/seeds.tsv"),
    ),
    "align": ((*ALIGN, "-o"), ("aa.vec", "aa-bb/new")),
    "align vectors of an alignment": (
        ("align", "aa-bb/source.safetensors", "aa-bb/target.safetensors", *ALIGN[3:], "-o"),
        ("aa-bb", "link"),
    ),
    "index": (("index", "aa-bb", "texts.txt", "-o"), ("aa-bb", "aa-bb/index", "texts.txt")),
    "space": (
        ("space", "aa=aa.vec", "bb=bb.vec", "--lexicon", "aa-bb=seeds.tsv", "-o"),
        ("aa.vec", "seeds.tsv", "aa-bb", "aa-bb/new"),
    ),
    "space of a table": (("space", "--config", "tables/space.toml", "-o"), ("tables", "aa.vec", "aa-bb")),
    "export": (("export", "aa-bb", "-o"), ("aa-bb", "link", "aa-bb/new", "exported")),
    "export pipelines": (("export", "aa-bb", "--format", "huggingface", "-o"), ("aa-bb", "aa-bb/new")),
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "output"), [(given, output) for given, outputs in INPUTS.values() for output in outputs]
)
def test_an_output_never_takes_the_place_of_an_input(isolex, here, arguments, output):
    os.link("aa.vec", "hard.vec")
    (here / "soft.vec").symlink_to("aa.vec")
    (here / "link").symlink_to("aa-bb")
    (here / "words").write_text("s1\n")
    (here / "texts.txt").write_text("t1 t2\n")
    (here / "tables").mkdir()
    (here / "tables" / "space.toml").write_text(
        '[vectors]\naa = "../aa.vec"\nbb = "../bb.vec"\n[lexicons]\naa-bb = "../seeds.tsv"\n'
    )
    if output == "exported":
        isolex("export", "aa-bb", "-o", "exported", "--format", "huggingface").warns(None)
    refused(
        isolex,
        here,
        r"is the input|holds .* the input|lies in|is a file, expected a folder|so it is not replaced",
        *arguments,
        output,
    )


@pytest.mark.parametrize("vectors", ["copy", "reference"])
def test_vectors_are_not_lost_with_the_alignment_that_they_come_from(isolex, here, vectors):
    """Both would be gone, by reference for good."""
    arguments = ("align", "aa-bb/source.safetensors", "aa-bb/target.safetensors", *ALIGN[3:])
    refused(isolex, here, "aa-bb: holds .*the input", *arguments, "-o", "aa-bb", "--vectors", vectors)


def test_vectors_that_an_alignment_refers_to_are_an_input(isolex, here):
    isolex(*ALIGN, "-o", "referring", "--vectors", "reference").warns(None)
    refused(isolex, here, "is an input, to which referring refers", "lexicon", "referring", "-o", "aa.vec")


def test_links_in_a_saved_folder_are_replaced_and_not_followed(isolex, here):
    (here / "precious").write_text("mine")
    (here / "aa-bb" / "seeds.tsv").unlink()
    (here / "aa-bb" / "seeds.tsv").symlink_to(here / "precious")
    isolex(*ALIGN, "-o", "aa-bb").warns(None)
    assert (here / "precious").read_text() == "mine"
    assert not (here / "aa-bb" / "seeds.tsv").is_symlink()


class TestStandardOutput:
    @pytest.mark.parametrize("name", ["-", "/dev/stdout"])
    def test_takes_the_output_and_nothing_else(self, here, capfd, name):
        assert run(["lexicon", "aa-bb", "-o", "file.tsv"]) == 0
        capfd.readouterr()
        assert run(["lexicon", "aa-bb", "-o", name]) == 0
        out, err = capfd.readouterr()
        assert out == (here / "file.tsv").read_text()
        assert "300 entries" in err

    @pytest.mark.parametrize(
        "arguments",
        [
            ("evaluate", "bli", "aa-bb", "test.tsv", "--answers", "-"),
            ("convert", "aa.vec", "-", "--format", "glove"),
            ("diagnose", "aa.vec", "bb.vec", "--words", "20", "-o", "-"),
        ],
    )
    def test_also_of_other_commands(self, here, capfd, arguments):
        assert run(arguments) == 0
        assert len(capfd.readouterr().out) > 1000

    def test_not_with_json(self, isolex, here):
        isolex("lexicon", "aa-bb", "-o", "-", "--json").fails("both go to standard output")

    @pytest.mark.parametrize(
        "arguments",
        [
            (*ALIGN, "-o", "-"),
            ("export", "aa-bb", "-o", "/dev/stdout"),
            ("index", "aa-bb", "aa.vec", "-o", "-"),
        ],
    )
    def test_no_folder_goes_there(self, isolex, here, arguments):
        isolex(*arguments).fails("it cannot be written to standard output; name a folder")

    def test_nor_a_file_that_is_kept(self, isolex, here):
        isolex("bench", "--data", "data", "-o", "-").fails(
            "cannot be written to standard output; name a file"
        )


class TestPaths:
    def test_links_that_lead_nowhere(self, isolex, here):
        (here / "loop").symlink_to("loop")
        (here / "dangling").symlink_to("nowhere")
        for arguments in (
            ("info", "loop"),
            ("translate", "loop", "s1"),
            (*ALIGN[:4], "loop", "-o", "o"),
        ):
            isolex(*arguments).fails(r"loop: cannot be reached \(too many levels of symbolic links\)")
        isolex("info", "dangling").fails("dangling: is a symbolic link to nowhere, which is not there")
        isolex("convert", "aa.vec", "loop").fails("loop: is a symbolic link that leads back to itself")

    def test_names_that_are_too_long(self, isolex, here):
        isolex("info", "n" * 256).fails(r"cannot be reached \(file name too long\)")
        isolex("convert", "aa.vec", f"{'n' * 256}.vec").fails("File name too long")
        name = f"{'n' * 246}.vec"
        isolex("convert", "aa.vec", name).warns(None)
        isolex("info", name).warns(None)

    def test_names_that_are_not_utf_8(self, isolex, here):
        name = "\udcff.vec"
        (here / "aa.vec").rename(here / name)
        isolex("align", name, "bb.vec", *ALIGN[3:], "-o", "ab", "--vectors", "reference").warns(None)
        assert isolex("info", "ab", "--json").json["source"]["path"] == str(here / name)
        assert r"\udcff.vec" in isolex("info", "ab").out
        made = isolex("lexicon", "ab", "-o", "\udcfe.tsv", "--json")
        assert made.json["lexicon"] == "\udcfe.tsv"
        assert (here / "\udcfe.tsv").is_file()
        isolex("info", "\udcfd").fails(r"\\udcfd: no such file")
        isolex("diagnose", name, "bb.vec", "--words", "20", "-o", "r.html").warns(None)

    def test_what_may_not_be_read(self, isolex, here, monkeypatch):
        access = os.access
        monkeypatch.setattr("os.access", lambda path, mode: "aa" not in str(path) and access(path, mode))
        for arguments in (("info", "aa.vec"), ("info", "aa-bb"), ("translate", "aa-bb", "s1")):
            isolex(*arguments).fails(r"aa.*: may not be read \(permission denied\)")
