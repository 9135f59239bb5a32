"""Sentences whose words belong together in known ways."""

import numpy as np

from isolex.text import Corpus

RING, RING_SEEDS = 260, 150


def sentences(count: int = 400, *, topics: int = 8, seed: int = 0) -> list[list[str]]:
    """Each of one topic, whose twenty words stand in any order, with some words that all topics share."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        topic = int(rng.integers(topics))
        own = [f"t{topic}w{int(word)}" for word in rng.integers(0, 20, 8)]
        shared = [f"the{int(word)}" for word in rng.integers(0, 4, 4)]
        made.append([str(word) for word in rng.permutation([*own, *shared])])
    return made


def corpus(count: int = 400) -> Corpus:
    return Corpus.of(sentences(count))


def topic_found(vectors) -> float:
    """The share of words of a topic whose nearest word is of the same one."""
    words = [word for word in vectors.words if word.startswith("t") and not word.startswith("the")]
    rows = np.stack([vectors.vector(word) for word in words])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    scores = rows @ rows.T
    np.fill_diagonal(scores, -2)
    return float(np.mean([words[i][:2] == words[j][:2] for i, j in enumerate(scores.argmax(axis=1))]))


def names(seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("abdegiklmnoprstuvz"), 7)) for _ in range(RING)]


def write_text(path, seed: int) -> list[str]:
    """Words stand together if they are near each other on a ring, which is the same one in every language."""
    rng, words = np.random.default_rng(seed), names(seed)
    places = np.random.default_rng(0).permutation(RING)  # so that frequency says nothing
    lines = []
    for _ in range(4000):
        near = (rng.integers(RING) + rng.integers(-6, 7, 10)) % RING
        lines.append(" ".join(words[places[at]] for at in near))
    path.write_text("\n".join(lines))
    return words
