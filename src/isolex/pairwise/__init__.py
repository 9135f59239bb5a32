"""What is made of every pair of languages of a space, as jobs that a fleet of workers does."""

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
