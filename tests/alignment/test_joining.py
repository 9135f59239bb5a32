"""How lexicons of languages that join are put together."""

import pytest

from isolex.alignment.joining import together
from isolex.lexicon import Lexicon


@pytest.mark.parametrize("weights", [None, [2.0]])
def test_the_pairs_of_both_keep_the_letter_case_of_their_languages(weights):
    languages = ("tr", "en")
    first = Lexicon([("ILIK", "warm")], weights, case="fold", languages=languages)
    second = Lexicon([("İNCİR", "fig")], case="fold", languages=languages)
    both = together(first, second)
    assert both.pairs == (("ılık", "warm"), ("incir", "fig"))
    assert both.languages == languages
