"""`isolex evaluate sentences`, `retrieval` and `topics`: what a shared space is worth for texts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.console import emit, say, table, working
from isolex.cli.options import PATH, AlignmentChoice, alignment_argument, alignment_options
from isolex.cli.outputs import Command
from isolex.cli.texts import (
    SOURCE,
    TARGET,
    coverage_json,
    coverage_of,
    encoders_of,
    print_coverage,
    strings,
    weighting_option,
)
from isolex.errors import InputError
from isolex.lexicon.words import counted

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.evaluation import RankingResult
    from isolex.evaluation.metrics import PairedDifference
    from isolex.transfer import DocumentIndex, Text, TextCoverage, TopicResult


@click.command("sentences", cls=Command)
@alignment_argument
@click.argument("source_texts", metavar="SOURCE_TEXTS", type=PATH)
@click.argument("target_texts", metavar="TARGET_TEXTS", type=PATH)
@weighting_option
@click.option(
    "--criterion", type=click.Choice(["csls", "nn"]), default="csls", show_default=True, help="Ranking."
)
@alignment_options
def sentences_command(
    choice: AlignmentChoice,
    source_texts: Path,
    target_texts: Path,
    weighting: Any,
    criterion: str,
    as_json: bool,
) -> None:
    """Sentence retrieval: find each sentence's translation among all, in both directions.

    Line n of SOURCE_TEXTS is the translation of line n of TARGET_TEXTS. Files are plain lines, TSV (id, text)
    or JSON Lines.

    \b
    Examples:
      isolex evaluate sentences en-es en.sentences.txt es.sentences.txt
      isolex evaluate sentences en-es en.sentences.txt es.sentences.txt --weighting idf --criterion nn --json
    """
    from isolex.transfer import rank_rows

    paths = {"source": source_texts, "target": target_texts}
    sides = _parallel(source_texts, target_texts)
    alignment, component = choice.open(), _component(weighting, len(sides[0]))
    with working("encoding"):
        encoders = encoders_of(alignment, weighting, (strings(sides[0]), strings(sides[1])), component)
        coverage = {
            side: coverage_of(path, texts, encoder, fix=f"give texts of the {side} language")
            for (side, path), texts, encoder in zip(paths.items(), sides, encoders, strict=True)
        }
        x, z = (encoder.transform(strings(texts)) for encoder, texts in zip(encoders, sides, strict=True))
        own = [[number] for number in range(len(x))]
        results = {
            "forward": rank_rows(x, z, own, criterion=criterion),
            "backward": rank_rows(z, x, own, criterion=criterion),
        }
    settings = {"weighting": weighting, "component": component, "criterion": criterion}
    data = [
        {"direction": direction} | settings | result.to_dict() | {"coverage": coverage_json(coverage)}
        for direction, result in results.items()
    ]
    emit(as_json, data, lambda console: _render_sentences(console, results, coverage))
    if component == "vocabulary":
        few = f"{counted(len(own), 'sentence')} cannot tell what all sentences have in common"
        say(f"warning: {few}: that was taken from the vocabularies; give at least dozens")


def _parallel(source_texts: Path, target_texts: Path) -> tuple[list[Text], list[Text]]:
    """The texts of both files.

    Raises:
        InputError: They are not as many.
    """
    from isolex.transfer import read_texts

    x, z = read_texts(source_texts), read_texts(target_texts)
    if len(x) != len(z):
        raise InputError(
            f"has {counted(len(z), 'text')}, expected the {len(x):,} of {source_texts}",
            where=target_texts,
            fix="give every text's translation on the same line",
        )
    return x, z


def _component(weighting: str, texts: int) -> str:
    """What the common direction of sif is taken from: few sentences cannot tell what all have in common."""
    from isolex.transfer import FEW_TEXTS

    if weighting != "sif":
        return "none"
    return "texts" if texts >= FEW_TEXTS else "vocabulary"


def _render_sentences(
    console: Console, results: Mapping[str, RankingResult], coverage: Mapping[str, TextCoverage]
) -> None:
    rows = [
        [direction, *(f"{result.hits(k):.1f}" for k in (1, 5, 10)), f"{result.mrr:.3f}", f"{result.n:,}"]
        for direction, result in results.items()
    ]
    console.print(table(None, ["direction", "P@1", "P@5", "P@10", "MRR", "sentences"], rows))
    print_coverage(console, coverage)


@click.command("retrieval", cls=Command)
@alignment_argument
@click.argument("queries", metavar="QUERIES", type=PATH)
@click.argument("documents", metavar="DOCUMENTS", type=PATH)
@click.argument("relevance", metavar="RELEVANCE", type=PATH)
@click.option("--reverse", is_flag=True, help="Queries of the target language, documents of the source one.")
@alignment_options
def retrieval_command(
    choice: AlignmentChoice,
    queries: Path,
    documents: Path,
    relevance: Path,
    reverse: bool,
    as_json: bool,
) -> None:
    """Document retrieval across languages: vectors, translated BM25, and their fusion.

    QUERIES are of the source language, DOCUMENTS of the target one: TSV (id, text), JSON Lines, or a text a
    line. RELEVANCE holds query id, document id on each line, or the four columns of TREC. Queries without a
    relevant document are left out.

    \b
    Examples:
      isolex evaluate retrieval en-es queries.tsv documents.tsv relevance.tsv
      isolex evaluate retrieval en-es queries.tsv documents.tsv relevance.tsv --json
    """
    from isolex.transfer import DocumentIndex, read_texts

    collection = read_texts(documents)
    judged, relevant = _judged(read_texts(queries), collection, (queries, documents, relevance))
    alignment = choice.open()
    with working("searching"):
        index = DocumentIndex(collection, alignment.reversed() if reverse else alignment)
        coverage = {
            "queries": coverage_of(queries, judged, index.encoders[0], fix=SOURCE),
            "documents": coverage_of(documents, collection, index.encoders[1], fix=TARGET),
        }
        results = _ranked(index, strings(judged), relevant)
    tests = {way: results["fusion"].compare(result) for way, result in results.items() if way != "fusion"}
    data = {
        "documents": len(collection),
        "rankings": {way: result.to_dict() for way, result in results.items()},
        "fusion_over": {
            way: {"ndcg@10": round(test.difference, 4), "p_value": test.p_value}
            for way, test in tests.items()
        },
        "coverage": coverage_json(coverage),
    }
    emit(as_json, data, lambda console: _render_retrieval(console, results, tests, coverage))


def _judged(
    asked: list[Text], collection: list[Text], files: tuple[Path, Path, Path]
) -> tuple[list[Text], list[list[int]]]:
    """The queries that have relevant documents, and the places of these in the collection.

    Args:
        asked: All queries.
        collection: The documents.
        files: Where queries, documents and their relevance come from.

    Raises:
        InputError: An id of the relevance file is in neither of the others, or there are no such queries.
    """
    from isolex.transfer import places, read_relevance

    queries, documents, relevance = files
    answers = read_relevance(relevance)
    places(list(answers), asked, where=queries)
    places(list(dict.fromkeys(chain(*answers.values()))), collection, where=documents)
    judged = [query for query in asked if query.id in answers]
    if not judged:
        raise InputError(
            "no query has a relevant document", where=relevance, fix="give lines of query and document id"
        )
    return judged, [places(answers[query.id], collection, where=documents) for query in judged]


def _ranked(index: DocumentIndex, queries: list[str], relevant: list[list[int]]) -> dict[str, RankingResult]:
    from isolex.transfer import fused, rank_scores

    # Fusing them here spares scoring twice.
    vectors, translation = index.scores(queries, by="vectors"), index.scores(queries, by="translation")
    scores = {"fusion": fused(vectors, translation), "vectors": vectors, "translation": translation}
    return {way: rank_scores(own, relevant) for way, own in scores.items()}


def _render_retrieval(
    console: Console,
    results: Mapping[str, RankingResult],
    tests: Mapping[str, PairedDifference],
    coverage: Mapping[str, TextCoverage],
) -> None:
    rows = [
        [
            way,
            *(f"{figure:.3f}" for figure in (result.ndcg, result.map, result.mrr)),
            f"{result.recall():.1f}",
            f"{tests[way].difference:+.3f} (p = {tests[way].p_value:.4f})" if way in tests else "",
        ]
        for way, result in results.items()
    ]
    counts = (
        f"{results['fusion'].n:,} {'query' if results['fusion'].n == 1 else 'queries'}",
        counted(coverage["documents"].texts, "document"),
    )
    columns = ["ranking", "nDCG@10", "MAP", "MRR", "R@10", "fusion gains"]
    console.print(table(", ".join(counts), columns, rows))
    print_coverage(console, coverage)


@click.command("topics", cls=Command)
@alignment_argument
@click.argument("train", metavar="TRAIN", type=PATH)
@click.argument("test", metavar="TEST", type=PATH)
@click.option("--own", type=PATH, help="Labelled texts of TEST's language, to train a ceiling on.")
@click.option("--reverse", is_flag=True, help="TRAIN is of the target language, TEST of the source one.")
@weighting_option
@alignment_options
def topics_command(
    choice: AlignmentChoice,
    train: Path,
    test: Path,
    own: Path | None,
    reverse: bool,
    weighting: Any,
    as_json: bool,
) -> None:
    """Zero-shot classification: learn classes from TRAIN in one language, and test on TEST in the other.

    Files are TSV: label and text, or columns named so in a first line (also: category).

    \b
    Examples:
      isolex evaluate topics en-es en.topics.tsv es.topics.tsv
      isolex evaluate topics en-es en.topics.tsv es.topics.tsv --own es.topics.tsv --json
    """
    from isolex.transfer import check_classes, evaluate_topics, read_labelled

    learnt, asked = read_labelled(train), read_labelled(test)
    others = [] if own is None else read_labelled(own)
    check_classes(learnt, where=train)
    if own is not None:
        check_classes(others, where=own)
    alignment = choice.open()
    with working("learning"):
        source, target = encoders_of(
            alignment.reversed() if reverse else alignment,
            weighting,
            (strings(learnt), strings(others or asked)),
        )
        coverage = {
            "train": coverage_of(train, learnt, source, fix=SOURCE),
            "test": coverage_of(test, asked, target, fix=TARGET),
        }
        if own is not None:
            coverage["own"] = coverage_of(own, others, target, fix=TARGET)
        result = evaluate_topics(learnt, asked, (source, target), own=others)
    data = result.to_dict() | {"coverage": coverage_json(coverage)}
    emit(as_json, data, lambda console: _render_topics(console, result, coverage))


def _render_topics(console: Console, result: TopicResult, coverage: Mapping[str, TextCoverage]) -> None:
    rows = [
        [
            f"{100 * result.accuracy:.1f}",
            "" if result.ceiling is None else f"{100 * result.ceiling:.1f}",
            f"{100 * result.majority:.1f}",
            f"{result.n:,}",
        ]
    ]
    columns = ["accuracy", "trained on the language itself", "most frequent class", "texts"]
    console.print(table(None, columns, rows, text_columns=0))
    print_coverage(console, coverage)
