import numpy as np
import pytest
import torch
from safetensors.numpy import save
from safetensors.torch import save as save_torch

from isolex.saved import Array, UnsoundError, parse_arrays

DECLARED = {
    "map": Array("d p"),
    "other": Array("e p"),
    "near": Array("n", -1, 1),
    "ids": Array("n a", -1, 9, types=("I64", "I32")),
}
SIZES = {"d": 3, "n": 4}
GOOD = {
    "map": np.arange(6, dtype=np.float32).reshape(3, 2),
    "other": np.ones((5, 2), np.float32),
    "near": np.array([-1, 0, 0.5, 1], np.float32),
    "ids": np.arange(8).reshape(4, 2),
}


def test_what_was_declared_is_read_and_can_be_written_to():
    made = parse_arrays(save(GOOD | {"later": np.ones(1)}), DECLARED, SIZES)
    assert made.keys() == GOOD.keys()
    for name, array in GOOD.items():
        np.testing.assert_array_equal(made[name], array)
        assert made[name].dtype == array.dtype
    assert torch.from_numpy(made["map"]).add_(1).sum() == 21


def changed(name: str, place, value: float) -> dict[str, np.ndarray]:
    array = GOOD[name].copy()
    array[place] = value
    return {name: array}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"map": np.ones((2, 3), np.float32)}, "map has the sizes 2 × 3, expected 3 × some"),
        ({"map": np.ones(3, np.float32)}, "map has the sizes 3, expected 3 × some"),
        ({"map": np.ones((3, 2, 1), np.float32)}, "map has the sizes 3 × 2 × 1"),
        ({"map": np.array(1, np.float32)}, "map has the sizes none"),
        ({"other": np.ones((5, 3), np.float32)}, "other has the sizes 5 × 3, expected some × 2"),
        ({"other": np.ones((0, 2), np.float32)}, "other has the sizes 0 × 2"),
        ({"near": np.ones(3, np.float32)}, "near has the sizes 3, expected 4"),
        ({"map": GOOD["map"].astype(np.float64)}, "map is of type F64, expected F32"),
        ({"map": GOOD["map"].astype(np.int32)}, "map is of type I32, expected F32"),
        ({"ids": GOOD["ids"].astype(np.float32)}, "ids is of type F32, expected I64 or I32"),
        (changed("map", (0, 0), np.nan), "map holds NaN or infinite values"),
        (changed("map", (2, 1), np.inf), "map holds NaN or infinite values"),
        (changed("near", 0, -np.inf), "near holds NaN or infinite values"),
        (changed("near", 0, 1.5), "near holds 1.5, expected numbers from -1 to 1"),
        (changed("ids", (0, 0), -2), "ids holds -2, expected numbers from -1 to 9"),
        (changed("ids", (3, 1), 10), "ids holds 10, expected numbers from -1 to 9"),
    ],
)
def test_what_was_not_declared_is_told(change, problem):
    with pytest.raises(UnsoundError, match=problem):
        parse_arrays(save(GOOD | change), DECLARED, SIZES)


def test_types_that_numpy_has_not_are_told():
    data = save_torch({"map": torch.ones(3, 2, dtype=torch.bfloat16)})
    with pytest.raises(UnsoundError, match="map is of type BF16, expected F32"):
        parse_arrays(data, DECLARED, SIZES)


def test_a_missing_one_is_told():
    with pytest.raises(UnsoundError, match="it lacks 'near'"):
        parse_arrays(save({name: GOOD[name] for name in ("map", "other")}), DECLARED, SIZES)


@pytest.mark.parametrize("data", [b"", b"{}", b"\x10\x00", save(GOOD)[:-1], save(GOOD) + b"x", b"\xff" * 100])
def test_what_is_no_safetensors_file(data):
    with pytest.raises(UnsoundError, match="is no safetensors file"):
        parse_arrays(data, DECLARED, SIZES)
