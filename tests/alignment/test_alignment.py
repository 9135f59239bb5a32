import copy
import gc
import pickle
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from isolex.alignment import Alignment, load
from isolex.errors import InputError, IsolexWarning, MismatchError, UnknownWordError
from isolex.lexicon import Lexicon
from isolex.mapping import LeastSquares, Problem, Procrustes
from isolex.retrieval import CSLS, InvertedSoftmax, NearestNeighbour
from isolex.vectors import Vectors

from ..spaces import alignment_of, gaussian, numbered, planted, rotation


@pytest.fixture(scope="module")
def alignment():
    """A rotation between planted spaces, and a reduction of both to 15 dimensions."""
    source, target, lexicon = planted(200, 20, seed=3)
    pairs = torch.from_numpy(lexicon.index(source, target).pairs)
    turn = LeastSquares().solve(Problem(source.tensor(), target.tensor(), pairs)).source.numpy()
    down = rotation(20, 9)[:, :15]
    return alignment_of(source, target, seeds=Lexicon(lexicon.pairs[:80]), maps=(turn @ down, down))


class Spelled:
    """Subwords that know only words that begin as they do."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def vector(self, word: str) -> np.ndarray:
        if word.endswith("ly"):
            return 3 * self._vectors.vector(word.removesuffix("ly"))
        return np.zeros(self._vectors.dimension, dtype=np.float32)


def with_subwords(vectors: Vectors) -> Vectors:
    richer = Vectors(vectors.words, vectors.matrix, language=vectors.language)
    richer.subwords = Spelled(vectors)
    return richer


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_shared_rows_are_normalised_mapped_and_of_unit_length(alignment):
    for side, rows, weights in zip(
        (alignment.source, alignment.target),
        alignment.shared,
        (alignment.mapping.source, alignment.mapping.target),
        strict=True,
    ):
        expected = unit(side.matrix.astype(float))
        expected = unit(expected - expected.mean(axis=0)) @ weights.numpy().astype(float)
        np.testing.assert_allclose(rows.numpy(), unit(expected), atol=1e-5)
        assert rows.dtype == torch.float32


def test_new_rows_go_where_the_same_words_are(alignment):
    np.testing.assert_allclose(
        alignment.map(alignment.source.matrix[7:9]), alignment.shared[0][7:9], atol=1e-6
    )
    backwards = alignment.reversed().map(alignment.target.matrix[:5])
    np.testing.assert_allclose(backwards, alignment.shared[1][:5], atol=1e-6)
    some = gaussian(3, 20, 1)
    np.testing.assert_allclose(alignment.map(some), alignment.map(torch.from_numpy(some)))
    np.testing.assert_allclose(np.linalg.norm(alignment.map(some), axis=1), 1, rtol=1e-5)


def test_rows_to_map_are_left_alone(alignment):
    rows = gaussian(3, 20, 2)
    before = rows.copy()
    alignment.map(rows)
    np.testing.assert_array_equal(rows, before)


def test_zero_rows_stay_zero(alignment):
    assert not alignment.map(np.zeros((2, 20), dtype=np.float32)).any()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.ones((2, 19), dtype=np.float32), r"got rows of shape \(2, 19\), expected \[n, 20\]"),
        (np.ones(20, dtype=np.float32), "got 1 dimensions"),
        (np.full((3, 20), np.nan, dtype=np.float32), "row 0 holds NaN"),
    ],
)
def test_rows_that_cannot_be_mapped(alignment, rows, message):
    with pytest.raises(InputError, match=message):
        alignment.map(rows)


def test_translating_one_word_or_several(alignment):
    answers = alignment.translate(["s3", "s0"], k=4)
    assert [[len(some), some[0][0]] for some in answers] == [[4, "t3"], [4, "t0"]]
    one = alignment.translate("s3", k=4)
    assert [word for word, _ in one] == [word for word, _ in answers[0]]
    assert [score for _, score in one] == pytest.approx([score for _, score in answers[0]], abs=1e-5)
    assert [score for _, score in one] == sorted((score for _, score in one), reverse=True)
    assert len(alignment.translate("s3")) == 5
    assert len(alignment.translate("s3", k=1000)) == 200
    assert alignment.translate([]) == []
    assert alignment.translate(("s1",)) == [alignment.translate("s1")]


@pytest.mark.parametrize("criterion", ["csls", "nn", "isf"])
def test_translations_are_those_of_the_definition(alignment, criterion):
    x, z = (rows.numpy().astype(float) for rows in alignment.shared)
    cos = x @ z.T
    if criterion == "csls":
        best = [np.sort(table, axis=1)[:, -10:].mean(axis=1) for table in (cos, cos.T)]
        scores = 2 * cos - best[0][:, None] - best[1]
    elif criterion == "nn":
        scores = cos
    else:
        beta = alignment.index("isf").scale
        scores = beta * cos - np.log(np.exp(beta * cos).sum(axis=0))
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
    for row in (0, 5, 11):
        found = alignment.translate(f"s{row}", k=6, criterion=criterion)
        best_ids = np.argsort(-scores[row])[:6]
        assert [word for word, _ in found] == [alignment.target.words[key] for key in best_ids]
        assert [score for _, score in found] == pytest.approx(scores[row, best_ids].tolist(), abs=1e-4)


def test_words_that_are_not_there(alignment):
    with pytest.raises(UnknownWordError, match="'s1000' is not there") as caught:
        alignment.translate(["s1", "s1000"])
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="k = 0, expected at least 1"):
        alignment.translate("s1", k=0)


def test_a_word_is_translated_through_its_subwords(alignment):
    rich = alignment.bind(with_subwords(alignment.source))
    assert [word for word, _ in rich.translate("s5ly")] == [word for word, _ in alignment.translate("s5")]
    assert rich.translate("s5ly")[0][1] == pytest.approx(alignment.translate("s5")[0][1], abs=1e-5)
    assert rich.translate("s5") == alignment.translate("s5")
    with pytest.raises(UnknownWordError):
        rich.translate("s5x")


def test_both_directions_share_what_they_make(alignment):
    other = alignment.reversed()
    assert other.shared[0] is alignment.shared[1]
    assert other.reversed().index() is alignment.index()
    assert other.index() is not alignment.index()
    assert other.reversed().neighbourhoods is alignment.neighbourhoods
    assert other.card == alignment.card.reversed()


def test_the_reverse_is_the_other_way_round(alignment):
    other = alignment.reversed()
    assert (other.source, other.target) == (alignment.target, alignment.source)
    assert other.translate("t4")[0][0] == "s4"
    assert other.seeds == alignment.seeds.reversed()
    assert (other.card.source, other.card.target) == (alignment.card.target, alignment.card.source)
    assert other.shared[0] is alignment.shared[1]
    assert other.shared[1] is alignment.shared[0]


def test_indexes_are_made_once(alignment):
    for criterion in ("csls", "nn", "isf", CSLS(k=4)):
        assert alignment.index(criterion) is alignment.index(criterion)
    assert alignment.index(CSLS(k=4)) is alignment.index(CSLS(k=4))
    assert alignment.index(CSLS(k=4)) is not alignment.index(CSLS(k=5))
    assert alignment.index("csls") is not alignment.reversed().index("csls")


def test_criterion_objects(alignment):
    for name, made in (("csls", CSLS()), ("nn", NearestNeighbour())):
        assert alignment.translate("s9", criterion=made) == alignment.translate("s9", criterion=name)
    x, z = alignment.shared
    pairs = torch.from_numpy(alignment.seeds.index(alignment.source, alignment.target).pairs)
    fitted = InvertedSoftmax.fitted(x, z, pairs)
    assert alignment.index("isf").scale == fitted.temperature
    assert alignment.translate("s9", criterion=fitted) == alignment.translate("s9", criterion="isf")


@pytest.mark.parametrize(("name", "near"), [("cls", "csls"), ("csl", "csls"), ("ifs", "isf")])
def test_an_unknown_criterion_tells_the_near_one(alignment, name, near):
    with pytest.raises(InputError, match=f"unknown criterion '{name}'; did you mean '{near}'"):
        alignment.translate("s1", criterion=name)


def test_the_inverted_softmax_wants_seeds(alignment):
    bare = alignment_of(alignment.source, alignment.target)
    with pytest.raises(InputError, match="no seed pairs to fit the inverted softmax on; use csls"):
        bare.translate("s1", criterion="isf")
    assert len(bare.translate("s1", criterion=InvertedSoftmax(20.0))) == 5


def test_the_head_keeps_the_most_frequent(alignment):
    head = alignment.head(50)
    assert (len(head.source), len(head.target)) == (50, 50)
    np.testing.assert_allclose(head.shared[0], alignment.shared[0][:50], atol=1e-6)
    known = set(alignment.target.words[:50])
    assert {word for some in head.translate(["s1", "s2", "s3"], k=50) for word, _ in some} == known
    assert alignment.head(200) is alignment
    assert alignment.head(10_000) is alignment


def test_its_repr_says_what_it_is(alignment):
    assert repr(alignment) == (
        "Alignment(Vectors(aa: 200 words × 20, float32) → Vectors(bb: 200 words × 20, float32), "
        "by hand, unchecked)"
    )


def bigger(vectors: Vectors, extra: int = 30) -> Vectors:
    rows = np.concatenate([vectors.matrix, gaussian(extra, vectors.dimension, 77)])
    return Vectors([*vectors.words, *numbered("new", extra)], rows, language=vectors.language)


def changed_value(vectors: Vectors) -> Vectors:
    rows = np.array(vectors.matrix)
    rows[-1, -1] = np.nextafter(rows[-1, -1], np.float32(9))
    return Vectors(vectors.words, rows, language=vectors.language)


def other_word(vectors: Vectors) -> Vectors:
    return Vectors([*vectors.words[:-1], "changed"], vectors.matrix, language=vectors.language)


def other_order(vectors: Vectors) -> Vectors:
    return Vectors(vectors.words[::-1], vectors.matrix[::-1], language=vectors.language)


def fewer(vectors: Vectors) -> Vectors:
    return vectors.head(len(vectors) - 1)


OTHERS = [changed_value, other_word, other_order, fewer]


@pytest.mark.parametrize("change", OTHERS)
@pytest.mark.parametrize("side", ["source", "target"])
def test_other_vectors_are_refused_unless_asked_for(alignment, side, change):
    vectors = change(getattr(alignment, side))
    with pytest.raises(MismatchError, match=f"these are not the {side} vectors") as caught:
        alignment.bind(**{side: vectors})
    assert "other_vectors=True" in str(caught.value)
    assert "\n" not in str(caught.value)
    bound = alignment.bind(**{side: vectors}, other_vectors=True)
    assert getattr(bound, side) is vectors
    assert bound.translate(bound.source.words[0])[0][0] in bound.target


@pytest.mark.parametrize("other_vectors", [False, True])
def test_another_dimension_is_refused_whatever_one_says(alignment, other_vectors):
    vectors = Vectors(alignment.source.words, gaussian(200, 19, 0))
    with pytest.raises(MismatchError, match="19 dimensions, expected 20"):
        alignment.bind(vectors, other_vectors=other_vectors)


def test_a_bigger_vocabulary_of_the_same_space_is_taken(alignment):
    bound = alignment.bind(bigger(alignment.source), bigger(alignment.target))
    assert (len(bound.source), len(bound.target)) == (230, 230)
    # The maps and what was fitted stay, so the old words stay where they were, whatever comes in.
    np.testing.assert_allclose(bound.shared[0][:200], alignment.shared[0], atol=1e-6)
    np.testing.assert_allclose(bound.shared[1][:200], alignment.shared[1], atol=1e-6)
    assert len(bound.translate("new3")) == 5
    assert {word for word, _ in bound.translate("s3", k=230)} >= set(numbered("new", 30))


def test_the_same_vectors_are_taken(alignment):
    copy = Vectors(alignment.source.words, np.array(alignment.source.matrix), language="zz")
    assert alignment.bind(copy).translate("s3") == alignment.translate("s3")
    assert alignment.bind().translate("s3") == alignment.translate("s3")


def test_the_reverse_is_bound_by_its_own_sides(alignment):
    other = alignment.reversed()
    assert other.bind(bigger(alignment.target)).translate("t3")[0][0] == "s3"
    with pytest.raises(MismatchError, match="not the source vectors"):
        other.bind(alignment.source)


def test_maps_are_equal_in_float16_vectors_and_their_float32_copies():
    source, target, _ = planted(100, 20, seed=5)
    half = [Vectors(v.words, v.matrix.astype(np.float16)) for v in (source, target)]
    full = [Vectors(v.words, v.matrix.astype(np.float32)) for v in half]
    one, two = alignment_of(*half), alignment_of(*full)
    for rows, others in zip(one.shared, two.shared, strict=True):
        assert rows.dtype == torch.float32
        np.testing.assert_array_equal(rows, others)
    assert one.translate("s1") == two.translate("s1")


def zeroed(vectors: Vectors, words: list[str]) -> Vectors:
    matrix = vectors.matrix.copy()
    matrix[[vectors.id(word) for word in words]] = 0
    return Vectors(vectors.words, matrix, language=vectors.language)


@pytest.fixture(scope="module")
def with_zeros():
    """A rotation, with source words s5, s6 and target words t6, t7 whose vectors are zero."""
    source, target, lexicon = planted(60, 20, noise=0, seed=4)
    source, target = zeroed(source, ["s5", "s6"]), zeroed(target, ["t6", "t7"])
    pairs = torch.from_numpy(lexicon.index(source, target).pairs)
    turn = Procrustes().solve(Problem(source.tensor(), target.tensor(), pairs)).source.numpy()
    return alignment_of(source, target, seeds=lexicon, maps=(turn, np.eye(20)), steps=("unit",))


@pytest.mark.parametrize("criterion", ["csls", "nn", "isf"])
def test_a_word_with_a_zero_vector_neither_asks_nor_answers(with_zeros, criterion):
    for word in ("s5", "s6"):
        with pytest.raises(UnknownWordError, match=f"'{word}' has no vector: its row is zero"):
            with_zeros.translate(word, criterion=criterion)
    answers = with_zeros.translate("s0", k=100, criterion=criterion)
    assert {word for word, _ in answers} == {f"t{i}" for i in range(60)} - {"t6", "t7"}
    for direction in ("forward", "backward", "mutual"):
        entries = with_zeros.induce(direction, criterion=criterion).entries
        assert not {"s5", "s6"} & {entry.source for entry in entries}
        assert not {"t6", "t7"} & {entry.target for entry in entries}
    assert with_zeros.shared[0].shape[0] == with_zeros.shared[1].shape[0] == 58


def test_neighbourhoods_leave_words_without_a_vector_out(with_zeros):
    whole = alignment_of(with_zeros.source, with_zeros.target, steps=("unit",))
    assert whole.shared[0].any(dim=1).all()
    assert len(with_zeros.neighbourhoods) == 58


@pytest.mark.parametrize("vectors", ["copy", "reference"])
def test_a_saved_alignment_still_knows_which_words_have_no_vector(tmp_path, with_zeros, vectors):
    source = zeroed(planted(60, 20, noise=0, seed=4)[0], ["s5", "s6"])
    source.write(tmp_path / "source.vec")
    with_zeros.target.write(tmp_path / "target.vec")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IsolexWarning)  # about zero vectors
        read = Vectors.read(tmp_path / "source.vec", language="aa")
        made = alignment_of(read, Vectors.read(tmp_path / "target.vec", language="bb"), steps=("unit",))
        made.save(tmp_path / "made", vectors=vectors)
        loaded = load(tmp_path / "made")
    with pytest.raises(UnknownWordError, match="'s5' has no vector: its row is zero"):
        loaded.translate("s5")
    assert loaded.translate("s0") == made.translate("s0")
    bound = loaded.bind(read)
    assert bound.translate("s1") == made.translate("s1")


def test_a_used_alignment_can_be_copied_and_pickled(alignment):
    before = {name: alignment.translate("s3", criterion=name) for name in ("csls", "nn", "isf")}
    alignment.seeds.targets_of  # noqa: B018 - a table that cannot be pickled is made
    for other in (pickle.loads(pickle.dumps(alignment)), copy.copy(alignment), copy.deepcopy(alignment)):
        assert {name: other.translate("s3", criterion=name) for name in before} == before
        assert other.seeds == alignment.seeds
        with pytest.raises(ValueError, match="read-only"):
            other.source.matrix[0] = 0


def test_few_indexes_are_kept_and_those_are_the_ones_used_last(alignment):
    first, last = alignment.index(InvertedSoftmax(1.0)), alignment.index(InvertedSoftmax(2.0))
    for temperature in (3.0, 4.0):
        alignment.index(InvertedSoftmax(temperature))
    assert alignment.index(InvertedSoftmax(1.0)) is first
    for temperature in (5.0, 6.0):
        alignment.index(InvertedSoftmax(temperature))
    assert alignment.index(InvertedSoftmax(1.0)) is first
    assert alignment.index(InvertedSoftmax(2.0)) is not last


def test_nothing_keeps_vocabularies_alive():
    source, target, lexicon = planted(30, 5)
    made = alignment_of(source, target, seeds=lexicon)
    made.translate("s1")
    made.reversed().translate("t1")
    seen = weakref.ref(source), weakref.ref(target)
    gc.disable()  # which alone would find a cycle
    try:
        del source, target, made
        assert [ref() for ref in seen] == [None, None]
    finally:
        gc.enable()


def test_threads_may_share_a_fresh_alignment(alignment):
    fresh = pickle.loads(pickle.dumps(alignment))
    fresh = Alignment(*fresh.sides, seeds=fresh.seeds, card=fresh.card)
    words = [f"s{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(fresh.translate, words))
    assert found == [alignment.translate(word) for word in words]
