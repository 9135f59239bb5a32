"""Files that go wrong in the ways that real ones do, and what isolex says of each."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np

from isolex.vectors import Vectors

Lines = list[bytes]

_NUMBERS = b" ".join(b"%d.5" % i for i in range(20))


def _instead(row: bytes) -> Callable[[Lines], Lines]:
    """This in the place of line 6."""
    return lambda lines: [*lines[:5], row, *lines[6:]]


# What the lines of a good aa.vec (300 words of 20 dimensions) suffer and stay usable, and the warning.
USABLE: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "header lies about rows": (
        lambda lines: [b"999 20", *lines[1:]],
        "the header says 999 rows, the file has 300",
    ),
    "header lies about dimensions": (
        lambda lines: [b"300 7", *lines[1:]],
        "the header says 7 dimensions, the rows have 20",
    ),
    "short row": (_instead(b"word 1 2 3"), r"skipped 1 of 300 rows: 1 too short \(first at line 6\)"),
    "long row": (_instead(b"word 1 " + _NUMBERS), r"1 too long \(first at line 6\)"),
    "no numbers": (_instead(b"word x" + _NUMBERS[1:]), r"1 not numbers \(first at line 6\)"),
    "NaN": (_instead(b"word nan" + _NUMBERS[3:]), r"1 NaN or infinite \(first at line 6\)"),
    "infinity": (_instead(b"word -inf" + _NUMBERS[3:]), r"1 NaN or infinite \(first at line 6\)"),
    "duplicate word": (lambda lines: _instead(lines[4])(lines), r"1 duplicate word \(first at line 6\)"),
    "empty token": (_instead(b" " + _NUMBERS), r"1 empty word \(first at line 6\)"),
    "invalid UTF-8": (_instead(b"w\xff " + _NUMBERS), r"1 not valid UTF-8 \(first at line 6\)"),
    "everything at once": (
        lambda lines: [b"7 7", *_instead(b"word 1 2 3")(lines)[1:20], b"w\xff " + _NUMBERS, *lines[30:]],
        "skipped 2 of .* 1 too short .* 1 not valid UTF-8 .* header says 7 dimensions.* and .* says 7 rows",
    ),
}

# Kept, and told.
ZERO_VECTOR = _instead(b"word" + b" 0" * 20)

# Odd, but nothing to warn of.
SOUND: dict[str, Callable[[Lines], Lines]] = {
    "token with spaces": _instead(b"ice cream " + _NUMBERS),
    "token with a no-break space": _instead("ice\u00a0cream ".encode() + _NUMBERS),
    "no header": lambda lines: lines[1:],
    "line ends of Windows": lambda lines: [line + b"\r" for line in lines],
}


def _page(text: str) -> Callable[[Path], None]:
    return lambda path: path.with_name("bad.vec").write_text(text)


def _cut(name: str) -> Callable[[Path], None]:
    """A whole file of this name, then only two thirds of its bytes, as bad.vec."""

    def make(source: Path) -> None:
        whole = source.with_name(name)
        if name.endswith(".gz"):
            whole.write_bytes(gzip.compress(source.read_bytes()))
        else:
            Vectors.read(source).write(whole)
        data = whole.read_bytes()
        whole.unlink()
        source.with_name("bad.vec").write_bytes(data[: 2 * len(data) // 3])

    return make


def _numpy(path: Path) -> None:
    with path.with_name("bad.vec").open("wb") as file:
        np.save(file, np.eye(3))


# What makes a bad.vec beside a good aa.vec, and the error.
UNUSABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (_page(""), "bad.vec: the file is empty"),
    "missing": (lambda path: None, "bad.vec: no such file"),
    "folder": (lambda path: path.with_name("bad.vec").mkdir(), "bad.vec: is a folder, expected a file"),
    "web page": (
        _page("<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n"),
        "looks like a web page",
    ),
    "XML page": (_page('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'), "an XML page"),
    "JSON": (_page('{"error": "no such key"}'), "looks like JSON"),
    "lexicon": (
        _page("cat gato\ndog perro\n" * 50),
        "whose lines are not a word and its numbers; .* isolex train makes",
    ),
    "header only": (_page("300 20\n"), "no usable row"),
    "no row that is usable": (_page("2 3\na nan 1 2\nb 1 inf 2\n"), "no usable row .*2 NaN or infinite"),
    "binary": (
        lambda path: path.with_name("bad.vec").write_bytes(bytes(range(256)) * 9),
        "unknown binary data",
    ),
    "NumPy": (_numpy, "a NumPy array without words"),
    "cut word2vec binary": (_cut("a.bin"), "the file ends in row 201 of the 300"),
    "cut store": (_cut("a.safetensors"), r"is damaged \(it is cut off"),
    "cut gzip": (_cut("a.vec.gz"), "the gzip data are damaged or cut off"),
}

# What stands in a file that is no lexicon of this alignment, and the error.
NO_LEXICON: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n\n", "is empty"),
    "remarks only": (b"# nothing yet\n# to do\n", "no line holds a pair"),
    "single words": (b"cat\ndog\n", r"no line holds a pair of words \(line 1: 1 field, expected 2"),
    "vectors": (b"2 20\ncat " + _NUMBERS + b"\ndog " + _NUMBERS + b"\n", "looks like a file of word vectors"),
    "web page": (b"<html>\n<body>404</body>\n</html>\n", "is a web page or XML"),
    "binary": (bytes(range(256)), "is a binary file"),
    "other languages": (b"un eins\ndeux zwei\n", "in both vocabularies"),
}
