"""From a shared space to dictionary entries."""

from isolex.induction.entries import Direction, Entry, InducedLexicon
from isolex.induction.induce import induce

__all__ = ["Direction", "Entry", "InducedLexicon", "induce"]
