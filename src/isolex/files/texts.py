"""What stands in files: digests of it, and JSON that any file can hold."""

import hashlib
import json
import re
from typing import Any

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def digest(*chunks: bytes | memoryview) -> str:
    """SHA-256 of the chunks, one after the other, as `sha256:<hex>`."""
    state = hashlib.sha256()
    for chunk in chunks:
        state.update(chunk)
    return f"sha256:{state.hexdigest()}"


def json_text(data: Any, *, indent: int | None = None) -> str:
    r"""A value as JSON, letters as they are; parts of names that are not UTF-8 are escaped, as `\udcff`."""
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
