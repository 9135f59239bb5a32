"""What benchmarks read: `vectors/xx.vec.gz`, `dictionaries/muse/xx-yy.train.txt` and `xx-yy.test.txt`."""

from functools import lru_cache
from pathlib import Path

from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.vectors import Vectors


class DataFolder:
    """A folder of that layout; three vocabularies at a time are kept in memory.

    Raises:
        InputError: It holds no language pair with both dictionaries and both sides' vectors.
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder)
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
                "holds no vectors/xx.vec.gz with dictionaries/muse/xx-yy.train.txt and .test.txt",
                where=folder,
                fix="give a folder of that layout by --data",
            )
        self._read = lru_cache(maxsize=3)(lambda code: Vectors.read(self._file(code), language=code))

    def check(self, pair: str) -> None:
        """Raise `InputError` unless the folder has the pair."""
        look_up(pair, dict.fromkeys(self.pairs), f"language pair of {self.path}")

    def vectors(self, pair: str) -> tuple[Vectors, Vectors]:
        """Both sides of `xx-yy`."""
        source, target = pair.split("-")
        return self._read(source), self._read(target)

    def dictionary(self, pair: str, part: str) -> Lexicon:
        """The `train` or `test` dictionary of `xx-yy`."""
        return Lexicon.read(self.path / "dictionaries" / "muse" / f"{pair}.{part}.txt")

    def _file(self, language: str) -> Path:
        return self.path / "vectors" / f"{language}.vec.gz"
