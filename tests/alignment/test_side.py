import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from isolex.alignment import Alignment, Side
from isolex.errors import InputError
from isolex.mapping import Problem, Procrustes
from isolex.normalize import Normalizer
from isolex.vectors import Vectors

from ..comparisons import assert_close, assert_same
from ..spaces import alignment_of, gaussian, planted, rotation


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return Vectors([f"w{number}" for number in range(30)], gaussian(30, 6, 1), language="aa")


def test_alone_it_is_in_its_own_space(vectors):
    side = Side(vectors)
    assert_close(side.rows, torch.from_numpy(unit(vectors.matrix)))
    assert_same(side.normalized(), torch.from_numpy(vectors.matrix.copy()))
    assert_same(side.map(vectors.matrix[3:5]), side.rows[3:5])


def test_a_side_normalises_then_maps_then_divides_by_lengths(vectors):
    turn = rotation(6, 2) * 3
    side = Side.fitted(vectors, Normalizer(("center",))).mapped(torch.from_numpy(turn))
    centred = vectors.matrix - vectors.matrix.mean(axis=0)
    assert_close(side.normalized(), torch.from_numpy(centred))
    assert_close(side.rows, torch.from_numpy(unit(centred @ turn)))
    assert_close(side.map(vectors.matrix[:2]), side.rows[:2])
    other = side.over(vectors.head(4))
    assert_same(other.rows, side.rows[:4])
    assert repr(other) == "Side(Vectors(aa: 4 words × 6, float32), in 6 dimensions)"


def test_the_identity_changes_not_one_bit(vectors):
    """Products with it are left out."""
    normalized = Side.fitted(vectors, Normalizer())
    by_product = Side(vectors, normalizer=normalized.normalizer, matrix=torch.eye(6))
    by_product._unmoved = False
    assert torch.equal(normalized.mapped(torch.eye(6)).rows, by_product.rows)


def test_aligned_vectors_have_the_words_and_the_rows(vectors):
    side = Side(vectors, matrix=torch.from_numpy(gaussian(6, 4, 5)))
    aligned = side.aligned()
    assert (aligned.words, aligned.language, aligned.dimension) == (vectors.words, "aa", 4)
    np.testing.assert_array_equal(aligned.matrix, side.rows.numpy())
    np.testing.assert_array_equal(side.aligned().matrix, aligned.matrix)


def test_a_stored_side_is_the_same(vectors, tmp_path):
    """Whose rows come piece by piece from a file, and leave memory again."""
    many = Vectors([f"w{number}" for number in range(20_000)], gaussian(20_000, 5, 3))
    many.write(tmp_path / "many.safetensors")
    stored = Vectors.read(tmp_path / "many.safetensors")
    fitted, narrow = Normalizer().fit(many.tensor()), torch.eye(5)[:, :3]
    given = (many, stored, tmp_path / "many.safetensors")
    sides = [Side(some, normalizer=fitted, matrix=narrow) for some in given]
    assert torch.equal(sides[0].rows, sides[2].rows)
    assert torch.equal(sides[0].rows, sides[1].rows)
    assert torch.equal(sides[1].over(stored).rows, sides[1].rows)
    assert torch.equal(pickle.loads(pickle.dumps(sides[1])).rows, sides[1].rows)


def test_words_without_a_vector_are_left_out():
    side = Side(Vectors(["a", "nil", "b"], np.array([[1, 0], [0, 0], [0, 2.0]])))
    assert list(side.vectors.words) == ["a", "b"]
    assert side.rows.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"matrix": torch.eye(5)}, "map: is of 5 dimensions, the vectors of 6"),
        ({"normalizer": Normalizer().fit(torch.eye(7))}, "normaliser: is of 7 dimensions, the vectors of 6"),
    ],
)
def test_parts_of_other_dimensions_are_refused(vectors, parts, message):
    with pytest.raises(InputError, match=message):
        Side(vectors, **parts)


@pytest.mark.parametrize("columns", [1, 5, 7])
def test_rows_of_other_dimensions_are_refused(vectors, columns):
    with pytest.raises(InputError, match=rf"got rows of shape \(2, {columns}\), expected \[n, 6\]"):
        Side(vectors).map(np.ones((2, columns), np.float32))


def test_any_two_sides_of_one_space_make_an_alignment():
    """A space of three languages is three sides."""
    given = alignment_of(*planted(40, 5)[:2])
    first, second = given.sides
    third = Side(Vectors([f"u{number}" for number in range(40)], first.rows.numpy()))
    made = Alignment(third, second, seeds=given.seeds, card=given.card)
    expected = [(f"t{word[1:]}", score) for word, score in given.translate("s3", criterion="nn")]
    assert [word for word, _ in made.translate("u3", criterion="nn")] == [word for word, _ in expected]
    assert made.sides[1] is second


def test_sides_of_different_spaces_are_refused(vectors):
    given = alignment_of(*planted(40, 5)[:2])
    with pytest.raises(InputError, match="are in spaces of 6 and 5 dimensions"):
        Alignment(Side(vectors), given.sides[1], seeds=given.seeds, card=given.card)


def test_problem_of_two_sides_solves_as_theirs():
    source, target, lexicon = planted(60, 5, noise=0)
    sides = [Side.fitted(some, Normalizer()) for some in (source, target)]
    mapping = Procrustes().solve(Problem.of(*sides, lexicon.index(source, target)))
    moved = sides[0].mapped(mapping.source)
    pairs = lexicon.index(source, target).pairs
    assert_close(moved.rows[pairs[:, 0]], sides[1].rows[pairs[:, 1]], atol=1e-5)


def test_eight_threads_get_the_answers_of_one():
    source, target, lexicon = planted(200, 8, noise=0.5)

    def ask(alignment: Alignment, number: int) -> object:
        asked = alignment if number % 2 else alignment.reversed()
        match number // 2:
            case 0:
                return asked.translate(asked.source.words[:40], k=3)
            case 1:
                return asked.induce("mutual").entries
            case 2:
                return [rows.tolist() for rows in asked.shared]
            case _:
                return asked.neighbourhoods.tolist()

    expected = [ask(alignment_of(source, target, seeds=lexicon), number) for number in range(8)]
    for _ in range(5):
        fresh = alignment_of(source, target, seeds=lexicon)
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(lambda number, fresh=fresh: ask(fresh, number), range(8))) == expected
