import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.evaluation import WordGraph
from isolex.lexicon import Lexicon

LANGUAGES = ("aa", "bb", "cc", "dd")
WORDS = ("u", "v", "w")
NODES = [(language, word) for language in LANGUAGES for word in WORDS]

languages = st.sampled_from(LANGUAGES)
words = st.sampled_from(WORDS)
rows = st.tuples(languages, words, languages, words).filter(lambda row: row[0] != row[2])


def lexicons_of(some) -> dict[tuple[str, str], Lexicon]:
    grouped: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for source, word, target, answer in some:
        grouped.setdefault((source, target), []).append((word, answer))
    return {pair: Lexicon(pairs) for pair, pairs in grouped.items()}


def oracle(some, start, gold, most: int) -> int | None:
    """The least power of the adjacency matrix that joins the words."""
    joined = np.zeros((len(NODES), len(NODES)), dtype=int)
    for source, word, target, answer in some:
        i, j = NODES.index((source, word)), NODES.index((target, answer))
        joined[i, j] = joined[j, i] = 1
    power = np.eye(len(NODES), dtype=int)
    for steps in range(1, most + 1):
        power = np.minimum(power @ joined, 1)
        if any(power[NODES.index(start), NODES.index(node)] for node in gold):
            return steps
    return None


@given(
    st.lists(rows, max_size=14),
    st.sampled_from(NODES),
    st.lists(st.sampled_from(NODES), min_size=1, max_size=3),
    st.integers(1, 4),
)
def test_agrees_with_powers_of_the_adjacency_matrix(some, start, gold, most):
    gold = [node for node in gold if node != start]
    assert WordGraph(lexicons_of(some)).distance(start, gold, most=most) == oracle(some, start, gold, most)


PATHS = {
    ("en", "es"): Lexicon([("cat", "gato"), ("dog", "perro"), ("hound", "perro"), ("rest", "resto")]),
    ("en", "fr"): Lexicon([("cat", "chat"), ("hound", "chien"), ("rest", "reste")]),
    ("es", "fr"): Lexicon([("gato", "matou")]),
}


@pytest.mark.parametrize(
    ("start", "gold", "steps"),
    [
        (("es", "gato"), [("fr", "matou")], 1),
        (("es", "gato"), [("fr", "chat")], 2),
        (("en", "cat"), [("fr", "matou")], 2),
        (("en", "dog"), [("fr", "chien")], 3),
        (("en", "dog"), [("fr", "chat"), ("fr", "chien")], 3),
        (("fr", "chat"), [("es", "perro")], None),
        (("es", "resto"), [("fr", "rest")], None),  # The same letters in another language are another word.
        (("fr", "unheard"), [("es", "gato")], None),
    ],
)
def test_paths(start, gold, steps):
    graph = WordGraph(PATHS)
    assert graph.distance(start, gold, most=9) == steps
    assert graph.distance(start, iter(gold), most=9) == steps
    if steps is not None:
        assert graph.distance(start, gold, most=steps) == steps
        assert graph.distance(start, gold, most=steps - 1) is None
