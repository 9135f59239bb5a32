"""What is known of a word, in one direction."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from isolex.alignment import Alignment
from isolex.errors import UnknownWordError
from isolex.evaluation.metrics import rounded
from isolex.reranking import RerankedDictionary
from isolex.retrieval import Hubness, hubness
from isolex.review.proposals import Proposals
from isolex.vectors import Vectors

ANSWERS = 10
_NEAR = 8
_SEEDS = 5
_BACK = 5
_HUB_K = 10
_HUB = 2


@dataclass(frozen=True, eq=False)
class WordLookup:
    """One direction of an alignment, asked for single words.

    Attributes:
        alignment: From the language that is asked to the other.
        proposals: With confidences, where there are some for this direction.
    """

    alignment: Alignment
    proposals: Proposals | None = None

    @classmethod
    def of(cls, alignment: Alignment, dictionary: RerankedDictionary | None = None) -> "WordLookup":
        """With the confidences of a dictionary, if there is one."""
        return cls(alignment, None if dictionary is None else Proposals(dictionary))

    def word(self, word: str) -> dict[str, Any]:
        """All that is known of a word, as plain JSON values."""
        source = self.alignment.source
        row = source.id(word)
        told = {"word": word, "rank": None if row is None else row + 1, "known": "vector", "told": ""}
        try:
            vector = self._mapped(word)
        except UnknownWordError:
            return told | {"known": "none", "told": f"The vocabulary has no word {word}.", **_nothing()}
        if row is None:
            told |= {
                "known": "subwords",
                "told": f"The vocabulary lacks {word}. Its vector was made from parts of other words.",
            }
        keys, scores, confidences = self._found(vector, row)
        # One pass over the source rows tells both which answers are mutual and what the first leads back to.
        home = self._backward.index("csls").search(
            self.alignment.shared[1][keys], min(_BACK, len(self.alignment.source))
        )
        answers = self._answers(keys, scores, confidences, home.indices[:, 0].tolist(), row)
        first = answers[0]["word"] if answers else None
        return told | {
            "answers": answers,
            "evidence": self._evidence(row),
            "no_translation": self._no_translation(row),
            "hub": None if first is None else self._hub(first),
            "near_source": _near(source, self.alignment.shared[0], vector, row, _NEAR),
            "near_target": []
            if first is None
            else _near_word(self.alignment.target, self.alignment.shared[1], first, _NEAR),
            "back": self._back(home.indices[0].tolist(), home.scores[0].tolist()) if answers else [],
            "seeds": self._seeds(vector),
        }

    def near_source(self, word: str, count: int) -> list[str]:
        """The nearest words of a source word in its own language."""
        return [
            one["word"] for one in _near_word(self.alignment.source, self.alignment.shared[0], word, count)
        ]

    def near_target(self, word: str, count: int) -> list[str]:
        """The same of a target word."""
        return [
            one["word"] for one in _near_word(self.alignment.target, self.alignment.shared[1], word, count)
        ]

    def seeds(self, word: str) -> list[dict[str, Any]]:
        """Training pairs nearby."""
        row = self.alignment.source.id(word)
        return [] if row is None else self._seeds(self.alignment.shared[0][row : row + 1])

    @cached_property
    def hubs(self) -> Hubness:
        """How often each target word is among the 10 nearest of a source word, by CSLS. It takes seconds."""
        x, _ = self.alignment.shared
        found = self.alignment.index("csls").search(x, min(_HUB_K, len(self.alignment.target)))
        return hubness(found.indices, len(self.alignment.target))

    def _mapped(self, word: str) -> Float[Tensor, "1 p"]:
        return self.alignment.map(np.stack([self.alignment.source.vector(word)]))

    def _found(
        self, vector: Float[Tensor, "1 p"], row: int | None
    ) -> tuple[list[int], dict[int, float], dict[int, float | None]]:
        """The best target ids, the surest first where there are confidences, their scores and confidences."""
        k = min(ANSWERS, len(self.alignment.target))
        found = self.alignment.index("csls").search(vector, k)
        scores = dict(zip(found.indices[0].tolist(), found.scores[0].tolist(), strict=True))
        confidences: dict[int, float | None] = dict.fromkeys(scores)
        if self.proposals is not None and row is not None:
            ranked = self.proposals.ranked
            own = zip(ranked.keys[row].tolist(), ranked.confidence[row].tolist(), strict=True)
            sure = {key: rounded(value, 4) for key, value in own if key >= 0}
            confidences = sure | {key: None for key in scores if key not in sure}
        return list(confidences)[:k], scores, confidences

    def _answers(
        self,
        keys: list[int],
        scores: dict[int, float],
        confidences: dict[int, float | None],
        homes: list[int],
        row: int | None,
    ) -> list[dict[str, Any]]:
        target = self.alignment.target
        word = None if row is None else self.alignment.source.words[row]
        given = () if word is None else self.alignment.seeds.targets_of.get(word, ())
        return [
            {
                "word": target.words[key],
                "rank": key + 1,
                "score": rounded(scores[key], 4) if key in scores else None,
                "confidence": confidences[key],
                "mutual": home == row,
                "seed": target.words[key] in given,
            }
            for key, home in zip(keys, homes, strict=True)
        ]

    @cached_property
    def _backward(self) -> Alignment:
        return self.alignment.reversed()

    def _evidence(self, row: int | None) -> dict[str, float]:
        if self.proposals is None or row is None:
            return {}
        return {group: round(value, 2) for group, value in self.proposals.evidence(row).items()}

    def _no_translation(self, row: int | None) -> float | None:
        if self.proposals is None or row is None:
            return None
        return rounded(float(self.proposals.ranked.none_right[row]), 4)

    def _hub(self, word: str) -> dict[str, Any] | None:
        if "hubs" not in self.__dict__:  # it is counted beside, since it takes seconds
            return None
        key = self.alignment.target.id(word)
        count = 0 if key is None else int(self.hubs.counts[key])
        typical = self.hubs.k * len(self.alignment.source) / len(self.alignment.target)
        return {
            "word": word,
            "answers": count,
            "typical": round(typical, 1),
            "is_hub": count >= _HUB * self.hubs.k,
        }

    def _back(self, rows: list[int], scores: list[float]) -> list[dict[str, Any]]:
        words = self.alignment.source.words
        return [
            {"word": words[row], "score": rounded(score, 4)} for row, score in zip(rows, scores, strict=True)
        ]

    @cached_property
    def _seed_pairs(self) -> list[tuple[int, int]]:
        pairs = self.alignment.seeds.index(self.alignment.source, self.alignment.target).pairs
        return [(int(row), int(key)) for row, key in pairs]

    def _seeds(self, vector: Float[Tensor, "1 p"]) -> list[dict[str, Any]]:
        """The training pairs whose source words are nearest, which pull the word the most."""
        pairs = self._seed_pairs
        if not pairs:
            return []
        rows = [row for row, _ in pairs]
        cosines = (self.alignment.shared[0][rows] @ vector[0]).tolist()
        order = sorted(range(len(pairs)), key=lambda place: -cosines[place])[:_SEEDS]
        source, target = self.alignment.source.words, self.alignment.target.words
        return [
            {
                "source": source[pairs[place][0]],
                "target": target[pairs[place][1]],
                "similarity": round(cosines[place], 4),
            }
            for place in order
        ]


def _near_word(vectors: Vectors, rows: Float[Tensor, "n p"], word: str, count: int) -> list[dict[str, Any]]:
    """The nearest words of a word of the vocabulary; none of another one."""
    row = vectors.id(word)
    return [] if row is None else _near(vectors, rows, rows[row : row + 1], row, count)


def _near(
    vectors: Vectors,
    rows: Float[Tensor, "n p"],
    vector: Float[Tensor, "1 p"],
    row: int | None,
    count: int,
) -> list[dict[str, Any]]:
    """The nearest words of the same language, in the shared space."""
    cosines = rows @ vector[0]
    if row is not None:
        cosines[row] = -torch.inf
    found = cosines.topk(min(count, len(vectors) - (row is not None)))
    return [
        {"word": vectors.words[key], "rank": key + 1, "score": round(score, 4)}
        for score, key in zip(found.values.tolist(), found.indices.tolist(), strict=True)
    ]


def _nothing() -> dict[str, Any]:
    return {
        "answers": [],
        "evidence": {},
        "no_translation": None,
        "hub": None,
        "near_source": [],
        "near_target": [],
        "back": [],
        "seeds": [],
    }
