"""Alignments to export, and what a plain search in the shared space answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from isolex.alignment import Alignment
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors

from ..spaces import alignment_of, gaussian, planted, rotation

LANGUAGES = ("aa", "bb")


def aligned(languages: tuple[str | None, str | None] = LANGUAGES) -> Alignment:
    """60 words a side, 20 dimensions, 12 in the shared space."""
    source, target, pairs = planted(60, 20)
    sides = [
        Vectors(v.words, v.matrix, language=name) for v, name in zip((source, target), languages, strict=True)
    ]
    maps = (rotation(20, 1)[:, :12], rotation(20, 2)[:, :12])
    return alignment_of(*sides, seeds=Lexicon(pairs.pairs[:30]), maps=maps)


def over_words(
    source: list[str], target: list[str], languages: tuple[str | None, str | None] = LANGUAGES
) -> Alignment:
    """An alignment of these words, whose vectors mean nothing."""
    sides = (
        Vectors(words, gaussian(len(words), 6, seed), language=language, unicode="keep")
        for seed, (words, language) in enumerate(zip((source, target), languages, strict=True))
    )
    return alignment_of(*sides, steps=("unit",))


def with_status(alignment: Alignment, status: str, *reasons: str) -> Alignment:
    alignment.card = replace(alignment.card, status=status, reasons=reasons)
    return alignment


def rows_of(alignment: Alignment) -> tuple[np.ndarray, np.ndarray]:
    source, target = alignment.shared
    return source.numpy(), target.numpy()


def assert_same_neighbours(found: list[tuple[str, float]], alignment: Alignment, word: str) -> None:
    """Another library's nearest words and cosines are those of `translate`."""
    expected = alignment.translate(word, k=len(found), criterion="nn")
    assert [answer for answer, _ in found] == [answer for answer, _ in expected]
    np.testing.assert_allclose(
        [score for _, score in found], [score for _, score in expected], atol=1e-6, rtol=0
    )


def contents(folder: Path) -> dict[Path, bytes | None]:
    """All that stands below a folder: what files hold, None for folders and links."""
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for path in folder.rglob("*")
    }
