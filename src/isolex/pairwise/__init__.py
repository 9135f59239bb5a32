"""Dictionaries and scores for every pair of languages of a space, made as jobs by several workers."""

from isolex.pairwise.dictionaries import dictionary_jobs, directions, write_plain, write_trusted
from isolex.pairwise.evaluations import evaluation_jobs, gathered_scores, write_score

__all__ = [
    "dictionary_jobs",
    "directions",
    "evaluation_jobs",
    "gathered_scores",
    "write_plain",
    "write_score",
    "write_trusted",
]
