"""Fill benchmarks/reports/texts.md with the measurements of benchmarks/results/texts*.json.

python -m benchmarks texts --data DATA --json > benchmarks/results/texts.json
python -m benchmarks texts --data DATA --speed --json > benchmarks/results/texts-speed.json
python -m benchmarks texts --data DATA --dictionary --json > benchmarks/results/texts-dictionary.json
python -m benchmarks texts --data DATA --kills --json > benchmarks/results/texts-kills.json
python -m benchmarks pages
"""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.pages.filling import REPORTS, Maker, Report, filled_from_each, machine, table
from benchmarks.texts import PLAIN, by_pair_and_size
from isolex.training import TRAINERS

PAGE = REPORTS / "texts.md"
_NAMES = (*TRAINERS, PLAIN)


def trainers(report: Report) -> str:
    """One row a pair and size."""
    rows = []
    for (pair, size), found in by_pair_and_size(report["rows"]):
        by_name = {row["trainer"]: row for row in found}
        tokens = " / ".join(f"{count / 1e6:.1f}" for count in found[0]["tokens"])
        scores = [by_name[name]["p1"] for name in _NAMES]
        seconds = " / ".join(f"{sum(by_name[name]['seconds']):.0f}" for name in _NAMES)
        rows.append(
            [
                pair,
                "all" if size is None else f"{size:,}",
                tokens,
                *(f"{score:.1f}" for score in scores),
                seconds,
            ]
        )
    head = ["pair", "size", "million tokens", *_NAMES, f"seconds ({' / '.join(_NAMES)})"]
    return table(head, rows, text_columns=2)


def speed(report: Report) -> str:
    """Segmenting, and training beside the library's own."""
    ways = ("words", "sentences", "corpus")
    rows = [
        [row["language"], *(f"{row[f'{way}_per_second']:,}" for way in ways)]
        for row in report["segmentation"]
    ]
    training = report["training"]
    return (
        f"{table(['text', *ways], rows)}\n\n"
        f"Skip-gram by isolex, which writes the sentences for the library and reads its model, took "
        f"{training['seconds']['isolex']:.1f} s for {training['tokens']:,} tokens; the library "
        f"alone took {training['seconds']['library']:.1f} s. {machine(report)}"
    )


def dictionary(report: Report) -> str:
    """One whole run."""
    level = next((one for one in report["expected"] if one["confidence"] == 0.5), None)
    right = (
        ""
        if level is None
        else f", of which {100 * level['expected_precision']:.0f} % are expected to be right"
    )
    sides = [f"{side['tokens'] / 1e6:.1f} million ({side['language']})" for side in report["sides"]]
    return (
        f"`isolex dictionary` took {report['seconds'] / 60:.1f} minutes for {report['pair']}, from "
        f"{' and '.join(sides)} tokens of raw text and the training dictionary. It wrote "
        f"{report['entries']:,} entries{right}. {machine(report)}"
    )


def kills(report: Report) -> str:
    """Runs that were killed."""
    same = "the same bytes" if report["same_bytes"] else "OTHER BYTES"
    moments = ", ".join(f"{moment:g}" for moment in report["moments"])
    return (
        f"For {report['pair']} by PPMI, which takes less time, it was killed after {moments} s, and started "
        f"again each time; a run that had ended was followed by another one in a new folder. All "
        f"{report['runs']} ended with {same} as one that nobody killed."
    )


_PARTS: Mapping[str, Mapping[str, Maker]] = {
    "texts": {"machine": machine, "trainers": trainers},
    "texts-speed": {"speed": speed},
    "texts-dictionary": {"dictionary": dictionary},
    "texts-kills": {"kills": kills},
}


def made() -> dict[Path, str]:
    """The page."""
    return filled_from_each(PAGE, _PARTS)
