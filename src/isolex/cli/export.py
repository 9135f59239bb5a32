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
    help="File format, or the library that will load it.",
)
@alignment_options
def export_command(
    choice: AlignmentChoice,
    output: Path,
    format: str,
    as_json: bool,
) -> None:
    """Write the vectors of both languages in DIR, mapped into the shared space, at unit length.

    For a space, isolex writes the vectors of all languages or, with --from and --to, of two.

    For spacy, sentence-transformers and huggingface, the folder must be new, empty, or an earlier export that
    was not changed. The other formats add files to a folder.

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
        raise click.UsageError("for a space, --source and --target need --from and --to")
    exported = load_space(choice.path, device=choice.device) if whole else choice.open()
    with working("exporting"):
        files = export(exported, output, format=format)
    data = {"format": format, "files": [str(file) for file in files]}
    emit(as_json, data, lambda console: console.print("\n".join(printable(str(file)) for file in files)))
