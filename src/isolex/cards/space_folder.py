"""What the folder of a saved space says without torch: its card, its files, and digests of these."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

from isolex.cards.alignment_folder import CARD, NORMALIZER, read_card
from isolex.cards.space_card import BETWEEN, SpaceCard, is_space
from isolex.errors import FormatError, InputError
from isolex.files import digest, steady
from isolex.saved import by_name, json_text, read_json, record, sound, text

SHARED = "space.safetensors"
SPACE_FIX = "load it again if another run has replaced it meanwhile; else make the space again"
BESIDE = record({"normalizers": by_name(NORMALIZER), "files": by_name(text)})
"""What a space's card.json holds beside the card."""


def is_space_folder(path: str | Path) -> bool:
    """Whether a folder holds the card of a space, sound or not."""
    try:
        return is_space(read_json(Path(path) / CARD, SPACE_FIX))
    except (InputError, FormatError):
        return False


@steady
def load_space_card(path: str | Path) -> SpaceCard:
    """Read only the card of a saved space.

    Raises:
        InputError: There is no such folder.
        FormatError: It is not a space, or a damaged one.
    """
    card = Path(path) / CARD
    return SpaceCard.from_dict(read_json(card, SPACE_FIX), where=card)


def pair_file(first: str, second: str) -> str:
    """The name of the file with the data of two languages, in this order."""
    return f"{first}{BETWEEN}{second}.pair.safetensors"


def seeds_file(first: str, second: str) -> str:
    """The name of the file with the lexicon of two languages, in this order."""
    return f"{first}{BETWEEN}{second}.seeds.tsv"


@dataclass(frozen=True, eq=False)
class SpaceDigests:
    """Digests of the contents of a saved space, which tell whether a result is still up to date.

    Attributes:
        card: The card of the space.
        beside: The other contents of the card's file.
    """

    card: SpaceCard
    beside: Mapping[str, Any]

    @classmethod
    def read(cls, path: str | Path) -> "SpaceDigests":
        """Read the digests of the space in a folder.

        Raises:
            InputError: There is no such folder.
            FormatError: The folder is not a space, or is damaged.
        """
        data = read_card(path, "space", called="folder of a space", command="isolex space", fix=SPACE_FIX)
        where = Path(path) / CARD
        card = SpaceCard.from_dict(data, where=where)
        with sound(where, SPACE_FIX):
            return cls(card, BESIDE(data))

    def of(self, *languages: str) -> dict[str, str]:
        """Digests by name of everything that belongs to some languages and to pairs of them."""
        names = {f"{code}.map.safetensors" for code in languages}
        names |= {name(*pair) for pair in permutations(languages, 2) for name in (pair_file, seeds_file)}
        found = {name: value for name, value in self.beside["files"].items() if name in names}
        for code in languages:
            known = [self.card.languages[code].vectors.fingerprint, self.beside["normalizers"][code]]
            found[code] = digest(json_text(known).encode())
        for pair in combinations(sorted(languages), 2):
            found[BETWEEN.join(pair)] = self.card.pair(*pair).status
        return found

    def every(self) -> str:
        """One digest of all languages, all pairs, and the shared part of the joint solution."""
        shared = {name: value for name, value in self.beside["files"].items() if name == SHARED}
        return digest(json_text(self.of(*self.card.languages) | shared).encode())

    def lexicons(self) -> str:
        """One digest of the lexicons of all pairs."""
        names = {seeds_file(*pair) for pair in permutations(self.card.languages, 2)}
        found = {name: value for name, value in sorted(self.beside["files"].items()) if name in names}
        return digest(json_text(found).encode())
