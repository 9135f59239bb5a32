"""`isolex convert`: vectors from one file format to another."""

import warnings
from pathlib import Path
from typing import Any

import click

from isolex.choices import VECTOR_FORMATS
from isolex.cli.console import emit, working
from isolex.cli.options import PATH, json_option, read_word_list, unicode_option
from isolex.cli.outputs import Command, Output
from isolex.errors import InputError, IsolexError, IsolexWarning
from isolex.files import check_file
from isolex.vectors import Vectors
from isolex.vectors.vector_formats import output_format

# Of an older output, to tell whose vectors it holds.
_LOOKED_AT = 20
WRITABLE = [name for name in VECTOR_FORMATS if name != "fasttext"]


@click.command("convert", cls=Command)
@click.argument("source", metavar="IN", type=PATH)
@click.argument("output", metavar="OUT", type=Output("file"))
@click.option("--format", type=click.Choice(WRITABLE), help="By default chosen by OUT's name.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first N words.")
@click.option("--vocabulary", type=PATH, help="Only the words in this file, one a line.")
@click.option("--dtype", type=click.Choice(["float32", "float16"]), help="By default as in IN.")
@click.option(
    "--matrix",
    type=click.Choice(["input", "output"]),
    default="input",
    show_default=True,
    help="Matrix of a fastText model: input has words, output has the words as contexts.",
)
@click.option("--language", help="Language code to note in a native store.")
@unicode_option
@json_option
def convert_command(
    source: Path,
    output: Path,
    format: str | None,
    limit: int | None,
    vocabulary: Path | None,
    dtype: Any,
    matrix: Any,
    language: str | None,
    unicode: Any,
    as_json: bool,
) -> None:
    """Convert word vectors: word2vec text and binary, GloVe, fastText (read only), native store.

    isolex finds the format of IN by its content, and of OUT by its name: .vec word2vec text, .txt GloVe, .bin
    word2vec binary, .safetensors native. Add .gz, .bz2, .xz or .zst to compress. If OUT is -, isolex writes
    to standard output, and needs --format.

    \b
    Examples:
      isolex convert en.vec en.safetensors --dtype float16 --language en
      isolex convert en.vec en-small.txt.gz --limit 500
      isolex convert en-model.bin en-contexts.vec --matrix output
    """
    output_format(output, format)
    check_file(output)
    with working(f"converting {source}"):
        words = None if vocabulary is None else read_word_list(vocabulary, unicode)
        vectors = Vectors.read(
            source,
            limit=limit,
            vocabulary=words,
            dtype=dtype,
            unicode=unicode,
            language=language,
            matrix=matrix,
        )
        _check_replaced(output, vectors)
        vectors.write(output, format=format)
    data = {"output": str(output), "words": len(vectors), "dimension": vectors.dimension}
    emit(
        as_json,
        data,
        lambda console: console.print(f"{output}: {len(vectors):,} words × {vectors.dimension}"),
    )


def _check_replaced(output: Path, vectors: Vectors) -> None:
    """Refuse to replace vectors of other words, as when somebody gives two inputs and no output."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IsolexWarning)
            words = Vectors.read(output, limit=_LOOKED_AT).words
    except IsolexError:  # there is none, or it holds something else
        return
    if 2 * sum(word in vectors for word in words) < len(words):
        raise InputError(
            "holds vectors of other words, which would be lost",
            where=output,
            fix="give another name for the output, or remove that file first",
        )
