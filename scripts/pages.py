"""What the scripts that make pages from measurements share."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).parent.parent
MEASURED = ROOT / "benchmarks"

Report = dict[str, Any]
Maker = Callable[[Report], str]


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, text_columns: int = 1) -> str:
    """A table whose first columns hold text and whose others hold numbers."""
    marks = "|---" * text_columns + "|---:" * (len(head) - text_columns)
    lines = [" | ".join(row) for row in (head, *rows)]
    return "\n".join([f"| {lines[0]} |", f"{marks}|", *(f"| {line} |" for line in lines[1:])])


def measured_on(report: Report) -> str:
    """The machine of a measurement, in words."""
    machine = report["machine"]
    return f"{machine['processor']}, {machine['threads']} threads of {machine['cores']} cores"


def read(name: str) -> Report | None:
    """A measurement, or None."""
    path = MEASURED / f"{name}.json"
    report: Report | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return report


def filled(path: Path, figures: Mapping[str, str]) -> str:
    """A page with its figures filled in: each stands between <!-- name --> and <!-- end -->."""
    text = path.read_text(encoding="utf-8")
    for name, figure in figures.items():
        text, count = re.subn(
            rf"(<!-- {name} -->).*?(<!-- end -->)", rf"\g<1>{figure}\g<2>", text, flags=re.S
        )
        if count != 1:
            raise SystemExit(f"{path} has {count} places for: {name}")
    return text


def made_of(report: Report, parts: Mapping[str, Maker]) -> dict[str, str]:
    """What `filled` puts in: each part of a page, set off by blank lines."""
    return {name: f"\n\n{make(report)}\n\n" for name, make in parts.items()}


def fill(
    page: Path, name: str, parts: Mapping[str, Maker], files: Mapping[Path, Maker] = MappingProxyType({})
) -> int:
    """Write or check a page with parts that come from one measurement, and other files that do.

    Without the measurement all stay as they are. Gives the exit status.
    """
    report = read(name)
    if report is None:
        return 0
    made = {path: make(report) for path, make in files.items()}
    return write_or_check(made | {page: filled(page, made_of(report, parts))})


def write_or_check(made: Mapping[Path, str]) -> int:
    """Write the pages, or with --check name those that are out of date; the exit status."""
    if "--check" not in sys.argv:
        for path, text in made.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"{path.name} is out of date; run: make docs", file=sys.stderr)
    return 1 if stale else 0
