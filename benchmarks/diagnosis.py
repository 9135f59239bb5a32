"""Do the measures of `isolex.diagnosis` tell what an alignment will be worth? Many cases with known P@1."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from benchmarks.spaces import SpacePair, noisy
from benchmarks.verdict import cases
from isolex.datasets import DataFolder
from isolex.diagnosis import (
    CurvePoint,
    Hubness,
    as_problem,
    first_answers,
    frequent,
    hubness_of,
    learning_curve,
    measures_of,
    prediction_measures,
    rank_correlation,
)
from isolex.judging import TrainingCase, cross_validate, leave_one_group_out, narrowest_constant
from isolex.mapping import Problem, Procrustes, VecMap
from isolex.normalize import unit_rows
from isolex.progress import track
from isolex.saved import many, number, one_of, read_json, record, sound, text
from isolex.scoring import BLITask

VOCABULARIES = (3_000, 10_000)
DEGRADED_WORDS = 10_000
NOISE_COSINES = (0.9, 0.7)
LEXICON_SIZES = (100, 500, 1_000)
METHODS = ("least-squares", "procrustes", "vecmap")
CRITERIA = ("nn", "csls")
PREDICTED = "vecmap"
_ALL_WORDS = "all words"
# One left out, and one more in fitting the width on the others.
_FEWEST_GROUPS = 3


@dataclass(frozen=True)
class DiagnosisRow:
    """One case.

    Attributes:
        pair: `xx-yy`.
        spaces: What was done to them.
        measures: By name, see `isolex.diagnosis.prediction_measures`.
        p1: P@1 of VecMap's supervised method, in percent (protocol muse, CSLS).
        claims: On all words only: P@1 by method and criterion, hubness by criterion.
    """

    pair: str
    spaces: str
    measures: dict[str, float]
    p1: float
    claims: "Claims | None" = None


@dataclass(frozen=True)
class Claims:
    """What the field says of hubs and methods, on one language pair and all its words.

    Attributes:
        p1: P@1 in percent by (method, criterion).
        hubness: Of Procrustes, k = 10, by criterion.
        non_linear: P@1 (CSLS) of a map with one hidden layer, on its own training words and on the test's.
        curve: P@1 on held-out seed words (Procrustes, CSLS) by the number of seed pairs.
    """

    p1: dict[tuple[str, str], float]
    hubness: dict[str, Hubness]
    non_linear: tuple[float, float]
    curve: tuple[CurvePoint, ...]


def spaces_of(pair: str) -> Iterator[SpacePair]:
    """The cases of one language pair, the whole vocabulary first."""
    yield SpacePair(pair, _ALL_WORDS)
    for words in VOCABULARIES:
        yield SpacePair(pair, f"{words:,} words", words)
    for cosine in NOISE_COSINES:
        noise, name = partial(noisy, cosine=cosine), f"{DEGRADED_WORDS:,} words, noise to cosine {cosine}"
        yield SpacePair(pair, name, DEGRADED_WORDS, noise, noise)
    for size in LEXICON_SIZES:
        name = f"{DEGRADED_WORDS:,} words, {size:,} seed pairs"
        yield SpacePair(pair, name, DEGRADED_WORDS, train_pairs=size)


def run_diagnosis(data: str | Path, *, pairs: Sequence[str] = ()) -> Iterator[DiagnosisRow]:
    """Measure and align every case of every language pair.

    Raises:
        InputError: The folder does not have the layout, or lacks a pair.
    """
    folder = DataFolder(data)
    for pair in pairs:
        folder.check(pair)
    known = [case for pair in pairs or folder.pairs for case in spaces_of(pair)]
    for case in track(known, "cases"):
        yield _row(case.task(folder), case.name)


def _row(task: BLITask, spaces: str) -> DiagnosisRow:
    problem = as_problem(task.source, task.target, task.train)
    held_out = cross_validate(VecMap(), problem).percent
    measures = prediction_measures(problem, measures_of(problem), held_out)
    p1 = task.evaluate(task.align(PREDICTED)).precision(1)
    return DiagnosisRow(
        task.pair, spaces, measures, p1, _claims(task, problem) if spaces == _ALL_WORDS else None
    )


def _claims(task: BLITask, problem: Problem) -> Claims:
    p1, spread = {}, {}
    for method in METHODS:
        alignment = task.align(method)
        for criterion in CRITERIA:
            p1[method, criterion] = task.evaluate(alignment, criterion=criterion).precision(1)
            if method == "procrustes":
                spread[criterion] = hubness_of(alignment.index(criterion), alignment.shared[0])
    curve = tuple(learning_curve(Procrustes(), frequent(problem)))
    asked = torch.from_numpy(task.test.index(task.source, task.target).pairs)
    return Claims(p1, spread, non_linear(problem, asked), curve)


def non_linear(problem: Problem, test: Int[Tensor, "t 2"], *, hidden: int = 512) -> tuple[float, float]:
    """P@1 (CSLS), in percent, of x → W₂ tanh(W₁ x) on the words it was trained on and on others.

    Trained on the seed pairs by Adam for the cosine with the target, 100 steps over all pairs.
    """
    x, z = problem.seeds()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = torch.nn.Sequential(
            torch.nn.Linear(x.shape[1], hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, z.shape[1])
        )
    descent = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(100):
        descent.zero_grad()
        loss = -torch.nn.functional.cosine_similarity(net(x), z).mean()
        loss.backward()
        descent.step()
    with torch.no_grad():
        mapped = unit_rows(net(problem.x))
    seen, unseen = (first_answers(mapped, problem.z, pairs).percent for pairs in (problem.pairs, test))
    return seen, unseen


def unsupervised_measures(
    data: str | Path, reports: Sequence[Path]
) -> Iterator[tuple[dict[str, float], float]]:
    """Measures of spaces that were aligned without supervision, and the P@1 there.

    Args:
        data: Folder of vectors.
        reports: What `python -m benchmarks verdict --json` printed.

    Raises:
        FormatError: A report is something else.
        InputError: It cannot be read.
    """
    folder = DataFolder(data)
    known = {
        (run["pair"], run["spaces"]): run["forward"]
        for report in reports
        for run in _runs(report)
        if run["supervision"] == "none"
    }
    for case in track([case for case in cases() if (case.pair, case.name) in known], "unsupervised runs"):
        task = case.task(folder)
        yield measures_of(as_problem(task.source, task.target, None)), known[case.pair, case.name]


# Vectors of the web are not in the folder that the measures are taken of.
_RUN = record(
    {"pair": text, "spaces": text, "supervision": text, "forward": number(0, 100)},
    {"vectors": one_of("novels")},
)
_REPORT = record({"runs": many(_RUN)})


def _runs(report: Path) -> tuple[dict[str, Any], ...]:
    fix = "give what python -m benchmarks verdict --json printed"
    data = read_json(report, fix)
    with sound(report, fix):
        runs: tuple[dict[str, Any], ...] = _REPORT(data)["runs"]
    return runs


def hubness_rows(rows: Sequence[DiagnosisRow]) -> list[dict[str, float | str]]:
    """Hubs of Procrustes under nearest neighbour and CSLS, a row a language pair and direction."""
    return [
        {
            "pair": row.pair,
            **{
                f"{figure}_{criterion}": round(getattr(row.claims.hubness[criterion], figure), 4)
                for figure in ("robin_hood", "skewness")
                for criterion in CRITERIA
            },
            **{f"p1_{criterion}": row.claims.p1["procrustes", criterion] for criterion in CRITERIA},
        }
        for row in rows
        if row.claims is not None
    ]


def correlations(measured: Sequence[tuple[dict[str, float], float]]) -> dict[str, float]:
    """Spearman's correlation of every measure with P@1, over the cases that have it."""
    names = dict.fromkeys(name for measures, _ in measured for name in measures)
    made = {}
    for name in names:
        pairs = torch.tensor(
            [(m[name], percent) for m, percent in measured if name in m], dtype=torch.float64
        )
        rho = rank_correlation(pairs[:, 0], pairs[:, 1])
        if rho is not None:
            made[name] = round(rho, 4)
    return made


def prediction(rows: Sequence[DiagnosisRow], features: Sequence[str]) -> dict[str, float]:
    """How well P@1 is predicted on language pairs that were left out, both directions and all cases of them.

    `coverage` is the share of intervals that hold the true P@1, `median_width` their median width in points,
    and `constant_width` that of the narrowest constant interval that holds as many.
    """
    known = [as_case(row) for row in rows]
    if len({case.group for case in known}) < _FEWEST_GROUPS:
        return {}
    made = leave_one_group_out(known, features)
    held = [one.low <= case.percent <= one.high for one, case in zip(made, known, strict=True)]
    misses = sorted(abs(one.percent - case.percent) for one, case in zip(made, known, strict=True))
    coverage = sum(held) / len(held)
    widths = sorted(one.width for one in made)
    return {
        "cases": len(known),
        "coverage": round(coverage, 4),
        "median_width": round(widths[len(widths) // 2], 2),
        "constant_width": round(narrowest_constant([case.percent for case in known], coverage), 2),
        "median_error": round(misses[len(misses) // 2], 2),
    }


def as_case(row: DiagnosisRow) -> TrainingCase:
    """For a prediction; the two directions of a language pair belong together."""
    return TrainingCase("-".join(sorted(row.pair.split("-"))), row.measures, row.p1)
