"""Texts in JSON Lines: an object a line, one field of which is the text."""

import json
from pathlib import Path
from typing import Any

from isolex.errors import FormatError
from isolex.streams import SUFFIXES


def layout_of(path: str | Path) -> str:
    """The ending of a file's name, such as `.jsonl`, under that of a compression."""
    name = Path(path)
    return (name.with_suffix("") if name.suffix in SUFFIXES else name).suffix


def holds_text(line: str, *, field: str) -> bool:
    """Whether a line is an object that has the field."""
    try:
        return line.startswith("{") and field in json.loads(line)
    except (ValueError, RecursionError):
        return False


def text_object(line: str, *, field: str, where: str, fix: str) -> dict[str, Any]:
    """The object in a line; its field is a string.

    Args:
        line: The line.
        field: Name of the field that holds the text.
        where: File and line, for the message.
        fix: How the line should be written, for the message.

    Raises:
        FormatError: The line is something else.
    """
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get(field), str):
        raise FormatError(f'is no object with a "{field}"', where=where, fix=fix)
    return data
