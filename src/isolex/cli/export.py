"""`isolex export`: aligned vectors of both sides for other programs."""

from pathlib import Path

import click

from isolex.cli.console import emit, working
from isolex.cli.options import PATH, AlignmentChoice, alignment_argument, alignment_options
from isolex.interchange import EXPORT_FORMATS, export


@click.command("export")
@alignment_argument
@click.option("-o", "--output", required=True, type=PATH, help="Folder for the two files.")
@click.option(
    "--format",
    type=click.Choice(list(EXPORT_FORMATS)),
    default="word2vec",
    show_default=True,
    help="File format.",
)
@alignment_options
def export_command(
    choice: AlignmentChoice,
    output: Path,
    format: str,
    as_json: bool,
) -> None:
    """Write the vectors of both sides of DIR, mapped into the shared space, of unit length.

    \b
    Examples:
      isolex export en-es -o aligned
      isolex export en-es -o aligned --format word2vec-binary
    """
    alignment = choice.open()
    with working("exporting"):
        files = export(alignment, output, format=format)
    data = {"format": format, "files": [str(file) for file in files]}
    emit(as_json, data, lambda console: console.print("\n".join(str(file) for file in files)))
