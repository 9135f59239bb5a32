"""Cross-lingual document retrieval: documents of one language, queries in another."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float

from isolex.alignment import AlignmentLike, Translations, as_alignment
from isolex.errors import InputError, MissingExtraError
from isolex.given import whole_number
from isolex.names import look_up
from isolex.retrieval import CSLS
from isolex.transfer.encoder import TextEncoder
from isolex.transfer.text_files import Text
from isolex.transfer.tokens import Tokenizer, words_of
from isolex.vectors import Vectors

try:
    import bm25s
except ImportError as error:
    raise MissingExtraError("searching documents", "bm25s", "transfer") from error

Ranking = Literal["fusion", "vectors", "translation"]

RANKINGS: tuple[Ranking, ...] = ("fusion", "vectors", "translation")

# Constant of reciprocal rank fusion (Cormack et al. 2009).
_RECIPROCAL = 60
# What the query's own words weigh beside their translations: names and numbers are the same everywhere.
_OWN = 0.3


@dataclass(frozen=True)
class Hit:
    """A document that was found, with its score (higher is better, of no unit)."""

    document: Text
    score: float

    def to_dict(self) -> dict[str, Any]:
        """Id, score and text, as plain JSON values."""
        return {"id": self.document.id, "score": round(self.score, 4), "text": self.document.text}


class DocumentIndex:
    """Documents of an alignment's target language, ready for queries in its source language.

    Three ways to score a document:

    * `vectors`: CSLS of the encoded query and document (`TextEncoder`, `sif`). The neighbourhood of a
      document is taken over the words of the query's language, so it does not depend on other queries.
    * `translation`: BM25 of the query's translations. Each word is replaced by its five best CSLS
      translations, weighted by 1 / rank. It also stays in the query itself, which helps with names. Words
      outside the vocabulary are translated through their subwords if the vectors have them.
    * `fusion`: the mean of both after they are standardised over the documents.

    Args:
        documents: At least one.
        alignment: From the language of queries to that of documents, or the folder that it is saved in;
            reverse it for the other way.
        translations: How many translations of a word are looked for.
        tokenizer: From a text to its words, for both languages.

    Raises:
        InputError: There are no documents.
        MissingExtraError: bm25s or scikit-learn is not there.
    """

    def __init__(
        self,
        documents: Sequence[Text],
        alignment: AlignmentLike,
        *,
        translations: int = 5,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        if not documents:
            raise InputError("there are no documents", where="DocumentIndex")
        self.documents = tuple(documents)
        self.alignment = as_alignment(alignment)
        self.translations = translations
        self.tokenizer = tokenizer

    def search(self, query: str, *, k: int = 10, by: Ranking = "fusion") -> list[Hit]:
        """The best k documents for a query, best first; fewer if no others match.

        Raises:
            InputError: No such ranking, or k < 1.
        """
        look_up(by, dict.fromkeys(RANKINGS), "ranking")
        whole_number(k, "k", where="search")
        parts = self._parts([query], by)
        scores = _combined(parts)[0]
        # Something must speak for a document: that both have a vector, or that they share a term.
        spoken_for = np.zeros(len(self.documents), dtype=bool)
        if "vectors" in parts and self.encoders[0].transform([query]).any():
            spoken_for |= self.rows.any(axis=1)
        if "translation" in parts:
            spoken_for |= parts["translation"][0] > 0
        best = np.argsort(-scores, kind="stable")
        hits = best[spoken_for[best]][:k]
        return [Hit(self.documents[place], float(scores[place])) for place in hits]

    def scores(self, queries: Sequence[str], *, by: Ranking = "fusion") -> Float[np.ndarray, "n m"]:
        """`[n, m]` score of each document for each query.

        Raises:
            InputError: No such ranking.
        """
        look_up(by, dict.fromkeys(RANKINGS), "ranking")
        return _combined(self._parts(queries, by))

    def _parts(self, queries: Sequence[str], by: Ranking) -> dict[str, Float[np.ndarray, "n m"]]:
        """The scores that a ranking is made of."""
        makers = {"vectors": self._by_vectors, "translation": self._by_translation}
        return {name: make(queries) for name, make in makers.items() if by in (name, "fusion")}

    @cached_property
    def encoders(self) -> tuple[TextEncoder, TextEncoder]:
        """Encoders of queries and of documents."""
        sides = (self.alignment, self.alignment.reversed())
        return tuple(
            TextEncoder(side, component="vocabulary", tokenizer=self.tokenizer or words_of).fit([])
            for side in sides
        )  # type: ignore[return-value]

    @cached_property
    def rows(self) -> Float[np.ndarray, "m p"]:
        """The documents as unit rows of the shared space."""
        return self.encoders[1].transform([document.text for document in self.documents])

    @cached_property
    def neighbourhoods(self) -> Float[np.ndarray, "m"]:
        """Mean cosine of each document with its 10 nearest words of the query's language."""
        rows = torch.from_numpy(self.rows)
        bias = CSLS().index(self.alignment.shared[0].cpu(), rows).bias
        return np.zeros(len(rows), np.float32) if bias is None else -bias.numpy()

    @cached_property
    def bm25(self) -> bm25s.BM25:
        """Term weights of the documents."""
        terms = [self.encoders[1].terms(document.text) for document in self.documents]
        made = bm25s.BM25()
        # An index without any term cannot be made: documents without words share one that no query has.
        made.index([own or [""] for own in terms], show_progress=False)
        return made

    def _by_vectors(self, queries: Sequence[str]) -> Float[np.ndarray, "n m"]:
        """Documents without a vector are no better than the worst with one; so are all to a query without."""
        rows = self.encoders[0].transform(queries)
        made: np.ndarray = 2 * rows @ self.rows.T - self.neighbourhoods
        known = self.rows.any(axis=1)
        made[:, ~known] = made[:, known].min(axis=1, keepdims=True, initial=0 if not known.any() else np.inf)
        made[~rows.any(axis=1)] = 0
        return made

    def _by_translation(self, queries: Sequence[str]) -> Float[np.ndarray, "n m"]:
        weights = self._translated([self.encoders[0].terms(query) for query in queries])
        scores = np.zeros((len(queries), len(self.documents)), np.float32)
        terms = {term for own in weights for term in own if term in self.bm25.vocab_dict}
        of_term = {term: self.bm25.get_scores([term]) for term in terms}
        for number, own in enumerate(weights):
            for term in terms.intersection(own):
                scores[number] += own[term] * of_term[term]
        return scores

    def _translated(self, queries: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        """The terms that stand for each query, with their weights."""
        source = self.alignment.source
        words = sorted({word for query in queries for word in query if _has_vector(source, word)})
        answers = dict(zip(words, self.alignment.translate(words, k=self.translations), strict=True))
        return [_weighted(query, answers, source) for query in queries]


def _combined(parts: dict[str, Float[np.ndarray, "n m"]]) -> Float[np.ndarray, "n m"]:
    """One ranking as it is, two fused."""
    first, *second = parts.values()
    return fused(first, *second) if second else first


def _has_vector(vectors: Vectors, word: str) -> bool:
    """Whether the word can be translated, by its own row or by its subwords."""
    return word in vectors or vectors.from_subwords(word) is not None


def _weighted(
    query: Sequence[str], answers: dict[str, Translations], vocabulary: Vectors
) -> dict[str, float]:
    """The terms of one query: its words' translations, and those words themselves."""
    weights: defaultdict[str, float] = defaultdict(float)
    for word in query:
        found = [answer for answer, _ in answers.get(word, [])]
        total = sum(1 / rank for rank in range(1, len(found) + 1))
        for rank, answer in enumerate(found, start=1):
            weights[answer] += 1 / (rank * total)
        if word not in found:
            # A word that only subwords know may be a name, and its translations are guesses.
            weights[word] += _OWN if found and word in vocabulary else 1.0
    return dict(weights)


def save_terms(terms: bm25s.BM25, path: Path) -> None:
    """Write term weights as bm25s does."""
    terms.save(path, show_progress=False)


def load_terms(path: Path) -> bm25s.BM25:
    """What `save_terms` wrote."""
    return bm25s.BM25.load(path, show_progress=False)


def fused(
    first: Float[np.ndarray, "n m"], second: Float[np.ndarray, "n m"], *, weight: float = 0.5
) -> Float[np.ndarray, "n m"]:
    """The sum w · first + (1 − w) · second, each standardised over the documents of a query."""
    made: np.ndarray = weight * _standardised(first) + (1 - weight) * _standardised(second)
    return made


def reciprocal_ranks(
    first: Float[np.ndarray, "n m"], second: Float[np.ndarray, "n m"]
) -> Float[np.ndarray, "n m"]:
    """Reciprocal rank fusion: Σ 1 / (60 + rank) over both rankings (Cormack et al. 2009)."""
    ranks = [np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1) + 1 for scores in (first, second)]
    made: np.ndarray = 1 / (_RECIPROCAL + ranks[0]) + 1 / (_RECIPROCAL + ranks[1])
    return made


def _standardised(scores: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n m"]:
    # The deviation of equal scores is rounding.
    deviation = scores.std(axis=1, keepdims=True) * (np.ptp(scores, axis=1, keepdims=True) > 0)
    centred = scores - scores.mean(axis=1, keepdims=True)
    made: np.ndarray = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 0)
    return made
