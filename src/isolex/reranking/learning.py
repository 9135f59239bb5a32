"""The reranker: two models, one on top of the other, cross-fitted on seed words, and their calibration."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from isolex.reranking.features import FeatureTable, Pairs
from isolex.reranking.listwise import ListwiseModel
from isolex.reranking.odds import OddsModel, log_odds
from isolex.reranking.settings import RerankSettings

# Added to frequency ranks before the logarithm, so that the first words do not lead the calibration.
_RANK_OFFSET = 100
_RANK_UNIT = 1_000
_LEAST_SLOPE = 0.01


@dataclass(frozen=True, eq=False)
class Labelled:
    """Candidates of seed words, with their features and whether the seed pairs have them.

    Attributes:
        pairs: The candidates.
        table: Their features.
        right: Whether they are seed pairs.
        fold: The part of the seed words that was held out when the features were made, `[p]`.
    """

    pairs: Pairs
    table: FeatureTable
    right: Bool[np.ndarray, "p"]
    fold: Int[np.ndarray, "p"]

    @classmethod
    def stacked(cls, parts: "Sequence[Labelled]") -> "Labelled":
        """All parts, in the order of source words."""
        rows = np.concatenate([part.pairs.rows for part in parts])
        order = np.argsort(rows, kind="stable")
        table = FeatureTable.stacked([part.table for part in parts])
        return cls(
            Pairs(rows[order], np.concatenate([part.pairs.keys for part in parts])[order]),
            table.chosen(order),
            np.concatenate([part.right for part in parts])[order],
            np.concatenate([part.fold for part in parts])[order],
        )

    def only(self, groups: Collection[str]) -> "Labelled":
        """The same with the features of some groups."""
        return replace(self, table=self.table.only(groups))

    def without(self, group: str) -> "Labelled":
        """The same without the features of a group."""
        return replace(self, table=self.table.without(group))


@dataclass(frozen=True, eq=False)
class CandidateScores:
    """What is said of candidates, before calibration.

    Attributes:
        odds: Log-odds that each is right, by a model that looks at it alone, `[p]`.
        listwise: Scores of the list-wise model, by which they are ordered, `[p]`.
    """

    odds: Float[np.ndarray, "p"]
    listwise: Float[np.ndarray, "p"]


@dataclass(frozen=True, eq=False)
class PlattScaling:
    """Platt scaling with the list and the frequency rank of the word.

    P(best is right) = σ(a odds + b share + c log((rank + 100) / 1,000) + d)
    P(t is right) = P(best is right) exp(s(t) − s(best))

    odds are those of the word's best candidate by itself, share the log-odds of its part of the softmax of
    the list-wise scores s over the list. Fitted on held-out seed words. Models that have seen common words
    only are less sure of rare words than they should be, or more: the rank carries that trend on to words
    rarer than the seeds.

    Attributes:
        weights: a, b, c, d of the best candidate.
        any_weights: a, c, d of whether any candidate of the word is right; its log-odds are those of
            1 − Π (1 − p) over the word's candidates.
    """

    weights: tuple[float, ...]
    any_weights: tuple[float, ...]

    @classmethod
    def fit(cls, pairs: Pairs, scores: CandidateScores, right: Bool[np.ndarray, "p"]) -> "PlattScaling":
        """From cross-fitted scores of the candidates of seed words."""
        any_right = np.logical_or.reduceat(right, pairs.starts)
        best_right = right[pairs.best(scores.listwise)]
        return cls(
            _logistic(_of_best(pairs, scores), best_right, prior=(0.5, 0.5, 0.0)),
            _logistic(_of_any(pairs, scores), any_right, prior=(1.0, 0.0)),
        )

    def confidence(self, pairs: Pairs, scores: CandidateScores) -> Float[np.ndarray, "p"]:
        """The probability that each pair is right."""
        best = _sigmoid(self.weights, _of_best(pairs, scores))
        behind = scores.listwise - pairs.highest(scores.listwise)
        made: np.ndarray = np.repeat(best, pairs.counts) * np.exp(behind)
        return made

    def none_right(self, pairs: Pairs, scores: CandidateScores) -> Float[np.ndarray, "w"]:
        """The probability that no candidate of a word is right, at most what its best one leaves."""
        any_right = _sigmoid(self.any_weights, _of_any(pairs, scores))
        best = _sigmoid(self.weights, _of_best(pairs, scores))
        none: np.ndarray = 1 - np.maximum(any_right, best)
        return none


@dataclass(frozen=True, eq=False)
class PairModel:
    """What judges candidates by themselves, the list-wise model on top of it, and the calibration of both.

    Attributes:
        odds: Judges each candidate by itself.
        listwise: Weighs the candidates of a word against each other.
        calibration: From scores to probabilities.
        means: Mean of every feature over the candidates of seed words, `[f]`.
    """

    odds: OddsModel
    listwise: ListwiseModel
    calibration: PlattScaling
    means: Float[np.ndarray, "f"]

    @classmethod
    def fit(cls, labelled: Labelled, settings: RerankSettings) -> "PairModel":
        """Train on all folds; for the calibration, also on all but each.

        Raises:
            MissingExtraError: scikit-learn is not installed.
        """
        values, right = labelled.table.values, labelled.right
        held_out = held_out_scores(labelled, settings)
        return cls(
            _odds_model(labelled, np.ones(len(right), dtype=bool), settings),
            ListwiseModel.fit(values, held_out.odds, labelled.pairs.rows, right, seed=settings.seed),
            PlattScaling.fit(labelled.pairs, held_out, right),
            values.mean(axis=0, dtype=np.float64),
        )

    def scores(self, values: Float[np.ndarray, "p f"]) -> CandidateScores:
        """What both models give, before calibration."""
        odds = self.odds.of(values)
        return CandidateScores(odds, self.listwise.scores(values, odds))

    def spoken_for(self, table: FeatureTable, groups: Sequence[str]) -> Float[np.ndarray, "p g"]:
        """By how much the score of each pair falls when the features of a group become their means."""
        whole = self.scores(table.values).listwise
        made = np.empty((len(whole), len(groups)))
        for column, group in enumerate(groups):
            values = np.where(table.members(group), self.means, table.values)
            made[:, column] = whole - self.scores(values).listwise
        return made


def held_out_scores(labelled: Labelled, settings: RerankSettings) -> CandidateScores:
    """What models that have not seen a word's part give its candidates."""
    odds = held_out_odds(labelled, settings)
    values, rows, right = labelled.table.values, labelled.pairs.rows, labelled.right
    listwise = np.empty(len(right))
    for number in np.unique(labelled.fold):
        inside, rest = labelled.fold == number, labelled.fold != number
        model = ListwiseModel.fit(values[rest], odds[rest], rows[rest], right[rest], seed=settings.seed)
        listwise[inside] = model.scores(values[inside], odds[inside])
    return CandidateScores(odds, listwise)


def held_out_odds(labelled: Labelled, settings: RerankSettings) -> Float[np.ndarray, "p"]:
    """The log-odds by models that have not seen a word's part.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    odds = np.empty(len(labelled.right))
    for number in np.unique(labelled.fold):
        inside = labelled.fold == number
        odds[inside] = _odds_model(labelled, ~inside, settings).of(labelled.table.values[inside])
    return odds


def _odds_model(labelled: Labelled, chosen: Bool[np.ndarray, "p"], settings: RerankSettings) -> OddsModel:
    words = len(np.unique(labelled.pairs.rows[chosen]))
    return OddsModel.fit(labelled.table.values[chosen], labelled.right[chosen], words, settings)


def _of_best(pairs: Pairs, scores: CandidateScores) -> Float[np.ndarray, "w 3"]:
    """What the calibration sees of the best candidate of each word."""
    best = pairs.best(scores.listwise)
    # The best has 1 of this sum, before it is normalised.
    every = np.add.reduceat(np.exp(scores.listwise - pairs.highest(scores.listwise)), pairs.starts)
    return np.column_stack([scores.odds[best], log_odds(1 / every), _log_rank(pairs.rows[best])])


def _of_any(pairs: Pairs, scores: CandidateScores) -> Float[np.ndarray, "w 2"]:
    """What it sees of all of them: the log-odds of 1 − Π (1 − p)."""
    none = np.add.reduceat(-np.logaddexp(0, scores.odds), pairs.starts)
    return np.column_stack([log_odds(-np.expm1(none)), _log_rank(pairs.rows[pairs.starts])])


def _log_rank(rows: Int[np.ndarray, "w"]) -> Float[np.ndarray, "w"]:
    made: np.ndarray = np.log((rows + _RANK_OFFSET) / _RANK_UNIT)
    return made


def _logistic(
    given: Float[np.ndarray, "w c"], right: Bool[np.ndarray, "w"], *, prior: tuple[float, ...]
) -> tuple[float, ...]:
    """Logistic regression with Platt's smoothed targets (Platt 1999); the weights, and the constant.

    The weak normal prior keeps weights where few words, or words that are all alike, tell little. All columns
    but the last hold log-odds, whose weights are over 0: what is likelier there is likelier to be right.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  (comes with scikit-learn)

    covariates = np.column_stack([given, np.ones(len(given))])
    positive, negative = int(right.sum()), int((~right).sum())
    targets = np.where(right, (positive + 1) / (positive + 2), 1 / (negative + 2))
    centre = np.array([*prior, 0.0])

    def loss(weights: Float[np.ndarray, "c"]) -> tuple[float, Float[np.ndarray, "c"]]:
        odds = covariates @ weights
        entropy = float((np.logaddexp(0, odds) - targets * odds).sum())
        gradient = covariates.T @ (_expit(odds) - targets) + weights - centre
        return entropy + float(((weights - centre) ** 2).sum()) / 2, gradient

    bounds = [(_LEAST_SLOPE, None)] * (given.shape[1] - 1) + [(None, None)] * 2
    return tuple(minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist())


def _expit(odds: Float[np.ndarray, "w"]) -> Float[np.ndarray, "w"]:
    """σ, without overflow."""
    made: np.ndarray = np.exp(-np.logaddexp(0, -odds))
    return made


def _sigmoid(weights: tuple[float, ...], given: Float[np.ndarray, "w c"]) -> Float[np.ndarray, "w"]:
    # Row by row: the bits of a product of matrices would depend on how many rows there are.
    return _expit((given * np.array(weights[:-1])).sum(axis=1) + weights[-1])
