"""Two vocabularies in one shared space: translate words, make dictionaries, save and load."""

from isolex.alignment.alignment import Alignment, Translations
from isolex.alignment.artefact import check_output
from isolex.alignment.companion import Companion
from isolex.alignment.entries import InducedEntry, InducedLexicon, LexiconDirection
from isolex.alignment.joining import (
    check_languages,
    is_joint,
    join,
    lexicons_by_places,
    pair_card,
    solution_of,
    together,
)
from isolex.alignment.loading import (
    AlignmentLike,
    VectorSpace,
    VectorSpaceLike,
    as_alignment,
    as_vector_space,
    load,
)
from isolex.alignment.side import Side
from isolex.alignment.space import FEW_LANGUAGES, LanguagePair, Link, Space
from isolex.alignment.space_folder import check_space_output, load_space
from isolex.cards import Card, SideCard, current_versions, load_card
from isolex.cards.space_card import LanguageCard, PairCard, SpaceCard
from isolex.choices import CRITERIA, Status

__all__ = [
    "CRITERIA",
    "FEW_LANGUAGES",
    "Alignment",
    "AlignmentLike",
    "Card",
    "Companion",
    "InducedEntry",
    "InducedLexicon",
    "LanguageCard",
    "LanguagePair",
    "LexiconDirection",
    "Link",
    "PairCard",
    "Side",
    "SideCard",
    "Space",
    "SpaceCard",
    "Status",
    "Translations",
    "VectorSpace",
    "VectorSpaceLike",
    "as_alignment",
    "as_vector_space",
    "check_languages",
    "check_output",
    "check_space_output",
    "current_versions",
    "is_joint",
    "join",
    "lexicons_by_places",
    "load",
    "load_card",
    "load_space",
    "pair_card",
    "solution_of",
    "together",
]
