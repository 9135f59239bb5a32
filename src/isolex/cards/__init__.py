"""What saved alignments say of themselves, known without torch."""

from isolex.cards.alignment_folder import load_card
from isolex.cards.card import Card, SideCard, current_versions, now

__all__ = ["Card", "SideCard", "current_versions", "load_card", "now"]
