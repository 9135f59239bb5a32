"""Write docs/benchmarks.md from the measured figures in benchmarks/.

python -m benchmarks reference --data DATA --json > benchmarks/results/reference.json
python -m benchmarks pages
"""

from pathlib import Path
from typing import Any

from benchmarks.pages.filling import DOCS, read, table, versions

PAGE = DOCS / "benchmarks.md"
METHODS = ("least-squares", "procrustes", "vecmap", "rcsls")
CRITERIA = ("nn", "csls")

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
with few seed pairs or none are on [a page of their own](benchmarks-weak.md).
"""


def results(row: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """A row's results by method and criterion."""
    return {(result["method"], result["criterion"]): result for result in row["results"]}


def main_table(rows: list[dict[str, Any]]) -> str:
    """All pairs, methods and criteria, with the interval of VecMap's CSLS figure."""
    columns = [f"{method} {criterion}" for method in METHODS for criterion in CRITERIA]
    head = ["pair", "training pairs", "test words", "copying", *columns, "95 % interval, vecmap csls"]
    lines = []
    for row in rows:
        found = results(row)
        best = found["vecmap", "csls"]
        lines.append(
            [
                row["pair"],
                str(row["train_pairs"]),
                f"{best['n']} of {row['test_sources']}",
                f"{best['copy_baseline']:.1f}",
                *(f"{found[method, criterion]['p@1']:.1f}" for method in METHODS for criterion in CRITERIA),
                f"{best['interval'][0]:.1f} to {best['interval'][1]:.1f}",
            ]
        )
    means = [
        sum(results(row)[method, criterion]["p@1"] for row in rows) / len(rows)
        for method in METHODS
        for criterion in CRITERIA
    ]
    lines.append(["mean", "", "", "", *(f"**{mean:.1f}**" for mean in means), ""])
    return table(head, lines)


def comparison(rows: list[dict[str, Any]], independent: dict[str, Any]) -> tuple[int, float]:
    """How many figures an independent implementation has too, and the largest difference in points of P@1."""
    differences = [
        abs(results(row)[method, criterion]["p@1"] - theirs)
        for row in rows
        for method, by_criterion in independent.get(row["pair"], {"p@1": {}})["p@1"].items()
        for criterion, theirs in by_criterion.items()
    ]
    return len(differences), max(differences)


def page(measured: dict[str, Any], independent: dict[str, Any]) -> str:
    """The whole page."""
    count, largest = comparison(measured["rows"], independent["pairs"])
    changed = [
        row["pair"]
        for row in measured["rows"]
        if results(row)["rcsls", "csls"]["mrr"] != results(row)["procrustes", "csls"]["mrr"]
    ]
    rcsls = [
        results(row)["rcsls", "csls"]["p@1"] - results(row)["procrustes", "csls"]["p@1"]
        for row in measured["rows"]
    ]
    parts = [
        INTRODUCTION,
        main_table(measured["rows"]),
        "",
        f"Measured in {measured['seconds'] / 60:.0f} minutes on two CPU cores with {versions(measured)}.",
        "The figures with all details (P@5, P@10, MRR, bins, leaks) are in "
        "`benchmarks/results/reference.json`.",
        "",
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
        f"RCSLS minus Procrustes, both by CSLS: {sum(rcsls) / len(rcsls):+.2f} points in the mean, "
        f"{min(rcsls):+.2f} to {max(rcsls):+.2f}. RCSLS starts at the Procrustes map and takes as many steps "
        f"as help held-out seed words. On spaces as small as these that is hardly ever one: its map differs "
        f"from Procrustes on {len(changed)} of the {len(rcsls)} pairs.",
        "",
    ]
    return "\n".join(parts)


def made() -> dict[Path, str]:
    """The page."""
    measured, independent = read("reference"), read("independent")
    return {} if measured is None or independent is None else {PAGE: page(measured, independent)}
