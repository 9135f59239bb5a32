"""What benchmarks read, downloaded: the MUSE dictionaries and the vectors of their languages."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from isolex.benchmark.registry import Fetched, fetch
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.vectors import Vectors


class MuseDownloads:
    """The dictionaries of language pairs and the vectors of their languages, fetched when this is made.

    Args:
        pairs: Language pairs, `xx-yy`.
        vocabulary: Words read of each language.
        cache, mirror, offline: As `fetch` takes them.

    Attributes:
        files: What was fetched.

    Raises:
        InputError: MUSE has no such pair; or see `fetch`.
    """

    def __init__(
        self,
        pairs: Sequence[str],
        vocabulary: int,
        *,
        cache: str | Path | None = None,
        mirror: str | None = None,
        offline: bool = False,
    ) -> None:
        languages = sorted({code for pair in pairs for code in pair.split("-")})
        # All at once, and the small ones first: what is missing shows before gigabytes are on their way.
        self.files: list[Fetched] = [
            *fetch("muse", pairs, ("train", "test"), cache=cache, mirror=mirror, offline=offline),
            *fetch("fasttext-wiki", languages, cache=cache, mirror=mirror, offline=offline),
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
