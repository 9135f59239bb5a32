"""Dictionaries one can trust: candidates of several alignments, features, a learned order, confidence."""

from isolex.induction.dictionary import Level, RerankedDictionary, TrustedEntry, load_reranked
from isolex.induction.features import GROUPS
from isolex.induction.fitting import rerank
from isolex.induction.formats import write_entries
from isolex.induction.reranker import Reranker
from isolex.induction.settings import RerankSettings

__all__ = [
    "GROUPS",
    "Level",
    "RerankSettings",
    "RerankedDictionary",
    "Reranker",
    "TrustedEntry",
    "load_reranked",
    "rerank",
    "write_entries",
]
