import numpy as np
import pytest

from isolex.reranking.features import FeatureTable, Pairs
from isolex.reranking.learning import (
    CandidateScores,
    Labelled,
    PairModel,
    PlattScaling,
    held_out_scores,
)
from isolex.reranking.odds import log_odds
from isolex.reranking.settings import RerankSettings

SETTINGS = RerankSettings(trees=20)


def problem(words: int = 600, width: int = 5, seed: int = 0) -> Labelled:
    """One column tells which candidate is right, the other is noise; a third of the words have none."""
    rng = np.random.default_rng(seed)
    rows = np.repeat(np.arange(words), width)
    right = np.zeros((words, width), dtype=bool)
    right[np.arange(words), rng.integers(0, width, words)] = True
    right[::3] = False
    values = np.stack(
        [right.ravel() + 0.3 * rng.standard_normal(len(rows)), rng.standard_normal(len(rows))], 1
    )
    table = FeatureTable(("alignment.good", "frequency.noise"), values.astype(np.float32))
    pairs = Pairs(rows, np.tile(np.arange(width), words))
    return Labelled(pairs, table, right.ravel(), np.repeat(np.arange(words) % 3, width))


def alike(probabilities) -> CandidateScores:
    """Of trees whose order is that of the lists."""
    odds = log_odds(np.asarray(probabilities))
    return CandidateScores(odds, odds)


class TestCalibration:
    def test_undoes_a_wrong_scale(self):
        rng = np.random.default_rng(0)
        odds = rng.normal(0, 2, 5_000)
        right = rng.uniform(size=5_000) < 1 / (1 + np.exp(-odds))
        pairs = Pairs(np.arange(5_000), np.zeros(5_000, dtype=np.int64))
        calibration = PlattScaling.fit(pairs, alike(1 / (1 + np.exp(-2 * odds - 1))), right)
        # A word with one candidate has the same share always, so share and constant are one.
        slope, share, trend, constant = calibration.weights
        constant += share * log_odds(np.ones(1))[0]
        assert slope == pytest.approx(0.5, abs=0.05)
        assert abs(trend) < 0.2
        assert constant == pytest.approx(-0.5, abs=0.2)

    def test_follows_the_frequency_of_words(self):
        rng = np.random.default_rng(0)
        rows = np.arange(5_000)
        right = rng.uniform(size=5_000) < np.linspace(0.9, 0.4, 5_000)
        calibration = PlattScaling.fit(Pairs(rows, np.zeros_like(rows)), alike(np.full(5_000, 0.5)), right)
        later = Pairs(np.array([100, 6_000]), np.zeros(2, dtype=np.int64))
        first, last = calibration.confidence(later, alike(np.full(2, 0.5)))
        assert first > 0.75
        assert last < 0.55

    @pytest.mark.parametrize("all_right", [True, False])
    def test_words_that_are_all_alike_keep_the_order(self, all_right):
        pairs = Pairs(np.arange(30), np.zeros(30, dtype=np.int64))
        calibration = PlattScaling.fit(pairs, alike(np.full(30, 0.7)), np.full(30, all_right))
        asked = Pairs(np.zeros(3, dtype=np.int64), np.arange(3))
        low, middle, high = calibration.confidence(asked, alike([0.1, 0.5, 0.9]))
        assert 0 < low < middle < high < 1

    def test_confidence_falls_in_the_order_of_the_list(self):
        labelled = problem()
        model = PairModel.fit(labelled, SETTINGS)
        scores = model.scores(labelled.table.values)
        confidence = model.calibration.confidence(labelled.pairs, scores).reshape(600, 5)
        order = np.argsort(-scores.listwise.reshape(600, 5), axis=1)
        assert (np.diff(np.take_along_axis(confidence, order, 1)) <= 0).all()

    def test_further_candidates_are_as_sure_as_they_are_right(self):
        """Of three candidates one is right, with the probabilities that the list-wise scores say."""
        rng = np.random.default_rng(0)
        listwise = rng.normal(0, 1.5, (4_000, 3))
        shares = np.exp(listwise) / np.exp(listwise).sum(axis=1, keepdims=True)
        picks = (rng.uniform(size=(4_000, 1)) > shares.cumsum(axis=1)).sum(axis=1)
        right = np.arange(3) == picks[:, None]
        pairs = Pairs(np.repeat(np.arange(4_000), 3), np.tile(np.arange(3), 4_000))
        scores = CandidateScores(log_odds(shares.ravel()), listwise.ravel())
        confidence = (
            PlattScaling.fit(pairs, scores, right.ravel()).confidence(pairs, scores).reshape(4_000, 3)
        )
        order = np.argsort(-listwise, axis=1)
        for rank in range(3):
            column = order[:, rank : rank + 1]
            told = np.take_along_axis(confidence, column, 1).mean()
            assert told == pytest.approx(np.take_along_axis(right, column, 1).mean(), abs=0.03)

    def test_none_is_right_at_most_with_what_the_best_leaves(self):
        labelled = problem()
        model = PairModel.fit(labelled, SETTINGS)
        scores = model.scores(labelled.table.values)
        none = model.calibration.none_right(labelled.pairs, scores)
        best = labelled.pairs.highest(model.calibration.confidence(labelled.pairs, scores))
        assert (none + best[labelled.pairs.starts] <= 1 + 1e-9).all()
        assert none[::3].mean() > none[1::3].mean() + 0.5


class TestPairModel:
    def test_held_out_confidence_is_calibrated(self):
        labelled = problem()
        scores = held_out_scores(labelled, SETTINGS)
        best, calibration = (
            labelled.pairs.best(scores.listwise),
            PairModel.fit(labelled, SETTINGS).calibration,
        )
        confidence, right = calibration.confidence(labelled.pairs, scores)[best], labelled.right[best]
        assert confidence.mean() == pytest.approx(right.mean(), abs=0.03)
        assert confidence[right].mean() > confidence[~right].mean() + 0.4

    def test_finds_right_candidates_of_new_words(self):
        model, other = PairModel.fit(problem(), SETTINGS), problem(seed=1)
        best = other.pairs.best(model.scores(other.table.values).listwise)
        some = np.logical_or.reduceat(other.right, other.pairs.starts)
        assert other.right[best][some].mean() > 0.9

    def test_evidence_is_the_telling_group(self):
        labelled = problem()
        model = PairModel.fit(labelled, SETTINGS)
        best = labelled.pairs.best(model.scores(labelled.table.values).listwise)
        table = FeatureTable(labelled.table.names, labelled.table.values[best])
        spoken = model.spoken_for(table, ("alignment", "frequency"))
        assert spoken[labelled.right[best], 0].mean() > 2
        assert abs(spoken[:, 1].mean()) < 0.5

    def test_the_same_twice(self):
        one, two = PairModel.fit(problem(), SETTINGS), PairModel.fit(problem(), SETTINGS)
        assert one.calibration.weights == two.calibration.weights
        assert np.array_equal(
            one.scores(problem().table.values).listwise, two.scores(problem().table.values).listwise
        )


def test_stacked_is_in_the_order_of_words():
    whole = problem(30)
    parts = [
        Labelled(
            Pairs(whole.pairs.rows[inside], whole.pairs.keys[inside]),
            FeatureTable(whole.table.names, whole.table.values[inside]),
            whole.right[inside],
            whole.fold[inside],
        )
        for inside in (whole.fold == 1, whole.fold == 0, whole.fold == 2)
    ]
    made = Labelled.stacked(parts)
    assert np.array_equal(made.pairs.rows, whole.pairs.rows)
    assert np.array_equal(made.pairs.keys, whole.pairs.keys)
    assert np.array_equal(made.table.values, whole.table.values)
    assert np.array_equal(made.right, whole.right)


def test_without_a_group():
    assert problem(30).without("frequency").table.names == ("alignment.good",)


def test_log_odds_are_finite():
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
    assert log_odds(np.array([0.5]))[0] == 0
