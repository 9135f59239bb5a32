r"""Fill benchmarks/reports/induction.md with the measurements of benchmarks/results/induction.json.

python -m benchmarks induction --data DATA --json > benchmarks/results/induction.json
python -m benchmarks induction --data DATA --sets muse --pairs en-fr,en-de --seeds 5000,500,100,0 --json
python -m benchmarks induction --data DATA --vectors web --json > benchmarks/results/induction-web.json
python -m benchmarks pages

The rows of the first two reports, and of one with --ablation, stand in one file, those of the web in another.
How long it takes is told by

python -m benchmarks induction --data DATA --sets muse --pairs en-de --json \
    > benchmarks/results/induction-time.json
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.induction import BASE_METHODS
from benchmarks.pages.filling import (
    OF_KIND,
    REPORTS,
    Report,
    Row,
    all_rows,
    by_kind,
    filled_from_kinds,
    kind,
    measured_on,
    read,
    read_kinds,
    table_of_kinds,
    versions,
)
from benchmarks.pages.reference import results
from benchmarks.pages.reference import whole as whole_reference

PAGE = REPORTS / "induction.md"
Reports = list[Report]


def machine(reports: Reports) -> str:
    """Where and with what it was measured."""
    told = []
    for report in reports:
        web = kind(report["rows"][0]) == "web"
        what = (
            "The rows of `web`, with vectors that [Benchmarks](supervised.md) tells of, were measured"
            if web
            else "Measured"
        )
        told.append(f"{what} on {measured_on(report)}, with {versions(report)}.")
    return "\n\n".join(told)


def gains(reports: Reports) -> str:
    """One row a test set, learnt from all seed pairs."""
    head = ["set", "pair", "words"]
    head += ["Procrustes", "RCSLS", "VecMap", "reranked", "gain"]
    head += ["best base*", "reranked*", "gain*", "recall"]
    rows = [
        (
            kind(row),
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
            ],
        )
        for row in whole(reports)
    ]
    return table_of_kinds(head, rows, text_columns=2)


def gains_told(reports: Reports) -> str:
    """What follows from `gains`."""
    sentences = []
    for vectors, own in by_kind(whole(reports)).items():
        for name in dict.fromkeys(row["set"] for row in own):
            rows = [row for row in own if row["set"] == name]
            sentences.append(
                f"`{name}`{OF_KIND[vectors]}: {spread(gain(row) for row in rows)} points over the best base "
                f"method ({spread(gain(row, '_no_identical') for row in rows)} without identical strings)."
            )
    return " ".join(sentences)


def reference(reports: Reports) -> str:
    """How far the best base methods of `muse` are from those of the supervised benchmark."""
    best = {}
    for row in whole_reference(all_rows(read_kinds("reference"))):
        found = results(row)
        figures = [found[name, "csls"]["p@1"] for name in BASE_METHODS if (name, "csls") in found]
        if figures:
            best[kind(row), row["pair"]] = max(figures)
    sentences = []
    for vectors, own in by_kind(whole(reports)).items():
        differences = [
            abs(row["best_base"] - best[vectors, row["pair"]])
            for row in own
            if row["set"] == "muse" and (vectors, row["pair"]) in best
        ]
        if differences:
            sentences.append(
                f"The best base methods of `muse`{OF_KIND[vectors]} are those of "
                f"[Benchmarks](supervised.md): on {len(differences)} pairs they differ by "
                f"{max(differences):.2f} points at the most."
            )
    return " ".join(sentences)


def calibration(reports: Reports) -> str:
    """One row a test set: do confidences tell the truth?"""
    rows = [(kind(row), [row["set"], row["pair"], *calibrated(row)]) for row in whole(reports)]
    return table_of_kinds(_CALIBRATION, rows, text_columns=2)


def curves(reports: Reports) -> str:
    """Precision of the most confident tenths."""
    head = ["set", "pair", *(f"{part} %" for part in range(10, 101, 10))]
    rows = [
        (kind(row), [row["set"], row["pair"], *(f"{share:.0f}" for share in row["curve"])])
        for row in whole(reports)
    ]
    return table_of_kinds(head, rows, text_columns=2)


def seeds(reports: Reports) -> str:
    """One row a pair and number of seeds."""
    head = ["pair", "seeds", "best base", "reranked", "best base*", "reranked*", *_CALIBRATION[2:]]
    rows = [
        (
            kind(row),
            [
                row["pair"],
                f"{row['seeds']:,}" if row["seeds"] else "none",
                *(
                    f"{row[name]:.1f}"
                    for name in ("best_base", "reranked", "best_base_no_identical", "reranked_no_identical")
                ),
                *calibrated(row),
            ],
        )
        for row in all_rows(reports)
        if row["seeds"] is not None
    ]
    return table_of_kinds(head, rows)


def ablation(reports: Reports) -> str:
    """What each feature group adds."""
    rows = [row for row in whole(reports) if row["without"]]
    groups = list(rows[0]["without"]) if rows else []
    body = [
        (
            kind(row),
            [
                row["set"],
                row["pair"],
                f"{row['reranked']:.1f}",
                *(f"{row['without'][group] - row['reranked']:+.1f}" for group in groups),
            ],
        )
        for row in rows
    ]
    return table_of_kinds(
        ["set", "pair", "all groups", *(f"without `{group}`" for group in groups)], body, text_columns=2
    )


def seconds(reports: Reports) -> str:
    """How long it takes, by a run of its own and by those of the tables."""
    spans = [
        f"{low_to_high(row['seconds'] for row in own)}{OF_KIND[vectors]}"
        for vectors, own in by_kind(whole(reports)).items()
    ]
    told = f"In the runs of the tables, beside other work, it took {', and '.join(spans)}."
    alone = read("induction-time")
    if alone is None:
        return told
    (row,), threads = alone["rows"], alone["machine"]["threads"]
    return (
        f"Aligning, learning and the dictionary of 40,000 words take {row['seconds']:.0f} seconds "
        f"({row['pair']}, {threads} threads, nothing else running); of them {row['fit_seconds']:.0f} are for "
        f"aligning and learning. {told}"
    )


def whole(reports: Reports) -> list[Row]:
    """The rows that were learnt from all seed pairs."""
    return [row for row in all_rows(reports) if row["seeds"] is None]


def gain(row: Row, words: str = "") -> float:
    """Points over the best base method."""
    made: float = row[f"reranked{words}"] - row[f"best_base{words}"]
    return made


def spread(gains: Iterable[float]) -> str:
    """Mean and range of gains."""
    found = list(gains)
    if len(found) == 1:
        return f"{found[0]:+.1f}"
    return f"{mean(found):+.1f} in the mean, {min(found):+.1f} to {max(found):+.1f},"


def low_to_high(values: Iterable[float]) -> str:
    """A range of seconds."""
    found = list(values)
    return f"{min(found):.0f} to {max(found):.0f} seconds"


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
    return filled_from_kinds(PAGE, "induction", PARTS)
