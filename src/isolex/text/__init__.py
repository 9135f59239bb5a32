"""From texts to words, and to counted, integer-encoded corpora of them."""

from isolex.text.casing import CASES, Case, case_of, has_dotless_i, lower, title, upper
from isolex.text.checking import ENOUGH_TOKENS, Doubt, TextCheck
from isolex.text.corpus import Corpus
from isolex.text.languages import check_language, code_of_name, same_language
from isolex.text.phrases import Phrases
from isolex.text.reading import TextSource, text_sources
from isolex.text.segmenting import Segmenter

__all__ = [
    "CASES",
    "ENOUGH_TOKENS",
    "Case",
    "Corpus",
    "Doubt",
    "Phrases",
    "Segmenter",
    "TextCheck",
    "TextSource",
    "case_of",
    "check_language",
    "code_of_name",
    "has_dotless_i",
    "lower",
    "same_language",
    "text_sources",
    "title",
    "upper",
]
