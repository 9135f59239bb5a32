"""From a lexicon file to unique word pairs, with one warning for all that was left out."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from isolex.errors import FormatError, InputError, IsolexWarning
from isolex.lexicon.lexicon_formats import FORMATS, Contents, Format, is_comment, parse
from isolex.lexicon.words import counted, word_problem
from isolex.tables import NOT_UTF8_FIX, UNICODE, Unicode, read_lines, tidy

_NOT_UTF8 = "invalid UTF-8"
_FIX = "give a UTF-8 text file: 'source target' lines, TSV, CSV or JSON Lines"


@dataclass
class _Tally:
    """What a file held: the weight (or None) of each unique pair, and what was left out."""

    entries: dict[tuple[str, str], float | None] = field(default_factory=dict)
    repeated: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)
    notes: Sequence[str] = ()

    def add(self, pair: tuple[str, str], weight: float | None) -> None:
        if pair in self.entries:
            self.repeated += 1
        else:
            self.entries[pair] = weight

    @property
    def not_utf8(self) -> int:
        """Lines that are skipped since they are not UTF-8."""
        return sum(reason.startswith(_NOT_UTF8) for _, reason in self.skipped)

    @property
    def seems_latin(self) -> bool:
        """Whether more lines have letters in another encoding than in UTF-8, which is no damage then."""
        others = sum(not (source.isascii() and target.isascii()) for source, target in self.entries)
        return self.not_utf8 > max(1, others)

    @property
    def first_skipped(self) -> str:
        line, reason = min(self.skipped)
        return f"line {line}: {reason}"

    def summary(self) -> str:
        parts = list(self.notes)
        if self.skipped:
            lines = counted(len(self.entries) + self.repeated + len(self.skipped), "line")
            parts.append(f"skipped {len(self.skipped):,} of {lines} (first {self.first_skipped})")
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
    check_choice("unicode", unicode, UNICODE)
    check_choice("format", format, (None, *FORMATS))
    path = Path(path)
    lines = read_lines(path, expected="pairs of words", fix=_FIX)
    tally = _tally(lines, parse(lines, format), unicode)
    if len(tally.skipped) > len(tally.entries) + tally.repeated or not tally.entries:
        reason = f" ({tally.first_skipped})" if tally.skipped else ""
        raise FormatError(
            f"{'most lines hold no' if tally.entries else 'no line holds a'} pair of words{reason}",
            where=path,
            fix="give one 'source target' pair a line, or TSV, CSV or JSON Lines",
        )
    if tally.seems_latin:
        raise FormatError(
            f"{counted(tally.not_utf8, 'line')} are not UTF-8 (first {tally.first_skipped}); they seem to be "
            "in Latin-1 or another encoding",
            where=path,
            fix=f"{NOT_UTF8_FIX} {path.name} > NEW",
        )
    if summary := tally.summary():
        # Three levels up: this function, `Lexicon.read`, and the line that called it.
        warnings.warn(f"{path}: {summary}", IsolexWarning, stacklevel=3)
    weights = list(tally.entries.values())
    if all(weight is None for weight in weights):
        return list(tally.entries), None
    return list(tally.entries), [1.0 if weight is None else weight for weight in weights]


def check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    """Raise `InputError` unless an argument is one of these."""
    if value not in choices:
        raise InputError(f"got {value!r}, expected one of {', '.join(map(repr, choices))}", where=name)


def _tally(lines: Sequence[str], contents: Contents, unicode: Unicode) -> _Tally:
    tally = _Tally(notes=contents.notes, skipped=contents.faults)
    for entry in contents.entries:
        pair = tidy(entry.source, unicode), tidy(entry.target, unicode)
        if problem := word_problem(pair[0]) or word_problem(pair[1]):
            if not is_comment(lines[entry.line - 1]):
                hint = f"; {NOT_UTF8_FIX}" if problem == _NOT_UTF8 else ""
                tally.skipped.append((entry.line, problem + hint))
        else:
            tally.add(pair, entry.weight)
    return tally
