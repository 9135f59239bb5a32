"""The command group, and the one place where errors become a line on stderr and an exit status."""

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import torch

from isolex._version import __version__
from isolex.cli.align import align_command
from isolex.cli.bench import bench
from isolex.cli.classify import classify_command
from isolex.cli.console import Interrupted, one_line_warnings, say, told_interrupt
from isolex.cli.convert import convert_command
from isolex.cli.demo import demo
from isolex.cli.diagnose import diagnose_command
from isolex.cli.evaluate import evaluate_command
from isolex.cli.export import export_command
from isolex.cli.info import info
from isolex.cli.lexicon import lexicon_command
from isolex.cli.outputs import Group
from isolex.cli.search import index_command, search_command
from isolex.cli.translate import translate_command
from isolex.errors import IsolexError
from isolex.files import noting_outputs

EXIT_OK, EXIT_BAD_INPUT = 0, 2


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="isolex")
def app() -> None:
    """Align word-vector spaces across languages, and make dictionaries from them.

    Start with: isolex demo

    Exit status: 0 done; 1 ran, and the result says no; 2 bad input; 130 interrupted, 143
    terminated.
    """


for _command in (
    demo,
    align_command,
    translate_command,
    lexicon_command,
    evaluate_command,
    diagnose_command,
    convert_command,
    export_command,
    index_command,
    search_command,
    classify_command,
    info,
    bench,
):
    app.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal or pipe that is not of UTF-8 shows what it can.
        sys.stdout.reconfigure(errors="backslashreplace")
    status = run(arguments)
    try:
        sys.stdout.flush()
    except OSError:
        # Nobody takes our output, which has been dealt with; Python must not complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def run(arguments: Sequence[str] | None = None) -> int:  # noqa: PLR0911
    """Run the command line; the exit status. Warnings and errors are told in one line each on stderr."""
    written: Sequence[Path] = ()
    try:
        with one_line_warnings(), noting_outputs() as outputs:
            written = outputs.written
            status = app.main(arguments, prog_name="isolex", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return EXIT_BAD_INPUT
    except click.ClickException as error:
        message = " ".join(error.format_message().split()).rstrip(".")
        usage = error.ctx if isinstance(error, click.UsageError) else None
        say(f"error: {message}" + (f"; see: {usage.command_path} --help" if usage else ""))
        return EXIT_BAD_INPUT
    except IsolexError as error:
        say(f"error: {error}")
        return EXIT_BAD_INPUT
    except (Interrupted, click.Abort, KeyboardInterrupt) as error:
        return told_interrupt(error, written)
    except SystemExit:
        # So click and rich leave when the reader of our output has gone, as `head` does.
        return EXIT_OK
    except OSError as error:
        say(f"error: {error.filename or 'writing'}: {error.strerror or error}")
        return EXIT_BAD_INPUT
    except (MemoryError, torch.cuda.OutOfMemoryError):
        say("error: not enough memory; read fewer words, for instance by --vocab 50000")
        return EXIT_BAD_INPUT
    return status if isinstance(status, int) else EXIT_OK
