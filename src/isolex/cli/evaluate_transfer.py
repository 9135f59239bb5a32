"""`isolex evaluate sentences`, `retrieval` and `topics`: what a shared space is worth for texts."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.alignment import Alignment
from isolex.cli.console import emit, table, working
from isolex.cli.options import PATH, AlignmentChoice, alignment_argument, alignment_options
from isolex.errors import InputError

if TYPE_CHECKING:
    from isolex.transfer import TextEncoder

# The package `transfer` needs scikit-learn, which commands that do without it must not ask for.


def weighting_option(function: Any) -> Any:
    """--weighting."""
    return click.option(
        "--weighting",
        type=click.Choice(["sif", "idf", "mean"]),
        default="sif",
        show_default=True,
        help="Weights of words: by rarity in the language (sif), in the texts (idf), or none (mean).",
    )(function)


def encoders_of(
    alignment: Alignment, weighting: Any, texts: tuple[list[str], list[str]]
) -> tuple["TextEncoder", "TextEncoder"]:
    """Of both languages, for classes that are to carry over; the texts matter to idf only."""
    from isolex.transfer import TextEncoder  # noqa: PLC0415

    # The texts to be classified may be few: what they have in common would be what they say.
    source, target = (
        TextEncoder(side, weighting=weighting, component="vocabulary").fit(own)
        for side, own in zip((alignment, alignment.reversed()), texts, strict=True)
    )
    return source, target


@click.command("sentences")
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
    from isolex.transfer import TextEncoder, rank_rows, read_texts  # noqa: PLC0415

    sides = [read_texts(path) for path in (source_texts, target_texts)]
    if len(sides[0]) != len(sides[1]):
        raise InputError(
            f"has {len(sides[1])} texts, expected the {len(sides[0])} of {source_texts}", where=target_texts
        )
    alignment = choice.open()
    with working("encoding"):
        x, z = (
            TextEncoder(side, weighting=weighting).fit_transform([one.text for one in texts])
            for side, texts in zip((alignment, alignment.reversed()), sides, strict=True)
        )
        own = [[number] for number in range(len(x))]
        results = {"forward": rank_rows(x, z, own, criterion), "backward": rank_rows(z, x, own, criterion)}
    data = [
        {"direction": direction, "weighting": weighting, "criterion": criterion} | result.to_json()
        for direction, result in results.items()
    ]
    rows = [
        [direction, *(f"{result.hits(k):.1f}" for k in (1, 5, 10)), f"{result.mrr:.3f}", f"{result.n:,}"]
        for direction, result in results.items()
    ]
    columns = ["direction", "P@1", "P@5", "P@10", "MRR", "sentences"]
    emit(as_json, data, lambda console: console.print(table(None, columns, rows)))


@click.command("retrieval")
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
    from isolex.transfer import (  # noqa: PLC0415
        RANKINGS,
        DocumentIndex,
        places,
        rank_scores,
        read_relevance,
        read_texts,
    )

    collection, asked, answers = read_texts(documents), read_texts(queries), read_relevance(relevance)
    places(list(answers), asked, where=queries)
    judged = [query for query in asked if query.id in answers]
    if not judged:
        raise InputError("no query has a relevant document", where=relevance)
    relevant = [places(answers[query.id], collection, where=documents) for query in judged]
    alignment = choice.open()
    with working("searching"):
        index = DocumentIndex(collection, alignment.reversed() if reverse else alignment)
        texts = [query.text for query in judged]
        results = {way: rank_scores(index.scores(texts, way), relevant) for way in RANKINGS}
    tests = {way: results["fusion"].compare(results[way]) for way in RANKINGS[1:]}
    data = {
        "documents": len(collection),
        "rankings": {way: result.to_json() for way, result in results.items()},
        "fusion_over": {
            way: {"ndcg@10": round(test.difference, 4), "p_value": test.p_value}
            for way, test in tests.items()
        },
    }
    rows = [
        [
            way,
            *(f"{figure:.3f}" for figure in (result.ndcg, result.map, result.mrr)),
            f"{result.recall():.1f}",
            "" if way == "fusion" else f"{tests[way].difference:+.3f} (p = {tests[way].p_value:.4f})",
        ]
        for way, result in results.items()
    ]
    columns = ["ranking", "nDCG@10", "MAP", "MRR", "R@10", "fusion gains"]
    title = f"{len(judged):,} queries, {len(collection):,} documents"
    emit(as_json, data, lambda console: console.print(table(title, columns, rows)))


@click.command("topics")
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
    from isolex.transfer import evaluate_topics, read_labelled  # noqa: PLC0415

    learnt, asked = read_labelled(train), read_labelled(test)
    others = [] if own is None else read_labelled(own)
    alignment = choice.open()
    with working("learning"):
        encoders = encoders_of(
            alignment.reversed() if reverse else alignment,
            weighting,
            ([one.text for one in learnt], [one.text for one in others or asked]),
        )
        result = evaluate_topics(learnt, asked, encoders, own=others)
    rows = [
        [
            f"{100 * result.accuracy:.1f}",
            "" if result.ceiling is None else f"{100 * result.ceiling:.1f}",
            f"{100 * result.majority:.1f}",
            f"{result.n:,}",
        ]
    ]
    columns = ["accuracy", "trained on the language itself", "most frequent class", "texts"]
    emit(as_json, result.to_json(), lambda console: console.print(table(None, columns, rows, text_columns=0)))
