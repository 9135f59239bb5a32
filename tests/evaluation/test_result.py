import json
import math

import numpy as np
import pytest

from isolex import evaluate
from isolex.errors import InputError
from isolex.evaluation import PROTOCOLS, Answer, BLIProtocol, BLIResult, FrequencyBin
from isolex.evaluation.metrics import bootstrap_interval

from ..spaces import alignment_of, gaussian, planted


def answer(source, rank, *, gold=("x",), place=1, predictions=()):
    return Answer(source, gold, rank, place, predictions)


def result_of(*answers, protocol="muse", direction="forward", criterion="csls") -> BLIResult:
    named = PROTOCOLS[protocol] if isinstance(protocol, str) else protocol
    return BLIResult(named, criterion, direction, 80.0, answers)


RANKS = (1, 1, 3, 7, 12, None)
SOME = result_of(*(answer(f"w{n}", rank) for n, rank in enumerate(RANKS)))


def test_rates_and_reciprocal_ranks():
    assert SOME.n == 6
    assert [SOME.precision(k) for k in (1, 2, 3, 5, 7, 10, 12)] == pytest.approx(
        [100 * right / 6 for right in (2, 2, 3, 3, 4, 4, 5)]
    )
    assert SOME.precision() == SOME.precision(1)
    assert SOME.mrr == pytest.approx((1 + 1 + 1 / 3 + 1 / 7 + 1 / 12) / 6)


def test_copied_answers():
    result = result_of(
        answer("taxi", 1, gold=("taxi", "coche")),
        answer("no", 4, gold=("no",)),
        answer("cat", 1, gold=("gato",)),
        answer("dog", 2, gold=("perro",)),
        answer("far", None, gold=("lejos",)),
    )
    assert result.copy_baseline == 40
    assert result.precision_without_identical == pytest.approx(100 / 3)


def test_only_copies_leave_nothing_to_score():
    result = result_of(answer("taxi", 1, gold=("taxi",)))
    assert math.isnan(result.precision_without_identical)
    assert result.to_dict()["p@1_without_identical"] is None
    assert result.to_dict()["copy_baseline"] == 100


def test_no_units_are_undefined_and_null_in_json():
    result = result_of()
    assert result.n == 0
    for value in (result.precision(1), result.mrr, result.copy_baseline, *result.interval):
        assert math.isnan(value)
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert [data[key] for key in ("p@1", "p@5", "p@10", "mrr", "copy_baseline")] == [None] * 5
    assert data["interval"] == [None, None]
    assert (data["n"], data["by_frequency"], data["leaks"]) == (0, [], None)


def test_json_has_the_keys_that_other_programs_rely_on():
    data = json.loads(json.dumps(SOME.to_dict(), allow_nan=False))
    assert data == {
        "protocol": "muse",
        "criterion": "csls",
        "direction": "forward",
        "p@1": 33.33,
        "p@5": 50.0,
        "p@10": 66.67,
        "mrr": 0.4266,
        "n": 6,
        "coverage": 80.0,
        "without_vector": 0,
        "copy_baseline": 0.0,
        "p@1_without_identical": 33.33,
        "interval": [pytest.approx(end, abs=0.01) for end in SOME.interval],
        "by_frequency": [{"first": 1, "last": 500, "n": 6, "p@1": 33.33}],
        "leaks": None,
    }


def test_bins_by_frequency():
    places = [(1, 1), (500, None), (501, 1), (1000, 1), (1001, 2), (150_000, 1), (None, None)]
    result = result_of(*(answer(f"w{n}", rank, place=place) for n, (place, rank) in enumerate(places)))
    assert result.by_frequency() == [
        FrequencyBin(1, 500, 2, 50),
        FrequencyBin(501, 1000, 2, 100),
        FrequencyBin(1001, 2000, 1, 0),
        FrequencyBin(50_001, 200_000, 1, 100),
    ]


def test_no_rank_is_beyond_the_last_bin():
    result = result_of(
        answer("a", 1, place=200_000), answer("b", 2, place=200_001), answer("c", 1, place=900_000)
    )
    assert result.by_frequency() == [
        FrequencyBin(50_001, 200_000, 1, 100),
        FrequencyBin(200_001, 900_000, 2, 50),
    ]


def test_the_interval_draws_source_words_not_pairs():
    ranks = np.random.default_rng(0).integers(1, 3, 30)
    words = [answer(f"w{n}", int(rank)) for n, rank in enumerate(ranks)]
    pairs = [
        answer(f"w{n}", int(rank), gold=(f"x{copy}",)) for n, rank in enumerate(ranks) for copy in range(4)
    ]
    together = result_of(*pairs, protocol="xling")
    low, high = bootstrap_interval((np.repeat(ranks, 4) == 1).astype(float), np.repeat(np.arange(30), 4))
    assert together.interval == pytest.approx((100 * low, 100 * high))
    # Saying the same four times is no more evidence than saying it once.
    assert together.interval == pytest.approx(result_of(*words).interval)
    assert low < together.precision() / 100 < high


def test_two_results_are_compared_on_what_both_scored():
    first = result_of(answer("a", 1), answer("b", 1), answer("c", 2), answer("only", 1))
    second = result_of(answer("c", 1), answer("b", 3), answer("a", None), answer("other", 1))
    test = first.compare(second)
    assert (test.n, test.wins, test.losses) == (3, 2, 1)
    assert test.difference == pytest.approx(100 / 3)
    assert test.p_value == 1
    back = second.compare(first)
    assert (back.wins, back.losses) == (1, 2)
    assert back.difference == -test.difference
    assert back.p_value == test.p_value


def test_pairs_are_compared_pair_by_pair():
    first = result_of(answer("a", 1, gold=("x",)), answer("a", 2, gold=("y",)), protocol="xling")
    second = result_of(answer("a", 2, gold=("x",)), answer("a", 1, gold=("y",)), protocol="xling")
    test = first.compare(second)
    assert (test.n, test.wins, test.losses, test.difference) == (2, 1, 1, 0)
    # Both pairs are of one word, which is all that there is to draw.
    assert test.interval == (0, 0)


@pytest.mark.parametrize(
    "other",
    [
        result_of(answer("a", 1), protocol="strict"),
        result_of(answer("a", 1), direction="backward"),
        result_of(answer("a", 1), protocol=BLIProtocol("muse", "source", "drop", vocabulary=10)),
    ],
)
def test_results_of_another_kind_are_not_compared(other):
    with pytest.raises(InputError, match=r"paired test: got muse forward and .* expected the same protocol"):
        result_of(answer("a", 1)).compare(other)


def test_results_of_other_words_are_not_compared():
    with pytest.raises(InputError, match="no test word in common"):
        result_of(answer("a", 1)).compare(result_of(answer("b", 1)))


def test_a_better_alignment_wins_the_paired_test():
    source, target, lexicon = planted(150, noise=0.3, seed=1)
    pairs = lexicon.index(source, target).pairs
    fitted, *_ = np.linalg.lstsq(source.matrix[pairs[:, 0]], target.matrix[pairs[:, 1]], rcond=None)
    good, bad = (
        evaluate(alignment_of(source, target, maps=(turn, np.eye(20))), lexicon)
        for turn in (fitted, fitted + 0.3 * gaussian(20, 20, 1))
    )
    test = good.compare(bad)
    assert test.n == 150
    assert test.difference == pytest.approx(good.precision() - bad.precision())
    assert 0 < test.interval[0] < test.difference < test.interval[1]
    assert test.p_value < 0.01
    assert good.compare(good).p_value == 1


def test_answers_are_written_and_read_back(tmp_path):
    answers = (
        answer(
            '"quoted" word', 1, gold=("x", 'a "b"'), place=3, predictions=(("x", 0.51236), ("ñandú", -1.0))
        ),
        answer("New York", 12, gold=("Nueva York",), place=1),
        answer("far", None, gold=("a\tb\nc",), place=None),
        answer("#", 2, predictions=((",", 0.25),)),
    )
    path = tmp_path / "answers.tsv"
    result_of(*answers).write_answers(path)
    header, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    assert header == ["source", "gold", "rank", "correct", "source_rank", "predictions", "scores"]
    back = [
        Answer(
            source,
            tuple(json.loads(gold)),
            int(rank) if rank else None,
            int(place) if place else None,
            tuple(zip(json.loads(words), json.loads(scores), strict=True)),
        )
        for source, gold, rank, _, place, words, scores in rows
    ]
    rounded = tuple((word, round(score, 4)) for word, score in answers[0].predictions)
    assert back[0] == Answer(answers[0].source, answers[0].gold, 1, 3, rounded)
    assert back[1:] == list(answers[1:])
    assert [row[3] for row in rows] == ["1", "0", "0", "0"]
    assert "ñandú" in path.read_text(encoding="utf-8")


def test_answers_replace_a_file_only_when_whole(tmp_path, monkeypatch):
    path = tmp_path / "answers.tsv"
    path.write_text("old")

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("isolex.evaluation.result.json.dumps", interrupted)
        with pytest.raises(KeyboardInterrupt):
            SOME.write_answers(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InputError, match="cannot be written"):
        SOME.write_answers(tmp_path / "no" / "answers.tsv")
