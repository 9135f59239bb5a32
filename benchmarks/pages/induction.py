r"""Fill docs/benchmarks-induction.md with the measurements of benchmarks/results/induction.json.

python -m benchmarks induction --data DATA --json > benchmarks/results/induction.json
python -m benchmarks induction --data DATA --sets muse --pairs en-fr,en-de --seeds 5000,500,100,0 --json
python -m benchmarks pages

The rows of both reports, and of one with --ablation, stand in the one file. How long it takes is told by

python -m benchmarks induction --data DATA --sets muse --pairs en-de --json \
    > benchmarks/results/induction-time.json
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.pages.filling import DOCS, Report, filled_from, measured_on, read, table, versions

PAGE = DOCS / "benchmarks-induction.md"
Row = dict[str, Any]


def machine(report: Report) -> str:
    """Where and with what it was measured."""
    return f"Measured on {measured_on(report)}, with {versions(report)}."


def gains(report: Report) -> str:
    """One row a test set, learnt from all seed pairs."""
    head = ["set", "pair", "words"]
    head += ["Procrustes", "RCSLS", "VecMap", "reranked", "gain"]
    head += ["best base*", "reranked*", "gain*", "recall"]
    rows = [
        [
            row["set"],
            row["pair"],
            f"{row['n']:,}",
            *(f"{row['base'][name]:.1f}" for name in ("procrustes", "rcsls", "vecmap")),
            f"{row['reranked']:.1f}",
            f"{gain(row):+.1f}",
            f"{row['best_base_no_identical']:.1f}",
            f"{row['reranked_no_identical']:.1f}",
            f"{gain(row, '_no_identical'):+.1f}",
            f"{row['candidates_recall']:.1f}",
        ]
        for row in whole(report)
    ]
    return table(head, rows, text_columns=2)


def gains_told(report: Report) -> str:
    """What follows from `gains`."""
    sentences = []
    for name in dict.fromkeys(row["set"] for row in whole(report)):
        rows = [row for row in whole(report) if row["set"] == name]
        sentences.append(
            f"`{name}`: {spread(gain(row) for row in rows)} points over the best base method"
            f" ({spread(gain(row, '_no_identical') for row in rows)} without identical strings)."
        )
    return " ".join(sentences)


def reference(report: Report) -> str:
    """How far the best base methods of `muse` are from those of the supervised benchmark."""
    known = read("reference")
    if known is None:
        return ""
    best = {
        row["pair"]: max(one["p@1"] for one in row["results"] if one["criterion"] == "csls")
        for row in known["rows"]
    }
    rows = [row for row in whole(report) if row["set"] == "muse"]
    farthest = max(abs(row["best_base"] - best[row["pair"]]) for row in rows)
    return (
        f"The best base methods of `muse` are those of [Benchmarks](benchmarks.md): on {len(rows)} pairs "
        f"they differ by {farthest:.2f} points at the most."
    )


def calibration(report: Report) -> str:
    """One row a test set: do confidences tell the truth?"""
    return table(
        _CALIBRATION, [[row["set"], row["pair"], *calibrated(row)] for row in whole(report)], text_columns=2
    )


def curves(report: Report) -> str:
    """Precision of the most confident tenths."""
    head = ["set", "pair", *(f"{part} %" for part in range(10, 101, 10))]
    rows = [[row["set"], row["pair"], *(f"{share:.0f}" for share in row["curve"])] for row in whole(report)]
    return table(head, rows, text_columns=2)


def seeds(report: Report) -> str:
    """One row a pair and number of seeds."""
    head = ["pair", "seeds", "best base", "reranked", "best base*", "reranked*", *_CALIBRATION[2:]]
    rows = [
        [
            row["pair"],
            f"{row['seeds']:,}" if row["seeds"] else "none",
            *(
                f"{row[name]:.1f}"
                for name in ("best_base", "reranked", "best_base_no_identical", "reranked_no_identical")
            ),
            *calibrated(row),
        ]
        for row in report["rows"]
        if row["seeds"] is not None
    ]
    return table(head, rows)


def ablation(report: Report) -> str:
    """What each feature group adds."""
    rows = [row for row in whole(report) if row["without"]]
    groups = list(rows[0]["without"]) if rows else []
    body = [
        [
            row["set"],
            row["pair"],
            f"{row['reranked']:.1f}",
            *(f"{row['without'][group] - row['reranked']:+.1f}" for group in groups),
        ]
        for row in rows
    ]
    return table(
        ["set", "pair", "all groups", *(f"without `{group}`" for group in groups)], body, text_columns=2
    )


def seconds(report: Report) -> str:
    """How long it takes, by a run of its own and by those of the tables."""
    span = low_to_high(row["seconds"] for row in whole(report))
    told = f"In the runs of the tables, beside other work, it took {span} seconds."
    alone = read("induction-time")
    if alone is None:
        return told
    (row,), threads = alone["rows"], alone["machine"]["threads"]
    return (
        f"Aligning, learning and the dictionary of 40,000 words take {row['seconds']:.0f} seconds "
        f"({row['pair']}, {threads} threads, nothing else running); of them {row['fit_seconds']:.0f} are for "
        f"aligning and learning. {told}"
    )


def whole(report: Report) -> list[Row]:
    """The rows that were learnt from all seed pairs."""
    return [row for row in report["rows"] if row["seeds"] is None]


def gain(row: Row, kind: str = "") -> float:
    """Points over the best base method."""
    made: float = row[f"reranked{kind}"] - row[f"best_base{kind}"]
    return made


def spread(gains: Iterable[float]) -> str:
    """Mean and range of gains."""
    found = list(gains)
    if len(found) == 1:
        return f"{found[0]:+.1f}"
    return f"{mean(found):+.1f} in the mean, {min(found):+.1f} to {max(found):+.1f},"


def low_to_high(values: Iterable[float]) -> str:
    """A range of whole numbers."""
    found = list(values)
    return f"{min(found):.0f} to {max(found):.0f}"


_CALIBRATION = [
    "set",
    "pair",
    "ECE",
    "Brier",
    "Brier of a constant",
    "AUROC",
    "answers at .9",
    "right of them",
]


def calibrated(row: Row) -> list[str]:
    """The cells of `_CALIBRATION` after set and pair."""
    shown: list[tuple[str, Callable[[Any], str]]] = [
        ("ece", "{:.3f}".format),
        ("brier", "{:.3f}".format),
        ("brier_constant", "{:.3f}".format),
        ("auroc", "{:.3f}".format),
        ("answers_at_90", str),
        ("precision_at_90", "{:.1f} %".format),
    ]
    return ["" if row[name] is None else form(row[name]) for name, form in shown]


PARTS = {
    "machine": machine,
    "gains": gains,
    "gains told": gains_told,
    "reference": reference,
    "calibration": calibration,
    "curves": curves,
    "seeds": seeds,
    "ablation": ablation,
    "seconds": seconds,
}


def made() -> dict[Path, str]:
    """The page."""
    return filled_from(PAGE, "induction", PARTS)
