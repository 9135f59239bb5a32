"""How likely a candidate is right by itself: trees, and for few words a logistic regression beside them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from isolex.errors import MissingExtraError
from isolex.reranking.settings import RerankSettings
from isolex.threads import short_waits

_LEAST_IN_LEAF = 40
_SURE = 1e-5
# Features farther from their mean, in standard deviations, count as that far.
_FARTHEST = 4.0
# With so many seed words trees and the regression count alike; with fewer the regression counts more.
_EVEN = 200.0
# Under this share of the whole the regression is left out.
_LEAST_SHARE = 0.05
# The inverse of the penalty on the weights of standardised features.
_FREEDOM = 0.02
_MOST_ROUNDS = 1_000
# With fewer candidates one thread is as fast as several.
_ENOUGH_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class StandardScale:
    """Features less their means, in standard deviations, and none farther out than some.

    Attributes:
        means: Of the features, `[f]`.
        scales: Their standard deviations, 1 where they do not vary.
    """

    means: Float[np.ndarray, "f"]
    scales: Float[np.ndarray, "f"]

    @classmethod
    def of(cls, values: Float[np.ndarray, "p f"]) -> "StandardScale":
        """By some rows."""
        spread = values.std(axis=0, dtype=np.float64)
        return cls(values.mean(axis=0, dtype=np.float64), np.where(spread > 0, spread, 1.0))

    def apply(self, values: Float[np.ndarray, "p f"]) -> Float[np.ndarray, "p f"]:
        """The same of any rows."""
        made: np.ndarray = ((values - self.means) / self.scales).clip(-_FARTHEST, _FARTHEST)
        return made


@dataclass(frozen=True, eq=False)
class OddsModel:
    """The log-odds that a candidate is right, (1 − w) trees + w regression, w = 1 / (1 + (words / 200)²).

    With few words trees tell candidates apart by chance, while a logistic regression with a penalty on its
    weights adds up what little each feature says. With many words trees find what a sum cannot say, and the
    regression is left out.

    Attributes:
        trees: scikit-learn's classifier.
        share: w; 0 without a regression.
        scale: Of the features, for the regression.
        weights: Of the regression, `[f]`, and its constant.
    """

    trees: Any
    share: float
    scale: StandardScale
    weights: tuple[Float[np.ndarray, "f"], float]

    @classmethod
    def fit(
        cls,
        values: Float[np.ndarray, "p f"],
        right: Bool[np.ndarray, "p"],
        words: int,
        settings: RerankSettings,
    ) -> "OddsModel":
        """From the candidates of so many seed words.

        Raises:
            MissingExtraError: scikit-learn is not installed.
        """
        share = 1 / (1 + (words / _EVEN) ** 2)
        scale = StandardScale.of(values)
        nothing = np.zeros(values.shape[1]), 0.0
        classifiers = _classifiers()  # whose threads can be told only once they are imported
        with _threads_for(values):
            trees = classifiers.HistGradientBoostingClassifier(
                max_iter=settings.trees,
                learning_rate=settings.learning_rate,
                max_leaf_nodes=settings.leaves,
                min_samples_leaf=_LEAST_IN_LEAF,
                l2_regularization=1.0,
                early_stopping=False,
                random_state=settings.seed,
            )
            trees.fit(values, right)
            if share < _LEAST_SHARE or right.all() or not right.any():
                return cls(trees, 0.0, scale, nothing)
            return cls(trees, share, scale, _regression(scale.apply(values), right))

    def of(self, values: Float[np.ndarray, "p f"]) -> Float[np.ndarray, "p"]:
        """The log-odds of candidates."""
        with _threads_for(values):
            odds = log_odds(self.trees.predict_proba(values)[:, 1])
        if not self.share:
            return odds
        weights, constant = self.weights
        # Row by row: the bits of a product of matrices would depend on how many rows there are.
        summed: np.ndarray = (self.scale.apply(values) * weights).sum(axis=1) + constant
        made: np.ndarray = (1 - self.share) * odds + self.share * summed
        return made


def log_odds(probabilities: Float[np.ndarray, "p"]) -> Float[np.ndarray, "p"]:
    """Log p / (1 − p), for p not nearer to 0 or 1 than 1e-5."""
    kept = probabilities.clip(_SURE, 1 - _SURE)
    made: np.ndarray = np.log(kept / (1 - kept))
    return made


def _regression(
    values: Float[np.ndarray, "p f"], right: Bool[np.ndarray, "p"]
) -> tuple[Float[np.ndarray, "f"], float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - comes with the classifiers

    made = LogisticRegression(C=_FREEDOM, max_iter=_MOST_ROUNDS).fit(values, right)
    return made.coef_[0], float(made.intercept_[0])


def _classifiers() -> Any:
    try:
        with short_waits():
            from sklearn import ensemble  # noqa: PLC0415 - the extra rerank
    except ImportError as error:
        raise MissingExtraError("reranking", "scikit-learn", "rerank") from error
    return ensemble


def _threads_for(values: Float[np.ndarray, "p f"]) -> Any:
    """scikit-learn with as many threads as torch, where by itself it takes all cores; for few rows with one.

    Threads that grow a tree wait for each other thousands of times. With few rows that takes longer than the
    work itself, and minutes instead of seconds where another program has a processor too.
    """
    try:
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn
    except ImportError as error:
        raise MissingExtraError("reranking", "scikit-learn", "rerank") from error
    threads = torch.get_num_threads() if len(values) >= _ENOUGH_ROWS else 1
    return threadpool_limits(threads, user_api="openmp")
