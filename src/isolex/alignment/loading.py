"""Reading a saved alignment, and taking one, or the path of one, from callers."""

import warnings
from pathlib import Path
from typing import TypeAlias

import torch

from isolex.alignment.alignment import Alignment
from isolex.alignment.artefact import check_vectors, load_artefact, outside, stored_vectors
from isolex.alignment.side import Side
from isolex.arrays import pick_device
from isolex.errors import InputError, IsolexWarning
from isolex.files import steady
from isolex.given import given_or_read
from isolex.vectors import Vectors, VectorsLike, as_vectors

AlignmentLike: TypeAlias = Alignment | str | Path
"""An alignment, or the path of the folder that it is saved in."""

VectorSpace: TypeAlias = Vectors | Alignment
VectorSpaceLike: TypeAlias = Vectors | Alignment | str | Path
"""Vectors or an alignment, or the path of a file of the ones or of the folder of the other."""


@steady
def load(
    path: str | Path,
    *,
    source: VectorsLike | None = None,
    target: VectorsLike | None = None,
    other_vectors: bool = False,
    device: str | torch.device | None = None,
) -> Alignment:
    """Read a saved alignment, with its own vectors or with the same ones from elsewhere.

    Args:
        path: The folder.
        source: Source vectors to use instead of the stored ones, or a file of them: the same, or a bigger
            vocabulary that begins with them.
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
    place, maps = pick_device(device), (artefact.mapping.source, artefact.mapping.target)
    sides, same = [], True
    for (given, side, side_card), normalizer, matrix in zip(wanted, artefact.normalizers, maps, strict=True):
        vectors = stored_vectors(path, side, side_card) if given is None else as_vectors(given, what=side)
        same &= check_vectors(vectors, side, side_card, other_vectors=other_vectors)
        # Its rows are checked when they are used: few commands need those of both sides.
        sides.append(Side(vectors, normalizer=normalizer, matrix=matrix, device=place))
    return Alignment(
        *sides,
        seeds=artefact.seeds,
        card=card,
        neighbourhoods=artefact.neighbourhoods if same else None,
    )


def as_alignment(
    given: AlignmentLike, *, what: str = "alignment", device: str | torch.device | None = None
) -> Alignment:
    """An alignment, or the one that is saved in the folder that is given.

    Args:
        given: The one or the other.
        what: What it is called in messages.
        device: Where to compute with one that is loaded; by default a GPU if there is one.

    Raises:
        InputError: It is neither, or no alignment can be loaded from there.
    """
    return given_or_read(
        given, Alignment, lambda path: load(path, device=device), what=what, fix="make one: isolex.align(…)"
    )


def as_vector_space(given: VectorSpaceLike, *, device: str | torch.device | None = None) -> VectorSpace:
    """Vectors or an alignment, or what the path holds: a folder an alignment, a file vectors.

    Args:
        given: The one or the other.
        device: Where to compute with an alignment that is loaded; by default a GPU if there is one.

    Raises:
        InputError: It is something else, or there is no such file or folder.
    """
    if isinstance(given, Vectors | Alignment):
        return given
    if isinstance(given, str | Path):
        return load(given, device=device) if Path(given).is_dir() else Vectors.read(given)
    raise InputError(f"got {type(given).__name__}, expected Vectors, an Alignment or a path", where="space")
