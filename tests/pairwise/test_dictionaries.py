"""Dictionaries of all directions of a space: what they hold, and what they follow from."""

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from isolex.alignment import load_space
from isolex.fleet import HereExecutor, LocalExecutor, run_jobs
from isolex.lexicon import Lexicon
from isolex.pairwise import dictionary_jobs, directions
from isolex.pairwise.resident import resident_space
from isolex.recipes import align_space
from isolex.vectors import Vectors

LANGUAGES = ("aa", "bb", "cc", "dd")


def planted_vectors(seed: int, code: str, count: int = 260, dimension: int = 8) -> Vectors:
    """The same cloud, turned, for each language."""
    cloud = np.random.default_rng(0).normal(size=(count, dimension))
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(dimension, dimension)))[0]
    words = [f"{code}{number}" for number in range(count)]
    return Vectors(words, (cloud @ turn).astype(np.float32), language=code)


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("spaces") / "space"
    vectors = {code: planted_vectors(number + 1, code) for number, code in enumerate(LANGUAGES)}
    lexicons = {
        ("aa", code): Lexicon([(f"aa{n}", f"{code}{n}") for n in range(210)]) for code in LANGUAGES[1:]
    }
    align_space(vectors, lexicons, check=False).save(path)
    return path


@pytest.fixture
def space(saved, tmp_path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "space"))


def test_directions_share_a_language_with_the_next():
    found = directions(("a", "b", "c"))
    assert sorted(found) == sorted(itertools.permutations("abc", 2))
    assert all(set(one) & set(other) for one, other in itertools.pairwise(found))


def test_the_same_as_by_hand(space, tmp_path):
    report = run_jobs(dictionary_jobs(space), tmp_path / "out", HereExecutor())
    assert len(report.made) == 12
    whole = load_space(space)
    for source, target in itertools.permutations(LANGUAGES, 2):
        whole.pair(source, target).induce("forward", k=1).write(tmp_path / "one.tsv")
        assert (tmp_path / "out" / f"{source}-{target}.tsv").read_bytes() == (
            tmp_path / "one.tsv"
        ).read_bytes()


def test_the_same_by_processes(space, tmp_path):
    jobs = dictionary_jobs(space, direction="mutual", criterion="nn", format="jsonl")
    run_jobs(jobs, tmp_path / "here", HereExecutor())
    run_jobs(jobs, tmp_path / "there", LocalExecutor(2, threads=1))
    for job in jobs:
        assert (tmp_path / "here" / job.name).read_bytes() == (tmp_path / "there" / job.name).read_bytes()


def test_only_what_follows_from_a_change_is_made_again(space, tmp_path):
    run_jobs(dictionary_jobs(space), tmp_path / "out", HereExecutor())
    change(space, "cc")
    changed = [
        job.name
        for job, before in zip(dictionary_jobs(space), dictionary_jobs_of(space, tmp_path), strict=True)
        if job.key != before
    ]
    assert sorted(changed) == sorted(
        f"{one}-{other}.tsv" for one, other in itertools.permutations(LANGUAGES, 2) if "cc" in (one, other)
    )


def change(space: Path, code: str) -> None:
    """As if the vectors of a language were others."""
    card = json.loads((space / "card.json").read_text("utf-8"))
    card["languages"][code]["vectors"]["fingerprint"] = "another"
    (space / "card.json").write_text(json.dumps(card), "utf-8")


def dictionary_jobs_of(space: Path, folder: Path) -> list[str]:
    """The keys by which the results of a folder are noted."""
    notes = folder / "out" / ".jobs" / "notes"
    return [
        json.loads((notes / f"{one}-{other}.tsv.json").read_text("utf-8"))["key"]
        for one, other in directions(LANGUAGES)
    ]


def test_with_confidences_all_languages_take_part(space):
    before = dictionary_jobs(space), dictionary_jobs(space, min_confidence=0.5)
    change(space, "dd")
    after = dictionary_jobs(space), dictionary_jobs(space, min_confidence=0.5)
    plain, trusted = (
        sum(one.key != other.key for one, other in zip(*pair, strict=True))
        for pair in zip(before, after, strict=True)
    )
    assert (plain, trusted) == (6, 12)


def test_another_place_is_the_same_space(space, tmp_path):
    elsewhere = Path(shutil.copytree(space, tmp_path / "elsewhere"))
    assert [job.key for job in dictionary_jobs(space)] == [job.key for job in dictionary_jobs(elsewhere)]


def test_languages_that_failed_are_told(space, tmp_path):
    card = json.loads((space / "card.json").read_text("utf-8"))
    card["pairs"]["aa--bb"] |= {"status": "failed", "reason": "there is nothing to see"}
    (space / "card.json").write_text(json.dumps(card), "utf-8")
    report = run_jobs(dictionary_jobs(space), tmp_path / "out", HereExecutor())
    told = {
        one: f"{one[:5]}: the languages failed to align: there is nothing to see"
        for one in ("aa-bb.tsv", "bb-aa.tsv")
    }
    assert report.to_dict()["failed"] == told
    assert len(report.made) == 10


@pytest.mark.parametrize("name", ["dd.map.safetensors", "dd.vectors.safetensors"])
def test_a_damaged_language_fails_and_the_others_go_on(space, tmp_path, name):
    data = (space / name).read_bytes()
    at = len(data) // 2  # among the values
    (space / name).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    report = run_jobs(dictionary_jobs(space), tmp_path / "out", HereExecutor())
    assert len(report.made) == 6
    assert {one.name for one in report.failed} == {
        f"{one}-{other}.tsv" for one, other in itertools.permutations(LANGUAGES, 2) if "dd" in (one, other)
    }
    assert all(name in one.told for one in report.failed)


def test_a_worker_keeps_no_more_languages_than_it_needs(space):
    whole = resident_space(str(space), "aa", "bb")
    for pair in (("aa", "bb"), ("aa", "cc"), ("aa", "dd")):
        whole.aligned(*pair)
        first = whole.sides["aa"]
        assert resident_space(str(space), "aa", "dd") is whole
        assert whole.sides["aa"] is first
        assert not {"bb", "cc"} & set(whole.sides._made)
