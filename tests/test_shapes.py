"""The import hook is on, and says no to what the annotations forbid."""

import re
from pathlib import Path

import pytest
import torch
from beartype.roar import BeartypeCallHintViolation

import isolex
from isolex.linalg import gram
from isolex.mapping import Mapping, Problem
from isolex.normalize import unit_rows
from isolex.retrieval import top_k
from tests.shapes import MODULES, shapes_unchecked


@pytest.mark.parametrize(
    "call",
    [
        lambda: gram(torch.ones(2, 3), torch.ones(3, 3)),
        lambda: top_k(torch.ones(2, 3), torch.ones(2, 4), 1),
        lambda: top_k(torch.ones(2, 3), torch.ones(2, 3), 1, bias=torch.ones(3)),
        lambda: unit_rows(torch.ones(3)),
        lambda: unit_rows(torch.ones(3, 3, dtype=torch.int64)),
        lambda: Problem(torch.ones(2, 2), torch.ones(2, 2), torch.zeros(2, 3, dtype=torch.int64)),
        lambda: Problem(torch.ones(2, 2), torch.ones(2, 2), torch.zeros(2, 2)),
        lambda: Mapping(torch.ones(2, 3), torch.ones(2, 2)),
    ],
)
def test_wrong_shapes_and_dtypes_are_caught(call) -> None:
    with pytest.raises(BeartypeCallHintViolation):
        call()


def test_the_check_can_be_suspended() -> None:
    with shapes_unchecked():
        Mapping(torch.ones(2, 3), torch.ones(2, 2))
    with pytest.raises(BeartypeCallHintViolation):
        Mapping(torch.ones(2, 3), torch.ones(2, 2))


def test_every_module_that_names_shapes_is_checked() -> None:
    package = Path(isolex.__file__).parent
    naming = {
        ".".join(path.relative_to(package.parent).with_suffix("").parts)
        for path in package.rglob("*.py")
        if re.search(r"^from jaxtyping import", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    rooms = tuple(f"{room}." for room in MODULES)
    assert {"isolex.linalg", "isolex.transfer.encoder"} < naming
    assert [module for module in sorted(naming) if not f"{module}.".startswith(rooms)] == []
