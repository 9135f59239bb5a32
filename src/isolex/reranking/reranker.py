"""`Reranker`: a fitted model over two vocabularies, in ids; how it is fitted, with or without seed pairs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.progress import track
from isolex.reranking.evidence import PairEvidence, PreparedSpaces, ViewSolvers
from isolex.reranking.learning import Labelled, PairModel, held_out_odds
from isolex.reranking.settings import RerankSettings

# Source words whose candidates are in memory at a time.
_WORDS = 2_000
# What tells a right pair from a wrong one and has had no part in the alignment.
FORM = ("strings", "characters")
# Of a CSLS score, in log-odds: so that the alignment decides where the form says little.
_CLOSENESS = 3.0


@dataclass(frozen=True, eq=False)
class Ranked:
    """The answers to some words: `alternatives` places each, best first, -1 and 0 where there are fewer.

    Attributes:
        rows: Source ids, `[w]`.
        keys: Target ids, `[w, a]`.
        confidence: P(right) of each, `[w, a]`.
        none_right: The probability that no candidate is right, `[w]`.
        spoken_for: What each feature group adds to the score of the best answer, `[w, g]`.
    """

    rows: Int[np.ndarray, "w"]
    keys: Int[np.ndarray, "w a"]
    confidence: Float[np.ndarray, "w a"]
    none_right: Float[np.ndarray, "w"]
    spoken_for: Float[np.ndarray, "w g"]

    @classmethod
    def stacked(cls, parts: "list[Ranked]") -> "Ranked":
        """All of them."""
        names = ("rows", "keys", "confidence", "none_right", "spoken_for")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, eq=False)
class Reranker:
    """Evidence from all seed pairs, and the model that weighs it.

    Attributes:
        evidence: Candidates and features.
        labelled: What the model was fitted on: candidates of the seed words.
        model: Trees, list-wise model and calibration.
    """

    evidence: PairEvidence
    labelled: Labelled
    model: PairModel

    @classmethod
    def fit(cls, evidence: PairEvidence, labelled: Labelled) -> "Reranker":
        """Learn to weigh the evidence from labelled candidates."""
        return cls(evidence, labelled, PairModel.fit(labelled, evidence.settings))

    def without(self, group: str) -> "Reranker":
        """The same, learnt again without the features of a group; candidates stay what they are."""
        settings = self.evidence.settings
        groups = tuple(name for name in settings.groups if name != group)
        evidence = replace(self.evidence, settings=replace(settings, groups=groups))
        return Reranker.fit(evidence, self.labelled.without(group))

    def rank(self, rows: Int[np.ndarray, "w"]) -> Ranked:
        """Answers for source words, each asked once, in the order of their ids."""
        rows = np.unique(rows)
        parts = [rows[start : start + _WORDS] for start in range(0, len(rows), _WORDS)]
        return Ranked.stacked([self._rank(part) for part in track(parts, "reranking")])

    def _rank(self, rows: Int[np.ndarray, "w"]) -> Ranked:
        settings = self.evidence.settings
        pairs = self.evidence.candidates(rows)
        table = self.evidence.table(pairs)
        scores = self.model.scores(table.values)
        confidence = self.model.calibration.confidence(pairs, scores)
        order = np.lexsort((np.arange(len(pairs)), -scores.listwise, pairs.rows))
        places = np.arange(settings.alternatives)
        there = places < pairs.counts[:, None]
        chosen = order[np.minimum(pairs.starts[:, None] + places, len(pairs) - 1)]
        return Ranked(
            rows,
            np.where(there, pairs.keys[chosen], -1),
            np.where(there, confidence[chosen], 0.0),
            self.model.calibration.none_right(pairs, scores),
            self.model.spoken_for(table.chosen(chosen[:, 0]), settings.groups),
        )


def labelled_folds(
    spaces: PreparedSpaces,
    solvers: ViewSolvers,
    pairs: Int[Tensor, "s 2"],
    gold: Int[np.ndarray, "g 2"],
    settings: RerankSettings,
    *,
    words: Int[np.ndarray, "w"],
) -> Iterator[Labelled]:
    """Candidates of each part of some words, by evidence that has not seen the pairs of that part.

    Args:
        spaces: Both vocabularies.
        solvers: What views are made by.
        pairs: What evidence is fitted to.
        gold: What is right, pairs out of `pairs`.
        settings: How many parts, which features.
        words: The words, in order: those of `gold`, and others, none of whose candidates is right.
    """
    folds = np.random.default_rng(settings.seed).permutation(len(words)) % settings.folds
    for number in track(range(min(settings.folds, len(words))), "cross-fitting"):
        held = words[folds == number]
        kept = pairs[torch.from_numpy(~np.isin(pairs[:, 0].numpy(), held))]
        unseen = gold[np.isin(gold[:, 0], held)]
        evidence = PairEvidence.of(spaces, solvers, kept, settings, unseen=unseen)
        found = evidence.candidates(held)
        right = found.among(gold, len(spaces.target.words))
        labelled = Labelled(found, evidence.table(found), right, np.full(len(found), number))
        del evidence  # its matrices, before those of the next part are made
        yield labelled


def judged_again(labelled: Labelled, settings: RerankSettings) -> Labelled:
    """New labels for the candidates of words whose mutual pairs are the labels so far.

    From mutual pairs alone, trees learn to believe the alignment, which chose them. So the first trees see
    nothing but the form of the words; what they say of words that were held out, with the CSLS scores of the
    alignments, chooses one candidate of each word, and that is the new label.
    """
    odds = held_out_odds(labelled.only(FORM), settings)
    right = np.zeros(len(labelled.right), dtype=bool)
    right[labelled.pairs.best(odds + _CLOSENESS * _closeness(labelled))] = True
    return replace(labelled, right=right)


@dataclass(frozen=True, eq=False)
class Unsure:
    """The order of a reranker, without its confidences: they would be those of its own labels.

    Attributes:
        reranker: Learnt without seed pairs.
    """

    reranker: Reranker

    @property
    def evidence(self) -> PairEvidence:
        """Candidates and features."""
        return self.reranker.evidence

    def rank(self, rows: Int[np.ndarray, "w"]) -> Ranked:
        """Answers for source words, each asked once, in the order of their ids."""
        found = self.reranker.rank(rows)
        return replace(
            found,
            confidence=np.full_like(found.confidence, np.nan),
            none_right=np.full_like(found.none_right, np.nan),
        )


def _closeness(labelled: Labelled) -> Float[np.ndarray, "p"]:
    """Mean CSLS score over the alignments."""
    table = labelled.table
    scores = [name.startswith("alignment.") and name.endswith(".csls") for name in table.names]
    made: np.ndarray = table.values[:, scores].mean(axis=1)
    return made
