"""The result of reranking: entries with confidence, evidence and alternatives."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, overload

import numpy as np
from jaxtyping import Float, Int

from isolex.alignment import Alignment, AlignmentLike, Status, as_alignment
from isolex.alignment.alignment import Translations
from isolex.errors import InputError, MissingExtraError, UnknownWordError
from isolex.evaluation.metrics import rounded
from isolex.given import as_words, share, whole_number
from isolex.lexicon import Lexicon
from isolex.lexicon.words import holdable
from isolex.reranking.reranker import Ranked, Reranker
from isolex.reranking.saved_answers import SavedAnswers, read_answers, write_answers
from isolex.reranking.settings import RerankSettings

LEVELS = (0.9, 0.7, 0.5)


class Ranker(Protocol):
    """Answers for source ids: a `Reranker`, or the plain order of an alignment."""

    def rank(self, rows: Int[np.ndarray, "w"]) -> Ranked:
        """Answers for source words, each asked once, in the order of their ids."""
        ...


@dataclass(frozen=True)
class TrustedEntry:
    """A translation of one word, usually the best.

    Attributes:
        source: Source word.
        target: Its translation.
        confidence: Calibrated probability that a bilingual dictionary would have the pair; nan if it
            could not be learnt.
        no_translation: Probability that no candidate in the vocabulary is right.
        evidence: What each feature group adds to the score of the best translation; positive values
            support it. Empty for other translations.
        alternatives: Other candidates with their confidences, best first.
    """

    source: str
    target: str
    confidence: float
    no_translation: float
    evidence: dict[str, float]
    alternatives: tuple[tuple[str, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """The attributes as plain JSON values, rounded; a confidence that was not learnt as null."""
        return {
            "source": self.source,
            "target": self.target,
            "confidence": rounded(self.confidence, 4),
            "no_translation": rounded(self.no_translation, 4),
            "evidence": {group: round(value, 2) for group, value in self.evidence.items()},
            "alternatives": [
                {"target": target, "confidence": rounded(confidence, 4)}
                for target, confidence in self.alternatives
            ],
        }


@dataclass(frozen=True)
class Level:
    """How many entries reach a confidence, and what share of them is expected to be right."""

    confidence: float
    entries: int
    expected_precision: float

    @classmethod
    def of(cls, confidence: float, reached: Sequence[float]) -> "Level":
        """Of the confidences that reach it: the share to expect is their mean."""
        return cls(confidence, len(reached), float(np.mean(reached)) if len(reached) else math.nan)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; the precision of no entries is None."""
        return asdict(self) | {"expected_precision": rounded(self.expected_precision, 4)}


@dataclass(frozen=True, eq=False)
class RerankedDictionary:
    """A reranked alignment: ask it for single words, or for the dictionary of the whole vocabulary.

    Attributes:
        alignment: The alignment that was reranked.
        ranker: The model that orders candidates.
        groups: Feature groups, as `evidence` names them.
        learnt: Whether there are confidences, learnt from seed pairs.
        reason: How it was learnt, or why not and how candidates are ordered, in a sentence.
    """

    alignment: Alignment
    ranker: Ranker
    groups: tuple[str, ...]
    learnt: bool
    reason: str

    def __repr__(self) -> str:
        return f"<RerankedDictionary: {self.alignment!r}, {self.reason}>"

    @property
    def status(self) -> Status:
        """The verdict on the alignment."""
        return self.alignment.card.status

    @cached_property
    def ranked(self) -> Ranked:
        """The answers to every source word, in ids; made once, then kept."""
        return self.ranker.rank(np.arange(len(self.alignment.source)))

    def entry(self, word: str) -> TrustedEntry | None:
        """The best translation of one word; None if there are no candidates at all.

        Raises:
            UnknownWordError: The word is not in the source vocabulary.
        """
        found = self.ranker.rank(np.array([self._row(word)]))
        return next(self._entries(found, 0, 0.0, 1), None)

    def entries(self, min_confidence: float = 0.0, *, k: int = 1) -> list[TrustedEntry]:
        """The translations that reach a confidence, by frequency of the source words.

        Args:
            min_confidence: The least confidence of an entry.
            k: At most this many translations of a word, best first; the settings keep `alternatives`.

        Raises:
            InputError: A confidence over 0 is asked for but was not learnt, or k < 1.
        """
        self._check(min_confidence)
        whole_number(k, "k", where="reranking")
        found = self.ranked
        return [
            entry
            for place in range(len(found.rows))
            for entry in self._entries(found, place, min_confidence, k)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Status, how it was learnt, and the best entry of every word, as plain JSON values."""
        return {
            "status": self.status,
            "learnt": self.learnt,
            "reason": self.reason,
            "entries": [entry.to_dict() for entry in self.entries()],
        }

    def lexicon(self, min_confidence: float = 0.0) -> Lexicon:
        """Every pair that reaches a confidence, several for one word if several do.

        Raises:
            InputError: As for `entries`.

        Warns:
            IsolexWarning: Words that no lexicon holds (with tabs, line breaks, outer spaces) are left out.
        """
        self._check(min_confidence)
        found = self.ranked
        kept = (found.keys >= 0) & (np.nan_to_num(found.confidence) >= min_confidence)
        source, target = self.alignment.source.words, self.alignment.target.words
        return _lexicon(
            (source[found.rows[place]], target[found.keys[place, rank]]) for place, rank in np.argwhere(kept)
        )

    @overload
    def translate(  # type: ignore[overload-overlap]  # a str is a sequence of str, and is caught first
        self, words: str, *, k: int = 5
    ) -> Translations: ...
    @overload
    def translate(self, words: Sequence[str], *, k: int = 5) -> list[Translations]: ...
    def translate(self, words: str | Sequence[str], *, k: int = 5) -> Translations | list[Translations]:
        """The k best translations of a word with confidences, best first; for several words, a list of these.

        There are at most `alternatives` translations, see the settings.

        Raises:
            UnknownWordError: A word is not in the source vocabulary.
            InputError: k < 1.
        """
        whole_number(k, "k", where="reranking")
        if isinstance(words, str):
            return self.translate([words], k=k)[0]
        rows = [self._row(word) for word in as_words(words)]
        if not rows:
            return []
        found = self.ranker.rank(np.array(rows))
        places = np.searchsorted(found.rows, rows)
        return [self._answers(found, place)[:k] for place in places.tolist()]

    def one_to_one(self, min_confidence: float = 0.0) -> Lexicon:
        """Use each source word and each translation at most once, with the greatest total confidence.

        Raises:
            InputError: As for `entries`, or no confidences were learnt at all.

        Warns:
            IsolexWarning: As for `lexicon`.
        """
        return _lexicon((entry.source, entry.target) for entry in self.one_to_one_entries(min_confidence))

    def one_to_one_entries(self, min_confidence: float = 0.0) -> list[TrustedEntry]:
        """The pairs of `one_to_one` as entries, by frequency of the source words.

        Raises:
            InputError: As for `one_to_one`.
        """
        self._check(min_confidence or math.ulp(0))
        found = self.ranked
        pairs = one_to_one(found.rows, found.keys, found.confidence, min_confidence)
        places = np.searchsorted(found.rows, pairs[:, 0])
        ranks = (found.keys[places] == pairs[:, 1:]).argmax(axis=1)
        return [
            self._entry(found, place, rank, {rank})
            for place, rank in zip(places.tolist(), ranks.tolist(), strict=True)
        ]

    def summary(self) -> list[Level]:
        """Number of entries at confidence 0.9, 0.7 and 0.5, and their expected precision (mean confidence).

        Raises:
            InputError: No confidences were learnt.
        """
        self._check(min(LEVELS))
        best = self.ranked.confidence[:, 0]
        return [Level.of(level, best[best >= level].tolist()) for level in LEVELS]

    def save(self, path: str | Path) -> None:
        """Keep the answers to the whole vocabulary in the folder of a saved alignment over the same vectors.

        `load_reranked`, `isolex lexicon` and `isolex translate` find them there as long as the folder holds
        that alignment.

        Raises:
            InputError: No confidences were learnt, or a ranker of your own gave them; there is no alignment;
                or the folder cannot be written.
            MismatchError: The alignment is over other vectors.
        """
        self._check(min(LEVELS))
        answers = SavedAnswers(self.ranked, _settings(self.ranker), self.groups, self.reason)
        write_answers(answers, path, self.alignment)

    def _entries(self, found: Ranked, place: int, least: float, k: int) -> Iterator[TrustedEntry]:
        confidences = found.confidence[place, :k].tolist()
        taken = {rank for rank, confidence in enumerate(confidences) if not confidence < least}
        taken -= set(np.flatnonzero(found.keys[place, :k] < 0).tolist())
        for rank in sorted(taken):
            yield self._entry(found, place, rank, taken)

    def _entry(self, found: Ranked, place: int, rank: int, taken: set[int]) -> TrustedEntry:
        """The entry of one candidate of a word, where several may be entries."""
        answers = self._answers(found, place)
        target, confidence = answers[rank]
        spoken_for = found.spoken_for[place].tolist()
        return TrustedEntry(
            self.alignment.source.words[found.rows[place]],
            target,
            confidence,
            float(found.none_right[place]),
            dict(zip(self.groups, spoken_for, strict=True)) if rank == 0 else {},
            tuple(answer for other, answer in enumerate(answers) if other not in taken),
        )

    def _answers(self, found: Ranked, place: int) -> list[tuple[str, float]]:
        target = self.alignment.target.words
        ids, confidences = found.keys[place].tolist(), found.confidence[place].tolist()
        return [(target[key], value) for key, value in zip(ids, confidences, strict=True) if key >= 0]

    def _row(self, word: str) -> int:
        row = self.alignment.source.id(word)
        if row is None:
            raise UnknownWordError(f"got {word!r}, which is not in the source vocabulary", where="reranking")
        return row

    def _check(self, confidence: float) -> None:
        share(confidence, "confidence", where="reranking")
        if confidence > 0 and not self.learnt:
            raise InputError(
                f"there are no confidences: {self.reason}", where="reranking", fix="give more seed pairs"
            )


def load_reranked(path: str | Path, alignment: AlignmentLike | None = None) -> RerankedDictionary:
    """Load the reranked dictionary that is kept with a saved alignment, without learning again.

    Args:
        path: The folder of the alignment.
        alignment: The alignment, if it is loaded already.

    Raises:
        InputError: There is no such folder, or it holds no confidences that can be used.
    """
    dictionary = find_reranked(path, as_alignment(path if alignment is None else alignment))
    if dictionary is None:
        raise InputError(
            "there are no confidences for this alignment",
            where=path,
            fix="make them: isolex lexicon --min-confidence, or save() of a reranked dictionary",
        )
    return dictionary


def find_reranked(path: str | Path, alignment: Alignment) -> RerankedDictionary | None:
    """As `load_reranked`, but None where there is nothing to use.

    Warns:
        IsolexWarning: The confidences there are damaged, or of another alignment or release.
    """
    answers = read_answers(path, alignment)
    if answers is None:
        return None
    return RerankedDictionary(alignment, answers, answers.groups, learnt=True, reason=answers.reason)


def _settings(ranker: Ranker) -> RerankSettings:
    if isinstance(ranker, SavedAnswers):
        return ranker.settings
    if isinstance(ranker, Reranker):
        return ranker.evidence.settings
    raise InputError(f"got a {type(ranker).__name__}, expected the ranker of rerank()", where="reranking")


def _lexicon(pairs: Iterable[tuple[str, str]]) -> Lexicon:
    return Lexicon(holdable(pairs, lambda pair: pair), unicode="keep")


def one_to_one(
    rows: Int[np.ndarray, "w"],
    keys: Int[np.ndarray, "w a"],
    confidence: Float[np.ndarray, "w a"],
    least: float,
) -> Int[np.ndarray, "p 2"]:
    """At most one key a row and one row a key, such that the sum of the confidences is greatest.

    A sparse assignment problem over the candidates alone: its matrix has one entry a pair, and one a row that
    stays alone.

    Args:
        rows: Source ids.
        keys: Candidates of each, -1 where there are fewer.
        confidence: Of the candidates.
        least: Pairs below are left out.

    Returns:
        The pairs, by row.

    Raises:
        MissingExtraError: scipy, which comes with scikit-learn, is not installed.
    """
    try:
        from scipy.sparse import csr_matrix  # noqa: PLC0415
        from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("one-to-one dictionaries", "scipy", "rerank") from error
    kept: np.ndarray = (keys >= 0) & (confidence >= least) & (confidence > 0)
    places, ranks = np.nonzero(kept)
    if len(places) == 0:
        return np.empty((0, 2), dtype=np.int64)
    targets, columns = np.unique(keys[places, ranks], return_inverse=True)
    # Every row may also stay alone, on a column of its own, which costs what a pair of confidence 0 would.
    count = len(rows)
    own = np.arange(count)
    costs = np.concatenate([1 - confidence[places, ranks], np.ones(count)]) + 1.0
    graph = csr_matrix(
        (costs, (np.concatenate([places, own]), np.concatenate([columns, len(targets) + own]))),
        shape=(count, len(targets) + count),
    )
    matched, taken = min_weight_full_bipartite_matching(graph)
    paired = taken < len(targets)
    made = np.stack([rows[matched[paired]], targets[taken[paired]]], axis=1)
    ordered: np.ndarray = made[np.argsort(made[:, 0])]
    return ordered
