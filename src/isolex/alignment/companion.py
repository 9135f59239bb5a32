"""Files that other packages keep in the folder of a saved alignment, as long as that alignment is there."""

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
    """Arrays beside an alignment, and their card, which has the digest of the alignment that they belong to.

    isolex recognises these files by the digest, not by their names, see `artefact.is_companion`. They are
    removed when another alignment replaces the one that they belong to.

    Attributes:
        name: Name of the files: the card is NAME.json, the arrays are NAME.safetensors.
        format: Name of the format in the card, `isolex-...`.
        version: Version of the format.
        fix: How to make the files again, for messages.
    """

    name: str
    format: str
    version: int
    fix: str

    @property
    def files(self) -> tuple[str, str]:
        """Names of the card and of the arrays; the card is put in place first, because it describes them."""
        return companion_files(self.name)

    @property
    def mark(self) -> dict[str, Any]:
        """The first entries of the card."""
        return {"format": self.format, "version": self.version}

    def write(self, folder: Path, card: Mapping[str, Any], arrays: bytes) -> None:
        """Write both files, and replace those that are there.

        Args:
            folder: Folder of the alignment that the files belong to.
            card: Contents of the card, without its first entries and without `alignment`, the digest.
            arrays: The arrays as bytes in the safetensors format.

        Raises:
            InputError: The folder cannot be written.
            MismatchError: Another run has replaced the alignment in the meantime.
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
        """Whether the alignment in a folder is the one that has this card."""
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
    """Fingerprint of a saved alignment: a digest of its card and its seed pairs."""
    parts = (folder / name for name in (CARD, SEEDS))
    return digest(*(part.read_bytes() for part in parts if part.is_file()))
