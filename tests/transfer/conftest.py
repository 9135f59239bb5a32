import pytest

from isolex import align
from isolex.alignment import Alignment
from isolex.transfer import Text
from tests.spaces import planted

# Documents of three words; the i-th translates the words s(3i), s(3i + 1), s(3i + 2).
DOCUMENTS = [Text(f"d{i}", f"T{3 * i} t{3 * i + 1}, t{3 * i + 2}.") for i in range(30)]


@pytest.fixture(scope="session")
def alignment() -> Alignment:
    source, target, pairs = planted()
    return align(source, target, pairs, method="procrustes", check=False)


@pytest.fixture(scope="session")
def saved_alignment(alignment, tmp_path_factory):
    """Not to be written to."""
    path = tmp_path_factory.mktemp("alignments") / "aa-bb"
    alignment.save(path)
    return path
