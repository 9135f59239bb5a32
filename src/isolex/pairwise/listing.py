"""The jobs that write a dictionary of each direction between the languages of a space.

Listing them needs no torch, which whoever only sends jobs need not wait for.
"""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from isolex.cards.space_folder import SpaceDigests
from isolex.fleet import Job

# By their names, since their module imports torch.
_PLAIN = "isolex.pairwise.dictionaries:write_plain"
_TRUSTED = "isolex.pairwise.dictionaries:write_trusted"


def directions(languages: Sequence[str]) -> list[tuple[str, str]]:
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
    work = _PLAIN if min_confidence is None else _TRUSTED
    every = {} if min_confidence is None else {"space": digests.every()}
    return [
        Job(
            f"{source}-{target}.{format}",
            work,
            {"source": source, "target": target, **shared},
            every or digests.of(source, target),
            {"space": str(Path(path).resolve())},
            together="-".join(sorted((source, target))),
        )
        for source, target in directions(tuple(digests.card.languages))
    ]
