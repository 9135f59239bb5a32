"""What is made of every pair of languages of a space, as jobs that a fleet of workers does."""

from isolex.pairwise.dictionaries import dictionary_jobs, directions, write_plain, write_trusted

__all__ = ["dictionary_jobs", "directions", "write_plain", "write_trusted"]
