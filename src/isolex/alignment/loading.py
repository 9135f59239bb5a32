"""Read saved alignments, and accept an alignment or the path of one as an argument."""

import warnings
from pathlib import Path
from typing import TypeAlias

import torch

from isolex.alignment.alignment import Alignment
from isolex.alignment.artefact import check_vectors, load_artefact, outside, stored_vectors
from isolex.alignment.side import Side
from isolex.alignment.space import LanguagePair
from isolex.arrays import pick_device
from isolex.cards import Card, is_space_folder
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
    pair: LanguagePair | None = None,
    device: str | torch.device | None = None,
) -> Alignment:
    """Read a saved alignment, or the alignment of two languages of a saved space.

    By default it uses the vectors in the folder, or those that the folder refers to.

    Args:
        path: The folder.
        source: Source vectors to use instead of the stored ones, or a file of them: the same vectors, or a
            bigger vocabulary that begins with them.
        target: Target vectors to use instead of the stored ones, likewise.
        other_vectors: Accept vectors that the alignment was not made for; see `Alignment.bind`.
        pair: Codes of the source and the target language. For a space, they choose the pair; an alignment
            must be of these languages, if its card names any.
        device: Where to compute; by default a GPU if there is one.

    Raises:
        InputError: There is no such folder, its vectors are gone, or it has no such pair of languages.
        FormatError: The folder is not an alignment, or is damaged.
        MismatchError: The vectors are not those that the alignment was made for.

    Warns:
        IsolexWarning: The vectors are read from outside the folder.
    """
    if is_space_folder(path):
        found = _of_space(path, pair, device)
        return (
            found
            if source is None and target is None
            else found.bind(source, target, other_vectors=other_vectors)
        )
    artefact = load_artefact(path)
    card = artefact.card
    _check_pair(path, pair, card)
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


def _of_space(path: str | Path, pair: LanguagePair | None, device: str | torch.device | None) -> Alignment:
    from isolex.alignment.space_folder import load_space  # noqa: PLC0415 - it makes spaces of alignments, too

    space = load_space(path, device=device)
    if pair is None:
        raise InputError(
            f"is a space of {', '.join(space.languages)}, and no two of them are named",
            where=path,
            fix="say which: --from and --to, in Python pair=(source, target)",
        )
    return space.pair(*pair)


def _check_pair(path: str | Path, pair: LanguagePair | None, card: Card) -> None:
    known = card.source.language, card.target.language
    if pair is not None and any(
        code is not None and code != asked for code, asked in zip(known, pair, strict=True)
    ):
        raise InputError(
            f"is an alignment of {known[0]} and {known[1]}, in this order; got {pair[0]} and {pair[1]}",
            where=path,
            fix="leave out --from and --to",
        )


def as_alignment(
    given: AlignmentLike,
    *,
    what: str = "alignment",
    pair: LanguagePair | None = None,
    device: str | torch.device | None = None,
) -> Alignment:
    """An alignment: the given one, or the one that is saved in the given folder.

    Args:
        given: An alignment, or the path of its folder.
        what: Name of the argument in messages.
        pair: Codes of two languages, for the folder of a space; see `load`.
        device: Where to compute with a loaded alignment; by default a GPU if there is one.

    Raises:
        InputError: `given` is neither, or no alignment can be loaded from there.
    """
    return given_or_read(
        given,
        Alignment,
        lambda path: load(path, pair=pair, device=device),
        what=what,
        fix="make one: isolex.align(…)",
    )


def as_vector_space(given: VectorSpaceLike, *, device: str | torch.device | None = None) -> VectorSpace:
    """Vectors or an alignment: the given ones, or those in a file of vectors or a folder of an alignment.

    Args:
        given: Vectors, an alignment, or a path.
        device: Where to compute with a loaded alignment; by default a GPU if there is one.

    Raises:
        InputError: `given` is something else, or there is no such file or folder.
    """
    if isinstance(given, Vectors | Alignment):
        return given
    if isinstance(given, str | Path):
        return load(given, device=device) if Path(given).is_dir() else Vectors.read(given)
    raise InputError(f"got {type(given).__name__}, expected Vectors, an Alignment or a path", where="space")
