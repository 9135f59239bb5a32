"""Word pairs: reading and writing every common format, seeds, splits, coverage and leaks."""

from isolex.lexicon.indexing import Coverage, IndexedLexicon
from isolex.lexicon.leaks import LeakReport, find_leaks
from isolex.lexicon.pairs import Lexicon, read_lexicon, write_lexicon

__all__ = [
    "Coverage",
    "IndexedLexicon",
    "LeakReport",
    "Lexicon",
    "find_leaks",
    "read_lexicon",
    "write_lexicon",
]
