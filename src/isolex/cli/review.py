"""`isolex review`: correct the dictionary of an alignment, in the browser or by tables."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import REVIEW_FORMATS
from isolex.cli.console import emit, say, working
from isolex.cli.named_files import NamedFile, NamedFileType
from isolex.cli.options import (
    PATH,
    AlignmentChoice,
    alignment_argument,
    json_option,
    pair_options,
    threads_option,
)
from isolex.cli.outputs import Command, Output
from isolex.cli.serving import PageServer, check_packages, server_options
from isolex.errors import InputError, MissingExtraError
from isolex.lexicon.words import counted

if TYPE_CHECKING:
    from isolex.alignment import Alignment
    from isolex.explorer import Concordance
    from isolex.reranking import RerankedDictionary
    from isolex.review import Review

_Codes = tuple[str | None, str | None]
_FIRST = 3


@click.command("review", cls=Command)
@alignment_argument
@click.option(
    "--reviewer",
    "reviewers",
    multiple=True,
    metavar="NAME",
    help="Make a secret link for this reviewer. Repeat the option for several reviewers.",
)
@click.option(
    "--folder", type=PATH, help="Folder of the decisions; by default DIR-review, beside the alignment."
)
@click.option(
    "--export",
    type=Output("file"),
    help="Write the decisions to this file and open no page; - is standard output.",
)
@click.option(
    "--format",
    type=click.Choice(REVIEW_FORMATS),
    help="Format of the exported file; by default the one that its name stands for, or else tsv.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0.0, 1.0),
    help="Export the whole dictionary: the decisions, the pairs of your lexicon whose words have vectors, "
    "and what isolex proposes with at least this confidence for other words.",
)
@click.option(
    "--import",
    "imported",
    type=PATH,
    help="Add the decisions in this table and open no page. It has the columns that --export writes.",
)
@click.option(
    "--examples",
    multiple=True,
    type=NamedFileType("LANGUAGE"),
    metavar="LANGUAGE=TEXT",
    help="Show words in sentences of this text. Give the option once for each language.",
)
@click.option("--source-language", help="Language code for tei and tbx, if the alignment has none.")
@click.option("--target-language", help="The same for the target side.")
@pair_options
@server_options
@threads_option
@json_option
def review_command(
    alignment_dir: Path,
    reviewers: tuple[str, ...],
    folder: Path | None,
    export: Path | None,
    format: str | None,
    min_confidence: float | None,
    imported: Path | None,
    pair: tuple[str, str] | None,
    examples: tuple[NamedFile, ...],
    source_language: str | None,
    target_language: str | None,
    port: int,
    host: str,
    no_browser: bool,
    as_json: bool,
) -> None:
    """Correct the dictionary of the alignment in DIR in the browser; isolex learns from that.

    The page asks about frequent words that isolex is unsure of, about the words that it is surest of, and
    about some random words, which tell how many translations are right. After every 50 decisions isolex fits
    the alignment and the confidences again. Decisions are kept beside DIR, and a crash loses none of them.

    \b
    Examples:
      isolex review en-es
      isolex review en-es --reviewer ana --reviewer ben --host 192.168.1.20
      isolex review en-es --export decisions.tsv
      isolex review en-es --export dictionary.tei --min-confidence 0.7
    """
    if export is not None and imported is not None:
        raise click.UsageError("give --export or --import, not both")
    if format is not None and export is None:
        raise click.UsageError("--format goes with --export")
    if min_confidence is not None and export is None:
        raise click.UsageError("--min-confidence goes with --export")
    check_packages()
    from isolex.review import Review

    choice = AlignmentChoice(alignment_dir, None, None, other_vectors=False, pair=pair, device="cpu")
    if imported is not None:
        _imported(choice, folder, imported, as_json=as_json)
        return
    given = source_language, target_language
    if export is not None:
        _exported(choice, folder, export, given, format, min_confidence, as_json=as_json)
        return
    # Learning takes minutes, so it begins once it is certain that nobody else has the review.
    review = Review(
        alignment_dir,
        pair=pair,
        folder=folder,
        dictionary=lambda alignment: _dictionary(choice, alignment, examples),
        tell=say,
    )
    try:
        codes = _codes(given, review.base)
        _review(review, choice, reviewers, codes, examples, PageServer(host, port, no_browser, as_json))
    finally:
        review.close()


def _codes(given: _Codes, alignment: Alignment) -> _Codes:
    """The codes of the languages, where somebody knows them."""
    source, target = given
    return source or alignment.source.language, target or alignment.target.language


def _review(
    review: Review,
    choice: AlignmentChoice,
    reviewers: Sequence[str],
    codes: _Codes,
    examples: Sequence[NamedFile],
    server: PageServer,
) -> None:
    from isolex.explorer import Explorer, Reviewing
    from isolex.explorer.server import application

    explorer = Explorer(choice.path, review=review)
    sentences = _concordances(examples, explorer.languages, explorer.vectors)
    own_name = _login()
    asked = list(dict.fromkeys(reviewers)) or ([] if server.is_loopback else [own_name])
    links: Mapping[str, str | None] = {name: review.log.reviewer(name) for name in asked} or {own_name: None}
    reviewing = Reviewing(explorer, reviewer=own_name, codes=codes, examples=sentences, keyed=bool(asked))
    review.learn_if_due()
    app = application(
        explorer, reviewing=reviewing, keys=reviewing.who, hosts=server.hosts, open_to_all=not asked
    )
    server.serve(app, links, view="#/review")
    progress = review.progress()
    skipped = f" and {counted(progress.skipped, 'skipped word')}" if progress.skipped else ""
    say(f"{counted(progress.decided, 'decision')}{skipped} in {review.folder}")
    # Ctrl-C in the terminal ends the process that learns as well, sooner or later than this is asked.
    if progress.learning in ("running", "interrupted"):
        say("isolex has stopped learning; it keeps the decisions and learns from them the next time")


def _dictionary(
    choice: AlignmentChoice, alignment: Alignment, examples: Sequence[NamedFile]
) -> RerankedDictionary:
    """With confidences, or without them where there is too little to learn them from so far."""
    from isolex.cli.confidences import reranked
    from isolex.explorer.explorer import language_names
    from isolex.reranking import plain_dictionary
    from isolex.reranking.reranked_dictionary import find_reranked

    kept = None if choice.pair is not None else find_reranked(choice.path, alignment)
    if kept is not None:
        return kept
    if choice.pair is None:
        _check_languages(examples, language_names(alignment))
    try:
        say("isolex learns the confidences first, which takes some minutes")
        return reranked(choice, alignment)
    except MissingExtraError:
        raise
    except InputError as error:
        say(f"{error.problem}; words come by frequency until enough of them are decided on")
        return plain_dictionary(alignment, error.problem)


def _exported(
    choice: AlignmentChoice,
    folder: Path | None,
    output: Path,
    given: _Codes,
    format: str | None,
    min_confidence: float | None,
    *,
    as_json: bool,
) -> None:
    """The decisions as a file, with or without the rest of the dictionary, also while others decide."""
    from isolex.alignment import load
    from isolex.cli.confidences import reranked
    from isolex.review import Judgements, logged_decisions, write_decisions
    from isolex.review.generations import last_dictionary
    from isolex.review.review import log_of, review_folder
    from isolex.review.rows import given_lexicon
    from isolex.review.tables import format_of

    made = format or format_of(output)
    place = folder or review_folder(choice.path, choice.pair)
    log = log_of(place)
    if folder is not None and not log.is_file():
        raise InputError("has no decisions", where=folder, fix="check --folder")
    with working(f"loading {choice.path}"):
        alignment = load(choice.path, pair=choice.pair, device="cpu")
    codes = _codes(given, alignment)
    decisions = logged_decisions(log) if log.is_file() else []
    proposing = None
    if min_confidence is not None:
        proposing = last_dictionary(place, log, alignment) or reranked(choice, alignment)
    count = write_decisions(
        Judgements(decisions),
        output,
        format=made,
        languages=codes,
        dictionary=proposing,
        min_confidence=min_confidence or 0.0,
        lexicon=given_lexicon(alignment),
    )
    report = {"exported": str(output), "pairs": count}
    emit(as_json, report, lambda console: console.print(f"{output}: {counted(count, 'pair')}"))


def _imported(choice: AlignmentChoice, folder: Path | None, table: Path, *, as_json: bool) -> None:
    """The decisions of a table join the others."""
    from isolex.reranking import plain_dictionary
    from isolex.review import LEARN_EVERY, Review, read_decisions

    review = Review(
        choice.path,
        pair=choice.pair,
        folder=folder,
        dictionary=lambda alignment: plain_dictionary(alignment, "not asked for"),
    )
    try:
        decisions, refused = read_decisions(table, reviewer=_login(), vocabularies=review.vocabularies)
        # What is being fitted would be given up when this command ends.
        added = review.add(decisions, learn=False)
        since = review.progress().since
    finally:
        review.close()
    for why in refused:
        say(f"{table}: {why}")
    if added.overridden:
        first = "; ".join(map(str, added.overridden[:_FIRST]))
        more = f"; and {len(added.overridden) - _FIRST:,} more" if len(added.overridden) > _FIRST else ""
        say(f"{table}: {counted(len(added.overridden), 'pair')} decided otherwise before: {first}{more}")
    if added.new and since >= LEARN_EVERY:
        say("open the review to have isolex learn from these decisions")
    report: dict[str, Any] = {
        "imported": str(table),
        "decisions": added.new,
        "pairs": added.pairs,
        "known": added.known,
        "overridden": [one.to_dict() for one in added.overridden],
        "refused": refused,
    }
    there = f"; {counted(added.known, 'pair')} already there" if added.known else ""
    new = f"{counted(added.new, 'new decision')} on {counted(added.pairs, 'pair')}"
    emit(as_json, report, lambda console: console.print(f"{new} in {review.folder}{there}"))
    if refused and not added.new and not added.known:
        click.get_current_context().exit(1)


def _concordances(
    examples: Sequence[NamedFile], languages: Sequence[str], vectors: Callable[[str], Any]
) -> dict[str, Concordance]:
    from isolex.explorer import Concordance

    _check_languages(examples, languages)
    found = {}
    for one in examples:
        with working(f"reading {one.path}"):
            found[one.name] = Concordance([one.path], vectors(one.name))
    return found


def _check_languages(examples: Sequence[NamedFile], languages: Sequence[str]) -> None:
    for one in examples:
        if one.name not in languages:
            raise click.UsageError(f"--examples {one.name}=…: the languages are {' and '.join(languages)}")


def _login() -> str:
    """What the person at this machine is called."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "reviewer"
