"""`isolex index` and `isolex search`: search documents of one language with queries in another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.console import emit, say, table, working
from isolex.cli.options import (
    PATH,
    AlignmentChoice,
    alignment_argument,
    compute_options,
    json_option,
    pair_options,
    threads_option,
)
from isolex.cli.outputs import Command, Output
from isolex.cli.texts import coverage_json, print_coverage
from isolex.lexicon.words import counted

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.transfer import TextCoverage

_SHOWN = 100


@click.command("index", cls=Command)
@alignment_argument
@click.argument("documents", metavar="DOCUMENTS", type=PATH)
@click.option("-o", "--output", required=True, type=Output("folder"), help="Folder for the index.")
@click.option(
    "--reverse", is_flag=True, help="Documents are in the source language, queries in the target language."
)
@pair_options
@compute_options
def index_command(
    alignment_dir: Path,
    documents: Path,
    output: Path,
    reverse: bool,
    pair: tuple[str, str] | None,
    device: str | None,
    as_json: bool,
) -> None:
    """Make DOCUMENTS in the target language searchable with queries in the source language.

    DOCUMENTS is TSV (id, text), JSON Lines (id, text), or one text a line. The index refers to DIR, which
    must stay where it is.

    \b
    Examples:
      isolex index en-es documents.tsv -o documents.index
      isolex index en-es english.txt -o english.index --reverse
    """
    from isolex.transfer import DocumentIndex, read_texts, save_index
    from isolex.transfer.evaluating import OF_TARGET, coverage_of
    from isolex.transfer.saved_index import check_index_output

    check_index_output(output)
    collection = read_texts(documents)
    alignment = AlignmentChoice(
        alignment_dir, None, None, other_vectors=False, pair=pair, device=device
    ).open()
    with working("encoding"):
        index = DocumentIndex(collection, alignment.reversed() if reverse else alignment)
        coverage = {"documents": coverage_of(collection, index.encoders[1], where=documents, fix=OF_TARGET)}
        save_index(index, output, alignment_dir, reverse=reverse, pair=pair)
    data = {"index": str(output), "documents": len(collection), "coverage": coverage_json(coverage)}
    emit(as_json, data, lambda console: _render(console, output, coverage))


@click.command("search", cls=Command)
@click.argument("index", metavar="INDEX", type=PATH)
@click.argument("query", metavar="QUERY...", nargs=-1, required=True)
@click.option("-k", default=10, show_default=True, type=click.IntRange(min=1), help="Documents to show.")
@click.option(
    "--by",
    type=click.Choice(["fusion", "vectors", "translation"]),
    default="fusion",
    show_default=True,
    help="Word vectors, translated words (BM25), or both (fusion).",
)
@click.option("--alignment", type=PATH, help="The alignment, if it was moved since the index was made.")
@threads_option
@json_option
def search_command(
    index: Path, query: tuple[str, ...], k: int, by: Any, alignment: Path | None, as_json: bool
) -> int:
    """Find documents in INDEX with a QUERY in the other language.

    Exit status 1 if nothing is found.

    \b
    Examples:
      isolex search documents.index "big house"
      isolex search documents.index bread water -k 3 --by vectors --json
    """
    from isolex.transfer import load_index

    text = " ".join(query)
    with working("searching"):
        hits = load_index(index, alignment=alignment).search(text, k=k, by=by)
    data = {
        "query": text,
        "by": by,
        "hits": [hit.to_dict() for hit in hits],
    }
    rows = [[hit.document.id, _shortened(hit.document.text), f"{hit.score:.2f}"] for hit in hits]
    columns = ["id", "document", "score"]
    emit(as_json, data, lambda console: console.print(table(None, columns, rows, text_columns=2)))
    if not hits and by == "translation":
        say(f"no document holds a translation of a word of the query {text!r}; try --by vectors")
    elif not hits:
        say(f"no word of the query {text!r} is known; write it in the other language than the documents")
    return 0 if hits else 1


def _render(console: Console, output: Path, coverage: Mapping[str, TextCoverage]) -> None:
    console.print(f"{counted(coverage['documents'].texts, 'document')} in {output}")
    print_coverage(console, coverage)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
