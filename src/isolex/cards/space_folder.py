"""Read the card of a saved space from its folder."""

from pathlib import Path

from isolex.cards.alignment_folder import CARD
from isolex.cards.space_card import SpaceCard, is_space
from isolex.errors import FormatError, InputError
from isolex.files import steady
from isolex.saved import read_json

_FIX = "make the space again"


def is_space_folder(path: str | Path) -> bool:
    """Whether a folder holds the card of a space, sound or not."""
    try:
        return is_space(read_json(Path(path) / CARD, _FIX))
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
    return SpaceCard.from_dict(read_json(card, _FIX), where=card)
