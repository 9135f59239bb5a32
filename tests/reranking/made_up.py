"""A made-up pair of languages: cognates in a cipher, and words that have nothing in common."""

import string

import numpy as np

from isolex.lexicon import Lexicon
from isolex.vectors import Vectors
from tests.spaces import gaussian, rotation

LETTERS = string.ascii_lowercase[:12]
CIPHER = str.maketrans(LETTERS, LETTERS[5:] + LETTERS[:5])


def words(count: int, seed: int, letters: str = LETTERS) -> list[str]:
    """Different random words of four to eight letters."""
    rng = np.random.default_rng(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(rng.choice(list(letters), rng.integers(4, 9)))] = None
    return list(found)


def languages(
    n: int = 400, d: int = 12, *, noise: float = 0.9, seed: int = 0
) -> tuple[Vectors, Vectors, Lexicon]:
    """Noisy rotations of each other; two words of three are the same word in a cipher; all true pairs."""
    rng = np.random.default_rng(seed)
    source, others = words(n, seed), words(n, seed + 1)
    target = [word.translate(CIPHER) if i % 3 else f"{others[i]}l" for i, word in enumerate(source)]
    x, order = gaussian(n, d, seed), rng.permutation(n)
    z = (x @ rotation(d, seed) + noise * rng.standard_normal((n, d)))[order]
    pairs = Lexicon(zip(source, target, strict=True))
    return (
        Vectors(source, x, language="aa"),
        Vectors([target[i] for i in order], z.astype(np.float32), language="bb"),
        pairs,
    )
