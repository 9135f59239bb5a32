"""The first line of a lexicon that names its columns: when it is one, and where the words stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from isolex.tables import Row, number, trim
from isolex.tables.languages import heads_of_two_languages

# Only pairs of names that nobody would mistake for words and their translations.
_NAMES = (
    *(
        (f"{source}{kind}", f"{target}{kind}")
        for source, target in (("source", "target"), ("src", "tgt"), ("src", "trg"))
        for kind in ("", " word", " term", " lemma", " phrase", " language")
    ),
    ("word", "translation"),
    ("term", "translation"),
    ("word1", "word2"),
    ("lang1", "lang2"),
    ("v1", "v2"),
)
_DECISION = "decision"
_WEIGHTS = ("weight", "weights", "probability", "prob")


@dataclass(frozen=True)
class Columns:
    """Where a header says that the words and perhaps a weight stand.

    Attributes:
        source: Place of the source word.
        target: Place of the target word.
        weight: Place of the weight, or None.
        width: Number of columns that are named.
        decision: Place of what a reviewer decided, or None.
    """

    source: int
    target: int
    weight: int | None
    width: int
    decision: int | None = None

    @property
    def first_two(self) -> bool:
        """Whether it names the two words and nothing else, so that it says nothing of a third column."""
        return (self.source, self.target, self.width) == (0, 1, 2)


def named_columns(cells: Sequence[str]) -> Columns | None:
    """The columns that a line names, or None if it names none."""
    names = [trim(cell).lower().replace("_", " ") for cell in cells]
    weight = next((place for place, name in enumerate(names) if name in _WEIGHTS), None)
    for source, target in _NAMES:
        if source in names and target in names:
            decision = names.index(_DECISION) if _DECISION in names else None
            return Columns(names.index(source), names.index(target), weight, len(names), decision)
    return None


def named_by_languages(rows: Sequence[Row]) -> Columns | None:
    """The columns of a table whose first row holds two languages, by code or English name, and no pair.

    Some codes are words as well. So the row is a pair where its columns hold one of the two again.
    """
    first, *others = rows
    cells = [trim(cell) for cell in first.cells]
    if len(cells) < 2 or not others or not heads_of_two_languages(*cells[:2]):
        return None
    if any(
        trim(row.cells[place]) == cells[place] for row in others for place in (0, 1) if len(row.cells) > place
    ):
        return None
    if any(number(cell, decimal_comma=True) is not None for cell in cells[2:]):
        return None
    weight = next((place for place, name in enumerate(cells) if name.lower() in _WEIGHTS), None)
    return Columns(0, 1, weight, len(cells))
