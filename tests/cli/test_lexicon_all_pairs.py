"""`isolex lexicon SPACE --all-pairs`: a folder of dictionaries, made by whoever is asked to."""

import re
import shutil
import signal
from pathlib import Path

import pytest

from isolex.fleet import Job
from tests.cli.test_start import run_without
from tests.pairwise.test_dictionaries import saved  # noqa: F401 - a fixture

NAMES = sorted(
    f"{one}-{other}.tsv"
    for one in ("aa", "bb", "cc", "dd")
    for other in ("aa", "bb", "cc", "dd")
    if one != other
)


@pytest.fixture
def place(saved, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    (tmp_path / "space").symlink_to(saved)
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


@pytest.mark.parametrize("options", [(), ("--workers", "2", "--threads", "1")])
def test_writes_a_folder(isolex, place, options):
    result = isolex("lexicon", "space", "-o", "out", "--all-pairs", *options)
    assert result.status == 0
    assert "out: dictionaries of 12 directions made, 0 kept, 0 failed" in result.out
    assert files(place / "out") == NAMES
    assert (place / "out" / "aa-bb.tsv").read_text("utf-8").startswith("source\ttarget\tscore")
    (place / "out" / "aa-bb.tsv").unlink()
    again = isolex("lexicon", "space", "-o", "out", "--all-pairs", "--json").json
    assert (again["made"], again["kept"], again["failed"], again["retried"]) == (1, 11, {}, 0)


def test_who_only_sends_the_jobs_imports_no_torch(place):
    line = [
        "lexicon",
        place / "space",
        "-o",
        place / "out",
        "--all-pairs",
        "--workers",
        "2",
        "--threads",
        "1",
    ]
    ((status, out, err),) = run_without(["torch"], [line])
    assert (status, err) == (0, ""), err
    assert "directions made" in out
    assert files(place / "out") == NAMES


def test_an_interruption_says_what_is_kept(isolex, place, monkeypatch):
    """After the first result, and before there is any."""
    run, begun = Job.run, []

    def interrupted(job, output):
        if begun:
            raise KeyboardInterrupt(signal.SIGTERM)
        begun.append(job)
        run(job, output)

    monkeypatch.setattr(Job, "run", interrupted)
    result = isolex("lexicon", "space", "-o", "out", "--all-pairs")
    assert result.status == 143
    assert result.lines == [
        "isolex: terminated; kept: 1 result in out; run the same command again to go on from there"
    ]
    result = isolex("lexicon", "space", "-o", "other", "--all-pairs")
    assert result.lines[0].startswith("isolex: terminated; kept: 0 results in other; ")


def test_one_that_fails(isolex, place, saved):  # noqa: F811
    (place / "space").unlink()
    shutil.copytree(saved, place / "space")
    for path in (place / "space").glob("*.map.safetensors"):
        path.write_bytes(b"x")
    result = isolex("lexicon", "space", "-o", "out", "--all-pairs", "--min-confidence", "0.5", "--json")
    assert result.status == 1
    assert set(result.json["failed"]) == set(NAMES)
    assert all("map.safetensors" in told for told in result.json["failed"].values())
    assert len(re.findall("map.safetensors: ", result.err)) == 12


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--workers", "2"], "--workers goes with --all-pairs or --work"),
        (["--all-pairs", "--from", "aa", "--to", "bb"], "--from and --to do not go with --all-pairs"),
        (["--all-pairs", "--one-to-one"], "--one-to-one does not go with --all-pairs"),
        (["--all-pairs", "--format", "tei"], "--all-pairs writes tsv or jsonl, not tei"),
        (["--all-pairs", "--address", "x"], "--address goes with --executor ray"),
        (["--all-pairs", "--slurm", "x=y"], "--slurm goes with --executor slurm"),
        (["--all-pairs", "--executor", "slurm", "--slurm", "x"], "expected NAME=VALUE"),
    ],
)
def test_options_that_do_not_go_together(isolex, place, options, told):
    isolex("lexicon", "space", "-o", "out", *options).fails(told)
    assert not (place / "out").exists()


def test_only_as_many_workers_as_memory_is_enough_for(isolex, place, monkeypatch):
    monkeypatch.setattr("isolex.cli.fleet_options.machine_memory", lambda: 8 * 2**30)
    asked = ("lexicon", "space", "-o", "out", "--all-pairs", "--workers", "2", "--memory")
    result = isolex(*asked, "5")
    assert result.err == (
        "isolex: 1 worker instead of 2: this machine has 8.0 GiB of memory, and each worker needs 5\n"
    )
    assert files(place / "out") == NAMES
    assert isolex(*asked, "4").err == ""


def test_what_is_no_folder(isolex, place):
    isolex("lexicon", "space", "-o", "-", "--all-pairs").fails("--all-pairs writes a folder")
    (place / "file").touch()
    isolex("lexicon", "space", "-o", "file", "--all-pairs").fails("file: ")
    isolex("lexicon", "space", "-o", "space", "--all-pairs").fails("space")
    isolex("lexicon", "none", "-o", "out", "--all-pairs").fails("none")
