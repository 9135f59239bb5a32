"""`isolex align`: two files of vectors and a lexicon in, an alignment folder out."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from isolex.alignment import Alignment, check_output
from isolex.cli.console import Stopwatch, emit, say, working
from isolex.cli.options import PATH, case_option, compute_options, seed_option, unicode_option
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.normalize import Normalizer
from isolex.recipes import METHODS, align
from isolex.vectors import Vectors


@click.command("align")
@click.argument("source", type=PATH)
@click.argument("target", type=PATH)
@click.option("-o", "--output", required=True, type=PATH, help="Folder to write the alignment to.")
@click.option("--lexicon", type=PATH, help="Seed pairs: source word, target word on each line.")
@click.option("--identical", is_flag=True, help="Seed pairs: strings that are in both vocabularies.")
@click.option("--numerals", is_flag=True, help="Seed pairs: numerals that are in both vocabularies.")
@click.option(
    "--method",
    default="auto",
    show_default=True,
    metavar=f"[{'|'.join(['auto', *METHODS])}]",
    help="auto takes the one that does best on held-out seed words.",
)
@click.option(
    "--normalize",
    default="unit,center,unit",
    show_default=True,
    help="Steps out of unit, center, unit-dim, iterative; or none.",
)
@click.option(
    "--vocab", type=click.IntRange(min=1), help="Read only the N most frequent words of either side."
)
@click.option("--source-language", help="Language code, for reports and file names.")
@click.option("--target-language", help="Language code, for reports and file names.")
@click.option(
    "--vectors",
    type=click.Choice(["copy", "reference"]),
    default="copy",
    show_default=True,
    help="Store the vectors with the alignment, or only where they are.",
)
@click.option("--force", is_flag=True, help="Write the alignment even if it failed.")
@case_option
@unicode_option
@seed_option
@compute_options
def align_command(
    source: Path,
    target: Path,
    output: Path,
    lexicon: Path | None,
    identical: bool,
    numerals: bool,
    method: str,
    normalize: str,
    vocab: int | None,
    source_language: str | None,
    target_language: str | None,
    vectors: Any,
    force: bool,
    case: Any,
    unicode: Any,
    seed: int,
    device: str | None,
    as_json: bool,
) -> int:
    """Map the vectors of SOURCE and TARGET into one space.

    The alignment gets a status, from seed words that were held out: aligned, doubtful, or failed. A failed
    one is not written (exit status 1) unless forced.

    \b
    Examples:
      isolex align en.vec es.vec -o en-es --lexicon en-es.train.tsv
      isolex align en.vec es.vec -o en-es --lexicon en-es.train.tsv --method vecmap --vocab 1000
      isolex align en.vec es.vec -o en-es --identical --method procrustes --json
    """
    watch = Stopwatch()
    if (lexicon is not None) + identical + numerals != 1:
        raise click.UsageError("give exactly one of --lexicon, --identical and --numerals")
    look_up(method, dict.fromkeys(("auto", *METHODS)), "method")
    normalizer = Normalizer.parse(normalize)
    check_output(output)
    given = None if lexicon is None else Lexicon.read(lexicon, case=case, unicode=unicode)
    with working("reading vectors"):
        x = Vectors.read(source, limit=vocab, unicode=unicode, language=source_language)
        z = Vectors.read(target, limit=vocab, unicode=unicode, language=target_language)
        if given is not None:
            seeds = given
        else:
            seeds = Lexicon.identical(x, z) if identical else Lexicon.numerals(x, z)
    if len(seeds) == 0:
        kind = "identical strings" if identical else "numerals"
        raise InputError(f"the two vocabularies share no {kind}", fix="give a lexicon by --lexicon")
    with working("aligning"):
        alignment = align(x, z, seeds, method=method, normalize=normalizer.steps, seed=seed, device=device)
    written = force or alignment.card.status != "failed"
    if written:
        with working("writing"):
            alignment.save(output, vectors=vectors)
    report = _report(alignment, output if written else None, watch.seconds)
    emit(as_json, report, lambda console: _render(console, alignment, output, written, watch.seconds))
    if not written:
        say(f"failed, nothing written: {alignment.card.reasons[0]} (--force writes it all the same)")
        return 1
    if alignment.card.status != "aligned":
        say(f"warning: {alignment.card.status}: {alignment.card.reasons[0]}")
    return 0


def _report(alignment: Alignment, output: Path | None, seconds: float) -> dict[str, Any]:
    card = alignment.card
    return {
        "status": card.status,
        "method": card.method,
        "alignment": None if output is None else str(output),
        "seconds": seconds,
        "reasons": list(card.reasons),
        "scores": card.scores,
        **{
            side: {"words": made.words, "dimension": made.dimension, "zero_rows": made.zero_rows}
            for side, made in (("source", card.source), ("target", card.target))
        },
        "seed": card.seed,
    }


def _render(console: Console, alignment: Alignment, output: Path, written: bool, seconds: float) -> None:
    card = alignment.card
    console.print(card.status, style="bold", end="")
    console.print(
        f" by {card.method}, {card.scores['seed_pairs']:,} seed pairs "
        f"({card.scores['lexicon_coverage']:.1f} % of the lexicon), {seconds} s"
    )
    # Why it is not aligned is told on stderr, where it cannot be missed.
    for reason in card.reasons if card.status == "aligned" else card.reasons[1:]:
        console.print(f"  {reason}")
    for side, made in (("source", card.source), ("target", card.target)):
        if made.zero_rows:
            console.print(
                f"  {made.zero_rows:,} of {made.words:,} {side} words have a zero vector and match nothing"
            )
    if written:
        console.print(f"alignment: {output}")
