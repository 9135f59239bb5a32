"""What the pages share: measurements read, tables written, and figures put into pages."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.spaces import VECTORS
from isolex.errors import FormatError
from isolex.judging import Model

ROOT = Path(__file__).parent.parent.parent
RESULTS = ROOT / "benchmarks" / "results"
DOCS = ROOT / "docs"
REPORTS = ROOT / "benchmarks" / "reports"

Report = dict[str, Any]
Row = dict[str, Any]
"""Of a report: what was measured on one language pair, or one run."""
Given = TypeVar("Given")
Maker = Callable[[Report], str]

OF_KIND = {"novels": "", "web": " with vectors of the web"}
"""How a sentence says which vectors it is of."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, text_columns: int = 1) -> str:
    """A table whose first columns hold text and whose others hold numbers."""
    marks = "|---" * text_columns + "|---:" * (len(head) - text_columns)
    lines = [" | ".join(row) for row in (head, *rows)]
    return "\n".join([f"| {lines[0]} |", f"{marks}|", *(f"| {line} |" for line in lines[1:])])


def versions(report: Report) -> str:
    """What a measurement was made with, in words."""
    return ", ".join(f"{name} {version}" for name, version in report["versions"].items())


def coefficients_of(model: Model, fitted_on: str, cases: int) -> str:
    """A fitted model as the JSON that comes with isolex, with where it comes from."""
    return json.dumps({"fitted_on": fitted_on, "cases": cases, **_rounded(asdict(model))}, indent=2) + "\n"


def _rounded(value: Any) -> Any:
    """Numbers to six digits: what differs beyond that is the rounding of machines."""
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def measured_on(report: Report) -> str:
    """The machine of a measurement, in words."""
    machine = report["machine"]
    return f"{machine['processor']}, {machine['threads']} threads of {machine['cores']} cores"


def machine(report: Report) -> str:
    """What it was measured with, in a sentence."""
    return f"Measured with {versions(report)}, on {measured_on(report)}."


def read(name: str) -> Report | None:
    """A measurement, or None."""
    path = RESULTS / f"{name}.json"
    report: Report | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return report


def read_kinds(name: str) -> list[Report]:
    """A measurement on vectors of novels and on those of the web, of which either may be missing."""
    return [report for report in (read(name), read(f"{name}-web")) if report is not None]


def all_rows(reports: Iterable[Report], name: str = "rows") -> list[Row]:
    """The rows of several reports, or what else goes by that name in them."""
    return [row for report in reports for row in report[name]]


def kind(row: Row) -> str:
    """Which vectors a row was measured on; the first results, of novels, do not say so."""
    return str(row.get("vectors", "novels"))


def by_kind(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each kind of vectors that there are any of."""
    found = list(rows)
    kinds = {name: [row for row in found if kind(row) == name] for name in VECTORS}
    return {name: own for name, own in kinds.items() if own}


def table_of_kinds(
    head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], *, text_columns: int = 1
) -> str:
    """A table of rows that each have a kind of vectors, which stands first unless all are of novels."""
    found = list(rows)
    if all(name == "novels" for name, _ in found):
        return table(head, (cells for _, cells in found), text_columns=text_columns)
    labelled = ([name, *cells] for name, cells in found)
    return table(["vectors", *head], labelled, text_columns=text_columns + 1)


def filled(path: Path, figures: Mapping[str, str]) -> str:
    """A page with its figures filled in: each stands between <!-- name --> and <!-- end -->.

    Raises:
        FormatError: The page has no such place, or several.
    """
    text = path.read_text(encoding="utf-8")
    for name, figure in figures.items():
        text, count = re.subn(
            rf"(<!-- {name} -->).*?(<!-- end -->)", rf"\g<1>{figure}\g<2>", text, flags=re.S
        )
        if count != 1:
            raise FormatError(f"has {count} places for {name!r}, expected one", where=path)
    return text


def filled_from(page: Path, name: str, parts: Mapping[str, Maker]) -> dict[Path, str]:
    """A page whose parts come from one measurement, each set off by blank lines; nothing without it."""
    report = read(name)
    if report is None:
        return {}
    return {page: filled(page, _figures(parts, report))}


def filled_from_kinds(
    page: Path, name: str, parts: Mapping[str, Callable[[list[Report]], str]]
) -> dict[Path, str]:
    """The same, of the measurement on each kind of vectors."""
    reports = read_kinds(name)
    return {page: filled(page, _figures(parts, reports))} if reports else {}


def _figures(parts: Mapping[str, Callable[[Given], str]], given: Given) -> dict[str, str]:
    return {part: f"\n\n{make(given)}\n\n" for part, make in parts.items()}


NOT_YET = "*No figures stand here yet: the command above has not been run whole.*"


def filled_from_each(page: Path, parts: Mapping[str, Mapping[str, Maker]]) -> dict[Path, str]:
    """A page whose parts come from several measurements; one that is missing is told there."""
    figures: dict[str, str] = {}
    for name, makers in parts.items():
        report = read(name)
        for part, make in makers.items():
            figures[part] = f"\n\n{NOT_YET if report is None else make(report)}\n\n"
    return {page: filled(page, figures)}
