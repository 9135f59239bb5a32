"""The reranker: gradient-boosted trees, cross-fitted on seed words, and the calibration of what they say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int

from isolex.errors import MissingExtraError
from isolex.reranking.features import FeatureTable, Pairs
from isolex.reranking.settings import RerankSettings
from isolex.waiting import short_waits

_LEAST_IN_LEAF = 40
_SURE = 1e-5
# Added to frequency ranks before the logarithm, so that the first words do not lead the calibration.
_RANK_OFFSET = 100
_RANK_UNIT = 1_000


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
class PlattScaling:
    """Platt scaling with the frequency rank: P(right) = σ(a log-odds + b log((rank + 100) / 1,000) + c).

    Fitted on the best candidate of held-out seed words. Trees that have seen common words only are less sure
    of rare words than they should be, or more: the rank carries that trend on to words rarer than the seeds.

    Attributes:
        weights: a, b, c of the pair itself.
        any_weights: The same for whether any candidate of the word is right; its log-odds are those of
            1 − Π (1 − p) over the word's candidates.
    """

    weights: tuple[float, float, float]
    any_weights: tuple[float, float, float]

    @classmethod
    def fit(
        cls, pairs: Pairs, scores: Float[np.ndarray, "p"], right: Bool[np.ndarray, "p"]
    ) -> "PlattScaling":
        """From cross-fitted scores of the candidates of seed words."""
        best = pairs.best(scores)
        rows = pairs.rows[best]
        any_right = np.logical_or.reduceat(right, pairs.starts)
        return cls(
            _logistic(log_odds(scores[best]), rows, right[best]),
            _logistic(log_odds(_any(pairs, scores)), rows, any_right),
        )

    def confidence(self, pairs: Pairs, scores: Float[np.ndarray, "p"]) -> Float[np.ndarray, "p"]:
        """The probability that each pair is right."""
        return _sigmoid(self.weights, log_odds(scores), pairs.rows)

    def none_right(self, pairs: Pairs, scores: Float[np.ndarray, "p"]) -> Float[np.ndarray, "w"]:
        """The probability that no candidate of a word is right, at most what its best one leaves."""
        rows = pairs.rows[pairs.starts]
        any_right = _sigmoid(self.any_weights, log_odds(_any(pairs, scores)), rows)
        best: np.ndarray = self.confidence(pairs, scores)[pairs.best(scores)]
        none: np.ndarray = 1 - np.maximum(any_right, best)
        return none


@dataclass(frozen=True, eq=False)
class PairModel:
    """Trees and their calibration.

    Attributes:
        trees: scikit-learn's classifier.
        calibration: From its scores to probabilities.
        means: Mean of every feature over the candidates of seed words, `[f]`.
    """

    trees: Any
    calibration: PlattScaling
    means: Float[np.ndarray, "f"]

    @classmethod
    def fit(cls, labelled: Labelled, settings: RerankSettings) -> "PairModel":
        """Train on all folds; for the calibration, also on all but each.

        Raises:
            MissingExtraError: scikit-learn is not installed.
        """
        values, right = labelled.table.values, labelled.right
        calibration = PlattScaling.fit(labelled.pairs, cross_fitted(labelled, settings), right)
        return cls(_trees(values, right, settings), calibration, values.mean(axis=0))

    def scores(self, values: Float[np.ndarray, "p f"]) -> Float[np.ndarray, "p"]:
        """What the trees give, before calibration."""
        return _grown(self.trees, values)

    def spoken_for(self, table: FeatureTable, groups: Sequence[str]) -> Float[np.ndarray, "p g"]:
        """By how much the log-odds of each pair fall when the features of a group become their means."""
        whole = log_odds(self.scores(table.values))
        made = np.empty((len(whole), len(groups)))
        for column, group in enumerate(groups):
            values = np.where(table.members(group), self.means, table.values)
            made[:, column] = whole - log_odds(self.scores(values))
        return made


def cross_fitted(labelled: Labelled, settings: RerankSettings) -> Float[np.ndarray, "p"]:
    """What trees that have not seen a word's part give its candidates.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    values, right = labelled.table.values, labelled.right
    scores = np.empty(len(right))
    for number in np.unique(labelled.fold):
        inside = labelled.fold == number
        scores[inside] = _grown(_trees(values[~inside], right[~inside], settings), values[inside])
    return scores


def log_odds(probabilities: Float[np.ndarray, "p"]) -> Float[np.ndarray, "p"]:
    """Log p / (1 − p), for p not nearer to 0 or 1 than 1e-5."""
    kept = probabilities.clip(_SURE, 1 - _SURE)
    made: np.ndarray = np.log(kept / (1 - kept))
    return made


def _any(pairs: Pairs, scores: Float[np.ndarray, "p"]) -> Float[np.ndarray, "w"]:
    """1 − Π (1 − p) of each word."""
    made: np.ndarray = -np.expm1(np.add.reduceat(np.log1p(-scores.clip(0, 1 - _SURE)), pairs.starts))
    return made


def _trees(values: Float[np.ndarray, "p f"], right: Bool[np.ndarray, "p"], settings: RerankSettings) -> Any:
    try:
        with short_waits():
            from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("reranking", "scikit-learn", "rerank") from error
    trees = HistGradientBoostingClassifier(
        max_iter=settings.trees,
        learning_rate=settings.learning_rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=_LEAST_IN_LEAF,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=settings.seed,
    )
    with _as_many_threads():
        return trees.fit(values, right)


def _grown(trees: Any, values: Float[np.ndarray, "p f"]) -> Float[np.ndarray, "p"]:
    """The probability that each pair is right, by trees."""
    with _as_many_threads():
        made: np.ndarray = trees.predict_proba(values)[:, 1]
    return made


def _as_many_threads() -> Any:
    """scikit-learn with as many threads as torch; by itself it takes all cores, whoever else needs them."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  (comes with scikit-learn)

    return threadpool_limits(torch.get_num_threads(), user_api="openmp")


def _logistic(
    odds: Float[np.ndarray, "w"], rows: Int[np.ndarray, "w"], right: Bool[np.ndarray, "w"]
) -> tuple[float, float, float]:
    """Logistic regression with Platt's smoothed targets (Platt 1999).

    A weak normal prior says that the odds are right as they are, so that few words, or words that are all
    alike, change them little.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  (comes with scikit-learn)

    covariates = np.column_stack([_covariates(odds, rows), np.ones(len(odds))])
    positive, negative = int(right.sum()), int((~right).sum())
    targets = np.where(right, (positive + 1) / (positive + 2), 1 / (negative + 2))
    prior = np.array([1.0, 0.0, 0.0])

    def loss(weights: Float[np.ndarray, "3"]) -> tuple[float, Float[np.ndarray, "3"]]:
        given = covariates @ weights
        entropy = float((np.logaddexp(0, given) - targets * given).sum())
        gradient = covariates.T @ (_expit(given) - targets) + weights - prior
        return entropy + float(((weights - prior) ** 2).sum()) / 2, gradient

    slope, trend, constant = minimize(loss, prior, jac=True, method="L-BFGS-B").x.tolist()
    return slope, trend, constant


def _expit(odds: Float[np.ndarray, "w"]) -> Float[np.ndarray, "w"]:
    """σ, without overflow."""
    made: np.ndarray = np.exp(-np.logaddexp(0, -odds))
    return made


def _sigmoid(
    weights: tuple[float, float, float], odds: Float[np.ndarray, "w"], rows: Int[np.ndarray, "w"]
) -> Float[np.ndarray, "w"]:
    return _expit(_covariates(odds, rows) @ weights[:2] + weights[2])


def _covariates(odds: Float[np.ndarray, "w"], rows: Int[np.ndarray, "w"]) -> Float[np.ndarray, "w 2"]:
    return np.stack([odds, np.log((rows + _RANK_OFFSET) / _RANK_UNIT)], axis=1)
