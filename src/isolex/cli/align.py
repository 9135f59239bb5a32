"""`isolex align`: two files of vectors and a lexicon in, an alignment folder out."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import METHOD_NAMES
from isolex.cli.console import Stopwatch, emit, say, stopped_by_interrupt, working
from isolex.cli.options import (
    PATH,
    case_option,
    compute_options,
    normalize_option,
    seed_option,
    unicode_option,
)
from isolex.cli.outputs import Command, Output
from isolex.errors import InputError
from isolex.lexicon import Lexicon, weights_note
from isolex.lexicon.words import counted
from isolex.names import look_up
from isolex.text import code_of_name
from isolex.vectors import Vectors

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.alignment import Alignment


@click.command("align", cls=Command)
@click.argument("source", type=PATH)
@click.argument("target", type=PATH)
@click.option(
    "-o", "--output", required=True, type=Output("folder"), help="Folder to write the alignment to."
)
@click.option("--lexicon", type=PATH, help="Seed pairs: source word, target word on each line.")
@click.option("--identical", is_flag=True, help="Seed pairs: strings that are in both vocabularies.")
@click.option("--numerals", is_flag=True, help="Seed pairs: numerals that are in both vocabularies.")
@click.option(
    "--unsupervised", is_flag=True, help="No seed pairs: use words that are spelt alike, and the vectors."
)
@click.option(
    "--method",
    default="auto",
    show_default=True,
    metavar="NAME",
    help=f"auto chooses by the seed pairs given. Others: {', '.join(METHOD_NAMES)}.",
)
@normalize_option
@click.option(
    "--vocab", type=click.IntRange(min=1), help="Read only the N most frequent words of each language."
)
@click.option(
    "--dual-view",
    is_flag=True,
    help="For two fastText .bin models: self-learning keeps pairs that input and output matrices agree on.",
)
@click.option("--source-language", help="Language code, for reports and file names.")
@click.option("--target-language", help="Language code, for reports and file names.")
@click.option(
    "--vectors",
    type=click.Choice(["copy", "reference"]),
    default="copy",
    show_default=True,
    help="Store the vectors with the alignment, or only the paths to them.",
)
@click.option("--force", is_flag=True, help="Write the alignment even if it failed.")
@click.option(
    "--keep-on-interrupt",
    is_flag=True,
    help="The first Ctrl-C ends the iterations and keeps the best result so far; a second one quits.",
)
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
    unsupervised: bool,
    method: str,
    normalize: str,
    vocab: int | None,
    dual_view: bool,
    source_language: str | None,
    target_language: str | None,
    vectors: Any,
    force: bool,
    keep_on_interrupt: bool,
    case: Any,
    unicode: Any,
    seed: int,
    device: str | None,
    as_json: bool,
) -> int:
    """Map the vectors of SOURCE and TARGET into one space.

    Seed pairs come from --lexicon, --identical or --numerals; --unsupervised works without any. A --method
    that needs no seed pairs implies --unsupervised.

    isolex judges the alignment by held-out seed words or, if there are too few, by an independent restart:
    aligned, doubtful or failed. It does not write a failed one (exit status 1) without --force.

    \b
    Examples:
      isolex align en.vec es.vec -o en-es --lexicon en-es.train.tsv
      isolex align en.vec es.vec -o en-es --lexicon en-es.train.tsv --method vecmap --vocab 1000
      isolex align en.vec es.vec -o en-es --identical --method procrustes --json
      isolex align en.vec es.vec -o en-es --unsupervised --keep-on-interrupt
    """
    kind = _supervision(lexicon, method, identical=identical, numerals=numerals, unsupervised=unsupervised)

    from isolex.alignment import check_output
    from isolex.normalize import Normalizer
    from isolex.recipes import align, check_outputs

    watch = Stopwatch()
    for language in (source_language, target_language):
        if language is not None and (code := code_of_name(language)) is not None:
            say(f"warning: {language!r} is the name of a language; TEI and TBX files need its code, {code!r}")
    normalizer = Normalizer.parse(normalize)
    check_output(output)
    if dual_view:
        check_outputs(method)
    given = None if lexicon is None else Lexicon.read(lexicon, unicode=unicode)
    with working("reading vectors"):
        x = Vectors.read(source, limit=vocab, unicode=unicode, language=source_language)
        z = Vectors.read(target, limit=vocab, unicode=unicode, language=target_language)
        outputs = _outputs(source, target, limit=vocab, unicode=unicode) if dual_view else None
        cased = None if given is None else given.cased(case, languages=(x.language, z.language))
        seeds = _seeds(kind, cased, x, z)
    if given is not None and (note := weights_note(given)):
        say(note)
    with working("aligning"), stopped_by_interrupt() if keep_on_interrupt else nullcontext():
        alignment = align(
            x,
            z,
            seeds,
            method=method,
            normalize=normalizer.steps,
            seed=seed,
            device=device,
            outputs=outputs,
        )
    written = force or alignment.card.status != "failed"
    if written:
        with working("writing"):
            alignment.save(output, vectors=vectors)
    report = _report(alignment, output if written else None, watch.seconds)
    emit(as_json, report, lambda console: _render(console, alignment, output, written, watch.seconds))
    if not written:
        say(f"failed, nothing written: {alignment.card.reasons[0]} (--force writes it anyway)")
        return 1
    if alignment.card.status != "aligned":
        say(f"warning: {alignment.card.status}: {alignment.card.reasons[0]}")
    return 0


def _supervision(
    lexicon: Path | None, method: str, *, identical: bool, numerals: bool, unsupervised: bool
) -> str | None:
    """What the seed pairs are, in words; None if there are none.

    Raises:
        click.UsageError: No supervision is asked for, or several kinds of it.
        InputError: The method does not go with it.
    """
    kinds = {
        "a lexicon": lexicon is not None,
        "identical strings": identical,
        "numerals": numerals,
        None: unsupervised,
    }
    asked = [kind for kind, wanted in kinds.items() if wanted]
    names = "--lexicon, --identical, --numerals and --unsupervised"
    if len(asked) > 1 or (not asked and method == "auto"):
        raise click.UsageError(f"give exactly one of {names}")
    look_up(method, dict.fromkeys(("auto", *METHOD_NAMES)), "method")

    from isolex.recipes import METHODS, check_supervision

    kind = asked[0] if asked else None
    needs = METHODS[method].needs if method in METHODS else "nothing"
    if unsupervised and needs != "nothing":
        uses = "identical strings" if needs == "identical" else "seed pairs"
        raise click.UsageError(f"--unsupervised contradicts --method {method}, which uses {uses}: drop one")
    check_supervision(method, kind)
    # A method that finds its own identical strings is given none.
    return None if needs == "identical" else kind


def _outputs(source: Path, target: Path, **how: Any) -> tuple[Vectors, Vectors]:
    return Vectors.read(source, matrix="output", **how), Vectors.read(target, matrix="output", **how)


def _seeds(kind: str | None, lexicon: Lexicon | None, x: Vectors, z: Vectors) -> Lexicon | None:
    if kind is None or lexicon is not None:
        return lexicon
    seeds = Lexicon.identical(x, z) if kind == "identical strings" else Lexicon.numerals(x, z)
    if len(seeds) == 0:
        raise InputError(
            f"the two vocabularies share no {kind}", fix="give a lexicon by --lexicon, or --unsupervised"
        )
    return seeds


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
    seeds = "no seed pairs"
    if card.scores["seed_pairs"]:
        coverage = f"{card.scores['lexicon_coverage']:.1f} % of the lexicon"
        seeds = f"{counted(card.scores['seed_pairs'], 'seed pair')} ({coverage})"
    console.print(f" by {card.method}, {seeds}, {seconds} s")
    # Why it is not aligned is told on stderr, where it cannot be missed.
    for reason in card.reasons if card.status == "aligned" else card.reasons[1:]:
        console.print(f"  {reason}")
    if written:
        console.print(f"alignment: {output}")
