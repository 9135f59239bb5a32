"""Checked reading of saved files: JSON and safetensors, each against what its format declares.

A format declares its values a line each, next to its writer: `record({"words": whole(1, WORDS), ...})` for
JSON, `Array("n d")` for tensors, whose sizes of the same name must agree. What is loaded has passed, or there
is one `FormatError`; nobody after the loader has to ask again. Keys and tensors that nobody declared are left
out: a later release may have added them.
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
