"""Fill benchmarks/reports/review.md with the measurements of benchmarks/results/review*.json.

python -m benchmarks review --data DATA --json > benchmarks/results/review.json
python -m benchmarks review --data DATA --vectors web --json > benchmarks/results/review-web.json
python -m benchmarks review-server --json > benchmarks/results/review-server.json
python -m benchmarks explorer --json > benchmarks/results/explorer.json
python -m benchmarks pages
"""

from pathlib import Path

from benchmarks.pages.filling import (
    NOT_YET,
    REPORTS,
    Report,
    all_rows,
    filled,
    machine,
    read,
    read_kinds,
    table,
)

PAGE = REPORTS / "review.md"


def curves(reports: list[Report]) -> str:
    """P@1 and accepted pairs after so many decisions, a row a language pair and queue."""
    rows = []
    for row in all_rows(reports):
        for number, count in enumerate(row["decisions"]):
            figures = [
                f"{row['p1'][number]:.1f}",
                f"{row['accepted'][number]:,}",
                f"{row['seconds'][number]:.0f}",
            ]
            rows.append([row["vectors"], row["pair"], row["queue"], f"{count:,}", *figures])
    head = ["vectors", "pair", "queue", "decisions", "P@1", "accepted pairs", "seconds to fit"]
    return f"{table(head, rows, text_columns=3)}\n\n{_told(reports)}"


def _told(reports: list[Report]) -> str:
    return " ".join(machine(report) for report in reports)


def told(reports: list[Report]) -> str:
    """What the mixed queue is worth, a sentence a language pair."""
    return "\n".join(f"* {_sentence(one)}" for one in all_rows(reports, "summary"))


def _sentence(one: Report) -> str:
    reached = one["reached_after"]
    when = "does not reach that" if reached is None else f"reaches that after {reached:,}"
    told = (
        f"{one['pair']} ({one['vectors']}): P@1 was {one['p1_before']:.1f} before any decision. The random "
        f"queue ends at {one['p1_random']:.1f}; the mixed one {when}, and ends at {one['p1_mixed']:.1f}. "
        f"It has {one['accepted_mixed']:,} accepted pairs, {one['ratio']:.2f} times as many as the other."
    )
    if one["covered"] is None:
        return told
    held = f"held the truth in {one['covered']:.0f} % of {one['checks']} checks"
    return f"{told} The interval of the live estimate {held}."


def server(report: Report) -> str:
    """Two minutes: one with a fit beside them, one with kills."""
    rows = []
    for row in report["rows"]:
        beside = f"{row['kills']} kills" if row["kills"] else "a generation is fitted"
        times = [f"{value:.0f}" for name in ("decision_ms", "item_ms") for value in row[name]]
        counts = [f"{row[name]:,}" for name in ("acknowledged", "lost", "doubled")]
        rows.append([beside, *counts, *times])
    head = ["meanwhile", "acknowledged", "lost", "doubled", "decision, ms", "95 %", "word, ms", "95 %"]
    return f"{table(head, rows)}\n\n{machine(report)}"


def explorer(report: Report) -> str:
    """Times of the explorer."""
    (row,) = report["rows"]
    after, first = row["page_seconds"] - row["torch_seconds"], row["word_seconds"] - row["page_seconds"]
    median, high = row["look_up_ms"]
    frames = "" if row["frames"] is None else f" The map moved at {row['frames']:.0f} frames a second."
    return (
        f"With {row['words']:,} words a side the page was there {after:.1f} s after Python and torch "
        f"({row['torch_seconds']:.1f} s), and the first word {first:.1f} s later. Further words took "
        f"{median:.0f} ms in the median ({high:.0f} ms at the 95th percentile).{frames} "
        f"{machine(report)}"
    )


def made() -> dict[Path, str]:
    """The page; what was not measured is told there."""
    reports = read_kinds("review")
    served, timed = read("review-server"), read("explorer")
    parts = {
        "review": curves(reports) if reports else NOT_YET,
        "review told": told(reports) if reports else "",
        "review server": NOT_YET if served is None else server(served),
        "explorer": NOT_YET if timed is None else explorer(timed),
    }
    return {PAGE: filled(PAGE, {name: f"\n\n{text}\n\n" for name, text in parts.items()})}
