"""Where commands write: never over what they read, whatever the option is called and however it was named."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import click

from isolex.cli.console import INTO_STANDARD_OUTPUT, Interrupted
from isolex.cli.named_files import FileTable, NamedFile
from isolex.errors import InputError
from isolex.files import (
    STANDARD_OUTPUT,
    check_not_input,
    check_outside_saved,
    is_standard_output,
    sweep,
)
from isolex_command import received

OutputKind = Literal["file", "kept", "folder", "into"]
_FOLDERS = ("folder", "into")


class Output(click.Path):
    """The type of an option or argument that says where a command writes; `-` is standard output.

    Every `click.Path` beside it is taken for something that the command reads.

    Args:
        kind: A `file`; a file that is `kept` for later runs; a `folder`, replaced as a whole; or a folder
            `into` which files are put.
    """

    def __init__(self, kind: OutputKind) -> None:
        super().__init__(path_type=Path, readable=False)
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a name of standard output becomes `STANDARD_OUTPUT`."""
        if str(value) != "-" and not is_standard_output(value):
            return super().convert(value, param, ctx)
        if self.kind != "file":
            what = "file" if self.kind == "kept" else "folder"
            self.fail(f"it cannot be written to standard output; name a {what}", param, ctx)
        return STANDARD_OUTPUT


class Command(click.Command):
    """A command that looks at its outputs before it begins."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it.

        Raises:
            InputError: An input cannot be reached, or an output is an input.
        """
        _check_inputs(ctx)
        _check_outputs(ctx)
        return super().invoke(ctx)


class Group(click.Group):
    """A group of such commands. The name of one may be two words, of which the first one is another's."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As of `click.Group`."""
        two = " ".join(args[:2])
        return super().resolve_command(ctx, [two, *args[2:]] if two in self.commands else args)

    def invoke(self, ctx: click.Context) -> Any:
        """Import a command, look at its command line, and run it.

        Raises:
            Interrupted: By a signal, any time.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise Interrupted from error
        except click.exceptions.Exit:  # the command has told by itself
            raise
        except Exception:
            if not received:
                raise
            raise Interrupted from KeyboardInterrupt(*received)


def _check_inputs(ctx: click.Context) -> None:
    """Raise `InputError` where the system says why a path cannot be reached; readers tell what is missing."""
    for path in _inputs(ctx):
        try:
            path.stat()
        except FileNotFoundError:
            if path.is_symlink():
                raise InputError(
                    f"is a symbolic link to {path.readlink()}, which is not there",
                    where=path,
                    fix="check the link",
                ) from None
            sweep(path.parent, [path.name])  # which may put it back, if a killed run had moved it aside
            continue
        except (OSError, ValueError) as error:
            raise InputError(
                f"cannot be reached ({_why(error)})", where=path, fix="check the path"
            ) from error
        if not os.access(path, os.R_OK):
            raise InputError(
                "may not be read (permission denied)", where=path, fix="ask its owner, or check its mode"
            )


def _why(error: OSError | ValueError) -> str:
    return str(getattr(error, "strerror", None) or error).lower()


def _check_outputs(ctx: click.Context) -> None:
    for kind, path in _paths(ctx):
        if kind is None or (path.is_file() if kind in _FOLDERS else path.is_dir()):
            continue  # what reads, or one that writers do not take for other reasons
        check_not_input(path, *_inputs(ctx), whole=kind == "folder")
        if kind == "into":
            check_outside_saved(path)
        if is_standard_output(path):
            if ctx.params.get("as_json"):
                raise click.UsageError("--json and the output both go to standard output; name a file", ctx)
            ctx.meta[INTO_STANDARD_OUTPUT] = True


def _inputs(ctx: click.Context) -> list[Path]:
    return [path for kind, path in _paths(ctx) if kind is None]


def _paths(ctx: click.Context) -> Iterator[tuple[OutputKind | None, Path]]:
    """All paths of a command line; of outputs with their kind."""
    for parameter in ctx.command.params:
        if isinstance(parameter.type, click.Path):
            given = ctx.params.get(parameter.name or "")
            kind = parameter.type.kind if isinstance(parameter.type, Output) else None
            for one in given if isinstance(given, tuple) else (given,):
                if one is not None:
                    paths = one.paths if isinstance(one, NamedFile | FileTable) else (one,)
                    yield from ((kind, path) for path in paths)
