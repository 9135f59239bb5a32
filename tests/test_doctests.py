"""Every example in a docstring runs and prints what it says."""

import doctest
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import isolex


def modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(isolex.__path__, "isolex."):
        if not module.name.endswith("__main__"):
            yield module.name


def examples() -> dict[str, doctest.DocTest]:
    found = [
        test for name in modules() for test in doctest.DocTestFinder().find(importlib.import_module(name))
    ]
    return {test.name: test for test in found if test.examples}


EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name) -> None:
    told: list[str] = []
    assert doctest.DocTestRunner().run(EXAMPLES[name], out=told.append).failed == 0, "".join(told)


def test_the_methods_have_examples() -> None:
    named = {name.rpartition(".")[2] for name in EXAMPLES}
    assert named >= {"LeastSquares", "Procrustes", "CCA", "VecMap", "RCSLS", "align", "Vectors", "Lexicon"}
