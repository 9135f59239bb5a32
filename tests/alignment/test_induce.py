import numpy as np
import pytest

from isolex.errors import InputError
from isolex.vectors import Vectors

from ..evaluation import oracle
from ..spaces import alignment_of, gaussian, numbered, one_hot, planted


@pytest.fixture(scope="module", params=[(40, 30), (25, 45)], ids=str)
def world(request):
    """Two vocabularies of different sizes that align half-heartedly, so that few choices are mutual."""
    n, m = request.param
    x = gaussian(n, 6, 1)
    z = np.concatenate([x[: min(n, m)], gaussian(max(m - n, 0), 6, 2)]) + 0.7 * gaussian(m, 6, 3)
    return Vectors(numbered("s", n), x), Vectors(numbered("t", m), z)


def expected(source: Vectors, target: Vectors, criterion: str, direction: str, k: int):
    """(source, target, score, rank, mutual), in the order in which they are asked for."""
    table = oracle.score_table(source.matrix.tolist(), target.matrix.tolist(), criterion)
    columns = [list(column) for column in zip(*table, strict=True)]
    best_forward = [oracle.ranking(row)[0] for row in table]
    best_backward = [oracle.ranking(column)[0] for column in columns]
    entries = []
    for asked, row in enumerate(columns if direction == "backward" else table):
        for rank, answer in enumerate(oracle.ranking(row)[:k], start=1):
            i, j = (answer, asked) if direction == "backward" else (asked, answer)
            mutual = best_forward[i] == j and best_backward[j] == i
            if mutual or direction != "mutual":
                entries.append(
                    (source.words[i], target.words[j], pytest.approx(row[answer], abs=1e-5), rank, mutual)
                )
    return entries


def found(lexicon):
    return [(e.source, e.target, e.score, e.rank, e.mutual) for e in lexicon]


@pytest.mark.parametrize("criterion", ["csls", "nn"])
@pytest.mark.parametrize(
    ("direction", "k"),
    [("forward", 1), ("forward", 4), ("forward", 99), ("backward", 1), ("backward", 3), ("mutual", 1)],
)
def test_entries_agree_with_the_oracle(world, direction, k, criterion):
    lexicon = alignment_of(*world, steps=()).induce(direction, k=k, criterion=criterion)
    assert found(lexicon) == expected(*world, criterion, direction, k)
    assert lexicon.direction == direction
    assert 0 < sum(entry.mutual for entry in lexicon) < min(map(len, world))


def test_mutual_pairs_are_the_same_from_either_side(world):
    alignment = alignment_of(*world, steps=())
    there = {(e.source, e.target) for e in alignment.induce("mutual")}
    assert there == {(e.target, e.source) for e in alignment.reversed().induce("mutual")}
    for direction in ("forward", "backward"):
        assert there == {(e.source, e.target) for e in alignment.induce(direction, k=3) if e.mutual}
    # Each word is in one such pair at most.
    assert len({s for s, _ in there}) == len({t for _, t in there}) == len(there)


def test_backward_is_forward_of_the_reverse(world):
    alignment = alignment_of(*world, steps=())
    backward = alignment.induce("backward", k=3)
    forward = alignment.reversed().induce("forward", k=3)
    assert [(t, s, score, rank, mutual) for s, t, score, rank, mutual in found(backward)] == found(forward)


def test_a_planted_dictionary_is_found():
    source, target, lexicon = planted(100, noise=0.05)
    pairs = lexicon.index(source, target).pairs
    turn, *_ = np.linalg.lstsq(source.matrix[pairs[:, 0]], target.matrix[pairs[:, 1]], rcond=None)
    alignment = alignment_of(source, target, maps=(turn, np.eye(20)))
    for direction in ("forward", "backward", "mutual"):
        assert set(alignment.induce(direction).lexicon()) == set(lexicon)


def test_of_equal_keys_the_first_is_taken():
    source, target = one_hot(["a", "b"], [0, 0], 2), one_hot(["x", "y", "z"], [0, 0, 1], 2)
    alignment = alignment_of(source, target, steps=())
    forward = alignment.induce("forward", k=2, criterion="nn")
    assert [(e.source, e.target, e.rank, e.mutual) for e in forward] == [
        ("a", "x", 1, True),
        ("a", "y", 2, False),
        ("b", "x", 1, False),
        ("b", "y", 2, False),
    ]
    assert [(e.source, e.target) for e in alignment.induce("mutual", criterion="nn")] == [("a", "x")]


@pytest.mark.parametrize(
    ("direction", "k", "said"),
    [
        ("forward", 0, "got k = 0, expected at least 1"),
        ("backward", -1, "got k = -1, expected at least 1"),
        ("mutual", 0, "got k = 0, expected at least 1"),
        ("mutual", 2, "got k = 2 for direction 'mutual'; use k = 1 for mutual"),
    ],
)
def test_numbers_of_answers_that_cannot_be(world, direction, k, said):
    with pytest.raises(InputError, match=said):
        alignment_of(*world).induce(direction, k=k)


def test_an_unknown_direction_tells_the_near_one(world):
    with pytest.raises(InputError, match="unknown direction 'forwards'; did you mean 'forward'"):
        alignment_of(*world).induce("forwards")
