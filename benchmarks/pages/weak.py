"""Write benchmarks/reports/weak.md and fill docs/verdict.md, from benchmarks/ and the source.

python -m benchmarks unsupervised --data DATA --json > benchmarks/results/unsupervised.json
python -m benchmarks semi --data DATA --json > benchmarks/results/semi.json
python -m benchmarks systems --data DATA --json > benchmarks/results/systems.json
python -m benchmarks verdict --data DATA --json > benchmarks/results/verdict.json
python -m benchmarks planted --json > benchmarks/results/planted.json
python -m benchmarks pages

With --vectors web the first two and verdict go into unsupervised-web.json and so on.
A measurement that is not there has no section. With --check nothing is written, and a page that is out of
date is an error.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from benchmarks.pages.filling import (
    DOCS,
    REPORTS,
    ROOT,
    Report,
    Row,
    all_rows,
    coefficients_of,
    filled,
    kind,
    read,
    read_kinds,
    table,
    table_of_kinds,
    versions,
)
from benchmarks.spaces import PLANTED_COSINE, PLANTED_MISSING
from benchmarks.verdict import (
    FOUND_PERCENT,
    GOOD_RATIO,
    MEANINGFUL_PERCENT,
    EstimateQuality,
    estimate_case,
    is_good,
    leave_one_pair_out,
)
from benchmarks.weak import WeakRun
from isolex.judging import Evidence, Model, judge_evidence
from isolex.judging.estimate import FEATURES, estimate
from isolex.judging.thresholds import (
    ALIGNED_AGREEMENT,
    ENOUGH_AGREEMENT,
    FAILED_AGREEMENT,
    FREQUENT_WORDS,
    HARDLY_ANY_AGREEMENT,
    KEPT_PAIRS,
    KEPT_WORDS,
    RESTARTS,
)

PAGE = REPORTS / "weak.md"
VERDICT_PAGE = DOCS / "verdict.md"
COEFFICIENTS = ROOT / "src" / "isolex" / "judging" / "estimate.json"
FITTED_ON = (
    "P@1 (protocol muse, CSLS, mean of both directions) on the words of MUSE's dictionaries that are among "
    "the 5,000 most frequent of either side; self-learning from words written alike, from few pairs and from "
    "none, on vectors of novels and of the web, all words and fewer, with noise, and on spaces that cannot "
    "align"
)

INTRODUCTION = """# Benchmarks without a dictionary

<!-- Made by python -m benchmarks pages from benchmarks/results/*.json; do not edit. -->

P@1 in percent with little supervision or none, on the vectors and dictionaries of
[Benchmarks](supervised.md), by protocol `muse` and CSLS: *there* is source to target, *back* is target to
source. *Supervised* is [VecMap](../../docs/methods/vecmap.md) on the same spaces with all pairs of the
training dictionary, each direction trained on its own dictionary: one dictionary for both would hold test
pairs of the other direction, turned round.

DATA is a folder with `vectors/xx.vec.gz` and `dictionaries/muse/xx-yy.train.txt` and `.test.txt`.
"""

UNSUPERVISED = """No seed pairs: `unsupervised` begins with words that both vocabularies write alike, and
`fully-unsupervised` goes by the vectors alone. Each run had one thread, beside another one. The status is
by the thresholds of [The verdict](../../docs/verdict.md), which also explains the agreement; the seconds
include it.
"""

SEMI = """From more and more pairs of the training dictionary, each set within the next, and from the strings
or numerals that both vocabularies have (how many there are, in brackets). Figures are *there* / *back*, and
*there* alone for more than 25 pairs: among training pairs of one direction there are test pairs of the other,
which self-learning keeps. No verdict was asked for.
"""

SYSTEMS = """Each method in a process of its own, without a verdict. Minutes are those of `isolex.align`;
memory is the most that the process held, which includes reading the vectors and the supervised runs.
"""

VERDICT = f"""Runs on small, noisy and hopeless spaces, each beside what dictionaries say of it.
A run is *good* if it has at least {100 * GOOD_RATIO:.0f} % of the supervised P@1, both directions together,
on spaces that can align and where that P@1 is {MEANINGFUL_PERCENT:.0f} % or more in the mean. Statuses are by
the thresholds of [The verdict](../../docs/verdict.md). *Right*: percent of the words of the whole dictionary
that are frequent on both sides, the mean of both directions; *estimate*: what the verdict says of that.
"""

PLANTED = f"""One space against itself, so that every answer is known: the Spanish vectors of the bundled
sample, rotated, their rows shuffled, noise on every row until the mean cosine to the clean row is
{PLANTED_COSINE:g}, and {100 * PLANTED_MISSING:.0f} % of the words missing on each side.
*Recovered*: percent of the words on both sides whose first answer is themselves.
"""


def both(run: Report, prefix: str = "") -> str:
    """P@1 there and back in one cell."""
    return f"{run[f'{prefix}forward']:.1f} / {run[f'{prefix}backward']:.1f}"


def four(run: Report) -> list[str]:
    """P@1 there and back, and the supervised figures."""
    names = ("forward", "backward", "supervised_forward", "supervised_backward")
    return [f"{run[name]:.1f}" for name in names]


def status(run: Report) -> str:
    """The status by the thresholds as they are now."""
    return judge_evidence(Evidence(**run["evidence"]))[0] if run["evidence"] else str(run["status"])


def seconds(run: Report) -> str:
    """How long it took."""
    return f"{run['seconds']:.0f}"


def memory(run: Report) -> str:
    """The most memory that was held, in GiB, where that was measured."""
    return "" if run["peak_gib"] is None else f"{run['peak_gib']:.1f}"


def agreements(run: Report) -> list[str]:
    """The run's agreement and its null's, if it was judged by them."""
    names = ("agreement", "null_agreement")
    return [f"{run['evidence'][name]:.1f}" if run["evidence"] else "" for name in names]


def section(
    title: str, text: str, reports: Sequence[Report], *parts: str, options: str = " --data DATA"
) -> str:
    """A measurement with its commands and what it was made with."""
    commands, ends = [], []
    for report in reports:
        web = kind(report["runs"][0]) == "web"
        chosen = " --vectors web" if web else ""
        commands.append(f"python -m benchmarks {report['benchmark']}{options}{chosen}\n")
        side = f", {report['processes']} processes side by side," if "processes" in report else ""
        told = "The runs of `web` were measured" if web else "Measured"
        ends.append(f"{told} in {report['seconds'] / 60:.0f} minutes{side} with {versions(report)}.\n")
    command = f"```text\n{''.join(commands)}```\n"
    return "\n".join([f"## {title}\n", text, command, *(f"{part}\n" for part in parts), "".join(ends)])


def unsupervised(reports: Sequence[Report]) -> str:
    """One row a run."""
    head = ["pair", "method", "status", "seed", "there", "back", "supervised there", "supervised back"]
    rows = [
        (
            kind(run),
            [
                run["pair"],
                run["method"],
                status(run),
                str(run["seed"]),
                *four(run),
                *agreements(run),
                seconds(run),
            ],
        )
        for run in all_rows(reports, "runs")
    ]
    made = table_of_kinds([*head, "agreement", "null", "seconds"], rows, text_columns=3)
    return section("No dictionary", UNSUPERVISED, reports, made)


_Place = tuple[str, str]


def semi(reports: Sequence[Report], without: Sequence[Report]) -> str:
    """One row a language pair, one column a kind of supervision."""
    runs, alone = all_rows(reports, "runs"), all_rows(without, "runs")
    pairs = {_place(run): run for run in runs}
    columns: dict[str, dict[_Place, str]] = {}
    for run in runs:
        name, cell = run["supervision"], both(run)
        if name.endswith(" pairs") and name != "25 pairs":
            cell = f"{run['forward']:.1f}"
        if counted := re.fullmatch(r"(\d+) (identical strings|numerals)", name):
            name, cell = counted[2], f"{cell} ({int(counted[1]):,})"
        columns.setdefault(name, {})[_place(run)] = cell
    if alone:
        columns["no dictionary"] = {_place(run): both(run) for run in reversed(alone)}
    rows = [
        (
            kind(run),
            [run["pair"], *(cells.get(place, "") for cells in columns.values()), both(run, "supervised_")],
        )
        for place, run in pairs.items()
    ]
    made = table_of_kinds(["pair", *columns, "supervised"], rows)
    methods = ", ".join(f"`{name}`" for name in dict.fromkeys(run["method"] for run in runs))
    return section("Few pairs", f"{SEMI}Method: {methods}.\n", reports, made)


def _place(run: Row) -> _Place:
    """What stands in a row of its own."""
    return kind(run), run["pair"]


def systems(report: Report) -> str:
    """One row a method."""
    head = ["method", "begins with", "there", "back", "minutes", "peak GiB"]
    rows = [
        [f"`{run['method']}`", run["supervision"], *four(run)[:2], f"{run['seconds'] / 60:.1f}", memory(run)]
        for run in report["runs"]
    ]
    first = report["runs"][0]
    beside = f"Language pair {first['pair']}; supervised {both(first, 'supervised_')}."
    return section("The published systems", SYSTEMS, [report], beside, table(head, rows, text_columns=2))


def verdict(reports: Sequence[Report], others: Sequence[Report]) -> str:
    """One row a run, and what thresholds fitted on other language pairs make of them and of all words."""
    head = ["pair", "spaces", "begins with", "good", "status", "there", "back"]
    head += ["supervised there", "supervised back", "agreement", "null", "right", "estimate"]
    rows = [
        (
            kind(run),
            [
                run["pair"],
                run["spaces"],
                run["supervision"],
                "yes" if good(run) else "no",
                status(run),
                *four(run),
                *agreements(run),
                *estimated(run),
            ],
        )
        for run in all_rows(reports, "runs")
    ]
    runs = judged(reports, others)
    thresholds = [[pair, f"{value:.1f}"] for pair, value in sorted(leave_one_pair_out(runs)[1].items())]
    return section(
        "Does the verdict tell the truth?",
        VERDICT,
        reports,
        table_of_kinds(head, rows, text_columns=5),
        tells(runs),
        *filter(None, [estimates(runs)]),
        "Thresholds for `aligned` fitted on the other language pairs, as leads in agreement, in percent:",
        table(["pair left out", "threshold"], thresholds),
    )


def estimated(run: Report) -> list[str]:
    """How many answers of frequent words are right, and the interval that is told."""
    if not run["evidence"] or run["frequent"] is None:
        return ["", ""]
    told = estimate(Evidence(**run["evidence"]))
    return [f"{run['frequent']:.1f}", f"{told.low:.0f} to {told.high:.0f}"]


def judged(reports: Sequence[Report], others: Sequence[Report]) -> list[WeakRun]:
    """All runs with a verdict by agreement, of the others, too."""
    return weak_runs(all_rows([*reports, *others], "runs"))


def weak_runs(runs: Iterable[Row]) -> list[WeakRun]:
    """Those with a verdict by agreement."""
    names = [entry.name for entry in fields(WeakRun)]
    return [WeakRun(**{name: run[name] for name in names if name in run}) for run in runs if run["evidence"]]


def tells(runs: list[WeakRun]) -> str:
    """How often the verdict is right, as told and with thresholds that have not seen the language pair."""
    fine, poor = told(runs)
    left_out, _ = leave_one_pair_out(runs)
    return (
        f"Of {len(runs)} runs, those on all words included, {len(fine)} are good: "
        f"{fine.count('aligned')} of them are called `aligned`, {fine.count('doubtful')} `doubtful` and "
        f"{fine.count('failed')} `failed`; of the {len(poor)} bad ones {poor.count('aligned')}, "
        f"{poor.count('doubtful')} and {poor.count('failed')}. With a threshold for `aligned` that "
        f"was fitted on the other language pairs only, {left_out.false} of {left_out.bad} bad runs are "
        f"called `aligned`, and {left_out.denied} of {left_out.good} good ones are not."
    )


def estimates(runs: list[WeakRun]) -> str:
    """How good the estimates are, fitted on other language pairs; nothing where these are too few to fit."""
    runs = with_estimates(runs)
    if not runs:
        return ""
    known = EstimateQuality.of(runs)
    return (
        f"Estimates that were fitted on the other language pairs hold the truth in {known.coverage:.0f} % of "
        f"{known.runs} runs, with a median width of {known.width:.0f} points, where the narrowest constant "
        f"interval that holds as many is {known.constant_width:.0f} points wide. Of the {known.found} runs "
        f"with more than {FOUND_PERCENT:.0f} % right they hold {known.found_coverage:.0f} %, with a median "
        f"width of {known.found_width:.0f} points and a median error of {known.error:.1f}."
    )


def in_short(runs: list[WeakRun]) -> str:
    """How often the verdict is right, for readers of its page."""
    of_good, of_bad = told(runs)
    good, bad = (
        [statuses.count(status) for status in ("aligned", "doubtful", "failed")]
        for statuses in (of_good, of_bad)
    )
    return (
        f"In a test, isolex judged {len(of_good)} good alignments of two languages: it called {good[0]} of "
        f"them `aligned`, {good[1]} `doubtful` and {good[2]} `failed`. Of {len(of_bad)} bad ones it called "
        f"{bad[0]} `aligned`, {bad[1]} `doubtful` and {bad[2]} `failed` ([Results](results.md))."
    )


def told(runs: list[WeakRun]) -> tuple[Sequence[str], Sequence[str]]:
    """The statuses of the good runs and of the bad ones, by the thresholds as they are now."""
    fine, poor = (
        [judge_evidence(Evidence(**run.evidence))[0] for run in runs if is_good(run) is wanted]
        for wanted in (True, False)
    )
    return fine, poor


def with_estimates(runs: list[WeakRun]) -> list[WeakRun]:
    """Those of which it is known how many answers are right, if they are of at least three language pairs."""
    known = [run for run in runs if run.frequent is not None]
    return known if len({run.pair for run in known}) >= 3 else []


def coefficients(runs: list[WeakRun]) -> str:
    """The fitted estimate as JSON, with where it comes from."""
    cases = [estimate_case(run) for run in runs]
    return coefficients_of(Model.fit(cases, FEATURES), FITTED_ON, len(cases))


def planted(report: Report) -> str:
    """One row a method."""
    head = ["method", "words", "on both sides", "recovered", "seconds"]
    rows = [
        [
            f"`{run['method']}`",
            f"{run['words']:,}",
            f"{run['shared']:,}",
            f"{run['recovered']:.1f}",
            seconds(run),
        ]
        for run in report["runs"]
    ]
    return section("A planted alignment", PLANTED, [report], table(head, rows), options="")


def good(run: Report) -> bool:
    """Whether the dictionaries say that it found the alignment."""
    return is_good(weak_runs([run])[0])


def page() -> str:
    """benchmarks/reports/weak.md."""
    without = read_kinds("unsupervised")
    made = [INTRODUCTION]
    if without:
        made.append(unsupervised(without))
    if reports := read_kinds("semi"):
        made.append(semi(reports, without))
    if report := read("systems"):
        made.append(systems(report))
    if reports := read_kinds("verdict"):
        made.append(verdict(reports, without))
    if report := read("planted"):
        made.append(planted(report))
    return "\n".join(made)


def verdict_page() -> str:
    """docs/verdict.md with its figures filled in."""
    reports = read_kinds("verdict")
    runs = judged(reports, read_kinds("unsupervised"))
    figures = {
        "aligned": f"{ALIGNED_AGREEMENT:g}",
        "failed": f"{FAILED_AGREEMENT:g}",
        "enough": f"{ENOUGH_AGREEMENT:g}",
        "hardly": f"{HARDLY_ANY_AGREEMENT:g}",
        "restarts": f"{RESTARTS}",
        "words": f"{100 * KEPT_WORDS:g}",
        "pairs": f"{100 * KEPT_PAIRS:g}",
        "frequent": f"{FREQUENT_WORDS:,}",
        "tells": f"\n\n{in_short(runs)}\n\n" if reports else "\n",
    }
    return filled(VERDICT_PAGE, figures)


def made() -> dict[Path, str]:
    """Both pages, and the estimate."""
    reports = read_kinds("verdict")
    runs = judged(reports, read_kinds("unsupervised"))
    known = with_estimates(runs) if reports else []
    fitted = {COEFFICIENTS: coefficients(known)} if known else {}
    return {PAGE: page(), VERDICT_PAGE: verdict_page()} | fitted
