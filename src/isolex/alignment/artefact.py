"""The folder that an alignment is saved in: safetensors and JSON, written whole or not at all.

card.json                how it was made and how good it is
alignment.safetensors    the two maps, what the normalisers were fitted to, the neighbourhoods of CSLS
seeds.tsv                the training pairs that were found in both vocabularies
source.safetensors       the vectors of either side (unless saved by reference)
target.safetensors
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from isolex.alignment.card import Card, SideCard
from isolex.errors import FormatError, InputError, MismatchError
from isolex.files import atomic_folder, check_folder, check_not_input, json_text
from isolex.lexicon import Lexicon
from isolex.mapping import Mapping
from isolex.names import look_up
from isolex.normalize import FittedNormalizer, Operation
from isolex.vectors import Vectors

CARD = "card.json"
MATRICES = "alignment.safetensors"
SEEDS = "seeds.tsv"
SIDES = ("source", "target")
# Confidences may stand beside it, see `isolex.induction.saved`; they go with the alignment that they are for.
ANSWERS, ANSWERS_CARD = "confidence.safetensors", "confidence.json"
CONTENTS = (CARD, MATRICES, SEEDS, *(f"{side}.safetensors" for side in SIDES), ANSWERS, ANSWERS_CARD)

VectorsPolicy = Literal["copy", "reference"]


@dataclass(frozen=True)
class Artefact:
    """What is saved beside the vectors.

    Attributes:
        mapping: The maps.
        normalizers: Source and target side.
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
    card = artefact.card.to_json()
    card["normalizers"] = {
        side: _pack_normalizer(normalizer, side, tensors)
        for side, normalizer in zip(SIDES, artefact.normalizers, strict=True)
    }
    if vectors == "copy":
        # Whoever gets the folder need not learn where its maker keeps files.
        for side in SIDES:
            card[side]["path"] = card[side]["path"] and Path(card[side]["path"]).name
    card["vectors"] = vectors
    card["seeds"] = len(artefact.seeds)
    for table, side_card in ((source, artefact.card.source), (target, artefact.card.target)):
        # An alignment that is saved where it came from writes the vectors there anew.
        if vectors == "reference" or table.fingerprint not in _fingerprints(Path(path)):
            check_not_input(path, table.path, side_card.path, whole=True)
    with atomic_folder(path, contents=CONTENTS) as folder:
        # Not `save_file`, which makes a file that nobody else may read.
        (folder / MATRICES).write_bytes(save(tensors))
        if len(artefact.seeds):
            artefact.seeds.write(folder / SEEDS)
        if vectors == "copy":
            for side, table in zip(SIDES, (source, target), strict=True):
                table.write(folder / f"{side}.safetensors")
        (folder / CARD).write_text(json_text(card, indent=2) + "\n", encoding="utf-8")


def check_output(path: str | Path) -> None:
    """Raise `InputError` unless an alignment can be saved at `path`: ask before long work, not after."""
    check_folder(path, contents=CONTENTS)


def load_artefact(path: str | Path) -> Artefact:
    """Read all but the vectors.

    Raises:
        InputError: There is no such folder.
        FormatError: It is not an alignment, or a damaged one.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(
            "there is no such alignment folder", where=path, fix="give what isolex align wrote with -o"
        )
    try:
        data = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FormatError(f"is no alignment: it holds no {CARD}", where=path) from error
    except (ValueError, OSError) as error:
        raise _damaged(folder / CARD, error) from error
    # The version stands before everything else: another one may hold other things.
    card = Card.from_json(data, where=folder / CARD)
    for name in (MATRICES, *([SEEDS] if data.get("seeds") else [])):
        if not (folder / name).is_file():
            raise FormatError(f"is a damaged alignment: it holds no {name}", where=path, fix="align again")
    try:
        tensors = load_file(folder / MATRICES)
        mapping = Mapping(tensors["map.source"], tensors["map.target"])
        neighbourhoods = (tensors["neighbourhoods.source"], tensors["neighbourhoods.target"])
        source, target = (_unpack_normalizer(data["normalizers"][side], side, tensors) for side in SIDES)
    except (ValueError, KeyError, TypeError, SafetensorError, OSError) as error:
        raise _damaged(folder, error) from error
    sizes = [len(tensor) for tensor in (mapping.source, mapping.target, *neighbourhoods)]
    if sizes != [card.source.dimension, card.target.dimension, card.source.words, card.target.words]:
        raise _damaged(folder, ValueError(f"{CARD} and {MATRICES} do not belong together"))
    seeds = Lexicon.read(folder / SEEDS, unicode="keep") if data.get("seeds") else Lexicon(())
    if len(seeds) != data.get("seeds", 0):
        raise _damaged(folder / SEEDS, ValueError(f"{len(seeds)} of {data['seeds']} pairs are there"))
    return Artefact(mapping, (source, target), neighbourhoods, seeds, card)


def stored_vectors(path: str | Path, side: str, card: SideCard) -> Vectors:
    """The vectors of one side: the folder's own copy, else the file that the card refers to.

    Raises:
        InputError: Neither is there.
    """
    copy = Path(path) / f"{side}.safetensors"
    if copy.exists():
        return Vectors.read(copy, unicode="keep")
    if card.path is None or not Path(card.path).exists():
        raise InputError(
            f"its {side} vectors are not here: it was saved by reference to {card.path}",
            where=path,
            fix=f"give them by --{side}",
        )
    return Vectors.read(card.path, limit=card.words, language=card.language)


def check_vectors(vectors: Vectors, side: str, card: SideCard, *, other_vectors: bool) -> bool:
    """Whether these are exactly the vectors of the card, not more; see `Alignment.bind`.

    Raises:
        MismatchError: They cannot be used, or are others and `other_vectors` is not set.
    """
    if vectors.dimension != card.dimension:
        raise MismatchError(
            f"the {side} vectors have {vectors.dimension} dimensions, expected {card.dimension}",
            where=repr(vectors),
            fix=f"give the {side} vectors that it was made for",
        )
    begins_alike = len(vectors) >= card.words and vectors.head(card.words).fingerprint == card.fingerprint
    if not begins_alike and not other_vectors:
        origin = f" from {card.path}" if card.path else ""
        raise MismatchError(
            f"these are not the {side} vectors that the alignment was made for "
            f"({card.words:,} words{origin})",
            where=repr(vectors),
            fix="give those, or say that these are of the same space (other_vectors=True, --other-vectors)",
        )
    return begins_alike and len(vectors) == card.words


def _fingerprints(folder: Path) -> list[str]:
    """Of the vectors that were copied into a saved alignment; none if there is no such thing."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        return [card[side]["fingerprint"] for side in SIDES if (folder / f"{side}.safetensors").is_file()]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _pack_normalizer(normalizer: FittedNormalizer, side: str, tensors: dict[str, Tensor]) -> dict[str, Any]:
    for number, operation in enumerate(normalizer.operations):
        if operation.vector is not None:
            tensors[f"normalizer.{side}.{number}"] = operation.vector.cpu().contiguous()
    return {
        "steps": list(normalizer.steps),
        "operations": [operation.name for operation in normalizer.operations],
        "dimension": normalizer.dimension,
        "zero_rows": normalizer.zero_rows,
    }


def _unpack_normalizer(data: dict[str, Any], side: str, tensors: dict[str, Tensor]) -> FittedNormalizer:
    operations = tuple(
        Operation(name, tensors[f"normalizer.{side}.{number}"] if name != "unit" else None)
        for number, name in enumerate(data["operations"])
    )
    return FittedNormalizer(tuple(data["steps"]), operations, int(data["dimension"]), int(data["zero_rows"]))


def _damaged(where: Path, error: Exception) -> FormatError:
    what = f"there is no {error}" if isinstance(error, KeyError) else error
    return FormatError(f"is damaged ({what})", where=where, fix="align again")
