import dataclasses
import random

import numpy as np
import pytest

from isolex import evaluate
from isolex.errors import InputError
from isolex.evaluation import PROTOCOLS, BLIProtocol, BLIResult
from isolex.lexicon import Lexicon
from isolex.retrieval import CSLS, NearestNeighbour
from isolex.vectors import Vectors

from ..spaces import alignment_of, gaussian, numbered, one_hot
from . import oracle

NAMES = tuple(PROTOCOLS)


def world(seed: int, n: int = 40, m: int = 45, d: int = 6):
    """Two vocabularies that share some words, rows that align somewhat, and a test with every oddity."""
    rng = random.Random(seed)
    shared = numbered("both", 8)
    source = rng.sample(numbered("s", n - 8) + shared, n)
    target = rng.sample(numbered("t", m - 8) + shared, m)
    x = gaussian(n, d, seed)
    z = np.concatenate([x + 0.8 * gaussian(n, d, seed + 100), gaussian(m - n, d, seed + 200)])
    pairs = [(source[i], target[i]) for i in rng.sample(range(n), 15)]
    pairs += [(rng.choice(source), rng.choice(target)) for _ in range(20)]
    pairs += [(word, word) for word in shared[:4]]
    pairs += [(word, rng.choice(target)) for word in ("gone1", "gone2", "gone1")]
    pairs += [(rng.choice(source), word) for word in ("lost1", "lost2", "lost3")]
    pairs += [(source[0], "lost4"), ("gone3", "lost5"), ("same", "same")]
    pairs += rng.sample(pairs, 8)
    rng.shuffle(pairs)
    return Vectors(source, x), Vectors(target, z), pairs


def expected(source: Vectors, target: Vectors, pairs, protocol: str, criterion: str) -> oracle.Scores:
    table = oracle.score_table(source.matrix.tolist(), target.matrix.tolist(), criterion)
    return oracle.evaluate(source.words, target.words, table, pairs, protocol)


def assert_agrees(result: BLIResult, scores: oracle.Scores) -> None:
    assert result.n == scores.n
    assert {(answer.source, answer.gold): answer.rank for answer in result.answers} == scores.ranks
    for k, percent in scores.p.items():
        assert result.precision(k) == pytest.approx(percent)
    assert result.mrr == pytest.approx(scores.mrr)
    assert result.coverage == pytest.approx(scores.coverage)
    assert result.copy_baseline == pytest.approx(scores.copy_baseline)
    assert result.precision_without_identical == pytest.approx(scores.without_identical, nan_ok=True)
    for answer in result.answers:
        if answer.rank is not None:
            assert [word for word, _ in answer.predictions] == scores.best[answer.source]


def test_the_comparison_sees_every_wrong_figure():
    source, target, pairs = world(0)
    result = evaluate(alignment_of(source, target, steps=()), Lexicon(pairs), protocol="muse", criterion="nn")
    right = expected(source, target, pairs, "muse", "nn")
    unit = next(iter(right.ranks))
    word = next(word for word in right.best if any(word == a.source for a in result.answers))
    wrong = [
        {"n": right.n + 1},
        {"p": right.p | {1: right.p[1] + 0.5}},
        {"p": right.p | {10: right.p[10] - 0.5}},
        {"mrr": right.mrr * 1.001},
        {"coverage": right.coverage + 0.1},
        {"copy_baseline": 0.0},
        {"without_identical": right.p[1]},
        {"ranks": right.ranks | {unit: 99}},
        {"best": right.best | {word: right.best[word][::-1]}},
    ]
    assert_agrees(result, right)
    for change in wrong:
        with pytest.raises(AssertionError):
            assert_agrees(result, dataclasses.replace(right, **change))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("criterion", ["csls", "nn"])
@pytest.mark.parametrize("protocol", NAMES)
def test_protocols_agree_with_the_oracle(protocol, criterion, seed):
    source, target, pairs = world(seed)
    alignment = alignment_of(source, target, steps=())
    result = evaluate(alignment, Lexicon(pairs), protocol=protocol, criterion=criterion)
    assert_agrees(result, expected(source, target, pairs, protocol, criterion))
    assert (result.protocol.name, result.criterion, result.direction) == (protocol, criterion, "forward")


@pytest.mark.parametrize("criterion", ["csls", "nn"])
@pytest.mark.parametrize("protocol", NAMES)
def test_backward_asks_the_other_side(protocol, criterion):
    source, target, pairs = world(7)
    alignment, lexicon = alignment_of(source, target, steps=()), Lexicon(pairs)
    backward = evaluate(alignment, lexicon, protocol=protocol, criterion=criterion, direction="backward")
    assert_agrees(backward, expected(target, source, [(t, s) for s, t in pairs], protocol, criterion))
    swapped = evaluate(alignment.reversed(), lexicon.reversed(), protocol=protocol, criterion=criterion)
    assert backward.answers == swapped.answers
    assert backward.to_dict() == swapped.to_dict() | {"direction": "backward"}
    assert backward.answers != evaluate(alignment, lexicon, protocol=protocol, criterion=criterion).answers


@pytest.mark.parametrize("protocol", NAMES)
def test_a_vocabulary_cut_leaves_the_rest_out(protocol):
    source, target, pairs = world(3)
    cut = dataclasses.replace(PROTOCOLS[protocol], name="cut", vocabulary=20)
    result = evaluate(alignment_of(source, target, steps=()), Lexicon(pairs), protocol=cut, criterion="csls")
    assert_agrees(result, expected(source.head(20), target.head(20), pairs, protocol, "csls"))
    whole = evaluate(
        alignment_of(source, target, steps=()), Lexicon(pairs), protocol=protocol, criterion="csls"
    )
    assert result.coverage < whole.coverage


def test_strict_counts_missing_words_as_wrong():
    words = one_hot(["a", "b", "c"], [0, 1, 2], 3)
    alignment = alignment_of(words, words, steps=())
    lexicon = Lexicon([("a", "a"), ("b", "lost"), ("gone", "c"), ("c", "lost"), ("c", "c")])
    muse = evaluate(alignment, lexicon, protocol="muse", criterion="nn")
    assert (muse.n, muse.precision(1), muse.mrr, muse.coverage) == (2, 100, 1, 50)
    strict = evaluate(alignment, lexicon, protocol="strict", criterion="nn")
    assert (strict.n, strict.precision(1), strict.precision(10), strict.mrr) == (4, 50, 50, 0.5)
    assert strict.coverage == 50
    missing = {answer.source: answer for answer in strict.answers if answer.rank is None}
    assert {word: answer.source_rank for word, answer in missing.items()} == {"b": 2, "gone": None}
    assert all(answer.predictions == () for answer in missing.values())


def test_a_pair_protocol_may_count_missing_pairs_as_wrong():
    words = one_hot(["a", "b"], [0, 1], 2)
    protocol = BLIProtocol("own", unit="pair", missing="wrong")
    lexicon = Lexicon([("a", "a"), ("a", "lost"), ("gone", "b"), ("b", "a")])
    result = evaluate(alignment_of(words, words, steps=()), lexicon, protocol=protocol, criterion="nn")
    ranks = {(answer.source, answer.gold[0]): answer.rank for answer in result.answers}
    assert ranks == {("a", "a"): 1, ("b", "a"): 2, ("a", "lost"): None, ("gone", "b"): None}
    assert result.mrr == 1.5 / 4


def test_the_same_words_count_differently():
    words = one_hot(["a", "b", "c"], [0, 1, 2], 3)
    lexicon = Lexicon([("a", "a"), ("a", "b"), ("a", "c"), ("b", "b")])
    alignment = alignment_of(words, words, steps=())
    muse, xling = (evaluate(alignment, lexicon, protocol=name, criterion="nn") for name in ("muse", "xling"))
    assert (muse.n, muse.precision(1)) == (2, 100)
    assert (xling.n, xling.precision(1), xling.precision(5)) == (4, 50, 100)
    assert xling.mrr == pytest.approx((1 + 1 / 2 + 1 / 3 + 1) / 4)


def test_of_equal_keys_the_more_frequent_comes_first():
    source = one_hot(["a", "b"], [0, 1], 3)
    target = one_hot(["x", "y", "z"], [0, 0, 1], 3)
    result = evaluate(
        alignment_of(source, target, steps=()),
        Lexicon([("a", "y"), ("b", "z")]),
        protocol="muse",
        criterion="nn",
    )
    assert [answer.rank for answer in result.answers] == [2, 1]
    assert [word for word, _ in result.answers[0].predictions] == ["x", "y", "z"]


def test_a_repeated_test_pair_counts_once():
    source, target, pairs = world(1)
    alignment = alignment_of(source, target)
    for protocol in NAMES:
        once = evaluate(alignment, Lexicon(dict.fromkeys(pairs)), protocol=protocol)
        assert once.to_dict() == evaluate(alignment, Lexicon(pairs * 3), protocol=protocol).to_dict()


def test_order_of_the_test_pairs_is_nothing_to_the_scores():
    source, target, pairs = world(2)
    alignment = alignment_of(source, target)
    result = evaluate(alignment, Lexicon(pairs), protocol="xling").to_dict()
    turned = evaluate(alignment, Lexicon(pairs[::-1]), protocol="xling").to_dict()
    # The bootstrap draws by position, so its ends may move a little.
    low, high = result.pop("interval")
    assert turned.pop("interval") == pytest.approx([low, high], abs=3)
    assert turned == result


def test_answers_hold_the_scores_of_the_criterion():
    source, target, pairs = world(4)
    alignment = alignment_of(source, target, steps=())
    for criterion in ("csls", "nn"):
        table = oracle.score_table(source.matrix.tolist(), target.matrix.tolist(), criterion)
        for answer in evaluate(alignment, Lexicon(pairs), protocol="muse", criterion=criterion).answers:
            row = table[source.words.index(answer.source)]
            assert answer.source_rank == source.words.index(answer.source) + 1
            assert [score for _, score in answer.predictions] == pytest.approx(
                sorted(row, reverse=True)[:10], abs=1e-5
            )


def test_fewer_keys_than_answers():
    words = one_hot(["a", "b"], [0, 1], 2)
    result = evaluate(alignment_of(words, words), Lexicon([("a", "b")]))
    assert len(result.answers[0].predictions) == 2
    assert (result.precision(1), result.precision(5), result.mrr) == (0, 100, 0.5)


def test_criterion_objects_and_the_inverted_softmax():
    source, target, pairs = world(5)
    alignment = alignment_of(
        source, target, seeds=Lexicon(zip(source.words[:30], target.words, strict=False))
    )
    lexicon = Lexicon(pairs)
    by_name = evaluate(alignment, lexicon, criterion="csls")
    assert evaluate(alignment, lexicon, criterion=CSLS()).answers == by_name.answers
    assert evaluate(alignment, lexicon, criterion=CSLS(k=3)).answers != by_name.answers
    assert evaluate(alignment, lexicon, criterion=NearestNeighbour()).criterion == "NearestNeighbour"
    isf = evaluate(alignment, lexicon, criterion="isf")
    assert isf.criterion == "isf"
    assert isf.precision(10) > 30
    # Log-probabilities over the whole vocabulary: none above 0.
    assert max(score for answer in isf.answers for _, score in answer.predictions) <= 1e-5


def test_a_case_folded_test_finds_any_spelling():
    words = one_hot(["Anna", "b"], [0, 1], 2)
    alignment = alignment_of(words, words)
    pairs = [("ANNA", "anna"), ("gone", "B")]
    with pytest.raises(InputError, match="not one pair is in both"):
        evaluate(alignment, Lexicon(pairs))
    result = evaluate(alignment, Lexicon(pairs, case="fold"), protocol="strict")
    assert [(a.source, a.gold, a.rank) for a in result.answers] == [
        ("Anna", ("Anna",), 1),
        ("gone", ("b",), None),
    ]


def test_leaks_are_told_in_both_directions():
    source, target, _ = world(6)
    s, t = source.words, target.words
    train = Lexicon([(s[0], t[0]), (t[1], s[1]), (s[2], t[9]), (s[8], t[8])])
    test = Lexicon([(s[0], t[0]), (s[1], t[1]), (s[2], t[2]), (s[3], t[3])])
    alignment = alignment_of(source, target, seeds=train)
    leaks = evaluate(alignment, test).leaks
    assert leaks.pairs == ((s[0], t[0]),)
    assert leaks.reversed_pairs == ((s[1], t[1]),)
    assert set(leaks.source_words) == {s[0], s[2]}
    assert evaluate(alignment, test).to_dict()["leaks"] == {
        "pairs": 1,
        "reversed_pairs": 1,
        "source_words": 2,
    }
    backward = evaluate(alignment, test, direction="backward").leaks
    assert backward.pairs == ((t[0], s[0]),)
    assert backward.reversed_pairs == ((t[1], s[1]),)
    assert backward.source_words == (t[0],)
    other = evaluate(alignment, test, train=Lexicon([(s[3], t[3])])).leaks
    assert other.pairs == ((s[3], t[3]),)
    assert evaluate(alignment, test, train=Lexicon(())).leaks.clean


def test_what_cannot_be_scored_is_told():
    source, target, pairs = world(8)
    alignment = alignment_of(source, target)
    with pytest.raises(InputError, match="did you mean 'muse'") as caught:
        evaluate(alignment, Lexicon(pairs), protocol="mus")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="did you mean 'csls'"):
        evaluate(alignment, Lexicon(pairs), criterion="cslss")
    with pytest.raises(InputError, match="choose from forward, backward"):
        evaluate(alignment, Lexicon(pairs), direction="sideways")
    with pytest.raises(InputError, match=r"test lexicon: not one pair .*letter case"):
        evaluate(alignment, Lexicon([("gone", "lost")]))
    with pytest.raises(InputError, match="not one pair"):
        evaluate(alignment, Lexicon(()))


def test_words_without_a_vector_are_not_there():
    source = Vectors(["a", "b", "c"], np.array([[0, 0], [1, 0], [0, 1]], dtype=np.float32))
    target = Vectors(["x", "y", "z"], np.array([[1, 0], [0, 1], [0, 0]], dtype=np.float32))
    lexicon = Lexicon([("a", "y"), ("b", "x"), ("c", "z")])
    alignment = alignment_of(source, target, steps=("unit",))
    result = evaluate(alignment, lexicon, protocol="muse", criterion="nn")
    assert [(answer.source, answer.rank) for answer in result.answers] == [("b", 1)]
    assert {word for word, _ in result.answers[0].predictions} == {"x", "y"}
    strict = evaluate(alignment, lexicon, protocol="strict", criterion="nn")
    assert {answer.source: answer.rank for answer in strict.answers} == {"a": None, "b": 1, "c": None}
    coverage = lexicon.index(alignment.source, alignment.target).coverage
    assert coverage.without_vector == ("a", "z")
    assert "of them 2 words such as a, z with a zero vector" in coverage.summary()
    assert lexicon.index(source, target).coverage == coverage
