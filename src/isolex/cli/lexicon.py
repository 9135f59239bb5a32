"""`isolex lexicon`: a dictionary of the whole vocabulary."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import MARKUP_FORMATS, PLAIN_FORMATS, SHARDED_CRITERIA, TRUSTED_FORMATS
from isolex.cli.confidences import are_composed, levels_table, reranked
from isolex.cli.console import Stopwatch, emit, going_on_later, working
from isolex.cli.fleet_options import FleetChoice, fleet_options, kept_results, work_option
from isolex.cli.options import (
    AlignmentChoice,
    alignment_argument,
    alignment_options,
    criterion_option,
    first_given,
    refuse_with,
    was_given,
)
from isolex.cli.outputs import Command, Output
from isolex.files import check_file, check_not_input, is_standard_output

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.alignment import Alignment
    from isolex.fleet import FleetReport
    from isolex.reranking import RerankedDictionary, TrustedEntry

_LANGUAGES = ("source_language", "target_language")
_FOR_CONFIDENCES = ("one_to_one", *_LANGUAGES)
_NOT_FOR_CONFIDENCES = ("direction", "criterion")
_NOT_FOR_WORK = ("all_pairs", "min_confidence", "device")
# Each answer of each word is an entry in memory.
_MOST = 100

# Of one pair alone.
_NOT_FOR_ALL_PAIRS = ("one_to_one", *_LANGUAGES, "source", "target", "device")

_Languages = tuple[str | None, str | None]


def _check_probability(
    _context: click.Context, _option: click.Parameter, value: float | None
) -> float | None:
    """The value again; NaN is in every range, to click."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is not in the range 0<=x<=1.")
    return value


@click.command("lexicon", cls=Command)
@alignment_argument
@click.option(
    "-o", "--output", required=True, type=Output("file"), help="File to write; - is standard output."
)
@click.option(
    "--all-pairs",
    is_flag=True,
    help="For a space: write a dictionary for each direction between its languages into the folder --output.",
)
@click.option(
    "--direction",
    type=click.Choice(["forward", "backward", "mutual"]),
    default="forward",
    show_default=True,
    help="Translate all source words, all target words, or only pairs that are each other's best answer.",
)
@click.option(
    "-k", default=1, show_default=True, type=click.IntRange(1, _MOST), help="Answers per word, at most."
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    callback=_check_probability,
    help="Write only translations that are right with at least this probability, and write it with each.",
)
@click.option(
    "--one-to-one",
    is_flag=True,
    help="With --min-confidence: use each word once, so that the total confidence is greatest.",
)
@click.option(
    "--format",
    type=click.Choice(TRUSTED_FORMATS),
    help="By default as the file name ends, else tsv. tei and tbx need --min-confidence.",
)
@click.option("--source-language", help="Language code for tei and tbx, if the alignment has none.")
@click.option("--target-language", help="The same for the target language.")
@criterion_option
@work_option
@click.option(
    "--shards",
    type=click.IntRange(min=1),
    help="With --work: number of parts of each vocabulary; by default parts of 65,536 words.",
)
@fleet_options
@alignment_options
def lexicon_command(
    choice: AlignmentChoice,
    fleet: FleetChoice,
    work: Path | None,
    shards: int | None,
    output: Path,
    all_pairs: bool,
    direction: Any,
    k: int,
    min_confidence: float | None,
    one_to_one: bool,
    format: str | None,
    source_language: str | None,
    target_language: str | None,
    criterion: str,
    as_json: bool,
) -> int:
    """Write a dictionary from the alignment in DIR.

    Each entry has source, target, score, rank, and whether the two words are each other's best answer.

    With --min-confidence, each has the probability that it is right, the evidence, and alternatives. isolex
    learns this from the seed pairs, which takes minutes, and keeps it in DIR for the next time. For a space,
    it also uses the other languages, and keeps nothing.

    With --all-pairs, each direction is a job. The same command again does only the directions that are
    missing or whose languages have changed. Logs are in .jobs in the folder.

    With --work, isolex searches vocabularies that are too big for one process in parts, by several workers or
    on a cluster. The dictionary is the same. Delete the --work folder afterwards: it also holds copies of the
    vectors.

    \b
    Examples:
      isolex lexicon en-es -o dictionary.tsv
      isolex lexicon en-es -o dictionary.jsonl --direction mutual
      isolex lexicon en-es -o several.tei --min-confidence 0.5 -k 3
      isolex lexicon space -o dictionaries --all-pairs --workers 2
      isolex lexicon en-es -o dictionary.tsv --work parts --shards 4 --workers 2
    """
    if direction == "mutual" and k > 1:
        raise click.UsageError("with --direction mutual a word has one answer; leave out -k")

    _check_fleet(choice, fleet, work, all_pairs=all_pairs)
    watch = Stopwatch()
    if all_pairs:
        how = {
            "min_confidence": min_confidence,
            "direction": direction,
            "k": k,
            "criterion": criterion,
            "format": format or PLAIN_FORMATS[0],
        }
        return _write_all_pairs(choice, fleet, output, how, watch, as_json=as_json)

    from isolex.reranking.entry_files import check_languages, format_of

    format = format or format_of(output)
    languages = (source_language, target_language)
    if min_confidence is None:
        _check_plain(format)
    else:
        _check_trusted(format, languages, k, one_to_one=one_to_one)
    check_file(output)
    alignment = choice.open()
    if min_confidence is None:
        search = {} if work is None else {"workplace": fleet.workplace(work), "shards": shards}
        with going_on_later(lambda: kept_results(work)):
            report = _write_induced(alignment, output, direction, k, criterion, format, search)
    else:
        languages = _languages(alignment, languages)
        check_languages(format, languages)
        dictionary = reranked(choice, alignment)
        report = _write_trusted(
            dictionary, output, min_confidence, k, format, languages, one_to_one=one_to_one
        ) | {"composed": are_composed(choice)}
    render = _render_induced if min_confidence is None else _render_trusted
    emit(as_json, report | {"seconds": watch.seconds}, lambda console: render(console, report))
    return 0


def _check_fleet(choice: AlignmentChoice, fleet: FleetChoice, work: Path | None, *, all_pairs: bool) -> None:
    """Raise `UsageError` for options that go with --all-pairs or --work, or do not."""
    fleet.check(used=all_pairs or work is not None, option="--all-pairs or --work")
    if work is None and was_given("shards"):
        raise click.UsageError("--shards goes with --work")
    if work is not None:
        refuse_with("--work", *_NOT_FOR_WORK)
    if work is not None and click.get_current_context().params["criterion"] not in SHARDED_CRITERIA:
        raise click.UsageError("--criterion isf does not go with --work; leave out one of them")
    if all_pairs and choice.pair is not None:
        raise click.UsageError("--from and --to do not go with --all-pairs; leave out one of them")
    if all_pairs:
        refuse_with("--all-pairs", *_NOT_FOR_ALL_PAIRS)


def _write_all_pairs(
    choice: AlignmentChoice,
    fleet: FleetChoice,
    output: Path,
    how: dict[str, Any],
    watch: Stopwatch,
    *,
    as_json: bool,
) -> int:
    """Write the dictionaries of a space, as `dictionary_jobs` are told how; 1 if one could not be made."""
    format = how["format"]
    if format in MARKUP_FORMATS:
        raise click.UsageError(f"--all-pairs writes {' or '.join(PLAIN_FORMATS)}, not {format}")
    if is_standard_output(output):
        raise click.UsageError("--all-pairs writes a folder, not standard output; name a folder")
    if how["min_confidence"] is None:
        _check_plain(format)
    else:
        _check_trusted(format, (None, None), how["k"], one_to_one=False)
    from isolex.pairwise import dictionary_jobs

    check_not_input(output, choice.path, whole=True)
    jobs = dictionary_jobs(choice.path, **how)
    done = fleet.run(jobs, output, label="dictionaries")
    report = {"folder": str(output), **done.to_dict(), "seconds": watch.seconds}
    emit(as_json, report, lambda console: _render_all_pairs(console, output, done))
    return 1 if done.failed else 0


def _render_all_pairs(console: Console, output: Path, done: FleetReport) -> None:
    console.print(
        f"{output}: dictionaries of {len(done.made):,} directions made, {len(done.kept):,} kept, "
        f"{len(done.failed):,} failed"
    )


def _check_plain(format: str) -> None:
    """Raise `UsageError` for what only goes with confidences."""
    what = f"format {format}" if format in MARKUP_FORMATS else first_given(_FOR_CONFIDENCES)
    if what:
        raise click.UsageError(f"{what} needs confidences; add --min-confidence")


def _check_trusted(format: str, languages: _Languages, k: int, *, one_to_one: bool) -> None:
    """Raise `UsageError` for what contradicts --min-confidence, or each other beside it."""
    from isolex.reranking import RerankSettings

    refuse_with("--min-confidence", *_NOT_FOR_CONFIDENCES)
    if any(languages) and format not in MARKUP_FORMATS:
        raise click.UsageError(f"format {format} cannot hold languages; leave out {first_given(_LANGUAGES)}")
    if one_to_one and k > 1:
        raise click.UsageError("with --one-to-one a word has one translation; leave out -k")
    if k > (kept := RerankSettings().alternatives):
        raise click.UsageError(f"got -k {k}, expected at most {kept} with --min-confidence")


def _languages(alignment: Alignment, given: _Languages) -> _Languages:
    return given[0] or alignment.source.language, given[1] or alignment.target.language


def _write_induced(
    alignment: Alignment,
    output: Path,
    direction: Any,
    k: int,
    criterion: str,
    format: str,
    search: dict[str, Any],
) -> dict[str, Any]:
    with working("inducing"):
        induced = alignment.induce(direction, k=k, criterion=criterion, **search)
    written = induced.write(output, format=format)
    return {
        "lexicon": str(output),
        "entries": len(written),
        "mutual": sum(entry.mutual for entry in written),
        "direction": direction,
        "criterion": criterion,
    }


def _write_trusted(
    dictionary: RerankedDictionary,
    output: Path,
    least: float,
    k: int,
    format: str,
    languages: _Languages,
    *,
    one_to_one: bool,
) -> dict[str, Any]:
    from isolex.reranking import Level
    from isolex.reranking.entry_files import write_entries
    from isolex.reranking.reranked_dictionary import LEVELS

    def entries(confidence: float) -> list[TrustedEntry]:
        return (
            dictionary.one_to_one_entries(confidence) if one_to_one else dictionary.entries(confidence, k=k)
        )

    written = write_entries(entries(least), output, format=format, languages=languages)
    reached = {level: [entry.confidence for entry in entries(level)] for level in LEVELS}
    return {
        "lexicon": str(output),
        "reason": dictionary.reason,
        **Level.of(least, [entry.confidence for entry in written]).to_dict(),
        "summary": [Level.of(level, confidences).to_dict() for level, confidences in reached.items()],
    }


def _render_induced(console: Console, report: dict[str, Any]) -> None:
    console.print("{lexicon}: {entries:,} entries, {mutual:,} of them mutual".format(**report))


def _render_trusted(console: Console, report: dict[str, Any]) -> None:
    console.print("{lexicon}: {entries:,} entries, {reason}".format(**report))
    own = report | {"confidence": f"{report['confidence']:g} (written)"}
    console.print(levels_table([own, *report["summary"]], composed=report["composed"]))
