from collections.abc import Callable

import numpy as np
import pytest

from isolex.vectors import Vectors


@pytest.fixture(scope="session")
def vocabulary() -> Callable[..., Vectors]:
    """Makes vectors of the given words; nothing in a lexicon depends on their values."""

    def make(*words: str) -> Vectors:
        return Vectors(words, np.ones((len(words), 2), dtype=np.float32))

    return make
