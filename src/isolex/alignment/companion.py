"""What other rooms keep in the folder of a saved alignment, as long as that alignment stands there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from isolex.cards import Card
from isolex.cards.alignment_folder import CARD, SEEDS, SIDES, companion_files
from isolex.errors import InputError, MismatchError
from isolex.files import atomic_files, digest
from isolex.saved import json_text, read_json


@dataclass(frozen=True)
class Companion:
    """Arrays beside an alignment, and their card, which has the digest of the alignment that they are for.

    By that digest, and by no name, the folder of an alignment knows such files from those of strangers, see
    `artefact.is_companion`: they go when another alignment takes the place of theirs.

    Attributes:
        name: Of the card, NAME.json, and of the arrays, NAME.safetensors.
        format: What the card says that they are, `isolex-...`.
        version: Of the format.
        fix: How they are made again, for messages.
    """

    name: str
    format: str
    version: int
    fix: str

    @property
    def files(self) -> tuple[str, str]:
        """The card, which is put in place first since it tells what the arrays are, and the arrays."""
        return companion_files(self.name)

    @property
    def mark(self) -> dict[str, Any]:
        """What the card begins with."""
        return {"format": self.format, "version": self.version}

    def write(self, folder: Path, card: Mapping[str, Any], arrays: bytes) -> None:
        """Write both files, in place of those that are there.

        Args:
            folder: Of the alignment that they are for.
            card: What the card says beside its mark and the digest, which is its `alignment`.
            arrays: What `safetensors` makes of them.

        Raises:
            InputError: The folder cannot be written.
            MismatchError: Another run replaced the alignment meanwhile.
        """
        there = _Version.of(folder)
        text = json_text({**self.mark, "alignment": there.fingerprint, **card}, indent=2)
        try:
            with atomic_files(folder, self.files) as (card_file, arrays_file):
                card_file.write_text(text + "\n", encoding="utf-8")
                arrays_file.write_bytes(arrays)
                self._check_still_there(folder, there)
        except InputError:
            self._check_still_there(folder, there)
            raise

    def is_of(self, folder: Path, card: Card) -> bool:
        """Whether the alignment that stands in a folder is the one that has this card."""
        there = read_json(folder / CARD, self.fix)
        marks = (there["created"], *(there[side]["fingerprint"] for side in SIDES))
        return bool(marks == (card.created, card.source.fingerprint, card.target.fingerprint))

    def _check_still_there(self, folder: Path, there: "_Version") -> None:
        if _Version.of(folder) != there:
            raise MismatchError("was replaced by another run meanwhile", where=folder, fix="make them again")


class _Version(NamedTuple):
    """Which alignment stands in a folder; one that was made again is another, though it says the same."""

    fingerprint: str
    number: int

    @classmethod
    def of(cls, folder: Path) -> "_Version":
        return cls(fingerprint_of(folder), folder.stat().st_ino)


def fingerprint_of(folder: Path) -> str:
    """Of a saved alignment: its card, which has those of the vectors and the time, and its seed pairs."""
    parts = (folder / name for name in (CARD, SEEDS))
    return digest(*(part.read_bytes() for part in parts if part.is_file()))
