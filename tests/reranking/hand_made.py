"""A reranked dictionary of a few words whose answers are written down, so that nothing is learnt."""

import numpy as np

from isolex.alignment import Alignment
from isolex.lexicon import Lexicon
from isolex.recipes import align
from isolex.reranking import RerankedDictionary, RerankSettings
from isolex.reranking.reranker import Ranked
from isolex.reranking.saved_answers import SavedAnswers
from isolex.vectors import Vectors
from tests.spaces import gaussian

GROUPS = ("alignment", "strings")
SETTINGS = RerankSettings(groups=GROUPS, alternatives=3)

SOURCE = ("one", "two", "three", "four")
TARGET = ("uno", "dos", "tres", "cuatro", "y")

# Candidates of each source word with their confidences; the probability of none; evidence.
ANSWERS = (
    ((("uno", 0.95), ("y", 0.02)), 0.01, (2.0, 0.5)),
    ((("dos", 0.75), ("uno", 0.55), ("tres", 0.1)), 0.1, (1.0, -0.25)),
    ((("uno", 0.6), ("tres", 0.5)), 0.2, (0.5, 0.0)),
    ((("y", 0.2), ("cuatro", 0.15)), 0.7, (-1.0, 1.0)),
)


def ranked(answers=ANSWERS, target=TARGET) -> Ranked:
    """The answers as arrays."""
    keys = np.full((len(answers), SETTINGS.alternatives), -1)
    confidence = np.zeros(keys.shape)
    for row, (candidates, _, _) in enumerate(answers):
        for rank, (word, value) in enumerate(candidates):
            keys[row, rank], confidence[row, rank] = target.index(word), value
    none_right = np.array([none for _, none, _ in answers])
    return Ranked(np.arange(len(answers)), keys, confidence, none_right, np.array([e for _, _, e in answers]))


def over(alignment: Alignment, answers: Ranked) -> RerankedDictionary:
    """The dictionary that gives these answers."""
    ranker = SavedAnswers(answers, SETTINGS, GROUPS, "learnt from 7 seed words")
    return RerankedDictionary(alignment, ranker, GROUPS, learnt=True, reason=ranker.reason)


def alignment(target_words=TARGET) -> Alignment:
    """An alignment of the words, worth nothing."""
    x, z = gaussian(len(SOURCE), 3, seed=0), gaussian(len(target_words), 3, seed=1)
    source, target = Vectors(SOURCE, x, language="en"), Vectors(target_words, z, language="es")
    pairs = [("one", "uno"), ("two", "dos")]
    return align(source, target, Lexicon(pairs), method="procrustes", check=False)


def dictionary() -> RerankedDictionary:
    """The dictionary of `ANSWERS`."""
    return over(alignment(), ranked())
