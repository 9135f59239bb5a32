"""Two vocabularies in one shared space: asking it for words or for dictionaries, saving it, loading it."""

import warnings
from pathlib import Path

import torch

from isolex.alignment.alignment import Alignment, Translations
from isolex.alignment.artefact import (
    check_output,
    check_vectors,
    load_artefact,
    outside,
    stored_vectors,
)
from isolex.alignment.card import Card, SideCard, current_versions
from isolex.alignment.companion import Companion
from isolex.alignment.entries import InducedEntry, InducedLexicon, LexiconDirection
from isolex.arrays import pick_device
from isolex.choices import CRITERIA
from isolex.errors import IsolexWarning
from isolex.files import steady
from isolex.judging import Status
from isolex.vectors import Vectors

__all__ = [
    "CRITERIA",
    "Alignment",
    "Card",
    "Companion",
    "InducedEntry",
    "InducedLexicon",
    "LexiconDirection",
    "SideCard",
    "Status",
    "Translations",
    "check_output",
    "current_versions",
    "load",
    "load_card",
]


@steady
def load(
    path: str | Path,
    *,
    source: Vectors | None = None,
    target: Vectors | None = None,
    other_vectors: bool = False,
    device: str | torch.device | None = None,
) -> Alignment:
    """Read a saved alignment, with its own vectors or with the same ones from elsewhere.

    Args:
        path: The folder.
        source: Source vectors to use instead of the stored ones: the same, or a bigger vocabulary that
            begins with them.
        target: The same for the target side.
        other_vectors: Take other vectors than those it was made for; see `Alignment.bind`.
        device: Where to compute; by default a GPU if there is one.

    Raises:
        InputError: There is no such folder, or its vectors are gone.
        FormatError: It is not an alignment, or a damaged one.
        MismatchError: The vectors are not those it was made for.

    Warns:
        IsolexWarning: The vectors are read from outside the folder, which it does not show.
    """
    artefact = load_artefact(path)
    card = artefact.card
    wanted = ((source, "source", card.source), (target, "target", card.target))
    elsewhere = [outside(path, side, side_card) for given, side, side_card in wanted if given is None]
    if any(elsewhere):
        named = " and ".join(str(place) for place in elsewhere if place is not None)
        warnings.warn(f"{path}: its vectors are read from {named}", IsolexWarning, stacklevel=2)
    sides = [
        (given if given is not None else stored_vectors(path, side, side_card), side, side_card)
        for given, side, side_card in wanted
    ]
    same = [check_vectors(*side, other_vectors=other_vectors) for side in sides]
    return Alignment(
        sides[0][0],
        sides[1][0],
        normalizers=artefact.normalizers,
        mapping=artefact.mapping,
        seeds=artefact.seeds,
        card=card,
        neighbourhoods=artefact.neighbourhoods if all(same) else None,
        device=pick_device(device),
    )


@steady
def load_card(path: str | Path) -> Card:
    """Read only the card of a saved alignment.

    Raises:
        InputError: There is no such folder.
        FormatError: It is not an alignment, or a damaged one.
    """
    return load_artefact(path).card
