"""The scores of a space as one self-contained HTML page: heat maps of all pairs of languages, and a table."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Evaluated = Mapping[str, Any]

# From white to the colour of the highest score; above this share of it, words are white.
_FULL, _DARK = (15, 118, 110), 0.6
_STYLE = """
:root { --ink: #1a202c; --soft: #56606e; --hair: #dfe4ea; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1060px; padding: 32px 20px 24px; color: var(--ink); background: #fff;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 12px; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 30px 0 6px; break-after: avoid; }
p { margin: 0 0 8px; }
.note, footer, td small { color: var(--soft); font-size: 13px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; line-height: 1.4; font-variant-numeric: tabular-nums; }
tr { break-inside: avoid; }
.heat th { font-weight: 600; padding: 4px 8px; }
.heat td { min-width: 58px; padding: 9px 6px; text-align: center; border: 2px solid #fff; }
.heat .none { background: #f4f6f8; color: #8b95a1; }
.maps { display: grid; gap: 8px 36px;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.all { width: 100%; }
.all th, .all td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--hair); text-align: right;
  white-space: nowrap; font-weight: 400; vertical-align: baseline; }
.all thead th { font-weight: 600; border-bottom: 2px solid var(--ink); white-space: normal; }
.all th:first-child { text-align: left; }
footer { margin-top: 32px; border-top: 1px solid var(--hair); padding-top: 10px; }
@page { size: A4 landscape; margin: 14mm; }
@media print { body { max-width: none; padding: 0; color: #000; font-size: 12.5px; }
  table { font-size: 11.5px; } .scroll { overflow: visible; } }
"""


def page(report: Evaluated) -> str:
    """The text of the page; nothing in it is loaded from elsewhere.

    Args:
        report: The result of `SpaceResult.to_dict`. Strings may contain anything, because all are escaped.
    """
    languages, directions = report["languages"], report["directions"]
    mean, steps = report["mean"], report["steps"]
    every = {(one["source"], one["target"]): one["p@1"] for one in directions}
    rest = {(one["source"], one["target"]): one["unreachable"]["p@1"] for one in directions}
    top = max((value for value in (*every.values(), *rest.values()) if value), default=1.0)
    lead = (
        f"The first answer is right for {_number(mean['p@1'])} % of the test words (P@1), and for "
        f"{_number(mean['p@1_unreachable'])} % of the test words that the training pairs do not give away. "
        f"Both are means of {len(directions)} directions."
    )
    how = f"Protocol {report['protocol']}, {report['criterion']}. Rows: the words; columns: their answers."
    apart = f"Without the test words from which {steps} or fewer training pairs lead to a right answer."
    body = [
        "<header><h1>isolex: all pairs of a space</h1></header>",
        f"<p>{escape(lead)}</p>",
        '<div class="maps">',
        _heat("P@1", how, languages, every, top),
        _heat("P@1 of unreachable words", apart, languages, rest, top),
        "</div>",
        _directions(directions, steps),
        "<footer>Made by isolex.</footer>",
    ]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>isolex: all pairs of a space</title><style>{_STYLE}</style>"
    text = "\n".join(body)
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>\n{text}\n</body>\n</html>\n'


def _heat(
    title: str,
    note: str,
    languages: Sequence[str],
    values: Mapping[tuple[str, str], float | None],
    top: float,
) -> str:
    """A matrix of P@1, the darker the higher, by one scale for all matrices of the page."""
    head = "".join(f'<th scope="col">{escape(language)}</th>' for language in languages)
    rows = ""
    for source in languages:
        cells = "".join(_cell(source, target, values.get((source, target)), top) for target in languages)
        rows += f'<tr><th scope="row">{escape(source)}</th>{cells}</tr>'
    table = f'<table class="heat"><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<section><h2>{escape(title)}</h2><p class="note">{escape(note)}</p>{_scroll(table)}</section>'


def _cell(source: str, target: str, value: float | None, top: float) -> str:
    if value is None:
        return '<td class="none"></td>'
    share = value / top
    mixed = ", ".join(str(round(255 + (channel - 255) * share)) for channel in _FULL)
    words = "#fff" if share > _DARK else "#1a202c"
    title = escape(f"{source} → {target}: {value:.1f} %")
    return f'<td style="background: rgb({mixed}); color: {words}" title="{title}">{value:.1f}</td>'


def _directions(directions: Sequence[Evaluated], steps: int) -> str:
    head = ["", "P@1", "interval", "words", "unreachable P@1", "interval", "words"]
    head += [f"reached by {step}" for step in range(1, steps + 1)]
    head += ["P@5", "MRR", "coverage", "hubness", "hub answers"]
    rows = ""
    for one in directions:
        rest, hubs = one["unreachable"], one["hubness"]
        cells = [
            _number(one["p@1"]),
            _interval(one["interval"]),
            f"{one['n']:,}",
            _number(rest["p@1"]),
            _interval(rest["interval"]),
            f"{rest['n']:,}",
            *(f"{one['reached'].get(str(step), 0):,}" for step in range(1, steps + 1)),
            _number(one["p@5"]),
            _number(one["mrr"], 3),
            f"{_number(one['coverage'])} %",
            _number(hubs["skewness"]),
            f"{100 * hubs['hub_occurrence']:.1f} %",
        ]
        name = escape(f"{one['source']} → {one['target']}")
        rows += f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    note = (
        "Reached by n: test words from which a chain of n training pairs, and no shorter one, leads to a "
        "right answer. Hubs are words that are among the k best answers to at least 2k queries. Hubness: "
        "skewness of how often each word is among the best answers. Hub answers: share of the answers that "
        "are hubs."
    )
    table = f'<table class="all"><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<section><h2>All directions</h2><p class="note">{escape(note)}</p>{_scroll(table)}</section>'


def _scroll(table: str) -> str:
    return f'<div class="scroll">{table}</div>'


def _number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _interval(ends: Sequence[float | None]) -> str:
    return " to ".join(map(_number, ends))
