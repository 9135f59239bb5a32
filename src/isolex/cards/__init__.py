"""Cards of saved alignments and spaces, which can be read without torch."""

from isolex.cards.alignment_folder import load_card
from isolex.cards.card import Card, SideCard, current_versions, now
from isolex.cards.space_folder import is_space_folder, load_space_card

__all__ = ["Card", "SideCard", "current_versions", "is_space_folder", "load_card", "load_space_card", "now"]
