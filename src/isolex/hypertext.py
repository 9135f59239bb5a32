"""Small pieces of HTML: words and figures of a page, and how results show themselves in a notebook.

Words come from strangers' files and may be anything, so everything is escaped here. What a notebook shows
loads nothing. It has no style sheet and no colours of its own, so it can be read on light and on dark pages.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

# Half-transparent grey is seen on white and on black; everything else takes the colour of the page.
_HAIR = "1px solid rgba(128, 128, 128, .4)"
_CELL = "padding: 3px 14px 3px 0; vertical-align: baseline"
LONGEST = 80
# Notebooks would set `$…$` as formulas, in which a word could hide a link.
_NO_FORMULAS = "tex2jax_ignore mathjax_ignore"


def finite(value: Any) -> bool:
    """Whether this is a number that can be shown."""
    return isinstance(value, int | float) and math.isfinite(value)


def number(value: Any) -> str:
    """Whole numbers in full, others to three digits; a dash where there is no number."""
    if not finite(value):
        return "–"
    if isinstance(value, int) or abs(value) >= 999.5:
        return f"{value:,.0f}"
    return f"{value:.2e}" if 0 < abs(value) < 1e-3 else f"{value:#.3g}".rstrip(".")


def percent(value: Any) -> str:
    """A percentage to one decimal; a dash where there is no number."""
    return f"{value:.1f} %" if finite(value) else "–"


def word(text: str) -> str:
    """A word in its own direction of writing, which does not turn what stands beside it."""
    return f'<bdi dir="auto">{escape(text)}</bdi>'


def short(text: str, longest: int = LONGEST) -> str:
    """A word or sentence for a notebook: a long one is cut, and what cannot be encoded is shown escaped."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return word(cut.encode("utf-8", "backslashreplace").decode("utf-8"))


def interval(ends: Sequence[Any] | None) -> str:
    """Both ends of an interval in percent; nothing where one is missing."""
    if ends is None or len(ends) != 2 or not all(map(finite, ends)):
        return ""
    return f"{ends[0]:.1f} to {ends[1]:.1f}"


def snippet(
    title: str, rows: Mapping[str, str], heads: Sequence[str] = (), body: Iterable[Sequence[str]] = ()
) -> str:
    """What a notebook shows of a result: a heading, lines of a name and a value, and perhaps a table below.

    Args:
        title: HTML of the heading.
        rows: By name the HTML of a value; empty values are left out.
        heads: Heads of the table, as text.
        body: Its rows, each the HTML of its cells.
    """
    lines = "".join(
        f'<tr style="background: none">{_head(name)}{_cell(value)}</tr>'
        for name, value in rows.items()
        if value
    )
    below = "".join(f'<tr style="background: none">{"".join(map(_cell, cells))}</tr>' for cells in body)
    if below:
        top = "".join(_head(head, "col", f"; border-bottom: {_HAIR}") for head in heads)
        below = f"{_TABLE}<thead><tr>{top}</tr></thead><tbody>{below}</tbody></table>"
    return (
        f'<div class="isolex {_NO_FORMULAS}" style="border-left: 3px solid rgba(128, 128, 128, .6); '
        f'padding-left: 12px; overflow-x: auto"><div style="font-weight: 600">{title}</div>'
        f"{_TABLE}<tbody>{lines}</tbody></table>{below}</div>"
    )


_TABLE = '<table style="border-collapse: collapse; margin: 4px 0; font-variant-numeric: tabular-nums">'


def _head(name: str, scope: str = "row", more: str = "") -> str:
    style = f"{_CELL}; text-align: left; font-weight: 500{more}"
    return f'<th scope="{scope}" style="{style}">{escape(name)}</th>'


def _cell(value: str) -> str:
    return f'<td style="{_CELL}; text-align: left">{value}</td>'
