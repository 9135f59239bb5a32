"""Saving alignments as folders of safetensors and JSON, and loading them; `isolex.cards` reads the files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import save
from torch import Tensor

from isolex.cards import Card, SideCard
from isolex.cards.alignment_folder import (
    CARD,
    CONTENTS,
    FIX,
    MATRICES,
    SEEDS,
    SIDES,
    is_companion,
    read_alignment,
)
from isolex.errors import InputError, MismatchError
from isolex.files import atomic_folder, check_folder, check_not_input, digest
from isolex.lexicon import Lexicon
from isolex.mapping import Mapping
from isolex.names import look_up
from isolex.normalize import FittedNormalizer, Operation
from isolex.saved import json_text, read_json
from isolex.vectors import Vectors

VectorsPolicy = Literal["copy", "reference"]


@dataclass(frozen=True)
class Artefact:
    """The parts of an alignment that are saved beside the vectors.

    Attributes:
        mapping: The maps.
        normalizers: The normalisers of the source and of the target side.
        neighbourhoods: `Alignment.neighbourhoods` of the source words and of the target words.
        seeds: Training pairs.
        card: The card.
    """

    mapping: Mapping
    normalizers: tuple[FittedNormalizer, FittedNormalizer]
    neighbourhoods: tuple[Tensor, Tensor]
    seeds: Lexicon
    card: Card


def save_artefact(
    artefact: Artefact, path: str | Path, source: Vectors, target: Vectors, *, vectors: VectorsPolicy
) -> None:
    """Write the folder; see `Alignment.save`."""
    if look_up(vectors, {"copy": False, "reference": True}, "policy for vectors"):
        for side_card in (artefact.card.source, artefact.card.target):
            if side_card.path is None or not Path(side_card.path).is_absolute():
                raise InputError("the vectors come from no file to refer to", where=path, fix="save a copy")
    tensors: dict[str, Tensor] = {
        "map.source": artefact.mapping.source.cpu().contiguous(),
        "map.target": artefact.mapping.target.cpu().contiguous(),
        "neighbourhoods.source": artefact.neighbourhoods[0].cpu().contiguous(),
        "neighbourhoods.target": artefact.neighbourhoods[1].cpu().contiguous(),
    }
    card = artefact.card.to_dict()
    card["normalizers"] = {
        side: pack_normalizer(normalizer, side, tensors)
        for side, normalizer in zip(SIDES, artefact.normalizers, strict=True)
    }
    if vectors == "copy":
        # Whoever gets the folder need not learn where its maker keeps files.
        for side in SIDES:
            card[side]["path"] = Path(card[side]["path"] or "").name or None
    card["vectors"] = vectors
    card["seeds"] = len(artefact.seeds)
    for table, side_card in ((source, artefact.card.source), (target, artefact.card.target)):
        # An alignment that is saved where it came from writes the vectors there anew.
        if vectors == "reference" or table.fingerprint not in _fingerprints(Path(path)):
            check_not_input(path, table.path, side_card.path, whole=True)
    with atomic_folder(path, contents=CONTENTS, also=is_companion) as folder:
        # Not `save_file`, which makes a file that nobody else may read.
        matrices = save(tensors)
        (folder / MATRICES).write_bytes(matrices)
        card["files"] = {MATRICES: digest(matrices)}
        if len(artefact.seeds):
            artefact.seeds.write(folder / SEEDS)
            card["files"][SEEDS] = digest((folder / SEEDS).read_bytes())
        if vectors == "copy":
            for side, table in zip(SIDES, (source, target), strict=True):
                table.write(folder / f"{side}.safetensors")
        (folder / CARD).write_text(json_text(card, indent=2) + "\n", encoding="utf-8")


def check_output(path: str | Path) -> None:
    """Raise `InputError` unless an alignment can be saved at `path`: ask before long work, not after."""
    check_folder(path, contents=CONTENTS, also=is_companion)


def load_artefact(path: str | Path) -> Artefact:
    """Read everything of a saved alignment except the vectors.

    Raises:
        InputError: There is no such folder.
        FormatError: The folder is not an alignment, or is damaged.
    """
    stored = read_alignment(path)
    tensors = {name: torch.from_numpy(array) for name, array in stored.arrays.items()}
    source, target = (unpack_normalizer(stored.normalizers[side], side, tensors) for side in SIDES)
    return Artefact(
        Mapping(tensors["map.source"], tensors["map.target"]),
        (source, target),
        (tensors["neighbourhoods.source"], tensors["neighbourhoods.target"]),
        stored.seeds,
        stored.card,
    )


def outside(path: str | Path, side: str, card: SideCard) -> Path | None:
    """Path of the vectors of one side if they are outside the folder: behind a link, or named by the card.

    Raises:
        InputError: The vectors cannot be found.
    """
    copy = Path(path) / f"{side}.safetensors"
    if copy.exists():
        return copy.resolve() if copy.is_symlink() else None
    # The card of a copy keeps the bare name of the file, which may be in the working directory.
    if card.path is None or not Path(card.path).exists():
        raise InputError(
            f"its {side} vectors are not here: it was saved by reference to {card.path}",
            where=path,
            fix=f"give them by --{side}",
        )
    return Path(card.path).absolute()


def stored_vectors(path: str | Path, side: str, card: SideCard) -> Vectors:
    """The vectors of one side: the folder's own copy, else the file that the card refers to.

    Raises:
        InputError: Neither is there.
        FormatError: They are damaged.
    """
    copy = Path(path) / f"{side}.safetensors"
    if copy.exists():
        return Vectors.read(copy, unicode="keep")
    file = outside(path, side, card) or copy
    read = Vectors.read(file, limit=card.words + card.zero_rows, language=card.language)
    return read.without_zeros().head(card.words)


def check_vectors(vectors: Vectors, side: str, card: SideCard, *, other_vectors: bool) -> bool:
    """Whether these are exactly the vectors of the card and no more; see `Alignment.bind`.

    Raises:
        MismatchError: The vectors cannot be used, or they differ and `other_vectors` is not set.
    """
    if vectors.dimension != card.dimension:
        raise MismatchError(
            f"the {side} vectors have {vectors.dimension} dimensions, expected {card.dimension}",
            where=repr(vectors),
            fix=f"give the {side} vectors that it was made for",
        )
    with_vector = vectors.without_zeros()
    # Alignments of earlier releases counted words without a vector among theirs.
    begins_alike = any(
        len(some) >= card.words and some.head(card.words).fingerprint == card.fingerprint
        for some in (with_vector, vectors)
    )
    if not begins_alike and not other_vectors:
        origin = f" from {card.path}" if card.path else ""
        changed = (
            "" if vectors.path is None or str(vectors.path) != card.path else ", which has changed since"
        )
        raise MismatchError(
            f"these are not the {side} vectors that the alignment was made for "
            f"({card.words:,} words{origin}{changed})",
            where=vectors.path or repr(vectors),
            fix="give those, or say that these are of the same space (other_vectors=True, --other-vectors)",
        )
    return begins_alike and len(with_vector) == card.words


def _fingerprints(folder: Path) -> list[str]:
    """Of the vectors that were copied into a saved alignment; none if there is no such thing."""
    try:
        card = read_json(folder / CARD, FIX)
        return [card[side]["fingerprint"] for side in SIDES if (folder / f"{side}.safetensors").is_file()]
    except (InputError, KeyError, TypeError):
        return []


def pack_normalizer(normalizer: FittedNormalizer, side: str, tensors: dict[str, Tensor]) -> dict[str, Any]:
    """The description of a normaliser for the card; its fitted vectors are added to the tensors."""
    for number, operation in enumerate(normalizer.operations):
        if operation.vector is not None:
            tensors[f"normalizer.{side}.{number}"] = operation.vector.cpu().contiguous()
    return {
        "steps": list(normalizer.steps),
        "operations": [operation.name for operation in normalizer.operations],
        "dimension": normalizer.dimension,
        "zero_rows": normalizer.zero_rows,
    }


def unpack_normalizer(data: dict[str, Any], side: str, tensors: dict[str, Tensor]) -> FittedNormalizer:
    """The inverse of `pack_normalizer`."""
    operations = tuple(
        Operation(name, tensors.get(f"normalizer.{side}.{number}"))
        for number, name in enumerate(data["operations"])
    )
    return FittedNormalizer(data["steps"], operations, data["dimension"], data["zero_rows"])
