"""Words of all scripts in Latin letters."""

from collections.abc import Sequence

from anyascii import anyascii


def latin_forms(words: Sequence[str]) -> list[str]:
    """Every word in unaccented lower-case Latin letters: Москва and Moskva become `moskva`."""
    return [anyascii(word).lower() for word in words]
