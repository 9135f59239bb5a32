"""The command group, and the one place where errors become a line on stderr and an exit status."""

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from isolex.cli.console import Interrupted, one_line_warnings, say, told_interrupt
from isolex.cli.lazy import LazyGroup
from isolex.cli.usage import told_of_usage
from isolex.errors import IsolexError
from isolex.files import noting_outputs

EXIT_OK, EXIT_BAD_INPUT = 0, 2


_COMMANDS = {
    "demo": (
        "isolex.cli.demo:demo",
        "Align the bundled English and Spanish vectors, score the result, write a dictionary.",
    ),
    "align": ("isolex.cli.align:align_command", "Map the vectors of SOURCE and TARGET into one space."),
    "space": ("isolex.cli.space:space_command", "Map the vectors of many languages into one space."),
    "space add": ("isolex.cli.space:add_command", "Add languages to the space in DIR."),
    "translate": (
        "isolex.cli.translate:translate_command",
        "Translate words with the alignment or the space in DIR.",
    ),
    "nearest": (
        "isolex.cli.nearest:nearest_command",
        "Show the words whose vectors are nearest to each WORD, with their cosines.",
    ),
    "lexicon": (
        "isolex.cli.lexicon:lexicon_command",
        "Write a dictionary from the alignment in DIR.",
    ),
    "explore": (
        "isolex.cli.explore:explore_command",
        "Open a page in the browser that shows the alignment or the space in DIR, word by word.",
    ),
    "review": (
        "isolex.cli.review:review_command",
        "Correct the dictionary of the alignment in DIR in the browser; isolex learns from that.",
    ),
    "evaluate": ("isolex.cli.evaluate:evaluate_command", "Score an alignment, or vectors of one language."),
    "diagnose": (
        "isolex.cli.diagnose:diagnose_command",
        "Tell whether the spaces SRC and TGT will align, or why they did not, and what to do.",
    ),
    "dictionary": (
        "isolex.cli.dictionary:dictionary_command",
        "Make a dictionary from two texts: train, align, judge, rerank, write.",
    ),
    "train": (
        "isolex.cli.train:train_command",
        "Train word vectors on texts: files, folders, or - for standard input.",
    ),
    "convert": (
        "isolex.cli.convert:convert_command",
        "Convert word vectors: word2vec text and binary, GloVe, fastText (read only), native store.",
    ),
    "export": (
        "isolex.cli.export:export_command",
        "Write the vectors of both languages in DIR, mapped into the shared space, at unit length.",
    ),
    "index": (
        "isolex.cli.search:index_command",
        "Make DOCUMENTS in the target language searchable with queries in the source language.",
    ),
    "search": (
        "isolex.cli.search:search_command",
        "Find documents in INDEX with a QUERY in the other language.",
    ),
    "classify": (
        "isolex.cli.classify:classify_command",
        "Learn classes from TRAIN in the source language, and classify TEXTS in the target language.",
    ),
    "info": (
        "isolex.cli.info:info",
        "Tell what a file of vectors, a lexicon, or a saved alignment or space holds.",
    ),
    "datasets": (
        "isolex.cli.datasets:datasets_command",
        "List the datasets that isolex knows, describe one, or download it.",
    ),
    "bench": (
        "isolex.cli.bench:bench",
        "Score methods on language pairs, and show published scores beside them.",
    ),
}


def _show_versions(context: click.Context, option: click.Parameter, asked: bool) -> None:
    if asked:
        from isolex.cli.versions import show_versions

        show_versions(context, option, asked)


@click.group(cls=LazyGroup, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_versions,
    help="Show the versions of isolex, Python, torch and numba, and exit.",
)
def app() -> None:
    """Align word-vector spaces across languages, and make dictionaries from them.

    Start with: isolex demo

    Exit status: 0 done; 1 the result is negative; 2 bad input; 130 interrupted; 143 terminated.
    """


def main(arguments: Sequence[str] | None = None, command: click.Command = app, name: str = "isolex") -> None:
    """Run the command line, that of isolex unless another is given, and exit with its status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal or pipe that cannot show UTF-8 gets escapes instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    status = run(arguments, command, name)
    try:
        sys.stdout.flush()
    except OSError:
        # Nobody reads our output, and that has been dealt with; Python must not complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def run(  # noqa: PLR0911
    arguments: Sequence[str] | None = None, command: click.Command = app, name: str = "isolex"
) -> int:
    """Run a command line; the exit status. Warnings and errors are told in one line each on stderr."""
    written: Sequence[Path] = ()
    try:
        with one_line_warnings(), noting_outputs() as outputs:
            written = outputs.written
            status = command.main(arguments, prog_name=name, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return EXIT_BAD_INPUT
    except click.ClickException as error:
        say(f"error: {told_of_usage(error)}")
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
    except _out_of_memory():
        say("error: not enough memory; read fewer words, for instance with --vocab 50000")
        return EXIT_BAD_INPUT
    return status if isinstance(status, int) else EXIT_OK


def _out_of_memory() -> tuple[type[BaseException], ...]:
    """The errors for it, with that of torch if a command has imported it."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return (MemoryError, getattr(cuda, "OutOfMemoryError", MemoryError))
