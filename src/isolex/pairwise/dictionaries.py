"""Write the dictionary of one direction between two languages of a space."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isolex.alignment import Space, is_joint
from isolex.errors import InputError
from isolex.pairwise.resident import resident_space
from isolex.reranking import RerankedDictionary, rerank, rerank_pair, write_entries


def write_plain(output: Path, settings: Mapping[str, Any]) -> None:
    """Write the best answers of an alignment; see `dictionary_jobs`.

    Raises:
        InputError: The two languages failed to align.
    """
    space = _space_of(settings)
    alignment = space.aligned(settings["source"], settings["target"])
    induced = alignment.induce(settings["direction"], k=settings["k"], criterion=settings["criterion"])
    induced.write(output, format=settings["format"])


def write_trusted(output: Path, settings: Mapping[str, Any]) -> None:
    """Write the translations of a reranked dictionary; see `dictionary_jobs`.

    Raises:
        InputError: The two languages failed to align, or there is too little to learn confidences from.
    """
    space = _space_of(settings)
    dictionary = _reranked(space, settings["source"], settings["target"])
    if not dictionary.learnt:
        raise InputError(f"there are no confidences: {dictionary.reason}", where=_name(settings))
    entries = dictionary.entries(settings["min_confidence"], k=settings["k"])
    write_entries(entries, output, format=settings["format"])


def _reranked(space: Space, source: str, target: str) -> RerankedDictionary:
    if len(space) > 2 and is_joint(space):
        return rerank_pair(space, source, target)
    return rerank(space.aligned(source, target))


def _space_of(settings: Mapping[str, Any]) -> Space:
    """The space, of which this pair did not fail."""
    space = resident_space(settings["space"], settings["source"], settings["target"])
    known = space.card.pair(settings["source"], settings["target"])
    if known.status == "failed":
        raise InputError(f"the languages failed to align: {known.reason}", where=_name(settings))
    return space


def _name(settings: Mapping[str, Any]) -> str:
    return f"{settings['source']}-{settings['target']}"
