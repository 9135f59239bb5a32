"""Fill benchmarks/reports/space.md with the measurements of benchmarks/results/space*.json.

python -m benchmarks space --data DATA --json > benchmarks/results/space.json
python -m benchmarks space --data DATA --more --json > benchmarks/results/space-more.json
python -m benchmarks space --planted 10,50,157 --json > benchmarks/results/space-planted.json
python -m benchmarks triangulation --data ../shared/data --json > benchmarks/results/triangulation.json
python -m benchmarks pages
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.languages import PIVOTS, mean
from benchmarks.pages.filling import REPORTS, Maker, Report, filled_from_each, machine, table

PAGE = REPORTS / "space.md"
_SYSTEMS = {
    "direct": "direct",
    "pivot": "pivot",
    "star": "star",
    "joint_vecmap": "joint VecMap",
    "geomm": "GeoMM",
    "joint": "joint",
}
_COMPOSED = {f"pivot_{method}": f"pivot, {method}" for method in PIVOTS} | {"joint": "joint"}


def both(row: Report, system: str) -> str:
    """P@1 of all words, and of unreachable ones."""
    every, rest = (
        row.get("direct_vecmap" if system == "direct" else system),
        row.get(f"{system}_unreachable"),
    )
    return "" if every is None else " / ".join("–" if one is None else f"{one:.1f}" for one in (every, rest))


def counts(row: Report) -> str:
    """How many test words."""
    return f"{row['n']:,} / {row['n_unreachable']:,}"


def scores(rows: Iterable[Report], systems: Mapping[str, str]) -> list[list[str]]:
    """One row a pair."""
    return [[row["pair"], counts(row), *(both(row, system) for system in systems)] for row in rows]


def pairs(report: Report) -> str:
    """One row a pair of languages, and the means."""
    head = ["pair", "test words", *_SYSTEMS.values(), "joint − direct, unreachable", "95 % interval"]
    rows = [
        [*cells, f"{row['gain']:+.1f}", "{:+.1f} to {:+.1f}".format(*row["gain_interval"])]
        for row, cells in zip(report["rows"], scores(report["rows"], _SYSTEMS), strict=True)
    ]
    for name, group in (("with English", "english"), ("others", "others")):
        found = report["means"][group]
        gain = found["joint_unreachable"] - found["direct_unreachable"]
        cells = [f"**{both(found, system)}**" if both(found, system) else "" for system in _SYSTEMS]
        rows.append([f"**mean, {name}**", "", *cells, f"**{gain:+.1f}**", ""])
    return table(head, rows)


def pivots(report: Report) -> str:
    """Which composition is shown, and what the other one gives."""
    other = next(method for method in PIVOTS if method != report["pivot"])
    found = report["means"]["others"]
    return (
        f"*Pivot* is by `{report['pivot']}`, the stronger of the two: by `{other}` the mean over the pairs "
        f"without English is {both(found, f'pivot_{other}')}."
    )


def ridges(report: Report) -> str:
    """Which ridge held-out words chose."""
    joint, star = report["ridges"]["joint"], report["ridges"]["star"]
    return f"Held-out words chose a ridge of {joint:g} for *joint*, and of {star:g} for *star*."


def english(report: Report) -> str:
    """Distant languages against English."""
    systems = {"direct": "direct", "joint": "joint"}
    rows = scores(report["english"], systems)
    means = {name: mean(report["english"], name) for name in _columns(systems)}
    rows.append(["**mean**", "", *(f"**{both(means, system)}**" for system in systems)])
    return table(["pair", "test words", *systems.values()], rows)


def others(report: Report) -> str:
    """Distant languages against those without a dictionary."""
    rows = scores(report["others"], _COMPOSED)
    means = {name: mean(report["others"], name) for name in _columns(_COMPOSED)}
    rows.append(["**mean**", "", *(f"**{both(means, system)}**" for system in _COMPOSED)])
    return table(["pair", "test words", *_COMPOSED.values()], rows)


def added(report: Report) -> str:
    """One language that joins later."""
    found = report["added"]
    rows = scores(found["rows"], {"added": "", "joint": ""})
    means = {name: mean(found["rows"], name) for name in _columns(("added", "joint"))}
    rows.append(["**mean**", "", *(f"**{both(means, system)}**" for system in ("added", "joint"))])
    stayed = found["files_before"] - len(found["changed"])
    files = (
        f"Of the {found['files_before']} files of the folder, {stayed} had the same SHA-256 afterwards; "
        f"changed: {', '.join(f'`{name}`' for name in found['changed']) or 'none'}."
    )
    return f"{table(['pair', 'test words', 'joined later', 'joint solution of all'], rows)}\n\n{files}"


def planted(report: Report) -> str:
    """One row a size."""
    head = ["languages", "seconds", "peak GiB", "P@1"]
    rows = [
        [
            f"{run['languages']}",
            f"{run['seconds']:.0f}",
            f"{run['peak_gib']:.2f}",
            f"{run['recovered']:.1f}",
        ]
        for run in report["runs"]
    ]
    return f"{table(head, rows, text_columns=0)}\n\n{machine(report)}"


def triangulation(report: Report) -> str:
    """Reranking with the space beside reranking of the pair alone, on unreachable words."""
    head = [
        "pair",
        "test words",
        "joint",
        "reranked",
        "triangulated",
        "gain",
        "ECE, reranked",
        "ECE, triangulated",
    ]
    rows = [
        [
            row["pair"],
            f"{row['n']:,} / {row['unreachable']:,}",
            f"{row['joint']['p1_unreachable']:.1f}",
            f"{row['pairwise']['p1_unreachable']:.1f}",
            f"{row['triangulated']['p1_unreachable']:.1f}",
            f"{row['gain_unreachable']:+.1f}",
            f"{row['pairwise']['ece_unreachable']:.3f}",
            f"{row['triangulated']['ece_unreachable']:.3f}",
        ]
        for row in report["rows"]
    ]
    found = report["means"]
    errors = [
        sum(row[way]["ece_unreachable"] for row in report["rows"]) / len(report["rows"])
        for way in ("pairwise", "triangulated")
    ]
    means = [found["joint"], found["pairwise"], found["triangulated"]]
    rows.append(
        ["**mean**", ""]
        + [f"**{one:.1f}**" for one in means]
        + [f"**{found['gain_unreachable']:+.1f}**"]
        + [f"**{one:.3f}**" for one in errors]
    )
    return table(head, rows)


def _columns(systems: Iterable[str]) -> list[str]:
    return [
        name
        for system in systems
        for name in ("direct_vecmap" if system == "direct" else system, f"{system}_unreachable")
    ]


_PARTS: Mapping[str, Mapping[str, Maker]] = {
    "space": {"machine": machine, "pairs": pairs, "pivots": pivots, "ridges": ridges},
    "space-more": {"english": english, "others": others, "added": added},
    "space-planted": {"planted": planted},
    "triangulation": {"triangulation": triangulation},
}


def made() -> dict[Path, str]:
    """The page."""
    return filled_from_each(PAGE, _PARTS)
