"""A dictionary of every direction between the languages of a space, each a job."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from isolex.alignment import LanguagePair, Space, SpaceDigests, is_joint
from isolex.errors import InputError
from isolex.fleet import Job, named
from isolex.pairwise.resident import resident_space
from isolex.reranking import RerankedDictionary, rerank, rerank_pair, write_entries


def directions(languages: Sequence[str]) -> list[LanguagePair]:
    """All directions, in an order in which a worker keeps one language and reads the others one by one."""
    return [way for one, other in combinations(languages, 2) for way in ((one, other), (other, one))]


def dictionary_jobs(
    path: str | Path,
    *,
    min_confidence: float | None = None,
    direction: str = "forward",
    k: int = 1,
    criterion: str = "csls",
    format: str = "tsv",
) -> list[Job]:
    """The jobs that write a dictionary of each direction, `xx-yy.tsv`.

    Without confidences, a dictionary depends on its two languages alone, so it is made again only if one of
    them changes. With confidences, it depends on all languages of the space.

    Args:
        path: The folder of a space.
        min_confidence: Write only translations that are right with at least this probability; None for plain
            dictionaries, without confidences.
        direction: `forward`, `backward` or `mutual`, for plain dictionaries.
        k: Answers per word, at most.
        criterion: For plain dictionaries, see `Alignment.index`.
        format: As `write` takes it: `tsv`, `csv` or `jsonl`.

    Raises:
        InputError: There is no such folder.
        FormatError: It is no space, or damaged.
    """
    digests = SpaceDigests.read(path)
    shared: dict[str, Any] = {"k": k, "format": format}
    if min_confidence is None:
        shared |= {"direction": direction, "criterion": criterion}
    else:
        shared |= {"min_confidence": min_confidence}
    work = write_plain if min_confidence is None else write_trusted
    every = {} if min_confidence is None else {"space": digests.every()}
    return [
        Job(
            f"{source}-{target}.{format}",
            named(work),
            {"source": source, "target": target, **shared},
            every or digests.of(source, target),
            {"space": str(Path(path).resolve())},
            together="-".join(sorted((source, target))),
        )
        for source, target in directions(tuple(digests.card.languages))
    ]


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
