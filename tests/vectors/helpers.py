"""Bytes in, vectors out: files for the readers' tests, and what Hypothesis fills them with."""

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from isolex.vectors import Vectors

BLANKS = " \t\n\r\x0b\x0c"


def read_bytes(data: bytes, **options) -> Vectors:
    """Read these bytes as a file whose name tells nothing; warnings are not the matter here."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "file"
        path.write_bytes(data)
        return Vectors.read(path, **options)


def round_trip(vectors: Vectors, name: str, **options) -> Vectors:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", r".*: [\d,]+ words? (has|have) a zero vector and will be left out$")
        vectors.write(Path(folder) / name)
        back = Vectors.read(Path(folder) / name, unicode="keep", **options)
        # Out of the memory map before its folder goes.
        return Vectors(back.words, np.array(back.matrix), language=back.language, unicode="keep")


def text_of(rows: dict[str, str], header: str | None = None) -> bytes:
    lines = [f"{word} {numbers}" for word, numbers in rows.items()]
    return "".join(f"{line}\n" for line in ([header] if header else []) + lines).encode()


def is_number(text: str) -> bool:
    try:
        float(text.encode())
    except ValueError:
        return False
    return "_" not in text


def assert_same(found: Vectors, expected: Vectors) -> None:
    assert list(found.words) == list(expected.words)
    assert found.matrix.dtype == expected.matrix.dtype
    np.testing.assert_array_equal(found.matrix, expected.matrix)
    # Equal numbers may still differ in the sign of a zero.
    np.testing.assert_array_equal(np.signbit(found.matrix), np.signbit(expected.matrix))


any_word = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
part = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=BLANKS), min_size=1, max_size=6)
text_word = st.lists(part, min_size=1, max_size=3).filter(
    lambda parts: not parts[1:] or not is_number(parts[-1])
)
text_word = text_word.map(" ".join)
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def tables(draw: Callable, words: st.SearchStrategy[str], *, dimensions: tuple[int, int] = (1, 6)) -> Vectors:
    names = draw(st.lists(words, min_size=1, max_size=12, unique=True))
    dimension = draw(st.integers(*dimensions))
    values = draw(hnp.arrays(np.float32, (len(names), dimension), elements=finite))
    return Vectors(names, values, unicode="keep")
