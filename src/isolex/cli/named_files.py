"""Files by name: `en=en.vec` and `en-es=seeds.tsv` on the command line, or in a table of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from isolex.errors import FormatError, InputError
from isolex.names import look_up

_TABLES = ("vectors", "lexicons")
_APART = "--"


@dataclass(frozen=True)
class NamedFile:
    """A file, and what it is called.

    Attributes:
        name: A language, or two that are joined by a hyphen.
        path: The file.
    """

    name: str
    path: Path

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.path,)


@dataclass(frozen=True)
class FileTable:
    """Files by language and by pair of languages.

    Attributes:
        path: The file that names them.
        vectors: By language.
        lexicons: By pair.
    """

    path: Path
    vectors: tuple[NamedFile, ...]
    lexicons: tuple[NamedFile, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them, and the table itself."""
        return (self.path, *(one.path for one in (*self.vectors, *self.lexicons)))


class NamedFileType(click.Path):
    """The type of an argument or option that is a name and a file.

    Args:
        name: What the name is called in messages.
    """

    def __init__(self, name: str) -> None:
        super().__init__(path_type=Path, readable=False)
        self.of = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The `NamedFile`."""
        name, equals, file = str(value).partition("=")
        if not (name and equals and file):
            self.fail(f"got {str(value)!r}, expected {self.of}=FILE", param, ctx)
        return NamedFile(name, Path(str(super().convert(file, param, ctx))))


class FileTableType(click.Path):
    """The type of an option that names a TOML file with the tables [vectors] and [lexicons]."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The `FileTable`; files are looked for beside the one that names them.

        Raises:
            InputError: There is no such file, or what reads it.
            FormatError: It is no such table.
        """
        path = Path(str(super().convert(value, param, ctx)))
        given = _toml(path)
        for table in given:
            look_up(table, dict.fromkeys(_TABLES), f"table in {path}")
        return FileTable(path, *(tuple(_entries(path, table, given.get(table, {}))) for table in _TABLES))


def _toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds."""
    for name in ("tomllib", "tomli"):
        try:
            toml = import_module(name)
            break
        except ModuleNotFoundError:
            continue
    else:
        raise InputError(
            "cannot be read: Python before 3.11 does not know TOML",
            where=path,
            fix="run: pip install tomli, or give the files on the command line",
        )
    try:
        found: dict[str, Any] = toml.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("there is no such file", where=path, fix="check the path") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path, fix="check the path") from error
    except ValueError as error:  # of UTF-8, too
        raise FormatError(f"is not TOML: {error}", where=path) from error
    return found


def _entries(path: Path, table: str, given: Any) -> Iterator[NamedFile]:
    if not isinstance(given, dict):
        raise FormatError(f"holds {table} = …, expected a table", where=path, fix=f"begin it with [{table}]")
    for name, file in given.items():
        if not isinstance(file, str) or not file:
            raise FormatError(f"holds {name} = {file!r} in [{table}], expected a file in quotes", where=path)
        yield NamedFile(name, path.parent / file)


def by_pair(lexicons: Sequence[NamedFile], languages: Sequence[str]) -> dict[tuple[str, str], Path]:
    """Lexicons by the two languages that their names join, codes with hyphens among them.

    Args:
        lexicons: Named `en-es`, or with two hyphens where one may be read in two ways.
        languages: Their codes.

    Raises:
        InputError: A name cannot be parted into two codes, or two lexicons have one name.
    """
    found: dict[tuple[str, str], Path] = {}
    for one in lexicons:
        pair = _parted(one.name, languages)
        if pair in found:
            raise InputError(
                f"got {found[pair]} and {one.path}",
                where=f"lexicon {one.name}",
                fix="give one file with all its pairs",
            )
        found[pair] = one.path
    return found


def _parted(name: str, languages: Sequence[str]) -> tuple[str, str]:
    where = f"lexicon {name}"
    if _APART in name:
        parts = [tuple(name.split(_APART, maxsplit=1))]
    else:
        parts = [(name[:at], name[at + 1 :]) for at, letter in enumerate(name) if letter == "-"]
    known = [pair for pair in parts if set(pair) <= set(languages)]
    if len(known) > 1:
        ways = " or ".join(" and ".join(pair) for pair in known)
        raise InputError(
            f"may link {ways}", where=where, fix=f"put two hyphens between them: {_APART.join(known[0])}"
        )
    if not known and len(parts) != 1:
        raise InputError(
            f"does not name two of the languages {', '.join(languages)}",
            where=where,
            fix="write it like en-es=FILE",
        )
    # Of the one way to part it, whoever takes the lexicon says which language is not there.
    source, target = (known or parts)[0]
    return source, target
