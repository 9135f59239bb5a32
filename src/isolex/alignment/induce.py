"""Make dictionary entries by translating every word, in both directions."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from isolex.alignment.entries import InducedEntry, InducedLexicon, LexiconDirection
from isolex.errors import InputError
from isolex.given import whole_number
from isolex.names import look_up
from isolex.retrieval import TopK


def induce(
    source_words: Sequence[str],
    target_words: Sequence[str],
    search: Callable[[int], tuple[TopK, TopK]],
    *,
    direction: LexiconDirection = "forward",
    k: int = 1,
) -> InducedLexicon:
    """The best translations of every word.

    Args:
        source_words: n words.
        target_words: m words.
        search: Function that finds the k best target words of every source word, and the k best source words
            of every target word.
        direction: `forward` answers every source word with its k best target words; `backward` every target
            word with its k best source words; `mutual` keeps the pairs that are each other's best answer.
        k: Number of answers for each word; must be 1 for `mutual`.

    Raises:
        InputError: An unknown direction, k < 1, or k > 1 for `mutual`.
    """
    look_up(direction, dict.fromkeys(("forward", "backward", "mutual")), "direction")
    k = whole_number(k, "k", where="induce")
    if direction == "mutual" and k != 1:
        raise InputError(f"got k = {k} for direction {direction!r}", fix="use k = 1 for mutual")
    found, back = search(k)
    asked_forward = direction != "backward"
    if not asked_forward:
        found, back = back, found
    mutual = _is_mutual(found, back.indices[:, 0])
    asked = source_words if asked_forward else target_words
    answers = target_words if asked_forward else source_words
    entries: list[InducedEntry] = []
    rows = zip(asked, found.indices.tolist(), found.scores.tolist(), mutual.tolist(), strict=True)
    for word, ids, scores, flags in rows:
        for rank, (key, score, flag) in enumerate(zip(ids, scores, flags, strict=True), start=1):
            if direction == "mutual" and not flag:
                continue
            source, target = (word, answers[key]) if asked_forward else (answers[key], word)
            entries.append(InducedEntry(source, target, score, rank, flag))
    return InducedLexicon(tuple(entries), direction)


def _is_mutual(found: TopK, best_back: Int[Tensor, "m"]) -> Bool[Tensor, "n k"]:
    """Whether each found key is its query's first choice, and has that query for its own."""
    own = torch.arange(found.indices.shape[0], device=found.indices.device)[:, None]
    first = torch.arange(found.indices.shape[1], device=found.indices.device) == 0
    return (best_back[found.indices] == own) & first
