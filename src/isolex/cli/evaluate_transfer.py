"""`isolex evaluate sentences`, `retrieval` and `topics`: what a shared space is worth for texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.console import emit, say, table, working
from isolex.cli.options import PATH, AlignmentChoice, alignment_argument, alignment_options
from isolex.cli.outputs import Command
from isolex.cli.texts import coverage_json, print_coverage, weighting_option
from isolex.lexicon.words import counted

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.transfer import DocumentResult, SentenceResult, TextCoverage, TopicResult


@click.command("sentences", cls=Command)
@alignment_argument
@click.argument("source_texts", metavar="SOURCE_TEXTS", type=PATH)
@click.argument("target_texts", metavar="TARGET_TEXTS", type=PATH)
@weighting_option
@click.option(
    "--criterion",
    type=click.Choice(["csls", "nn"]),
    default="csls",
    show_default=True,
    help="How candidates are ranked.",
)
@alignment_options
def sentences_command(
    choice: AlignmentChoice,
    source_texts: Path,
    target_texts: Path,
    weighting: Any,
    criterion: Any,
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
    from isolex.transfer import evaluate_sentences

    alignment = choice.open()
    with working("encoding"):
        result = evaluate_sentences(
            alignment, source_texts, target_texts, weighting=weighting, criterion=criterion
        )
        data = [{"direction": direction} | row for direction, row in result.to_dict().items()]
    emit(as_json, data, lambda console: _render_sentences(console, result))
    if result.component == "vocabulary":
        few = counted(result.forward.n, "sentence")
        say(
            f"warning: {few} cannot show what all sentences have in common, so isolex took it from the "
            "vocabularies; give at least dozens"
        )


def _render_sentences(console: Console, result: SentenceResult) -> None:
    rows = [
        [direction, *(f"{ranks.hits(k):.1f}" for k in (1, 5, 10)), f"{ranks.mrr:.3f}", f"{ranks.n:,}"]
        for direction, ranks in (("forward", result.forward), ("backward", result.backward))
    ]
    console.print(table(None, ["direction", "P@1", "P@5", "P@10", "MRR", "sentences"], rows))
    print_coverage(console, result.coverage)


@click.command("retrieval", cls=Command)
@alignment_argument
@click.argument("queries", metavar="QUERIES", type=PATH)
@click.argument("documents", metavar="DOCUMENTS", type=PATH)
@click.argument("relevance", metavar="RELEVANCE", type=PATH)
@click.option(
    "--reverse", is_flag=True, help="Queries are in the target language, documents in the source language."
)
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

    QUERIES are in the source language, DOCUMENTS in the target language: TSV (id, text), JSON Lines, or one
    text a line. Each line of RELEVANCE holds a query id and a document id, or the four columns of TREC.
    Queries without a relevant document are left out.

    \b
    Examples:
      isolex evaluate retrieval en-es queries.tsv documents.tsv relevance.tsv
      isolex evaluate retrieval en-es queries.tsv documents.tsv relevance.tsv --json
    """
    from isolex.transfer import evaluate_documents

    alignment = choice.open()
    with working("searching"):
        result = evaluate_documents(
            alignment.reversed() if reverse else alignment, queries, documents, relevance
        )
    emit(as_json, result.to_dict(), lambda console: _render_retrieval(console, result))


def _render_retrieval(console: Console, result: DocumentResult) -> None:
    tests = result.fusion_over
    rows = [
        [
            way,
            *(f"{figure:.3f}" for figure in (ranks.ndcg, ranks.map, ranks.mrr)),
            f"{ranks.recall():.1f}",
            f"{tests[way].difference:+.3f} (p = {tests[way].p_value:.4f})" if way in tests else "",
        ]
        for way, ranks in result.rankings.items()
    ]
    queries = result.rankings["fusion"].n
    counts = f"{queries:,} {'query' if queries == 1 else 'queries'}", counted(result.documents, "document")
    columns = ["ranking", "nDCG@10", "MAP", "MRR", "R@10", "fusion gains"]
    console.print(table(", ".join(counts), columns, rows))
    print_coverage(console, result.coverage)


@click.command("topics", cls=Command)
@alignment_argument
@click.argument("train", metavar="TRAIN", type=PATH)
@click.argument("test", metavar="TEST", type=PATH)
@click.option("--own", type=PATH, help="Labelled texts in TEST's language, to train a ceiling on.")
@click.option("--reverse", is_flag=True, help="TRAIN is in the target language, TEST in the source language.")
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

    Files are TSV with the columns label (or category) and text, in this order or named in the first line.

    \b
    Examples:
      isolex evaluate topics en-es en.topics.tsv es.topics.tsv
      isolex evaluate topics en-es en.topics.tsv es.topics.tsv --own es.topics.tsv --json
    """
    from isolex.transfer import check_classes, evaluate_topics, read_labelled
    from isolex.transfer.evaluating import OF_SOURCE, OF_TARGET, coverage_of, encoders_of, strings

    learnt, asked = read_labelled(train), read_labelled(test)
    others = [] if own is None else read_labelled(own)
    check_classes(learnt, where=train)
    if own is not None:
        check_classes(others, where=own)
    alignment = choice.open()
    with working("learning"):
        source, target = encoders_of(
            alignment.reversed() if reverse else alignment,
            (strings(learnt), strings(others or asked)),
            weighting=weighting,
        )
        coverage = {
            "train": coverage_of(learnt, source, where=train, fix=OF_SOURCE),
            "test": coverage_of(asked, target, where=test, fix=OF_TARGET),
        }
        if own is not None:
            coverage["own"] = coverage_of(others, target, where=own, fix=OF_TARGET)
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
