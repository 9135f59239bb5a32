import numpy as np
import pytest

from isolex import RCSLS, Lexicon, SelfLearning, Vectors, align
from isolex.errors import FormatError, InputError
from isolex.recipes import check_outputs
from tests.oracles.fasttext import Model, encoded
from tests.spaces import gaussian, numbered, planted, rotation

SOURCE, TARGET, PAIRS = planted(300, 12, noise=0.1, seed=4)
SEEDS = Lexicon(PAIRS.pairs[:40])
ROWS = gaussian(300, 12, 40)
# The n-th word of the target is not the translation of the n-th one of the source, but its number says which.
TRUE = [int(word[1:]) for word in TARGET.words]
NOISE = gaussian(300, 12, 42)
OUTPUTS = Vectors(SOURCE.words, ROWS), Vectors(TARGET.words, (ROWS @ rotation(12, 4) + 0.5 * NOISE)[TRUE])


def learnt(outputs, method="muse-supervised"):
    return align(SOURCE, TARGET, SEEDS, method=method, check=False, outputs=outputs)


def maps(alignment):
    return [side.matrix.numpy() for side in alignment.sides]


def assert_same_maps(one, other):
    for found, expected in zip(maps(one), maps(other), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_input_and_output_say_alike_is_what_the_input_says():
    found, expected = maps(learnt((SOURCE, TARGET))), maps(learnt(None))
    np.testing.assert_allclose(found[0] @ found[1].T, expected[0] @ expected[1].T, atol=1e-4)


def test_what_they_say_otherwise_counts():
    assert not np.array_equal(maps(learnt(OUTPUTS))[0], maps(learnt(None))[0])


def test_the_card_tells_of_them():
    assert learnt(OUTPUTS).card.settings["outputs"] == [one.fingerprint for one in OUTPUTS]
    assert "outputs" not in learnt(None).card.settings


def test_their_order_is_that_of_the_vectors():
    turned = tuple(
        Vectors([*reversed(one.words), "more"], np.vstack([one.matrix[::-1], ROWS[:1]])) for one in OUTPUTS
    )
    assert_same_maps(learnt(turned), learnt(OUTPUTS))


def test_of_a_model_it_is_the_output_matrix(tmp_path):
    for name, words, one in zip("st", (SOURCE.words, TARGET.words), OUTPUTS, strict=True):
        model = Model([word.encode() for word in words], gaussian(300, 12, 50), one.matrix)
        (tmp_path / f"{name}.bin").write_bytes(encoded(model))
        one.write(tmp_path / f"{name}.vec")
    for suffix in ("bin", "vec"):
        paths = tmp_path / f"s.{suffix}", str(tmp_path / f"t.{suffix}")
        assert_same_maps(learnt(paths), learnt(OUTPUTS))


def test_a_model_without_an_output_matrix_of_words(tmp_path):
    words = [word.encode() for word in SOURCE.words]
    (tmp_path / "s.bin").write_bytes(encoded(Model(words, ROWS, ROWS[1:], loss=1)))
    with pytest.raises(FormatError, match=r"s.bin: has no output vectors of words, since hierarchical"):
        learnt((tmp_path / "s.bin", OUTPUTS[1]))


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ((SOURCE,), "outputs: got tuple, expected a pair"),
        (SOURCE, "outputs: got Vectors, expected a pair"),
        ((SOURCE, 3), "target outputs: got int, expected Vectors or a path"),
        (
            (TARGET, TARGET),
            "source outputs: lack 300 of the 300 words of the source, such as 's0'; read both",
        ),
        (
            (SOURCE, Vectors(numbered("t", 299), ROWS[:299])),
            "target outputs: lack 1 of the 300 words of the target, such as 't299'; read both",
        ),
        (
            (Vectors(SOURCE.words, ROWS[:, :5]), OUTPUTS[1]),
            r"problem: got source outputs of shape \[300, 5\], expected \[300, 12\]",
        ),
    ],
    ids=["one", "no pair", "no vectors", "other words", "a word less", "other dimensions"],
)
def test_what_cannot_be(outputs, told):
    with pytest.raises(InputError, match=f"^{told}"):
        learnt(outputs)


@pytest.mark.parametrize("method", ["procrustes", "rcsls", "gromov-wasserstein", RCSLS()])
def test_methods_that_induce_nothing(method):
    name = method if isinstance(method, str) else "RCSLS"
    with pytest.raises(InputError, match=f"^method {name}: cannot use output vectors"):
        check_outputs(method)


def test_align_asks_whether_the_method_has_use_for_them():
    with pytest.raises(InputError, match=r"^method procrustes: cannot use output vectors"):
        learnt(OUTPUTS, "procrustes")


@pytest.mark.parametrize(
    "method", ["auto", "self-learning", "vecmap-semi", "muse-unsupervised", SelfLearning()]
)
def test_methods_that_do(method):
    check_outputs(method)
