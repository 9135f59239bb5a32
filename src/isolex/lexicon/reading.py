"""From a lexicon file to unique word pairs, with one warning for all that was left out."""

import unicodedata
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from isolex.errors import FormatError, InputError, IsolexWarning
from isolex.lexicon.formats import FORMATS, BadLineError, Format, is_comment, plan
from isolex.lexicon.opening import read_lines
from isolex.lexicon.words import counted, word_problem

Unicode: TypeAlias = Literal["nfc", "keep"]


@dataclass
class _Tally:
    """What a file held: the weight (or None) of each unique pair, and what was left out."""

    entries: dict[tuple[str, str], float | None] = field(default_factory=dict)
    repeated: int = 0
    skipped: int = 0
    first_skipped: str = ""

    def add(self, pair: tuple[str, str], weight: float | None) -> None:
        if pair in self.entries:
            self.repeated += 1
        else:
            self.entries[pair] = weight

    def skip(self, number: int, reason: object) -> None:
        self.first_skipped = self.first_skipped or f"line {number}: {reason}"
        self.skipped += 1

    def summary(self) -> str:
        parts = []
        if self.skipped:
            lines = counted(len(self.entries) + self.repeated + self.skipped, "line")
            parts.append(f"skipped {self.skipped:,} of {lines} (first {self.first_skipped})")
        if self.repeated:
            parts.append(f"{counted(self.repeated, 'repeated pair')} kept once")
        return "; ".join(parts)


def read_pairs(
    path: str | Path, *, unicode: Unicode = "nfc", format: Format | None = None
) -> tuple[list[tuple[str, str]], list[float] | None]:
    """Read unique pairs and, where the file has any, their weights (1 where a line has none).

    Raises:
        InputError: The file is missing, a folder or unreadable, or an argument is unknown.
        FormatError: The file is no lexicon, or not one line of it holds a pair.
    """
    _check_choice("unicode", unicode, ("nfc", "keep"))
    _check_choice("format", format, (None, *FORMATS))
    path = Path(path)
    tally = _tally(read_lines(path), unicode, format)
    if not tally.entries:
        reason = f" ({tally.first_skipped})" if tally.skipped else ""
        raise FormatError(
            f"no line holds a pair of words{reason}",
            where=path,
            fix="give one 'source target' pair a line, or TSV, CSV or JSON Lines",
        )
    if summary := tally.summary():
        # Three levels up: this function, Lexicon.read or read_lexicon, and the line that called it.
        warnings.warn(f"{path}: {summary}", IsolexWarning, stacklevel=3)
    weights = list(tally.entries.values())
    if all(weight is None for weight in weights):
        return list(tally.entries), None
    return list(tally.entries), [1.0 if weight is None else weight for weight in weights]


def _tally(lines: list[str], unicode: Unicode, format: Format | None) -> _Tally:
    layout = plan(lines, format)
    tally = _Tally()
    for number, line in enumerate(lines[layout.start :], layout.start + 1):
        if not line.strip(" \t"):
            continue
        try:
            source, target, weight = layout.parse(line)
            pair = _word(source, unicode), _word(target, unicode)
        except BadLineError as reason:
            if not is_comment(line):
                tally.skip(number, reason)
            continue
        tally.add(pair, weight)
    return tally


def _word(text: str, unicode: Unicode) -> str:
    # Fields are normalised one by one: NFC of a whole line could make a delimiter, as U+037E becomes ";".
    word = unicodedata.normalize("NFC", text) if unicode == "nfc" else text
    if problem := word_problem(word):
        raise BadLineError(problem)
    return word


def _check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices:
        raise InputError(f"got {value!r}, expected one of {', '.join(map(repr, choices))}", where=name)
