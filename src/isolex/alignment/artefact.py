"""The folder that an alignment is saved in: safetensors and JSON, written whole or not at all.

card.json                how it was made and how good it is
alignment.safetensors    the two maps, what the normalisers were fitted to, the neighbourhoods of CSLS
seeds.tsv                the training pairs that were found in both vocabularies
source.safetensors       the vectors of either side (unless saved by reference)
target.safetensors

What other rooms keep there (`companion`) is known by its card.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import save
from torch import Tensor

from isolex.alignment.card import Card, SideCard
from isolex.alignment.space_card import is_space
from isolex.errors import FormatError, InputError, MismatchError
from isolex.files import atomic_folder, check_folder, check_not_input, is_workshop
from isolex.lexicon import Lexicon
from isolex.mapping import Mapping
from isolex.names import look_up
from isolex.normalize import OPERATIONS, STEPS, FittedNormalizer, Operation
from isolex.saved import (
    DIMENSION,
    WORDS,
    Array,
    UnsoundError,
    json_text,
    many,
    one_of,
    parse_arrays,
    read_json,
    read_saved,
    record,
    sound,
    whole,
)
from isolex.vectors import Vectors

CARD = "card.json"
MATRICES = "alignment.safetensors"
SEEDS = "seeds.tsv"
SIDES = ("source", "target")
_CONTENTS = (CARD, MATRICES, SEEDS, *(f"{side}.safetensors" for side in SIDES))
# What the card of something that is kept beside an alignment begins with, and in how many bytes.
_COMPANION_MARKS = (rb'"format":\s*"isolex-', rb'"alignment":\s*"sha256:[0-9a-f]{64}"')
_START = 4096

VectorsPolicy = Literal["copy", "reference"]

_FIX = "align again"
# Cosines, but for rounding.
_COSINE = 1.001
_ARRAYS = {
    "map.source": Array("d p"),
    "map.target": Array("e p"),
    "neighbourhoods.source": Array("n", -_COSINE, _COSINE),
    "neighbourhoods.target": Array("m", -_COSINE, _COSINE),
}
NORMALIZER = record(
    {
        "operations": many(one_of(*OPERATIONS), most=10_000),
        "steps": many(one_of(*STEPS)),
        "dimension": whole(1, DIMENSION),
        "zero_rows": whole(0, WORDS),
    }
)
# What the card's file holds beside the card.
_BESIDE = record(
    {"normalizers": record(dict.fromkeys(SIDES, NORMALIZER))},
    {"seeds": whole(0, WORDS**2), "vectors": one_of("copy", "reference")},
)


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
    with atomic_folder(path, contents=_CONTENTS, also=is_companion) as folder:
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
    check_folder(path, contents=_CONTENTS, also=is_companion)


def companion_files(name: str) -> tuple[str, str]:
    """Of something that is kept beside an alignment: its card, and its arrays."""
    return f"{name}.json", f"{name}.safetensors"


def is_companion(entry: Path) -> bool:
    """Whether an entry of the folder is a file of a companion, or a workshop where such files were made."""
    if is_workshop(entry.name):
        return _is_companion_workshop(entry)
    files = card, _ = companion_files(entry.stem)
    try:
        with entry.with_name(card).open("rb") as stream:
            start = stream.read(_START)
    except OSError:
        return False
    return entry.name in files and all(re.search(mark, start) for mark in _COMPANION_MARKS)


def may_have_companions(folder: Path) -> bool:
    """Whether a card beside the alignment's own stands in its folder: a look before rooms are imported."""
    return any(card.name != CARD for card in folder.glob("*.json"))


def _is_companion_workshop(entry: Path) -> bool:
    made, _, _ = entry.name[1:].rpartition(".new-")
    files = companion_files(Path(made).stem)
    if made not in files or entry.is_symlink():
        return False
    try:
        return {one.name for one in entry.iterdir()} <= set(files)
    except FileNotFoundError:  # it has gone since it was listed
        return True
    except NotADirectoryError:
        return False


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
    if not (folder / CARD).exists():
        raise FormatError(f"is no alignment: it holds no {CARD}", where=path)
    data = read_json(folder / CARD, _FIX)
    if is_space(data):
        raise FormatError(
            "is a space of languages, expected an alignment of two",
            where=path,
            fix="read it by isolex.load_space(…); in commands say which two, by --from and --to",
        )
    # The version stands before everything else: another one may hold other things.
    card = Card.from_dict(data, where=folder / CARD)
    with sound(folder / CARD, _FIX):
        beside = _BESIDE(data)
    wanted_seeds = beside.get("seeds", 0)
    for name in (MATRICES, *([SEEDS] if wanted_seeds else [])):
        if not (folder / name).is_file():
            raise FormatError(f"is a damaged alignment: it holds no {name}", where=path, fix=_FIX)
    with sound(folder / MATRICES, _FIX):
        tensors = _tensors(read_saved(folder / MATRICES, _FIX), card, beside["normalizers"])
    seeds = read_seeds(folder / SEEDS, wanted_seeds)
    source, target = (unpack_normalizer(beside["normalizers"][side], side, tensors) for side in SIDES)
    return Artefact(
        Mapping(tensors["map.source"], tensors["map.target"]),
        (source, target),
        (tensors["neighbourhoods.source"], tensors["neighbourhoods.target"]),
        seeds,
        card,
    )


def read_seeds(path: Path, count: int) -> Lexicon:
    """So many training pairs; there is no file where there are none.

    Raises:
        FormatError: There are others than the card says.
    """
    if count == 0:
        return Lexicon(())
    with sound(path, _FIX):
        try:
            seeds = Lexicon.read(path, unicode="keep", format="tsv")
        except FormatError as error:
            raise UnsoundError(error.problem) from error
        if len(seeds) != count:
            raise UnsoundError(f"holds {len(seeds):,} of {count:,} pairs")
    return seeds


def fitted_arrays(normalizer: dict[str, Any], side: str, size: str) -> dict[str, Array]:
    """The tensors that a normaliser was fitted to, as they are declared."""
    operations = enumerate(normalizer["operations"])
    return {f"normalizer.{side}.{number}": Array(size) for number, name in operations if name != "unit"}


def _tensors(data: bytes, card: Card, normalizers: dict[str, Any]) -> dict[str, Tensor]:
    """The tensors, which are what the card says."""
    sizes = {
        "d": card.source.dimension,
        "e": card.target.dimension,
        "n": card.source.words,
        "m": card.target.words,
    }
    fitted: dict[str, Array] = {}
    for side, size in zip(SIDES, "de", strict=True):
        if normalizers[side]["dimension"] != sizes[size]:
            raise UnsoundError(f"and {CARD} do not belong together")
        fitted |= fitted_arrays(normalizers[side], side, size)
    arrays = parse_arrays(data, _ARRAYS | fitted, sizes)
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def outside(path: str | Path, side: str, card: SideCard) -> Path | None:
    """Where the vectors of one side are, if outside of the folder: at a link's end, or where the card says.

    Raises:
        InputError: They are nowhere.
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
        card = read_json(folder / CARD, _FIX)
        return [card[side]["fingerprint"] for side in SIDES if (folder / f"{side}.safetensors").is_file()]
    except (InputError, KeyError, TypeError):
        return []


def pack_normalizer(normalizer: FittedNormalizer, side: str, tensors: dict[str, Tensor]) -> dict[str, Any]:
    """What the card says of a normaliser; what it was fitted to is added to the tensors."""
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
