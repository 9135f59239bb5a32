"""The one door to all formats: content decides which reader, the file's name which writer."""

from pathlib import Path

from isolex.choices import VECTOR_FORMATS
from isolex.errors import FormatError, InputError
from isolex.files import atomic_file
from isolex.streams import SUFFIXES
from isolex.vectors.binary import read_binary, write_binary
from isolex.vectors.content import Content
from isolex.vectors.fasttext import read_fasttext
from isolex.vectors.gather import ReadOptions
from isolex.vectors.native_store import read_store, write_store
from isolex.vectors.sniff import identify
from isolex.vectors.text import read_text, write_text

_READERS = {
    "word2vec": read_text,
    "glove": read_text,
    "word2vec-binary": read_binary,
    "native": read_store,
    "fasttext": read_fasttext,
}
_EXTENSIONS = {".vec": "word2vec", ".txt": "glove", ".bin": "word2vec-binary", ".safetensors": "native"}


def read_content(path: str | Path, options: ReadOptions) -> Content:
    """Read a file in whatever format its content tells; errors as of `Vectors.read`."""
    path = Path(path)
    kind = identify(path)
    if options.matrix == "output" and kind.name != "fasttext":
        raise FormatError(
            f"is {kind}, which has no output matrix", where=path, fix="name a fastText .bin model"
        )
    return _READERS[kind.name](path, kind, options)


def write_content(content: Content, path: str | Path, *, format: str | None = None) -> None:
    """Write a file in the format named, or else the one its name asks for; errors as of `Vectors.write`."""
    path = Path(path)
    compression = SUFFIXES.get(path.suffix.lower())
    name = output_format(path, format)
    with atomic_file(path) as temporary:
        if name == "native":
            write_store(content, temporary)
        elif name == "word2vec-binary":
            write_binary(content, temporary, compression=compression)
        else:
            write_text(content, temporary, compression=compression, header=name == "word2vec")


def output_format(path: Path, format: str | None = None, *, fix: str | None = None) -> str:
    """The format that a file of this name is written in: the one named, or else what the name asks for.

    Args:
        path: The file.
        format: The format's name.
        fix: What to do about a name that tells none, where that is not the usual advice.

    Raises:
        InputError: The format is unknown or read only, or the name tells none.
    """
    compressed = path.suffix.lower() in SUFFIXES
    if format is None:
        plain = path.with_suffix("") if compressed else path
        format = _EXTENSIONS.get(plain.suffix.lower())
        if format is None:
            choices = ", ".join(
                f"{extension} ({VECTOR_FORMATS[name]})" for extension, name in _EXTENSIONS.items()
            )
            packed = ", ".join(SUFFIXES)
            raise InputError(
                f"the extension {plain.suffix!r} does not name a format to write",
                where=path,
                fix=fix or f"use {choices}, text also with {packed}; or name the format",
            )
    if format not in _EXTENSIONS.values():
        what = "is read, not written" if format in VECTOR_FORMATS else "is no format"
        raise InputError(
            f"{format!r} {what}", where="format", fix=f"use one of {', '.join(_EXTENSIONS.values())}"
        )
    if format == "native" and compressed:
        raise InputError(
            "a store is not compressed, so that it can be memory-mapped", where=path, fix="drop the suffix"
        )
    return format
