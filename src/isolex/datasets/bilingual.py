"""Vectors and dictionaries of language pairs: from a folder, or downloaded."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from isolex.datasets.dataset import Dataset
from isolex.datasets.fetching import Fetched, fetch
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.vectors import Vectors


class BilingualData(Protocol):
    """Vectors and dictionaries: a `DataFolder`, or `Downloads`."""

    def check(self, pair: str) -> None:
        """Raise `InputError` unless the pair is there."""
        ...

    def vectors(self, pair: str) -> tuple[Vectors, Vectors]:
        """Both sides of `xx-yy`."""
        ...

    def dictionary(self, pair: str, part: str) -> Lexicon:
        """The `train` or `test` dictionary of `xx-yy`."""
        ...


class DataFolder:
    """A folder with `vectors/xx.vec.gz` and `dictionaries/muse/xx-yy.train.txt` and `xx-yy.test.txt`.

    Three vocabularies at a time are kept in memory.

    Args:
        folder: The folder.
        vectors: Name of the folder in it that vectors are read from, where it has several kinds of them.

    Attributes:
        path: The folder.
        pairs: The language pairs with both dictionaries and the vectors of both languages.

    Raises:
        InputError: It holds no such pair, or `vectors` is not the name of a folder in it.
    """

    def __init__(self, folder: str | Path, *, vectors: str = "vectors") -> None:
        if vectors in ("", "..") or Path(vectors).name != vectors:
            raise InputError(
                f"got {vectors!r} for its vectors, expected the name of a folder inside",
                where=folder,
                fix="give one such as vectors",
            )
        self.path = Path(folder)
        self._sides = self.path / vectors
        self.pairs = [
            path.name.removesuffix(".train.txt")
            for path in sorted((self.path / "dictionaries" / "muse").glob("*-*.train.txt"))
            if path.with_name(path.name.replace(".train.", ".test.")).exists()
        ]
        self.pairs = [
            pair for pair in self.pairs if all(self._file(code).exists() for code in pair.split("-"))
        ]
        if not self.pairs:
            raise InputError(
                f"holds no {vectors}/xx.vec.gz with dictionaries/muse/xx-yy.train.txt and .test.txt",
                where=folder,
                fix="give a folder of that layout by --data",
            )
        self._read = lru_cache(maxsize=3)(lambda code: Vectors.read(self._file(code), language=code))

    def check(self, pair: str) -> None:
        """Raise `InputError` unless the folder has the pair."""
        look_up(pair, dict.fromkeys(self.pairs), f"language pair of {self._sides}")

    def vectors(self, pair: str) -> tuple[Vectors, Vectors]:
        """Both sides of `xx-yy`."""
        source, target = pair.split("-")
        return self._read(source), self._read(target)

    def dictionary(self, pair: str, part: str) -> Lexicon:
        """The `train` or `test` dictionary of `xx-yy`."""
        return Lexicon.read(self.path / "dictionaries" / "muse" / f"{pair}.{part}.txt")

    def _file(self, language: str) -> Path:
        return self._sides / f"{language}.vec.gz"


class Downloads:
    """A dataset's dictionaries, and fastText's Wikipedia vectors, fetched when this is made.

    Args:
        dataset: One with the parts `train` and `test`, by language pair.
        pairs: Language pairs, `xx-yy`.
        vocabulary: Words read of each language.
        cache: As `fetch` takes it.
        mirror: The same.
        offline: The same.

    Attributes:
        files: What was fetched.
        dataset: As given.
        vocabulary: As given.
        cache: As given.

    Raises:
        InputError: The dataset has no such pair or lacks a part; or see `fetch`.
    """

    def __init__(
        self,
        dataset: Dataset,
        pairs: Sequence[str],
        *,
        vocabulary: int,
        cache: str | Path | None = None,
        mirror: str | None = None,
        offline: bool = False,
    ) -> None:
        self.dataset, self.vocabulary, self.cache = dataset, vocabulary, cache
        languages = sorted({code for pair in pairs for code in pair.split("-")})
        # All at once, and the small ones first: what is missing shows before gigabytes are on their way.
        self.files: list[Fetched] = [
            *fetch(
                dataset, units=pairs, parts=("train", "test"), cache=cache, mirror=mirror, offline=offline
            ),
            *fetch("fasttext-wiki", units=languages, cache=cache, mirror=mirror, offline=offline),
        ]
        self._paths = {(one.file.part, one.file.unit): one.path for one in self.files}
        self._read = lru_cache(maxsize=3)(
            lambda code: Vectors.read(self._paths["vectors", code], limit=vocabulary, language=code)
        )

    def check(self, pair: str) -> None:
        """Raise `InputError` unless the pair was fetched."""
        look_up(pair, {str(unit): part for part, unit in self._paths if part == "test"}, "language pair")

    def vectors(self, pair: str) -> tuple[Vectors, Vectors]:
        """Both sides of `xx-yy`."""
        source, target = pair.split("-")
        return self._read(source), self._read(target)

    def dictionary(self, pair: str, part: str) -> Lexicon:
        """The `train` or `test` dictionary of `xx-yy`."""
        return Lexicon.read(self._paths[part, pair])
