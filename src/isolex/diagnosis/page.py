"""A diagnosis as one self-contained HTML page, which loads nothing from elsewhere."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from isolex.diagnosis.plots import (
    Report,
    by_frequency,
    interval_bar,
    learning_curve,
    occurrences,
    spectra,
    word_map,
)
from isolex.hypertext import number, percent, word

Form = Callable[[Any], str]
_Cell = tuple[str, str]

_STYLE = """
:root { --source: #2b6cb0; --target: #c05621; --accent: #0f766e; --plain: #94a3b8; --ink: #1a202c;
  --soft: #56606e; --hair: #dfe4ea; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 940px; padding: 32px 20px 24px; color: var(--ink); background: #fff;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 20px; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 34px 0 8px; break-after: avoid; }
p { margin: 0 0 8px; }
.note, figcaption, td.meaning, footer { color: var(--soft); font-size: 13px; }
.lead { font-size: 21px; line-height: 1.35; margin-bottom: 14px; }
.lead b { color: var(--accent); font-size: 1.5em; letter-spacing: -.02em; }
.prediction { border: 1px solid var(--hair); border-left: 5px solid var(--accent); border-radius: 6px;
  padding: 16px 20px 10px; break-inside: avoid; }
.advice { margin: 0; padding-left: 22px; }
.advice li { margin-bottom: 6px; padding-left: 4px; }
.advice span { color: var(--soft); }
.scroll { overflow-x: auto; }
.number bdi { white-space: normal; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.4; }
th, td { text-align: left; vertical-align: baseline; padding: 4px 12px 4px 0;
  border-bottom: 1px solid var(--hair); overflow-wrap: break-word; }
tr { break-inside: avoid; }
th { font-weight: 500; }
thead th { font-weight: 600; border-bottom: 2px solid var(--ink); }
.number { text-align: right; padding-right: 20px; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.meaning { min-width: 200px; }
td i { font-style: normal; color: var(--soft); font-size: 13px; white-space: nowrap; }
th.source { color: var(--source); } th.target { color: var(--target); }
.figures { display: grid; gap: 28px 32px;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); }
figure { margin: 0; display: flex; flex-direction: column; break-inside: avoid; }
figure svg { margin-top: auto; padding-top: 6px; }
figcaption b, figcaption span { display: block; }
figcaption b { color: var(--ink); font-size: 15px; }
.wide { grid-column: 1 / -1; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.key { display: inline-block; font-style: normal; margin-right: 1em; color: var(--ink); white-space: nowrap; }
.key::before { content: ""; display: inline-block; width: 18px; margin-right: 6px; vertical-align: .25em;
  border-top: 3px solid var(--hue); }
.source { --hue: var(--source); } .target { --hue: var(--target); }
.accent { --hue: var(--accent); } .plain { --hue: var(--plain); } .faint { --hue: #cbd2da; }
.key.target::before { border-top-style: dashed; }
.wide .key::before, .key.plain::before, .key.accent::before { width: 6px; height: 6px;
  border: 2px solid var(--hue); border-radius: 50%; vertical-align: .05em; background: var(--hue); }
.wide .key.target::before { background: #fff; }
text { font-size: 11.5px; fill: var(--soft); font-variant-numeric: tabular-nums; }
text.value { fill: var(--ink); font-weight: 600; }
text.word { font-size: 12px; fill: var(--hue); stroke: #fff; stroke-width: 3px; paint-order: stroke;
  stroke-linejoin: round; }
.dot { fill: var(--hue); } .dot.target { fill: #fff; stroke: var(--hue); stroke-width: 1.7; }
.line { fill: none; stroke: var(--hue); stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
.line.target { stroke-dasharray: 7 5; }
.band { fill: var(--hue); opacity: .16; }
.bar { fill: var(--hue); opacity: .75; }
.grid { stroke: var(--hair); } .base { stroke: #8b95a1; }
.whisker { stroke: var(--ink); stroke-width: 1.3; }
.threshold { stroke: #8b95a1; stroke-dasharray: 3 3; }
.join { stroke: #9aa5b1; stroke-width: .8; }
.rail { stroke: var(--hair); stroke-width: 10; stroke-linecap: round; }
.span { stroke: var(--hue); stroke-width: 10; opacity: .4; }
footer { margin-top: 36px; border-top: 1px solid var(--hair); padding-top: 10px; }
@page { size: A4; margin: 15mm 14mm; }
@media print {
  body { max-width: none; padding: 0; color: #000; font-size: 12.5px; }
  table { font-size: 11.5px; } .note, figcaption, td.meaning, td i, footer { font-size: 11px; }
  h2 { margin-top: 18px; } footer { margin-top: 14px; break-before: avoid; }
  .figures { grid-template-columns: 1fr 1fr; gap: 20px 24px; }
  th, td { padding-top: 2.5px; padding-bottom: 2.5px; }
  .scroll { overflow: visible; }
}
"""


def _lengths(ends: Sequence[float]) -> str:
    return " / ".join(map(number, ends))


def _share(part: float) -> str:
    return percent(100 * part)


def _scripts(shares: dict[str, float]) -> str:
    """The first five, one a line: a list from the web has words of very many scripts."""
    most = list(shares.items())[:5]
    return "<br>".join(f"{escape(name)} {percent(share)}" for name, share in most) or "–"


_LOWER, _HIGHER = "lower is closer", "higher is closer"

# Rows of the tables: key, name, form and what it says; for measures also the direction.
_SPACE: tuple[tuple[str, str, Form, str], ...] = (
    ("words", "Words", number, "Words that isolex read"),
    ("dimension", "Dimensions", number, "Most methods need the same on both sides"),
    ("zero_rows", "Words without a vector", number, "Should be 0"),
    ("duplicate_rows", "Repeated vectors", number, "Many of them suggest a damaged file"),
    ("norms", "Vector lengths", _lengths, "Least / median / greatest"),
    ("mean_norm", "Length of the mean", number, "For unit vectors: 0 if centred, 1 if all are equal"),
    ("isotropy", "Isotropy", number, "1 if spread evenly in all directions, 0 if crowded"),
    ("condition_number", "Condition number", number, "High if words hardly vary in some directions"),
    ("effective_condition_number", "… effective", number, "The same without the smallest singular values"),
    ("numerals", "Numerals", percent, "Of all words"),
    ("scripts", "Scripts", _scripts, "Other scripts are often noise"),
)
_TOGETHER: tuple[tuple[str, str, Form, str, str], ...] = (
    (
        "identical_strings",
        "Identical strings",
        number,
        "more helps",
        "Words spelt alike can be a first dictionary",
    ),
    ("identical_share", "… as a share", percent, "more helps", "Of the smaller vocabulary"),
    ("eigenvector_similarity", "Eigenvector similarity", number, _LOWER, "Shape of the neighbour graphs"),
    (
        "eigenvector_similarity_ascending",
        "… ascending",
        number,
        _LOWER,
        "The same, as published code computes it",
    ),
    ("gromov_hausdorff_bound", "Gromov-Hausdorff bound", number, _LOWER, "How words cluster; at most 0.5"),
    ("singular_value_gap", "Singular value gap", number, _LOWER, "Difference of the logarithmic spectra"),
    ("condition_harmonic_mean", "COND-HM", number, "lower is better", "Mean of both condition numbers"),
    (
        "effective_condition_harmonic_mean",
        "ECOND-HM",
        number,
        "lower is better",
        "Mean of the effective condition numbers",
    ),
    (
        "gromov_wasserstein",
        "Gromov-Wasserstein",
        number,
        _LOWER,
        "How well distances in the two spaces match",
    ),
)
_LEXICON: tuple[tuple[str, str, Form, str, str], ...] = (
    ("pairs", "Pairs of the lexicon", number, "more helps", "Pairs that were given"),
    ("pairs_in_vocabulary", "… in both vocabularies", number, "more helps", "Pairs that can be used"),
    ("source_words", "… their source words", number, "more helps", "A word may have several translations"),
    ("rank_correlation", "Rank correlation", number, _HIGHER, "Are translations equally frequent?"),
    (
        "relational_similarity",
        "Relational similarity",
        number,
        _HIGHER,
        "Do cosines agree between the two sides?",
    ),
    ("procrustes_residual", "Procrustes residual", number, _LOWER, "The error that the best rotation leaves"),
)
_HUBNESS: tuple[tuple[str, str, Form], ...] = (
    ("skewness", "Skewness", number),
    ("robin_hood", "Robin Hood index", number),
    ("gini", "Gini coefficient", number),
    ("hub_occurrence", "Answers that are hubs", _share),
    ("anti_hub_share", "Words that are never an answer", _share),
)
_CRITERIA = {"nn": "Nearest neighbours", "csls": "CSLS", "isf": "Inverted softmax"}


def page(report: Report) -> str:
    """The report as the text of one HTML page that contains its style and figures and loads nothing.

    Args:
        report: The result of `Diagnosis.to_dict`. Parts that are None are left out, and numbers that are
            missing or not finite are shown as a dash. Strings may contain anything, because all are escaped.
    """
    source, target = (word(report[side]["name"]) for side in ("source", "target"))
    title = escape(f"isolex diagnosis: {report['source']['name']} → {report['target']['name']}")
    figures = [draw(report) for draw in (spectra, occurrences, learning_curve, by_frequency, word_map)]
    body = [
        f"<header><h1>isolex diagnosis: {source} → {target}</h1></header>",
        *(part(report) for part in (_prediction, _advice, _spaces, _measures)),
        _section("Figures", f'<div class="figures">{"".join(figures)}</div>') if any(figures) else "",
        *(part(report) for part in (_hubs, _suspects)),
        f"<footer>Made by isolex in {number(report['seconds'])} seconds.</footer>",
    ]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>{title}</title><style>{_STYLE}</style>"
    text = "\n".join(filter(None, body))
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>\n{text}\n</body>\n</html>\n'


def _prediction(report: Report) -> str:
    if not (found := report["prediction"]):
        return ""
    lead = (
        f"<b>{percent(found['p@1'])}</b> of words are expected to get a right translation as first answer "
        "(P@1 with vecmap)"
    )
    if found["interval"]:
        low, high = map(percent, found["interval"])
        lead += f"; {number(found['level'])} % interval: {low} to {high}"
    text = (
        f'<p class="lead">{lead}.</p>{interval_bar(found)}<p class="note">{escape(found["explanation"])}</p>'
    )
    return f'<section class="prediction">{text}</section>'


def _advice(report: Report) -> str:
    items = [
        f'<li dir="auto"><b>{escape(advice["say"])}:</b> <span>{escape(advice["because"])}</span></li>'
        for advice in report["advice"] or ()
    ]
    return _section("Advice", f'<ol class="advice">{"".join(items)}</ol>') if items else ""


def _spaces(report: Report) -> str:
    sides = [report["source"], report["target"]]
    head = [("", ""), *((word(report[side]["name"]), f"number {side}") for side in ("source", "target"))]
    rows = [
        [(name, ""), *((_form(form, side.get(key)), "number") for side in sides), (meaning, "meaning")]
        for key, name, form, meaning in _SPACE
    ]
    return _section("The two spaces", _table([*head, ("", "")], rows))


def _measures(report: Report) -> str:
    lexicon = report["lexicon"] or {}
    values = report["together"] | lexicon
    rows = [
        [(name, ""), (_form(form, values.get(key)), "number"), (direction, ""), (meaning, "meaning")]
        for key, name, form, direction, meaning in (*_TOGETHER, *(_LEXICON if lexicon else ()))
    ]
    tried = f"Of {number(lexicon.get('held_out_words'))} held-out words"
    for method, value in (lexicon.get("held_out") or {}).items():
        cells = [(f"P@1, {escape(method)}", ""), (percent(value), "number")]
        rows.append([*cells, ("higher is better", ""), (tried, "meaning")])
    head = [("Measure", ""), ("Value", "number"), ("Direction", ""), ("What it says", "")]
    compared = number(report["together"].get("words_compared"))
    note = (
        f"Measures of shape, spectra and condition use the {compared} most frequent words of each language; "
        "the other rows use all words."
    )
    return _section("How alike they are", _table(head, rows), note)


def _hubs(report: Report) -> str:
    if not (found := report["hubness"]):
        return ""
    criteria = found["criteria"]
    head = [("", ""), *((escape(_CRITERIA.get(name, name)), "number") for name in criteria)]
    rows = [
        [(name, ""), *((_form(form, criterion.get(key)), "number") for criterion in criteria.values())]
        for key, name, form in _HUBNESS
    ]
    tops = [criterion.get("top") or [] for criterion in criteria.values()]
    for place in range(max(map(len, tops), default=0)):
        hubs = [top[place] if place < len(top) else None for top in tops]
        cells = [f"{word(hub['word'])} <i>{number(hub['count'])}</i>" if hub else "" for hub in hubs]
        rows.append([(f"Hub {place + 1}", ""), *((cell, "number") for cell in cells)])
    note = (
        f"Alignment: {found['alignment']}. The number after a hub tells how many queries have it among their "
        f"{found['k']} best answers."
    )
    return _section("Hubs", _table(head, rows), note)


def _suspects(report: Report) -> str:
    suspects = (report["lexicon"] or {}).get("suspects")
    if not suspects:
        return ""
    rows = []
    for pair in suspects:
        words = [(word(pair["source"]), ""), (word(pair["target"]), "")]
        instead = ", ".join(map(word, pair["instead"] or ()))
        rows.append([*words, (number(pair["rank"]), "number"), (instead, "")])
    head = [("Source", "source"), ("Lexicon", "target"), ("Rank", "number"), ("Better answers", "")]
    note = "Pairs of the lexicon that the alignment puts far apart, worst first. They may be errors."
    return _section("Suspect pairs", _table(head, rows), note)


def _section(title: str, body: str, note: str = "") -> str:
    below = f'<p class="note">{escape(note)}</p>' if note else ""
    return f"<section><h2>{title}</h2>{below}{body}</section>"


def _table(head: Sequence[_Cell], rows: Iterable[Sequence[_Cell]]) -> str:
    """A table of cells, each given as its HTML and its class; the first of a row is its heading."""
    top = "".join(f'<th scope="col" class="{style}">{cell}</th>' for cell, style in head)
    body = ""
    for (name, style), *rest in rows:
        cells = "".join(f'<td class="{style}">{cell}</td>' for cell, style in rest)
        body += f'<tr><th scope="row" class="{style}">{name}</th>{cells}</tr>'
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def _form(form: Form, value: Any) -> str:
    """A value in its form, which need not know that it may be missing."""
    return "–" if value is None else form(value)
