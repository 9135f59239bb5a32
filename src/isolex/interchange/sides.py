"""The sides of an alignment or a space as exports name them."""

import re
from collections.abc import Mapping
from typing import TypeAlias

from isolex.alignment import Alignment, Side, Space

Exported: TypeAlias = Alignment | Space


def sides_of(exported: Exported) -> Mapping[str, Side]:
    """The sides by name. Whoever writes `side.aligned()` of one, then the next, holds one at a time."""
    if isinstance(exported, Space):
        return exported.sides
    return dict(zip(side_names(exported), exported.sides, strict=True))


def stem_of(name: str) -> str:
    """What the files of a side are called, so that they never take the place of those they are made from."""
    return f"{name}.aligned"


def side_names(alignment: Alignment) -> tuple[str, str]:
    """The languages of both sides where they are known and differ, else `source` and `target`."""
    source, target = alignment.source.language or "", alignment.target.language or ""
    # A language may come from a file, so it must be a plain name before it names one.
    plain = all(re.fullmatch(r"[\w-]+", language) for language in (source, target))
    differ = len({language.casefold().replace("-", "_") for language in (source, target)}) == 2
    return (source, target) if plain and differ else ("source", "target")
