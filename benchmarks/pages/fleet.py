"""Fill benchmarks/reports/fleet.md with the measurements of benchmarks/results/fleet*.json.

python -m benchmarks fleet --data DATA --kills 0 --json > benchmarks/results/fleet.json
python -m benchmarks fleet --data DATA --words 40000 --kills 0 --json > benchmarks/results/fleet-longer.json
python -m benchmarks fleet --data DATA --executors loop --json > benchmarks/results/fleet-kills.json
python -m benchmarks fleet-scale --json > benchmarks/results/fleet-costs.json
python -m benchmarks fleet-scale --part many --json > benchmarks/results/fleet-many.json
python -m benchmarks fleet-scale --part sharded --json > benchmarks/results/fleet-sharded.json
python -m benchmarks pages
"""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.pages.filling import REPORTS, Maker, Report, filled_from_each, machine, table
from isolex.lexicon.words import counted

PAGE = REPORTS / "fleet.md"


def executors(report: Report) -> str:
    """All directions by each executor, and on what it was measured."""
    head = ["executor", "workers", "seconds", "overhead", "same bytes"]
    rows = [
        [
            row["executor"],
            str(row["workers"]),
            f"{row['seconds']:.1f}",
            f"{row['overhead']:+.1f} %",
            "yes" if row["same"] else "no",
        ]
        for row in report["rows"]
    ]
    return f"{table(head, rows)}\n\n{machine(report)}"


def killed(report: Report) -> str:
    """What killing left, and on what it was measured."""
    rows = report["kills"]
    same = sum(row["same"] for row in rows)
    twice = max((row["twice"] for row in rows), default=0)
    return (
        f"Of {len(rows)} runs in which the driver, a worker or a node of Ray was killed at a random moment, "
        f"{same} ended with the same bytes when the command was given again; at most "
        f"{counted(twice, 'job')} in a run {'was' if twice == 1 else 'were'} begun twice. {machine(report)}"
    )


def costs(report: Report) -> str:
    """One direction at each size, and how seconds grow."""
    head = ["words", "seconds", "peak GiB", "GiB read besides vectors"]
    rows = [
        [f"{row['words']:,}", f"{row['seconds']:.1f}", f"{row['gib']:.2f}", f"{row['gib_read']:.2f}"]
        for row in report["costs"]
    ]
    growth = report["growth"]
    return (
        f"{table(head, rows)}\n\nWith n words on each side, the seconds grow as {growth['fixed']:.2f} + "
        f"{1e6 * growth['linear']:.2f} × n / 10⁶ + {1e9 * growth['square']:.3f} × n² / 10⁹. {machine(report)}"
    )


def plan(report: Report) -> str:
    """All directions of the plan on several numbers of workers."""
    head = ["workers", "tries that are lost", "days", "tries", "jobs lost three times"]
    rows = [
        [
            f"{row['workers']:,}",
            f"{100 * row['failures']:g} %",
            f"{row['hours'] / 24:,.1f}",
            f"{row['tries']:,}",
            f"{row['unfinished']:,}",
        ]
        for row in report["plan"]
    ]
    return table(head, rows)


def many(report: Report) -> str:
    """A space of many languages, and the scores of all their pairs."""
    return (
        f"{report['languages']} languages with {report['words']:,} words each: all took "
        f"{report['seconds'] / 60:.1f} minutes, {report['space_seconds'] / 60:.1f} of them for the space, "
        f"the others for the scores of all {report['pairs']:,} pairs with two workers. The first run was "
        f"interrupted when {report['interrupted']:,} pairs had their score; the second run made the other "
        f"{report['made']:,}. No process held more than {report['gib_first']:.2f} GiB in the first run, and "
        f"{report['gib']:.2f} GiB in both. {machine(report)}"
    )


def sharded(report: Report) -> str:
    """One search in shards."""
    same = "the same, bit by bit" if report["same"] else "NOT THE SAME"
    shards, whole = (f"{report[name] / 60:.1f} minutes" for name in ("sharded_seconds", "whole_seconds"))
    return (
        f"{report['words']:,} words on each side, {report['dimension']} dimensions, {report['shards']} "
        f"shards: the answers and scores are {same}. The shards took {shards} with two workers of one "
        f"thread, one process with two threads {whole}. No worker held more than {report['gib']:.2f} GiB. "
        f"{machine(report)}"
    )


_PARTS: Mapping[str, Mapping[str, Maker]] = {
    "fleet": {"executors": executors},
    "fleet-longer": {"longer": executors},
    "fleet-kills": {"killed": killed},
    "fleet-many": {"many": many},
    "fleet-sharded": {"sharded": sharded},
    "fleet-costs": {"costs": costs, "plan": plan},
}


def made() -> dict[Path, str]:
    """The page."""
    return filled_from_each(PAGE, _PARTS)
