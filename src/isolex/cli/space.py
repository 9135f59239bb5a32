"""`isolex space`: files of vectors and lexicons in, a space of many languages out; and `isolex space add`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from isolex.choices import SPACE_METHODS
from isolex.cli.console import Stopwatch, emit, going_on_later, say, table, working
from isolex.cli.fleet_options import FleetChoice, fleet_options, kept_results, work_option
from isolex.cli.named_files import FileTable, FileTableType, NamedFile, NamedFileType, by_pair
from isolex.cli.options import (
    PATH,
    case_option,
    compute_options,
    normalize_option,
    seed_option,
    unicode_option,
)
from isolex.cli.outputs import Command, Output
from isolex.errors import MismatchError
from isolex.lexicon import Lexicon, weights_note
from isolex.vectors import Vectors

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.alignment import Space, SpaceCard

_VERBS = {"doubtful": "is doubtful", "failed": "failed"}
# So many pairs of languages are warned of by a line of their own.
_TOLD = 5


def _given_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What is read, and how; both commands have it."""
    options = (
        click.option(
            "--lexicon",
            "lexicons",
            multiple=True,
            type=NamedFileType("LANGUAGE-LANGUAGE"),
            metavar="LANGUAGE-LANGUAGE=FILE",
            help="Seed pairs of two languages, first language first on each line. Repeat it for each pair.",
        ),
        click.option(
            "--vocab",
            type=click.IntRange(min=1),
            help="Read only the N most frequent words of each language.",
        ),
        click.option("--no-check", is_flag=True, help="Faster: weigh all lexicons alike, and judge nothing."),
        click.option("--force", is_flag=True, help="Write the space even if a language failed."),
        case_option,
        unicode_option,
        seed_option,
        compute_options,
    )
    return reduce(lambda made, option: option(made), reversed(options), function)


def _languages(*, required: bool, **settings: Any) -> Callable[..., Any]:
    kind = NamedFileType("LANGUAGE")
    return click.argument(
        "languages", nargs=-1, required=required, type=kind, metavar="LANGUAGE=FILE...", **settings
    )


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What may follow `isolex space`: files, and the second word of `isolex space add`."""
    files = parameter.type.shell_complete(context, parameter, incomplete)
    return [
        *files,
        *(CompletionItem(word) for word in ("add",) if incomplete and word.startswith(incomplete)),
    ]


@click.command("space", cls=Command)
@_languages(required=False, shell_complete=_complete)
@click.option("-o", "--output", required=True, type=Output("folder"), help="Folder to write the space to.")
@click.option(
    "--config",
    type=FileTableType(),
    metavar="FILE",
    help='TOML table of files, with paths relative to it: [vectors] en = "en.vec", [lexicons] en-es = "F".',
)
@click.option(
    "--method",
    type=click.Choice(SPACE_METHODS),
    default=SPACE_METHODS[0],
    show_default=True,
    help="joint is the best; vecmap whitens and re-weights, procrustes only rotates; geomm is as published.",
)
@normalize_option
@_given_options
@work_option
@fleet_options
def space_command(
    languages: tuple[NamedFile, ...],
    output: Path,
    config: FileTable | None,
    lexicons: tuple[NamedFile, ...],
    method: str,
    normalize: str,
    vocab: int | None,
    no_check: bool,
    force: bool,
    case: Any,
    unicode: Any,
    seed: int,
    work: Path | None,
    fleet: FleetChoice,
    device: str | None,
    as_json: bool,
) -> int:
    """Map the vectors of many languages into one space.

    Lexicons may link the languages in any way: all with one language, in a chain, or every two. Languages
    that no lexicon links, or only one of fewer than 200 words, are first aligned with each other, which takes
    minutes per pair. A language that no other confirms is left out. With --work, isolex keeps these results,
    and several workers share the jobs, here or on a cluster.

    Each pair of languages gets a status: aligned, doubtful or failed. Each language gets the best status of
    its pairs with a lexicon. If a language fails, nothing is written (exit status 1) without --force. Add
    more languages later with isolex space add.

    \b
    Examples:
      isolex space en=en.vec es=es.vec fr=fr.vec -o space --lexicon en-es=en-es.tsv --lexicon en-fr=en-fr.tsv
      isolex space --config space.toml -o space --vocab 1000 --json
    """
    vectors = [*(config.vectors if config else ()), *languages]
    if not vectors:
        raise click.UsageError("got no languages; give LANGUAGE=FILE for each, or --config")

    from isolex.alignment import check_languages, check_space_output
    from isolex.normalize import Normalizer
    from isolex.recipes import align_space

    watch = Stopwatch()
    fleet.check(used=work is not None, option="--work")
    codes = [one.name for one in vectors]
    check_languages(codes)
    files = by_pair([*(config.lexicons if config else ()), *lexicons], codes)
    steps = Normalizer.parse(normalize).steps
    check_space_output(output)
    seeds = _seeds(files, case, unicode)
    with working("reading vectors"):
        read = _vectors(vectors, vocab, unicode)
    with going_on_later(lambda: kept_results(work)), working("aligning"):
        space = align_space(
            read,
            seeds,
            method=method,
            normalize=steps,
            seed=seed,
            device=device,
            check=not no_check,
            workplace=None if work is None else fleet.workplace(work),
        )
    return _finish(space, space.languages, output, watch, force=force, as_json=as_json)


@click.command("space add", cls=Command)
@click.argument("directory", metavar="DIR", type=PATH)
@_languages(required=True)
@click.option(
    "-o", "--output", type=Output("folder"), help="Folder to write the new space to, instead of DIR."
)
@_given_options
def add_command(
    directory: Path,
    languages: tuple[NamedFile, ...],
    output: Path | None,
    lexicons: tuple[NamedFile, ...],
    vocab: int | None,
    no_check: bool,
    force: bool,
    case: Any,
    unicode: Any,
    seed: int,
    device: str | None,
    as_json: bool,
) -> int:
    """Add languages to the space in DIR.

    The languages in the space do not change. Each new one needs a lexicon with one of them, or with one that
    joins before it. If one fails, nothing is written (exit status 1) without --force.

    \b
    Examples:
      isolex space add space pt=pt.vec --lexicon es-pt=es-pt.tsv
      isolex space add space pt=pt.vec --lexicon es-pt=es-pt.tsv -o bigger --json
    """
    from isolex.alignment import check_languages, check_space_output, load_space

    watch = Stopwatch()
    with working(f"loading {directory}"):
        space = load_space(directory, device=device)
    codes = [one.name for one in languages]
    check_languages(codes, there=space.languages)
    files = by_pair(lexicons, [*space.languages, *codes])
    check_space_output(output or directory)
    seeds = _seeds(files, case, unicode)
    with working("reading vectors"):
        read = _vectors(languages, vocab, unicode)
    with working("aligning"):
        bigger = space.add(read, seeds, seed=seed, check=not no_check)
    if output is None and load_space(directory).card != space.card:
        raise MismatchError("was replaced by another run meanwhile", where=directory, fix="run this again")
    return _finish(bigger, codes, output or directory, watch, force=force, as_json=as_json)


def _vectors(given: Sequence[NamedFile], vocab: int | None, unicode: Any) -> dict[str, Vectors]:
    return {
        one.name: Vectors.read(one.path, limit=vocab, unicode=unicode, language=one.name) for one in given
    }


def _seeds(files: dict[tuple[str, str], Path], case: Any, unicode: Any) -> dict[tuple[str, str], Lexicon]:
    made = {
        pair: Lexicon.read(path, case=case, unicode=unicode, languages=pair) for pair, path in files.items()
    }
    for pair, lexicon in made.items():
        if note := weights_note(lexicon):
            say(f"{'-'.join(pair)}: {note}")
    return made


def _finish(
    space: Space, new: Iterable[str], output: Path, watch: Stopwatch, *, force: bool, as_json: bool
) -> int:
    """Write the space unless one of the new languages failed, tell how good it is, and the exit status."""
    card = space.card
    failed = [code for code in new if card.languages[code].status == "failed"]
    written = force or not failed
    if written:
        with working("writing"):
            space.save(output)
    report = {
        "status": "failed" if failed else _status(card),
        "space": str(output) if written else None,
        "seconds": watch.seconds,
        **card.to_dict(),
    }
    emit(as_json, report, lambda console: _render(console, report))
    for line in () if failed and not written else _doubts(card):
        say(f"warning: {line}")
    if written:
        return 0
    reasons = "; ".join(f"{code}: {_reason(card, code)}" for code in failed)
    say(f"failed, nothing written: {reasons} (--force writes it anyway)")
    return 1


def _status(card: SpaceCard) -> str:
    """That of the language which is worst off."""
    from isolex.cards.space_card import TRUSTED

    return max((one.status for one in card.languages.values()), key=TRUSTED.index)


def _reason(card: SpaceCard, code: str) -> str:
    """Why a language has its status: what is said of its most trusted lexicon."""
    lexicons = [one for pair, one in card.pairs.items() if code in pair and one.seeds]
    return max(lexicons, key=lambda one: one.trust).reason


def _doubts(card: SpaceCard) -> Iterator[str]:
    """A line for each of the first pairs of languages that are not aligned, and one for all others."""
    found = [pair for pair, one in card.pairs.items() if one.status in _VERBS]
    for pair in found[:_TOLD]:
        yield f"{'-'.join(pair)} {_VERBS[card.pairs[pair].status]}: {card.pairs[pair].reason}"
    if rest := found[_TOLD:]:
        yield f"{len(rest)} more pairs are doubtful or failed: {', '.join('-'.join(pair) for pair in rest)}"


def _render(console: Console, report: dict[str, Any]) -> None:
    console.print(report["status"], style="bold", end="")
    console.print(f" by {report['method']}, {len(report['languages'])} languages, {report['seconds']} s")
    render_space(console, report)
    if report["space"] is not None:
        console.print(f"\nspace: {report['space']}")


def render_space(console: Console, card: dict[str, Any]) -> None:
    """A table of the languages that the card of a space has, and one of their pairs, by held-out words."""
    languages = [
        [code, one["status"], one["by"] or "", f"{one['vectors']['words']:,}"]
        for code, one in card["languages"].items()
    ]
    pairs = [
        [
            name.replace("--", "-"),
            one["status"],
            one["origin"] or "",
            f"{one['seeds']:,}" if one["seeds"] else "",
            "" if one["held_out"] is None else f"{one['held_out']:.1f}",
            f"{one['words']:,}" if one["words"] else "",
        ]
        for name, one in card["pairs"].items()
    ]
    console.print()
    console.print(table(None, ["language", "status", "joined by", "words"], languages, text_columns=3))
    console.print()
    columns = ["pair", "status", "lexicon", "pairs of words", "held-out P@1", "held-out words"]
    console.print(table(None, columns, pairs, text_columns=3))
    for code, why in card["left_out"].items():
        console.print(f"left out: {code}, {why}")
