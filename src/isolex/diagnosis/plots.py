"""The figures of a diagnosis as inline SVG. Their colours and fonts are classes of the page's style sheet."""

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from isolex.hypertext import finite, number, percent

Report = dict[str, Any]
Point = tuple[float, float]
Legend = Iterable[tuple[str, str]]  # colour, name

_SIZE = (420, 270)
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 408, 24, 226
_WIDE = 880
_BENDS: dict[str, Callable[[float], float]] = {"linear": float, "log": math.log, "log1p": math.log1p}
_CRITERIA = {"nn": ("plain", "nearest neighbours"), "csls": ("accent", "CSLS")}


@dataclass(frozen=True)
class Scale:
    """Takes low..high of the data to start..end of the drawing; log1p is logarithmic with room for 0."""

    low: float
    high: float
    start: float
    end: float
    kind: str = "linear"

    def __call__(self, value: float) -> float:
        """Where a value of the data is drawn."""
        low, high, here = map(_BENDS[self.kind], (self.low, self.high, value))
        return self.start + (self.end - self.start) * ((here - low) / (high - low) if high > low else 0.5)

    def ticks(self) -> list[float]:
        """Round numbers from low to high, some four to eight of them."""
        if self.kind == "linear":
            rough = (self.high - self.low) / 4 or 1.0
            power = 10.0 ** math.floor(math.log10(rough))
            step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
            return [step * i for i in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        low = self.low or 1.0
        factors = (1, 2, 5) if self.high < 500 * low else (1,)
        decades = range(math.floor(math.log10(low)), math.floor(math.log10(max(self.high, low))) + 1)
        found = [float(f"{factor}e{decade}") for decade in decades for factor in factors]
        return [0.0] * (self.low == 0) + [tick for tick in found if low <= tick <= self.high] or [low]


def spectra(report: Report) -> str:
    """The singular values of both spaces over their ranks."""
    given = {side: report[side].get("spectrum") or () for side in ("source", "target")}
    lines = {
        side: [(rank, value) for rank, value in enumerate(values, 1) if finite(value) and value > 0]
        for side, values in given.items()
    }
    points = [point for line in lines.values() for point in line]
    if not points:
        return ""
    ranks, values = zip(*points, strict=True)
    x, y = _across(1, max(ranks), "log"), _up(min(values), max(values), "log")
    body = _axes(x, y, "rank", "singular value")
    body += "".join(_line(x, y, line, side) for side, line in lines.items() if line)
    caption = "Singular values, largest first. A linear map fits best if both curves have the same shape."
    legend = [(side, report[side]["name"]) for side, line in lines.items() if line]
    return _figure("Spectra", caption, body, legend)


def occurrences(report: Report) -> str:
    """How often target words are among the answers to all queries, before and after CSLS."""
    found = report["hubness"] or {"criteria": {}, "k": 0}
    clouds = {
        name: [(count, keys) for count, keys in found["criteria"][name].get("distribution") or () if keys > 0]
        for name in _CRITERIA
        if name in found["criteria"]
    }
    points = [point for cloud in clouds.values() for point in cloud]
    if not points:
        return ""
    counts, keys = zip(*points, strict=True)
    x, y, hub = _across(0, max(counts) or 1, "log1p"), _up(1, max(keys), "log"), 2 * found["k"]
    body = _axes(x, y, "N: queries that get the word", "target words")
    if hub <= x.high:
        body += _rule("threshold", x(hub), _TOP, x(hub), _BOTTOM)
        body += _text(x(hub) + 5, _TOP + 9, f"hubs: N ≥ {hub:,}")
    for name, cloud in clouds.items():
        for n, words in cloud:
            body += _dot(x(n), y(words), _CRITERIA[name][0], 2.6, f"{words:,} words with N = {n:,}")
    caption = (
        f"N: how many queries have a word among their {found['k']} best answers. Dots far right are hubs."
    )
    return _figure("Hubness", caption, body, [_CRITERIA[name] for name in clouds])


def learning_curve(report: Report) -> str:
    """Accuracy over the number of seed pairs."""
    steps = (report["lexicon"] or {}).get("learning_curve") or ()
    steps = sorted((s for s in steps if s["pairs"] > 0 and finite(s["p@1"])), key=lambda s: int(s["pairs"]))
    if not steps:
        return ""
    x, y = _across(steps[0]["pairs"], steps[-1]["pairs"], "log"), _up(0, _ceiling(steps))
    middle = [(step["pairs"], step["p@1"]) for step in steps]
    ends = [(x(step["pairs"]), *map(y, step["interval"])) for step in steps if _whole(step["interval"])]
    around = [(here, low) for here, low, _ in ends] + [(here, high) for here, _, high in reversed(ends)]
    body = f'<polygon class="band accent" points="{_path(around)}"/>' + _axes(x, y, "seed pairs", "P@1 in %")
    body += _line(x, y, middle, "accent")
    for n, value in middle:
        body += _dot(x(n), y(value), "accent", 3.4, f"{number(n)} pairs: {percent(value)}")
    top = min([y(value), *(high for _, _, high in ends[-1:])])
    body += _text(x(n), top - 8, f"{value:.1f}", "value", "middle")
    caption = "Accuracy of vecmap on held-out words. If it still rises, more pairs would help."
    return _figure("Learning curve", caption, body)


def by_frequency(report: Report) -> str:
    """Accuracy of frequent and rare words, as bars with whiskers."""
    groups = (report["lexicon"] or {}).get("by_frequency") or ()
    if not any(finite(group["p@1"]) for group in groups):
        return ""
    y, room = _up(0, _ceiling(groups)), (_RIGHT - _LEFT) / len(groups)
    bars = [_bar(_LEFT + room * (i + 0.5), room, y, group) for i, group in enumerate(groups)]
    caption = "Accuracy of vecmap on held-out words by frequency rank. Rare words have poorer vectors."
    return _figure("Accuracy by frequency", caption, _axes(None, y, "", "P@1 in %") + "".join(bars))


def word_map(report: Report) -> str:
    """Words of both spaces after alignment in two dimensions, translations joined and labelled."""
    chart = (report["lexicon"] or {}).get("map") or {}
    points = {i: p for i, p in enumerate(chart.get("points") or ()) if finite(p["x"]) and finite(p["y"])}
    if not points:
        return ""
    spot, height = _fit({i: (p["x"], p["y"]) for i, p in points.items()})
    pairs = [(i, j) for i, j in chart["pairs"] or () if i in points and j in points]
    named = list(dict.fromkeys(i for pair in pairs for i in pair))
    grey = "".join(_dot(*spot[i], "faint", 1.8, points[i]["word"]) for i in points if i not in {*named})
    joins = "".join(_rule("join", *spot[i], *spot[j]) for i, j in pairs)
    dots = "".join(_dot(*spot[i], points[i]["side"], 3.2, points[i]["word"]) for i in named)
    words = _labels([(*spot[i], points[i]["word"], points[i]["side"]) for i in named], height)
    caption = "Words of both languages after alignment, in two dimensions. Lines join translations."
    legend = [(side, report[side]["name"]) for side in ("source", "target")]
    return _figure("Map", caption, grey + joins + dots + words, legend, height)


def interval_bar(prediction: Report) -> str:
    """The predicted accuracy between 0 and 100 %, with its interval."""
    x = Scale(0, 100, 20, _WIDE - 20)
    body = _rule("rail", x(0), 12, x(100), 12)
    if _whole(prediction["interval"]):
        low, high = map(x, prediction["interval"])
        body += _rule("span accent", low, 12, high, 12)
    if finite(prediction["p@1"]):
        body += _dot(x(prediction["p@1"]), 12, "accent", 8, percent(prediction["p@1"]))
    body += "".join(_text(x(tick), 38, f"{tick} %", anchor="middle") for tick in (0, 25, 50, 75, 100))
    return _svg("Predicted accuracy with its interval", body, _WIDE, 44)


def _whole(interval: Any) -> bool:
    return bool(interval) and all(map(finite, interval))


def _ceiling(entries: Iterable[Report]) -> float:
    """The highest value or end of an interval, at least 1 so that there is an axis."""
    values = [value for entry in entries for value in (entry["p@1"], *(entry["interval"] or ()))]
    return float(max([1.0, *filter(finite, values)]))


def _across(low: float, high: float, kind: str) -> Scale:
    return Scale(low, high, _LEFT + 10, _RIGHT - 10, kind)


def _up(low: float, high: float, kind: str = "linear") -> Scale:
    """Upwards; a logarithmic one is widened until there must be a round number in it."""
    room = 1.0 if kind == "linear" else max(1.15, math.sqrt(2.6 * low / high))
    return Scale(low / room, high * room, _BOTTOM, _TOP + 12, kind)


def _text(x: float, y: float, text: str, style: str = "tick", anchor: str = "start") -> str:
    return (
        f'<text class="{escape(style)}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _rule(style: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _dot(x: float, y: float, hue: str, radius: float, title: str) -> str:
    circle = f'<circle class="dot {escape(hue)}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">'
    return f"{circle}<title>{escape(title)}</title></circle>"


def _path(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _line(x: Scale, y: Scale, points: Sequence[Point], hue: str) -> str:
    """A line through the points; the last is given twice, so that a single one shows as a round cap."""
    path = _path((x(a), y(b)) for a, b in [*points, *points[-1:]])
    return f'<polyline class="line {hue}" points="{path}"/>'


def _bar(middle: float, room: float, y: Scale, group: Report) -> str:
    """A bar with its value and whiskers, over what it stands for; in narrow room the ranks take two lines."""
    ranks = str(group["ranks"])
    below = [*(ranks.split(" to ") if room < 80 else [ranks]), f"n = {number(group['words'])}"]
    marks = "".join(_text(middle, 242 + 14 * i, line, anchor="middle") for i, line in enumerate(below))
    if not finite(group["p@1"]):
        return marks + _text(middle, _BOTTOM - 6, "–", "value", "middle")
    peak, width = y(group["p@1"]), min(0.55 * room, 60)
    place = f'x="{middle - width / 2:.1f}" y="{peak:.1f}" width="{width:.1f}" height="{_BOTTOM - peak:.1f}"'
    marks += f'<rect class="bar accent" {place}/>'
    if _whole(group["interval"]):
        foot, peak = map(y, group["interval"])
        marks += _rule("whisker", middle, foot, middle, peak)
        marks += "".join(_rule("whisker", middle - 5, end, middle + 5, end) for end in (foot, peak))
    return marks + _text(middle, peak - 6, f"{group['p@1']:.1f}", "value", "middle")


def _axes(x: Scale | None, y: Scale, x_name: str, y_name: str) -> str:
    """Grid lines with their numbers, and the names of the axes; no numbers across without x."""
    parts = [_text(_LEFT - 42, 13, y_name, "axis"), _text(_RIGHT, _SIZE[1] - 6, x_name, "axis", "end")]
    for tick in y.ticks():
        parts.append(_rule("grid", _LEFT, y(tick), _RIGHT, y(tick)))
        parts.append(_text(_LEFT - 6, y(tick) + 4, f"{tick:,.6g}", anchor="end"))
    for place, tick in [(x(tick), tick) for tick in x.ticks()] if x else ():
        parts.append(_rule("base", place, _BOTTOM, place, _BOTTOM + 4))
        parts.append(_text(place, _BOTTOM + 18, f"{tick:,.6g}", anchor="middle"))
    return "".join(parts) + _rule("base", _LEFT, _BOTTOM, _RIGHT, _BOTTOM)


def _fit(points: dict[int, Point]) -> tuple[dict[int, Point], float]:
    """Places in a drawing of the full width, and its height: one scale both ways, so that lengths compare."""
    xs, ys = zip(*points.values(), strict=True)
    across, up, margin = max(xs) - min(xs), max(ys) - min(ys), 48
    height = min(max(_WIDE * up / (across or 1.0), 240), 600)
    unit = min((_WIDE - 2 * margin) / (across or 1.0), (height - margin) / (up or 1.0))
    x0, y0 = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    places = {i: (_WIDE / 2 + unit * (x - x0), height / 2 - unit * (y - y0)) for i, (x, y) in points.items()}
    return places, height


def _labels(dots: Sequence[tuple[float, float, str, str]], height: float) -> str:
    """A label beside each dot, in turn: where it meets no dot and no earlier label, or else not at all."""
    taken = [(x - 3.0, y - 3.0, x + 3.0, y + 3.0) for x, y, _, _ in dots]
    drawn = []
    for x, y, word, side in dots:
        half = _length(word) / 2
        for middle, base in ((x + 6 + half, y + 4), (x - 6 - half, y + 4), (x, y - 7), (x, y + 16)):
            box = (middle - half, base - 10, middle + half, base + 3)
            inside = min(box) >= 0 and box[2] <= _WIDE and box[3] <= height
            apart = (box[2] <= a or c <= box[0] or box[3] <= b or d <= box[1] for a, b, c, d in taken)
            if inside and all(apart):
                taken.append(box)
                drawn.append(_text(middle, base, word, f"word {side}", "middle"))
                break
    return "".join(drawn)


def _length(word: str) -> float:
    """About the width of a word in the drawing: marks take none, East Asian letters twice the room."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in word)
    marks = sum(unicodedata.category(letter) in {"Mn", "Me", "Cf"} for letter in word)
    return 6.6 * (len(word) - wide - marks) + 12.5 * wide


def _svg(label: str, body: str, width: float, height: float) -> str:
    box = f'viewBox="0 0 {width:.0f} {height:.0f}"'
    return f'<svg {box} role="img" aria-label="{escape(label)}">{body}</svg>'


def _figure(title: str, caption: str, body: str, legend: Legend = (), height: float = 0) -> str:
    """A drawing under its caption; one with a height of its own takes the full width of the page."""
    keys = "".join(f'<i class="key {hue}"><bdi dir="auto">{escape(name)}</bdi></i>' for hue, name in legend)
    head = f"<b>{title}</b>{caption}" + (f"<span>{keys}</span>" if keys else "")
    svg = _svg(f"{title}: {caption}", body, *((_WIDE, height) if height else _SIZE))
    return f'<figure class="{"wide" if height else "half"}"><figcaption>{head}</figcaption>{svg}</figure>'
