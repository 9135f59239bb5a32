"""A page to look at an alignment or a space, word by word, and to review its dictionary."""

from isolex.explorer.concordance import Concordance
from isolex.explorer.explorer import Explorer
from isolex.explorer.reviewing import Reviewing

__all__ = ["Concordance", "Explorer", "Reviewing"]
