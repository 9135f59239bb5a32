"""Word pairs: reading and writing every common format, seeds, splits, coverage and leaks."""

from isolex.lexicon.checked import LexiconLike, as_lexicon, found_seeds, index_checked
from isolex.lexicon.indexing import Coverage, IndexedLexicon
from isolex.lexicon.leaks import LeakReport, find_leaks
from isolex.lexicon.pairs import Lexicon
from isolex.lexicon.weighting import warn_of_weights, weights_note

__all__ = [
    "Coverage",
    "IndexedLexicon",
    "LeakReport",
    "Lexicon",
    "LexiconLike",
    "as_lexicon",
    "find_leaks",
    "found_seeds",
    "index_checked",
    "warn_of_weights",
    "weights_note",
]
