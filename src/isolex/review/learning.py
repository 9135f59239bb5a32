"""From decisions to the next generation: the alignment and the reranker, fitted again."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from isolex.alignment import AlignmentLike, as_alignment
from isolex.lexicon import Lexicon, LexiconLike, as_lexicon
from isolex.lexicon.words import counted
from isolex.mapping import Solver
from isolex.normalize import DEFAULT_STEPS
from isolex.recipes import align
from isolex.reranking import RerankedDictionary, RerankSettings, rerank
from isolex.review.decisions import Judgements

# Of a pair that people accepted, where one of the lexicon has 1.
ACCEPTED_WEIGHT = 2.0
_EXAMPLES = 3


@dataclass(frozen=True, eq=False)
class Lessons:
    """What there is to learn from.

    Attributes:
        seeds: The lexicon without the pairs that people rejected, and the pairs that they accepted, which
            weigh twice as much; None if there is no pair at all.
        wrong: The pairs that people rejected.
    """

    seeds: Lexicon | None
    wrong: Lexicon

    @classmethod
    def of(
        cls, lexicon: LexiconLike, judgements: Judgements, *, reserved: Collection[str] = frozenset()
    ) -> "Lessons":
        """Of a lexicon and of all decisions, but those on words to measure by.

        Args:
            lexicon: The pairs that were given.
            judgements: The decisions.
            reserved: Words to measure by, beside those that came up at random.
        """
        lexicon = as_lexicon(lexicon)
        accepted = dict.fromkeys(
            (pair for pair in judgements.accepted(without="random") if pair[0] not in reserved),
            ACCEPTED_WEIGHT,
        )
        rejected = [pair for pair in judgements.rejected(without="random") if pair[0] not in reserved]
        wrong = set(rejected)
        weights = lexicon.weights or [1.0] * len(lexicon)
        weighted = {
            pair: weight for pair, weight in zip(lexicon.pairs, weights, strict=True) if pair not in wrong
        } | accepted
        seeds = Lexicon(weighted, weights=list(weighted.values())) if weighted else None
        return cls(seeds, Lexicon(rejected))


def learn(
    alignment: AlignmentLike,
    judgements: Judgements,
    *,
    method: str | Solver = "auto",
    settings: RerankSettings | None = None,
    reserved: Collection[str] = frozenset(),
    seed: int = 0,
) -> RerankedDictionary:
    """Align and rerank again, with what people decided.

    Accepted pairs become seed pairs, which count twice as much as those of the lexicon. Rejected pairs leave
    the lexicon, and the reranker learns that they are wrong. Words that came up at random are left out, so
    that the precision of the result can be measured by them.

    Cost: that of `align` and of `rerank`.

    Args:
        alignment: What reviewing began with, or its folder; its vectors, normalisation and seed pairs are
            used.
        judgements: The decisions.
        method: As `align` takes it.
        settings: Of reranking.
        reserved: Words that may come up at random, and so are not learnt from however they came up.
        seed: Of everything random.

    Raises:
        InputError: As `align` and `rerank` do.
    """
    alignment = as_alignment(alignment, device="cpu")
    lessons = Lessons.of(alignment.seeds, judgements, reserved=reserved)
    made = align(
        alignment.source,
        alignment.target,
        lessons.seeds,
        method=method,
        normalize=tuple(alignment.card.settings.get("normalize", DEFAULT_STEPS)),
        seed=seed,
        device="cpu",
    )
    return rerank(made, wrong=lessons.wrong, settings=settings)


def what_changed(before: RerankedDictionary, after: RerankedDictionary, judgements: Judgements) -> list[str]:
    """What is new, a sentence each."""
    accepted = len(judgements.accepted(without="random"))
    rejected = len(judgements.rejected(without="random"))
    told = [f"It learnt from {counted(accepted, 'accepted pair')} and {counted(rejected, 'rejected pair')}."]
    old, new = before.alignment.card, after.alignment.card
    if old.method != new.method:
        told.append(f"The method is {new.method} now, and was {old.method}.")
    if old.status != new.status:
        told.append(f"The verdict is {new.status} now, and was {old.status}.")
    held_out = new.scores.get("verdict_p@1")
    if isinstance(held_out, int | float):
        told.append(f"The alignment alone translates {held_out:.1f} % of the hidden training words right.")
    decided = set(judgements.words())
    changed = list(_changed_answers(before, after, decided))
    words = len(after.alignment.source)
    told.append(f"{len(changed):,} of {words:,} first answers are different now.")
    told += [
        f"{word}: now {new or 'nothing'}, before {old or 'nothing'}."
        for word, old, new in changed[:_EXAMPLES]
    ]
    return told


def _changed_answers(
    before: RerankedDictionary, after: RerankedDictionary, without: Collection[str]
) -> Iterator[tuple[str, str | None, str | None]]:
    """Words with another first answer, the old one and the new one; by frequency."""
    old, new = before.ranked.keys[:, 0], after.ranked.keys[:, 0]
    source, target = after.alignment.source.words, after.alignment.target.words
    for row in np.flatnonzero(old != new).tolist():
        if source[row] not in without:
            first, second = (target[key] if key >= 0 else None for key in (old[row], new[row]))
            yield source[row], first, second
