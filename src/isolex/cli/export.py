"""`isolex export`: aligned vectors of both sides for other programs."""

from pathlib import Path

import click

from isolex.choices import EXPORT_NAMES
from isolex.cli.console import emit, printable, working
from isolex.cli.options import AlignmentChoice, alignment_argument, alignment_options
from isolex.cli.outputs import Command, Output


@click.command("export", cls=Command)
@alignment_argument
@click.option("-o", "--output", required=True, type=Output("into"), help="Folder to write to.")
@click.option(
    "--format",
    type=click.Choice(EXPORT_NAMES),
    default="word2vec",
    show_default=True,
    help="File format, or the library that is to load it.",
)
@alignment_options
def export_command(
    choice: AlignmentChoice,
    output: Path,
    format: str,
    as_json: bool,
) -> None:
    """Write the vectors of both sides of DIR, mapped into the shared space, of unit length.

    Of a space, those of all languages are written; or with --from and --to those of two.

    spacy, sentence-transformers and huggingface make a folder of their own, which must be new or empty, or
    such an export in which nothing was changed. The other formats put files into a folder, beside what it
    holds.

    \b
    Examples:
      isolex export en-es -o aligned
      isolex export en-es -o aligned --format word2vec-binary
      isolex export en-es -o en-es-arrays --format numpy
      isolex export space -o aligned
    """
    from isolex.alignment import load_space
    from isolex.cards import is_space_folder
    from isolex.interchange import export

    whole = choice.pair is None and is_space_folder(choice.path)
    if whole and (choice.source or choice.target):
        raise click.UsageError("--source and --target of a space need --from and --to")
    exported = load_space(choice.path, device=choice.device) if whole else choice.open()
    with working("exporting"):
        files = export(exported, output, format=format)
    data = {"format": format, "files": [str(file) for file in files]}
    emit(as_json, data, lambda console: console.print("\n".join(printable(str(file)) for file in files)))
