"""A third language for a folder of two."""

import shutil
from pathlib import Path

from isolex.lexicon import Lexicon


def third_language(folder: Path, pair: str = "en-es", code: str = "fr") -> None:
    """One whose vectors and words are those of the first language, with dictionaries from both."""
    first, second = pair.split("-")
    shutil.copy(folder / "vectors" / f"{first}.vec.gz", folder / "vectors" / f"{code}.vec.gz")
    muse = folder / "dictionaries" / "muse"
    for part in ("train", "test"):
        known = Lexicon.read(muse / f"{pair}.{part}.txt")
        known.reversed().write(muse / f"{second}-{code}.{part}.txt")
        Lexicon([(word, word) for word in known.sources]).write(muse / f"{first}-{code}.{part}.txt")
