import re
import subprocess

import numpy as np
import pytest

from isolex.errors import IsolexWarning
from isolex.vectors import Vectors

from .helpers import read_bytes

ROWS = [("the", "0.1 -0.2"), ("of", "0.3 0.4"), ("New York", "-0.5 0.6"), ("cat", "0.25 0.5")]
COUNTS = ["23135851162", "13151942776", "500", "500"]


def table(*, before=None, after=None, header: bool, separator: str = " ") -> bytes:
    """Rows with something before or after their words."""
    lines = [f"{len(ROWS)} 2"] if header else []
    for place, (word, numbers) in enumerate(ROWS):
        fields = [before and before[place], word, after and after[place], *numbers.split()]
        lines.append(separator.join(str(field) for field in fields if field is not None))
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize(
    ("places", "order"),
    [
        ({"after": COUNTS}, "descending"),
        ({"after": COUNTS[::-1]}, "ascending"),
        ({"after": [1, 2, 3, 4]}, "ascending"),
    ],
)
def test_a_column_of_counts_is_told_with_the_command_that_takes_it_out(tmp_path, header, places, order):
    path = tmp_path / "some.vec"
    path.write_bytes(table(**places, header=header).replace(b"New York", b"York"))
    with pytest.warns(
        IsolexWarning, match=f"number 1 of each row seems to be a count .* whole, {order}"
    ) as caught:
        assert Vectors.read(path).dimension == 3
    assert len(caught) == 1
    mended(tmp_path, str(caught[0].message))


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("separator", [" ", "\t"])
@pytest.mark.parametrize("numbers", [[0, 1, 2, 3], [1, 2, 3, 4], COUNTS])
def test_numbers_before_the_words_are_told_with_the_command_that_takes_them_off(
    tmp_path, header, separator, numbers
):
    path = tmp_path / "some.vec"
    path.write_bytes(table(before=numbers, header=header, separator=separator).replace(b"New York", b"York"))
    with pytest.warns(
        IsolexWarning, match=r"row numbers or counts before them \('\d+(\\t| )the'\)"
    ) as caught:
        Vectors.read(path)
    mended(tmp_path, str(caught[0].message))


def mended(folder, message: str) -> None:
    command = re.search("instance by: (sed .* > NEW)", message)[1]
    subprocess.run(["sh", "-c", command], cwd=folder, check=True)
    vectors = Vectors.read(folder / "NEW")
    assert list(vectors.words) == ["the", "of", "York", "cat"]
    assert vectors.matrix.shape == (4, 2)


@pytest.mark.parametrize(
    "data",
    [
        table(header=False),
        table(header=True),
        b"1 0.1 0.2\n2 0.3 0.4\n3 0.5 0.6\n4 0.7 0.8\n",  # words that are numbers
        b"a 1 2 3\nb 4 5 6\nc 7 8 9\n",  # vectors of whole numbers
        b"a 0 0.5\nb 0 0.25\nc 0 0.125\n",  # a dimension that is not used
        b"a 0 0.5\nb 0 0.25\nc 1 0.125\n",  # one that is hardly used
        b"a 300 0.1\nb 20 0.2\nc 100 0.3\n",  # in no order
        b"a 500 0.1\nb 20 0.2\n",  # too few to tell
        b"3 kilo 0.1 0.5\nof 0.2 0.2\n4 you 0.3 0.1\n",
        b"3 2\nNew York 0.1 0.5\n2 pac 0.2 0.2\n1 a 0.3 0.1\nb 0.5 0.5\n",
    ],
)
def test_true_vectors_give_no_doubts(data):
    assert read_bytes(data).report.doubts == ()


def test_random_vectors_give_no_doubts():
    rows = np.random.default_rng(0).normal(size=(300, 20)).round(2)
    data = "".join(f"{place} {' '.join(map(str, row))}\n" for place, row in enumerate(rows))
    assert read_bytes(data.encode()).report.doubts == ()


def test_words_in_quotation_marks_are_told_with_the_command_that_takes_them_off(tmp_path):
    path = tmp_path / "some.vec"
    path.write_bytes(b'"the" 1.5 2.5\n"of" 2.5 3.5\n"a" 3.5 4.5\n')
    with pytest.warns(IsolexWarning, match="all words stand in quotation marks") as caught:
        assert Vectors.read(path).words == ('"the"', '"of"', '"a"')
    assert "by: tr -d '\"' < some.vec > NEW" in str(caught[0].message)
    path.write_bytes(b'"the" 1.5 2.5\nof 2.5 3.5\n" 3.5 4.5\n')
    assert Vectors.read(path).report.summary() is None
