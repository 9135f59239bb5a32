"""Dictionaries one can trust: candidates of several alignments, features, a learned order, confidence."""

from isolex.reranking.entry_files import write_entries
from isolex.reranking.features import GROUPS
from isolex.reranking.fitting import plain_dictionary, rerank, rerank_pair
from isolex.reranking.reranked_dictionary import Level, RerankedDictionary, TrustedEntry, load_reranked
from isolex.reranking.reranker import Reranker
from isolex.reranking.settings import RerankSettings

__all__ = [
    "GROUPS",
    "Level",
    "RerankSettings",
    "RerankedDictionary",
    "Reranker",
    "TrustedEntry",
    "load_reranked",
    "plain_dictionary",
    "rerank",
    "rerank_pair",
    "write_entries",
]
