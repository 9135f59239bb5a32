"""What was decided, a row a pair."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress, groupby, repeat
from operator import attrgetter
from typing import Any

from isolex.alignment import Alignment
from isolex.cards.card import GIVEN_SEEDS
from isolex.lexicon import Lexicon
from isolex.lexicon.shared_strings import are_alike
from isolex.reranking import RerankedDictionary
from isolex.review.decisions import Judgements

COLUMNS = ("source", "target", "decision", "reviewer", "when", "comment")
CONFIDENCE = "confidence"
# Proposals of a word that are looked at for one that was not rejected; no dictionary keeps more.
_MOST = 100
ACCEPTED, REJECTED, PROPOSED, LEXICON = "accepted", "rejected", "proposed", "lexicon"


@dataclass(frozen=True)
class DecidedPair:
    """One pair of a dictionary, and who speaks for it.

    Attributes:
        source: The source word.
        target: Its translation, or what is none.
        decision: `accepted` or `rejected`; `lexicon`, where nobody decided on a pair of the lexicon; or
            `proposed`, where isolex alone speaks for the pair.
        reviewer: Who decided last; empty where nobody did.
        when: In UTC, as ISO 8601 has it.
        comment: A remark.
        confidence: Of a proposed pair.
    """

    source: str
    target: str
    decision: str
    reviewer: str
    when: str
    comment: str
    confidence: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """By column, the confidence only where there is one."""
        told = {column: getattr(self, column) for column in COLUMNS}
        return told if self.confidence is None else told | {CONFIDENCE: round(self.confidence, 4)}


def whole_dictionary(
    judgements: Judgements,
    dictionary: RerankedDictionary,
    min_confidence: float,
    *,
    lexicon: Lexicon | None = None,
) -> list[DecidedPair]:
    """What was decided, the lexicon, and for words without a translation what isolex proposes, by frequency.

    Rejected pairs do not come from the lexicon, and are not proposed; the next best that reaches the
    confidence is.

    Args:
        judgements: The decisions.
        dictionary: What proposes.
        min_confidence: The least confidence of a proposed pair.
        lexicon: Pairs that are certain unless somebody rejected them, or their weight is 0.

    Raises:
        InputError: The dictionary has no confidences.
    """
    rows = {word: list(own) for word, own in groupby(rows_of(judgements), key=attrgetter("source"))}
    for source, target in _certain(lexicon):
        own = rows.setdefault(source, [])
        if all(row.target != target for row in own):
            own.append(DecidedPair(source, target, LEXICON, "", "", ""))
    for entry in dictionary.entries(min_confidence, k=_MOST):
        own = rows.setdefault(entry.source, [])
        if any(row.decision != REJECTED or row.target == entry.target for row in own):
            continue
        own.append(DecidedPair(entry.source, entry.target, PROPOSED, "", "", "", entry.confidence))
    places = dictionary.alignment.source
    last = len(places)
    order = sorted(rows, key=lambda word: last if (place := places.id(word)) is None else place)
    return [row for word in order for row in rows[word]]


def _certain(lexicon: Lexicon | None) -> Iterator[tuple[str, str]]:
    """The pairs of a lexicon without those of weight 0, which nothing is learnt from either."""
    if lexicon is not None:
        yield from compress(lexicon.pairs, lexicon.weights or repeat(1.0))


def given_lexicon(alignment: Alignment) -> Lexicon:
    """The seed pairs that somebody gave; none if all are written alike, since isolex found those itself."""
    seeds = alignment.seeds
    count = alignment.card.settings.get(GIVEN_SEEDS, len(seeds))
    if all(are_alike(*pair) for pair in seeds.pairs[:count]):
        return Lexicon([])
    return Lexicon(seeds.pairs[:count], seeds.weights and seeds.weights[:count], unicode="keep")


def rows_of(judgements: Judgements) -> Iterator[DecidedPair]:
    """The pairs that hold and those that do not, by word in the order of decisions."""
    for word in judgements.words():
        judged = judgements.on(word)
        for decision, pairs in ((ACCEPTED, judged.accepted), (REJECTED, judged.rejected)):
            for target, last in pairs.items():
                yield DecidedPair(word, target, decision, last.reviewer, last.at, last.comment)
