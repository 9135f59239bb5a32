"""From two texts, or vectors, to a dictionary with confidences, by steps that are kept."""

from isolex.dictionary.making import DictionaryReport, make_dictionary

__all__ = ["DictionaryReport", "make_dictionary"]
