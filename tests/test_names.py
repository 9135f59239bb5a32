import pytest

from isolex.errors import InputError
from isolex.names import look_up, nearest

TABLE = {"procrustes": 1, "vecmap": None, "cca": 3}


def test_known_names() -> None:
    assert [look_up(name, TABLE, "method") for name in TABLE] == [1, None, 3]


@pytest.mark.parametrize(
    ("name", "meant"), [("procrustse", "procrustes"), ("vecmap ", "vecmap"), ("ccaa", "cca")]
)
def test_near_misses_are_guessed(name, meant) -> None:
    with pytest.raises(InputError) as caught:
        look_up(name, TABLE, "method")
    message = f"unknown method {name!r}; did you mean {meant!r}? choose from procrustes, vecmap, cca"
    assert str(caught.value) == " ".join(message.split())


@pytest.mark.parametrize("name", ["", "xyz", "PROCRUSTES"])
def test_far_misses_are_not(name) -> None:
    with pytest.raises(InputError) as caught:
        look_up(name, TABLE, "method")
    assert str(caught.value) == f"unknown method {name!r}; choose from procrustes, vecmap, cca"


def test_nearest():
    assert nearest("procustes", ["cca", "procrustes"]) == "procrustes"
    assert nearest("procustes", iter(["cca"])) is None
