"""Hypothesis strategies for lexicons."""

from hypothesis import strategies as st

from isolex.lexicon.words import word_problem
from isolex.tables import tidy

# Characters that mean something to one format or another come up often.
_CHARACTERS = st.one_of(
    st.sampled_from("ab1 ,;\"'#{}[]<\\\u00a0\ufeff\u2028\u0085éßİ"),
    st.characters(codec="utf-8"),
)

texts = st.text(_CHARACTERS, min_size=1, max_size=6)
words = st.one_of(st.sampled_from(["source", "target", "# a", "#", "a"]), texts).filter(
    lambda word: word_problem(word) is None
)
nfc_words = words.map(lambda word: tidy(word, "nfc")).filter(lambda word: word_problem(word) is None)
weights = st.floats(0, 1e300)


def pairs(of: st.SearchStrategy[str], *, min_size: int = 1, max_size: int = 8):
    return st.lists(st.tuples(of, of), min_size=min_size, max_size=max_size)
