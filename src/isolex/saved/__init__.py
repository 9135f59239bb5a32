"""Checked reading of saved files, JSON and safetensors: contents must fit the declaration of their format.

A format declares its values next to its writer, one in each line: `record({"words": whole(1, WORDS), ...})`
for JSON, and `Array("n d")` for tensors, whose sizes of the same name must agree. If anything does not fit,
loading ends with one `FormatError`, so loaded values need no further check. Keys and tensors without a
declaration are left out, because a later release may have added them.
"""

from isolex.saved.declared import (
    Check,
    by_name,
    date,
    flag,
    many,
    maybe,
    number,
    one_of,
    place,
    plain,
    record,
    text,
    whole,
)
from isolex.saved.parsing import CARD_BYTES, json_text, parse_json, read_json, read_saved, regular_file
from isolex.saved.tensors import Array, parse_arrays
from isolex.saved.unsound import UnsoundError, sound

__all__ = [
    "CARD_BYTES",
    "DIMENSION",
    "WORDS",
    "Array",
    "Check",
    "UnsoundError",
    "by_name",
    "date",
    "flag",
    "json_text",
    "many",
    "maybe",
    "number",
    "one_of",
    "parse_arrays",
    "parse_json",
    "place",
    "plain",
    "read_json",
    "read_saved",
    "record",
    "regular_file",
    "sound",
    "text",
    "whole",
]

WORDS, DIMENSION = 10**9, 10**6
"""The most that a card may announce."""
