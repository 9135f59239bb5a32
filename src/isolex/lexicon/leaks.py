"""Which test pairs a training lexicon already gives away."""

from dataclasses import dataclass

from isolex.lexicon.checked import LexiconLike, as_lexicon


@dataclass(frozen=True)
class LeakReport:
    """What a test lexicon shares with a training lexicon.

    Attributes:
        pairs: Test pairs (s, t) that are in the training lexicon.
        reversed_pairs: Other test pairs (s, t) whose reverse (t, s) is there, as when the training lexicon
            is for the opposite direction.
        source_words: Test source words that are training sources too, with whatever translation.
        test_pairs: Number of test pairs.
        test_sources: Number of test source words.
    """

    pairs: tuple[tuple[str, str], ...]
    reversed_pairs: tuple[tuple[str, str], ...]
    source_words: tuple[str, ...]
    test_pairs: int
    test_sources: int

    def __repr__(self) -> str:
        return f"<LeakReport: {self.summary()}>"

    @property
    def clean(self) -> bool:
        """Whether nothing is shared at all."""
        return not (self.pairs or self.reversed_pairs or self.source_words)

    def summary(self) -> str:
        """One line for people."""
        if self.clean:
            return f"no leaks: the training lexicon shares nothing with the {self.test_pairs:,} test pairs"
        return (
            f"{len(self.pairs):,} of {self.test_pairs:,} test pairs are in the training lexicon, and "
            f"{len(self.reversed_pairs):,} are there reversed; {len(self.source_words):,} of "
            f"{self.test_sources:,} test source words are training sources"
        )

    def to_dict(self) -> dict[str, int]:
        """How many pairs, reversed pairs and source words are shared."""
        return {
            "pairs": len(self.pairs),
            "reversed_pairs": len(self.reversed_pairs),
            "source_words": len(self.source_words),
        }


def find_leaks(train: LexiconLike, test: LexiconLike) -> LeakReport:
    """Compare a test lexicon with the lexicon that an alignment was trained on.

    Words are compared as they are in the lexicons, so read both with the same `case`. If the training lexicon
    is for the opposite direction, pass it as it is: `reversed_pairs` finds the shared pairs. Many published
    test pairs are in the training file of the opposite direction, reversed.

    Args:
        train: The training lexicon, or a file of it.
        test: The test lexicon, or a file of it.
    """
    train, test = as_lexicon(train, what="training lexicon"), as_lexicon(test, what="test lexicon")
    return LeakReport(
        pairs=tuple(pair for pair in test if pair in train),
        reversed_pairs=tuple((s, t) for s, t in test if (t, s) in train and (s, t) not in train),
        source_words=tuple(word for word in test.sources if word in train.targets_of),
        test_pairs=len(test),
        test_sources=len(test.sources),
    )
