"""The words of texts that have a vector, and their share of the texts."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Float

from isolex.evaluation.words import Vocabulary
from isolex.lexicon.words import counted
from isolex.text import lower
from isolex.transfer.tokens import Tokenizer, spellings

# Zipf's law with Mandelbrot's shift: the r-th word of a vocabulary has a frequency like 1 / (r + 2.7).
_SHIFT = 2.7


@dataclass(frozen=True)
class TextCoverage:
    """How much of some texts is known.

    Attributes:
        texts: Texts.
        texts_known: Those with at least one known word.
        words: Number of words in all texts, with repetitions.
        words_known: Those that have a vector.
        by_subwords: Those of them outside the vocabulary, whose vector comes from subwords.
    """

    texts: int
    texts_known: int
    words: int
    words_known: int
    by_subwords: int

    @property
    def percent(self) -> float:
        """Percent of the words that are known; 0 where there are no words."""
        return 100 * self.words_known / max(self.words, 1)

    def summary(self) -> str:
        """One line for people."""
        guessed = f", {self.by_subwords:,} of them by subwords" if self.by_subwords else ""
        words = f"{self.percent:.1f} % of {counted(self.words, 'word')} known{guessed}"
        return f"{words}; {self.texts_known:,} of {counted(self.texts, 'text')} with a known word"

    def to_dict(self) -> dict[str, float | int]:
        """The counts, and `percent`."""
        return {**asdict(self), "percent": round(self.percent, 2)}


class KnownWords:
    """The words of texts as words of a vocabulary, or of its subwords, and their unit rows."""

    def __init__(self, vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
        self._vocabulary, self._tokenizer = vocabulary, tokenizer
        self._rows = vocabulary.side.rows.cpu().numpy()
        self._total = float((1 / (np.arange(1, len(self._rows) + 1) + _SHIFT)).sum())
        self._looked_up: dict[str, list[str]] = {}

    @property
    def name(self) -> str:
        """What the vectors are called in messages."""
        vectors = self._vocabulary.vectors
        language = "" if vectors.language is None else f" of {vectors.language}"
        return f"the vocabulary{language} ({len(vectors):,} words)"

    @property
    def dimension(self) -> int:
        """Numbers a word."""
        return int(self._rows.shape[1])

    def bag(self, text: str) -> Counter[str]:
        """How often the text has each known word."""
        return Counter(word for token in self._tokens(text) for word in self._known(token))

    def terms(self, text: str) -> list[str]:
        """The words in order, those outside the vocabulary in lower case."""
        # Subwords know words as they stand in the text, which another text may spell otherwise.
        vectors = self._vocabulary.vectors
        return [
            word if word in vectors else lower(word, language=vectors.language)
            for token in self._tokens(text)
            for word in self._known(token) or [token]
        ]

    def coverage(self, texts: Iterable[str]) -> TextCoverage:
        """How much of the texts is known."""
        looked_up = [[self._known(token) for token in self._tokens(text)] for text in texts]
        words = [ways for text in looked_up for ways in text]
        known = [ways for ways in words if ways]
        return TextCoverage(
            texts=len(looked_up),
            texts_known=sum(map(any, looked_up)),
            words=len(words),
            words_known=len(known),
            by_subwords=sum(not any(word in self._vocabulary.vectors for word in ways) for ways in known),
        )

    def frequency(self, word: str) -> float:
        """p(w) by Zipf's law; subword-made words are as rare as the vocabulary's last."""
        row = self._vocabulary.vectors.id(word)
        rank = len(self._vocabulary.vectors) if row is None else row + 1
        return 1 / ((rank + _SHIFT) * self._total)

    def rows(self, words: list[str]) -> Float[np.ndarray, "n p"]:
        """Unit rows of known words."""
        made = np.zeros((len(words), self.dimension), np.float32)
        others = []
        for number, word in enumerate(words):
            row = self._vocabulary.vectors.id(word)
            if row is None:
                others.append(number)
            else:
                made[number] = self._rows[row]
        if others:
            found = [self._vocabulary.find(words[number]) for number in others]
            made[others] = self._vocabulary.unit(np.stack([hit[1] for hit in found if hit is not None]))
        return made

    def common(self, smoothing: float) -> Float[np.ndarray, "p"]:
        """The direction of the vocabulary's mean, words weighted as a text of them all would be."""
        frequency = 1 / ((np.arange(1, len(self._rows) + 1) + _SHIFT) * self._total)
        mean = (frequency * smoothing / (smoothing + frequency)).astype(np.float32) @ self._rows
        direction: np.ndarray = mean / max(float(np.linalg.norm(mean)), np.finfo(np.float32).tiny)
        return direction

    def _tokens(self, text: str) -> list[str]:
        # Tokens are compared with those of other texts, which may be in another Unicode form.
        vectors = self._vocabulary.vectors
        return [
            token if token.isascii() or token in vectors else unicodedata.normalize("NFC", token)
            for token in self._tokenizer(text)
        ]

    def _known(self, token: str) -> list[str]:
        if token not in self._looked_up:
            self._looked_up[token] = self._find(token)
        return self._looked_up[token]

    def _find(self, token: str) -> list[str]:
        ways = spellings(token)
        # Subwords make something of almost any word: what the vocabulary holds stands before that.
        way = next((way for way in ways if any(self._vocabulary.row(word) for word in way)), ways[0])
        return [known for word in way if (known := self._one(word)) is not None]

    def _one(self, word: str) -> str | None:
        """The spelling of the word that has a vector."""
        if (hit := self._vocabulary.row(word)) is not None:
            return self._vocabulary.vectors.words[hit.row]
        return word if self._vocabulary.find(word) else None
