"""From a shared space to dictionary entries."""

from isolex.induction.entries import INDUCED_FORMATS, Direction, Entry, InducedLexicon
from isolex.induction.induce import induce

__all__ = ["INDUCED_FORMATS", "Direction", "Entry", "InducedLexicon", "induce"]
