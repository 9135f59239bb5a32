"""Two vocabularies in one shared space: asking it for words or for dictionaries, saving it, loading it."""

from isolex.alignment.alignment import Alignment, Translations
from isolex.alignment.artefact import check_output
from isolex.alignment.companion import Companion
from isolex.alignment.entries import InducedEntry, InducedLexicon, LexiconDirection
from isolex.alignment.loading import AlignmentLike, Space, SpaceLike, as_alignment, as_space, load
from isolex.alignment.side import Side
from isolex.cards import Card, SideCard, current_versions, load_card
from isolex.choices import CRITERIA, Status

__all__ = [
    "CRITERIA",
    "Alignment",
    "AlignmentLike",
    "Card",
    "Companion",
    "InducedEntry",
    "InducedLexicon",
    "LexiconDirection",
    "Side",
    "SideCard",
    "Space",
    "SpaceLike",
    "Status",
    "Translations",
    "as_alignment",
    "as_space",
    "check_output",
    "current_versions",
    "load",
    "load_card",
]
