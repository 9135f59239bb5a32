"""Test a shared space on texts: find translations among sentences, and documents for queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypeAlias

from isolex.alignment import Alignment, AlignmentLike, as_alignment
from isolex.errors import InputError
from isolex.evaluation import PairedDifference, RankingResult
from isolex.lexicon.words import counted
from isolex.names import look_up
from isolex.transfer.documents import DocumentIndex, fused
from isolex.transfer.encoder import FEW_TEXTS, WEIGHTINGS, Component, TextEncoder, Weighting
from isolex.transfer.known import TextCoverage
from isolex.transfer.row_ranks import CRITERIA, rank_rows, rank_scores
from isolex.transfer.text_files import LabelledText, Text, places, read_relevance, read_texts

TextsLike: TypeAlias = Sequence[Text] | str | Path
"""Texts, or the path of a file of them; see `read_texts`."""

RelevanceLike: TypeAlias = Mapping[str, Sequence[str]] | str | Path
"""Ids of the relevant documents by id of the query, or the path of a file of them; see `read_relevance`."""


# What to do about texts of which nothing is known.
OF_SOURCE = "give texts of the source language, or exchange the languages (with --reverse, or without it)"
OF_TARGET = "give texts of the target language, or exchange the languages (with --reverse, or without it)"


@dataclass(frozen=True)
class SentenceResult:
    """How often the translations of sentences were found.

    Attributes:
        forward: Ranks of target sentences for source sentences.
        backward: Ranks of source sentences for target sentences.
        weighting: Weights of words, see `TextEncoder`.
        component: The source of the direction that all sentences have in common.
        criterion: `csls` or `nn`.
        coverage: Coverage of the words of each side, `source` and `target`.
    """

    forward: RankingResult
    backward: RankingResult
    weighting: Weighting
    component: Component
    criterion: Literal["csls", "nn"]
    coverage: Mapping[str, TextCoverage]

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """By direction every figure and the settings, as plain JSON values."""
        settings = {"weighting": self.weighting, "component": self.component, "criterion": self.criterion}
        coverage = {"coverage": {side: own.to_dict() for side, own in self.coverage.items()}}
        return {
            direction: settings | result.to_dict() | coverage
            for direction, result in (("forward", self.forward), ("backward", self.backward))
        }


@dataclass(frozen=True)
class DocumentResult:
    """How well queries found their documents.

    Attributes:
        documents: Documents in the collection.
        rankings: Ranks by each method: `fusion`, `vectors` and `translation`.
        coverage: Coverage of the words of the `queries` and of the `documents`.
    """

    documents: int
    rankings: Mapping[str, RankingResult]
    coverage: Mapping[str, TextCoverage]

    @property
    def fusion_over(self) -> dict[str, PairedDifference]:
        """What fusion gains in nDCG@10 over each of the other two."""
        fusion = self.rankings["fusion"]
        return {way: fusion.compare(result) for way, result in self.rankings.items() if way != "fusion"}

    def to_dict(self) -> dict[str, Any]:
        """Every figure as plain JSON values."""
        return {
            "documents": self.documents,
            "rankings": {way: result.to_dict() for way, result in self.rankings.items()},
            "fusion_over": {
                way: {"ndcg@10": round(test.difference, 4), "p_value": test.p_value}
                for way, test in self.fusion_over.items()
            },
            "coverage": {part: own.to_dict() for part, own in self.coverage.items()},
        }


def evaluate_sentences(
    alignment: AlignmentLike,
    source: TextsLike,
    target: TextsLike,
    *,
    weighting: Weighting = "sif",
    criterion: Literal["csls", "nn"] = "csls",
) -> SentenceResult:
    """Sentence retrieval: each sentence looks for its translation among all of the other language.

    Sentence n of the source is the translation of sentence n of the target. With `sif`, the direction that
    all sentences have in common comes from the sentences or, with fewer than 20, from the vocabularies.

    Args:
        alignment: What to score, or the folder that it is saved in.
        source: Sentences of the source language, or a file of them.
        target: Sentences of the target language, or a file of them.
        weighting: `sif`, `idf` or `mean`, see `TextEncoder`.
        criterion: `csls` or `nn`.

    Returns:
        The ranks in both directions.

    Raises:
        InputError: A name is unknown, the two sides differ in their number of sentences, there are none, or
            one side has no known word.

    Examples:
        >>> import isolex
        >>> from isolex.transfer import Text, evaluate_sentences
        >>> en, es, train, test = isolex.sample()
        >>> alignment = isolex.align(en, es, train, method="vecmap", check=False)
        >>> source = [Text("1", "the dog sleeps"), Text("2", "two houses")]
        >>> target = [Text("1", "el perro duerme"), Text("2", "dos casas")]
        >>> evaluate_sentences(alignment, source, target).forward.hits(1)
        100.0
    """
    look_up(weighting, dict.fromkeys(WEIGHTINGS), "weighting")
    look_up(criterion, CRITERIA, "criterion")
    where = _where(source, "source sentences"), _where(target, "target sentences")
    sides = as_texts(source), as_texts(target)
    _check_parallel(sides, where)
    component: Component = "none"
    if weighting == "sif":
        component = "texts" if len(sides[0]) >= FEW_TEXTS else "vocabulary"
    encoders = encoders_of(
        as_alignment(alignment),
        (strings(sides[0]), strings(sides[1])),
        weighting=weighting,
        component=component,
    )
    coverage = {
        side: coverage_of(texts, encoder, where=place, fix=f"give texts of the {side} language")
        for side, texts, encoder, place in zip(("source", "target"), sides, encoders, where, strict=True)
    }
    x, z = (encoder.transform(strings(texts)) for encoder, texts in zip(encoders, sides, strict=True))
    own = [[number] for number in range(len(x))]
    return SentenceResult(
        rank_rows(x, z, own, criterion=criterion),
        rank_rows(z, x, own, criterion=criterion),
        weighting,
        component,
        criterion,
        coverage,
    )


def evaluate_documents(
    alignment: AlignmentLike,
    queries: TextsLike,
    documents: TextsLike,
    relevance: RelevanceLike,
) -> DocumentResult:
    """Document retrieval across languages by vectors, by translated BM25, and by their fusion.

    Queries without a relevant document are left out.

    Args:
        alignment: From the language of queries to that of documents, or the folder that it is saved in;
            reverse it for the other way.
        queries: Texts of the source language, or a file of them.
        documents: Texts of the target language, or a file of them.
        relevance: Ids of the relevant documents of each query, or a file of them.

    Returns:
        The ranks of the relevant documents, by each way of ranking.

    Raises:
        InputError: An id is not among the queries or documents, no query has a relevant document, or no word
            of one side is known.
    """
    where = _where(queries, "queries"), _where(documents, "documents")
    collection, asked = as_texts(documents), as_texts(queries)
    given = read_relevance(relevance) if isinstance(relevance, str | Path) else relevance
    answers = {query: list(ids) for query, ids in given.items() if ids}
    places(list(answers), asked, where=where[0])
    places(list(dict.fromkeys(chain(*answers.values()))), collection, where=where[1])
    judged = [query for query in asked if query.id in answers]
    if not judged:
        raise InputError(
            "no query has a relevant document",
            where=_where(relevance, "relevance"),
            fix="give lines of query and document id",
        )
    index = DocumentIndex(collection, as_alignment(alignment))
    coverage = {
        "queries": coverage_of(judged, index.encoders[0], where=where[0], fix=OF_SOURCE),
        "documents": coverage_of(collection, index.encoders[1], where=where[1], fix=OF_TARGET),
    }
    # Fusing them here spares scoring twice.
    vectors, translation = (index.scores(strings(judged), by=way) for way in ("vectors", "translation"))
    scores = {"fusion": fused(vectors, translation), "vectors": vectors, "translation": translation}
    relevant = [places(answers[query.id], collection, where=where[1]) for query in judged]
    rankings = {way: rank_scores(own, relevant) for way, own in scores.items()}
    return DocumentResult(len(collection), rankings, coverage)


def as_texts(given: TextsLike) -> list[Text]:
    """Texts, or those in the file that is given.

    Raises:
        InputError: The file cannot be read, or something else is given.
    """
    if isinstance(given, str | Path):
        return read_texts(given)
    texts = list(given)
    if not all(isinstance(text, Text) for text in texts):
        raise InputError("got something else than Text(id, text) or the path of a file", where="texts")
    return texts


def strings(texts: Sequence[Text | LabelledText]) -> list[str]:
    """The texts themselves."""
    return [one.text for one in texts]


def encoders_of(
    alignment: Alignment,
    texts: tuple[list[str], list[str]],
    *,
    weighting: Weighting = "sif",
    component: Component = "vocabulary",
) -> tuple[TextEncoder, TextEncoder]:
    """Encoders of both languages, fitted.

    What single texts have in common would be what they say; so the common direction is the vocabulary's,
    unless there are many.
    """
    source, target = (
        TextEncoder(side, weighting=weighting, component=component).fit(own)
        for side, own in zip((alignment, alignment.reversed()), texts, strict=True)
    )
    return source, target


def coverage_of(
    texts: Sequence[Text | LabelledText], encoder: TextEncoder, *, where: object, fix: str
) -> TextCoverage:
    """How many words of the texts are known.

    Raises:
        InputError: Not one; `fix` says what to do about it.
    """
    coverage = encoder.coverage(strings(texts))
    if coverage.words_known == 0:
        raise InputError(
            f"not one of its {coverage.words:,} words is in {encoder.words_.name}", where=where, fix=fix
        )
    return coverage


def _where(given: object, name: str) -> object:
    """What messages call it: the file that it comes from, if it does."""
    return given if isinstance(given, str | Path) else name


def _check_parallel(sides: tuple[list[Text], list[Text]], where: tuple[object, object]) -> None:
    x, z = sides
    if len(x) != len(z):
        raise InputError(
            f"has {counted(len(z), 'text')}, expected the {len(x):,} of {where[0]}",
            where=where[1],
            fix="give every text's translation on the same line",
        )
    if not x:
        raise InputError("there are no sentences", where=where[0])
