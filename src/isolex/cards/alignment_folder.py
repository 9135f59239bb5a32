"""Read and check the folder of a saved alignment, without torch.

card.json                how the alignment was made and how good it is
alignment.safetensors    the two maps, what the normalisers were fitted to, the neighbourhoods of CSLS
seeds.tsv                the training pairs that were found in both vocabularies
source.safetensors       the vectors of either side (unless saved by reference)
target.safetensors

Files that other packages keep there (`isolex.alignment.companion`) are recognised by their card.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from isolex.cards.card import Card
from isolex.cards.space_card import is_space
from isolex.choices import OPERATIONS, STEPS
from isolex.errors import FormatError, InputError
from isolex.files import digest, is_workshop, steady
from isolex.lexicon import Lexicon
from isolex.saved import (
    DIMENSION,
    WORDS,
    Array,
    UnsoundError,
    by_name,
    many,
    one_of,
    parse_arrays,
    read_json,
    read_saved,
    record,
    sound,
    text,
    whole,
)

CARD = "card.json"
MATRICES = "alignment.safetensors"
SEEDS = "seeds.tsv"
SIDES = ("source", "target")
CONTENTS = (CARD, MATRICES, SEEDS, *(f"{side}.safetensors" for side in SIDES))
# What the card of something that is kept beside an alignment begins with, and in how many bytes.
_COMPANION_MARKS = (rb'"format":\s*"isolex-', rb'"alignment":\s*"sha256:[0-9a-f]{64}"')
_START = 4096
# Folders that a message names.
_NAMED = 3

FIX = "align again"
# Cosines, but for rounding.
_COSINE = 1.001
NEIGHBOURHOODS = {
    "neighbourhoods.source": Array("n", -_COSINE, _COSINE),
    "neighbourhoods.target": Array("m", -_COSINE, _COSINE),
}
_MAPS = {"map.source": Array("d p"), "map.target": Array("e p")}
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
    {"seeds": whole(0, WORDS**2), "vectors": one_of("copy", "reference"), "files": by_name(text)},
)


@dataclass(frozen=True, eq=False)
class StoredAlignment:
    """A saved alignment without its vectors.

    Attributes:
        card: The card.
        normalizers: Description of the normaliser from the card's file, by side.
        arrays: The matrices by name.
        seeds: Training pairs.
    """

    card: Card
    normalizers: dict[str, dict[str, Any]]
    arrays: dict[str, np.ndarray]
    seeds: Lexicon


@steady
def load_card(path: str | Path) -> Card:
    """Read only the card of a saved alignment.

    Raises:
        InputError: There is no such folder.
        FormatError: It is not an alignment, or a damaged one.
    """
    return read_alignment(path).card


def read_alignment(path: str | Path) -> StoredAlignment:
    """Read all but the vectors.

    Raises:
        InputError: There is no such folder.
        FormatError: It is not an alignment, or a damaged one.
    """
    folder = Path(path)
    data = read_card(path, "alignment", called="alignment folder", command="isolex align", fix=FIX)
    if is_space(data):
        raise FormatError(
            "is a space of languages, expected an alignment of two",
            where=path,
            fix="read it by isolex.load_space(…); in commands name two languages by --from and --to",
        )
    # The version stands before everything else: another one may hold other things.
    card = Card.from_dict(data, where=folder / CARD)
    with sound(folder / CARD, FIX):
        beside = _BESIDE(data)
    wanted_seeds = beside.get("seeds", 0)
    for name in (MATRICES, *([SEEDS] if wanted_seeds else [])):
        if not (folder / name).is_file():
            raise FormatError(f"is a damaged alignment: it holds no {name}", where=path, fix=FIX)
    digests = beside.get("files", {})
    with sound(folder / MATRICES, FIX):
        matrices = read_saved(folder / MATRICES, FIX)
        arrays = _arrays(matrices, card, beside["normalizers"])
        check_digest(matrices, digests.get(MATRICES))
    seeds = read_seeds(folder / SEEDS, wanted_seeds, digests.get(SEEDS))
    return StoredAlignment(card, beside["normalizers"], arrays, seeds)


def read_card(path: str | Path, kind: str, *, called: str, command: str, fix: str) -> Any:
    """The contents of the card's file in a folder, not yet checked.

    Args:
        path: The folder.
        kind: The kind of output that is expected there.
        called: Name of this kind of folder in messages.
        command: The command that writes it.
        fix: What to do if the folder is damaged.

    Raises:
        InputError: There is no such folder.
        FormatError: The folder holds no card, or one that is not JSON.
    """
    folder = Path(path)
    near = " or ".join(map(str, _near(folder)))
    give = f"give {near or f'what {command} wrote with -o'}"
    if folder.is_file():
        raise InputError(f"is a file, expected a folder with a saved {kind}", where=path, fix=give)
    if not folder.is_dir():
        raise InputError(f"there is no such {called}", where=path, fix=give)
    if not (folder / CARD).exists():
        raise FormatError(f"is no {kind}: it holds no {CARD}", where=path, fix=give)
    return read_json(folder / CARD, fix)


def _near(path: Path) -> list[Path]:
    """Folders with a card that may be meant: in this one, or what it was made from."""
    reviewed = path.with_name(path.name.removesuffix("-review")) if path.name.endswith("-review") else None
    made = path.with_name(f"{path.name}.work") if path.is_file() else path
    try:
        inside = sorted(card.parent for card in made.glob(f"*/{CARD}"))
    except OSError:
        inside = []
    found = [] if reviewed is None or not (reviewed / CARD).exists() else [reviewed]
    return (found or inside)[:_NAMED]


def check_digest(data: bytes, noted: str | None) -> None:
    """Raise `UnsoundError` if these are not the bytes of which the card notes the digest.

    Args:
        data: The contents of a file.
        noted: The digest, if the card has one; cards of earlier releases have none.
    """
    if noted is not None and digest(data) != noted:
        raise UnsoundError(f"and {CARD} do not belong together")


def read_seeds(path: Path, count: int, noted: str | None = None, *, fix: str = FIX) -> Lexicon:
    """Read the training pairs, `count` of them; without pairs there is no file.

    Args:
        path: The file.
        count: Number of pairs by the card.
        noted: Digest of the file, if the card has one.
        fix: What to do if the file is damaged.

    Raises:
        FormatError: These are not the pairs of the card.
    """
    if count == 0:
        return Lexicon(())
    with sound(path, fix):
        # Whoever keeps folders under version control may get other line ends.
        check_digest(read_saved(path, fix).replace(b"\r\n", b"\n"), noted)
        try:
            seeds = Lexicon.read(path, unicode="keep", format="tsv")
        except FormatError as error:
            raise UnsoundError(error.problem) from error
        if len(seeds) != count:
            raise UnsoundError(f"holds {len(seeds):,} of {count:,} pairs")
    return seeds


def fitted_arrays(normalizer: dict[str, Any], side: str, size: str) -> dict[str, Array]:
    """The arrays that a normaliser was fitted to, as they are declared."""
    operations = enumerate(normalizer["operations"])
    return {f"normalizer.{side}.{number}": Array(size) for number, name in operations if name != "unit"}


def _arrays(data: bytes, card: Card, normalizers: dict[str, Any]) -> dict[str, np.ndarray]:
    """The arrays, which are what the card says."""
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
    return parse_arrays(data, _MAPS | NEIGHBOURHOODS | fitted, sizes)


def companion_files(name: str) -> tuple[str, str]:
    """The files of a companion, which is kept beside an alignment: its card and its arrays."""
    return f"{name}.json", f"{name}.safetensors"


def is_companion(entry: Path) -> bool:
    """Whether an entry of the folder is a file of a companion, or a workshop where its files were made."""
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
    """Whether the folder has another card beside that of the alignment; a quick check before imports."""
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
