"""Dictionaries and scores for every pair of languages of a space, made as jobs by several workers.

Importing it takes no torch, which whoever lists dictionaries and sends the jobs need not wait for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from isolex.pairwise.listing import dictionary_jobs, directions

if TYPE_CHECKING:
    from isolex.pairwise.evaluations import evaluation_jobs, gathered_scores

__all__ = ["dictionary_jobs", "directions", "evaluation_jobs", "gathered_scores"]


_LATER = ("evaluation_jobs", "gathered_scores")


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.evaluations"), name)
