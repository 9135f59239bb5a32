"""Nearest-key search over whole vocabularies, and the criteria that rank keys. No words here, only rows."""

from isolex.retrieval.criteria import CSLS, Criterion, Index, InvertedSoftmax, NearestNeighbour
from isolex.retrieval.hubness import Hubness, hubness, hubness_of
from isolex.retrieval.kernel import log_sum_exp, mean_top_k, ranks, top_k, top_k_both
from isolex.retrieval.sharded import search_in_shards
from isolex.retrieval.tiles import TopK

__all__ = [
    "CSLS",
    "Criterion",
    "Hubness",
    "Index",
    "InvertedSoftmax",
    "NearestNeighbour",
    "TopK",
    "hubness",
    "hubness_of",
    "log_sum_exp",
    "mean_top_k",
    "ranks",
    "search_in_shards",
    "top_k",
    "top_k_both",
]
