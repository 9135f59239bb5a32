"""Scores of all directions of a space, each a job: what they hold, and what they follow from."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from isolex.evaluation import evaluate_space
from isolex.fleet import HereExecutor, LocalExecutor, run_jobs
from isolex.lexicon import Lexicon
from isolex.pairwise import evaluation_jobs, gathered_scores
from tests.pairwise.test_dictionaries import LANGUAGES, change, saved, space  # noqa: F401 - fixtures


@pytest.fixture
def tests(tmp_path) -> Path:
    folder = tmp_path / "tests"
    folder.mkdir()
    for one in LANGUAGES:
        for other in LANGUAGES:
            if one != other:
                Lexicon([(f"{one}{n}", f"{other}{n}") for n in range(200, 240)]).write(
                    folder / f"{one}-{other}.tsv"
                )
    return folder


@pytest.mark.parametrize("executor", [HereExecutor, lambda: LocalExecutor(2, threads=1)])
def test_the_same_as_in_one_process(space, tests, tmp_path, executor):  # noqa: F811
    jobs = evaluation_jobs(space, tests, protocol="xling", criterion="nn", steps=2)
    report = run_jobs(jobs, tmp_path / "out", executor())
    assert len(report.made) == 12
    found = gathered_scores(space, jobs, tmp_path / "out")
    expected = evaluate_space(space, tests, protocol="xling", criterion="nn", steps=2)
    assert found.to_dict() == expected.to_dict()
    for unreachable in (False, True):
        matrices = (one.matrix(unreachable=unreachable) for one in (found, expected))
        assert np.array_equal(*matrices, equal_nan=True)


def test_what_was_not_scored_is_none(space, tests, tmp_path):  # noqa: F811
    (tests / "aa-bb.tsv").write_text("aa1\tbb1\n", "utf-8")
    jobs = evaluation_jobs(space, tests)
    run_jobs(jobs, tmp_path / "out", HereExecutor())
    with pytest.warns(match="most test words of aa-bb"):
        found = gathered_scores(space, jobs, tmp_path / "out")
    assert math.isnan(found.matrix(unreachable=True)[0, 1])
    assert found.matrix()[0, 1] == 100


def test_only_what_follows_from_a_change_is_scored_again(space, tests, tmp_path):  # noqa: F811
    run_jobs(evaluation_jobs(space, tests), tmp_path / "out", HereExecutor())
    Lexicon([("aa50", "bb50"), ("aa51", "bb51")]).write(tests / "aa-bb.tsv")
    again = run_jobs(evaluation_jobs(space, tests), tmp_path / "out", HereExecutor())
    assert again.made == ("aa-bb.json",)
    before = [job.key for job in evaluation_jobs(space, tests)]
    change(space, "cc")
    after = [job.key for job in evaluation_jobs(space, tests)]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 6


def test_training_lexicons_of_third_languages_count(space, tests):  # noqa: F811
    before = [job.key for job in evaluation_jobs(space, tests)]
    card = json.loads((space / "card.json").read_text("utf-8"))
    card["files"]["aa--bb.seeds.tsv"] = "0" * 64
    (space / "card.json").write_text(json.dumps(card), "utf-8")
    after = [job.key for job in evaluation_jobs(space, tests)]
    assert all(one != other for one, other in zip(before, after, strict=True))


def test_a_test_lexicon_that_does_not_fit_fails_alone(space, tests, tmp_path):  # noqa: F811
    Lexicon([("nobody", "knows")]).write(tests / "aa-bb.tsv")
    jobs = evaluation_jobs(space, tests)
    report = run_jobs(jobs, tmp_path / "out", HereExecutor())
    assert [one.name for one in report.failed] == ["aa-bb.json"]
    assert "not one pair" in report.failed[0].told
    assert len(gathered_scores(space, jobs, tmp_path / "out").directions) == 11


def test_without_a_score_there_is_no_summary(space, tests, tmp_path):  # noqa: F811
    assert gathered_scores(space, evaluation_jobs(space, tests), tmp_path / "none") is None
