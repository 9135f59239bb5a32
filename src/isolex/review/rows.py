"""What was decided, a row a pair."""

from collections.abc import Iterator
from dataclasses import dataclass

from isolex.review.decisions import Judgements

COLUMNS = ("source", "target", "decision", "reviewer", "when", "comment")
ACCEPTED, REJECTED = "accepted", "rejected"


@dataclass(frozen=True)
class DecidedPair:
    """One pair that somebody decided on.

    Attributes:
        source: The source word.
        target: Its translation, or what is none.
        decision: `accepted` or `rejected`.
        reviewer: Who decided last.
        when: In UTC, as ISO 8601 has it.
        comment: A remark.
    """

    source: str
    target: str
    decision: str
    reviewer: str
    when: str
    comment: str

    def to_dict(self) -> dict[str, str]:
        """By column."""
        return {column: getattr(self, column) for column in COLUMNS}


def rows_of(judgements: Judgements) -> Iterator[DecidedPair]:
    """The pairs that hold and those that do not, by word in the order of decisions."""
    for word in judgements.words():
        judged = judgements.on(word)
        for decision, pairs in ((ACCEPTED, judged.accepted), (REJECTED, judged.rejected)):
            for target, last in pairs.items():
                yield DecidedPair(word, target, decision, last.reviewer, last.at, last.comment)
