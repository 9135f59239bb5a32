"""The features of a candidate pair: their names, their groups, and the table of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from isolex.names import look_up
from isolex.reranking.pairs import Pairs
from isolex.reranking.spaces import Spaces

GROUPS = {
    "alignment": "cosine, CSLS, margins, ranks and shares both ways in each alignment, and their agreement",
    "hubness": "how near both words are to everything, and in how many lists of ten they stand",
    "neighbours": "what the neighbours of both words, and the nearest seed pairs, say of the translation",
    "frequency": "frequency rank of the target word, and how far it is from that of the source word",
    "strings": "n-gram cosine, identical strings, words that both languages have, lengths, digits, case",
    "characters": "likelihood ratio of the learned character correspondences",
}


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """One row a pair, one column a feature.

    Attributes:
        names: Of the columns, `group.feature` or `group.alignment.feature`.
        values: float32 `[p, f]`.
    """

    names: tuple[str, ...]
    values: Float[np.ndarray, "p f"]

    @classmethod
    def of(cls, columns: dict[str, np.ndarray], groups: Collection[str]) -> "FeatureTable":
        """The columns of the groups that are wanted."""
        kept = {name: column for name, column in columns.items() if group_of(name) in groups}
        return cls(tuple(kept), np.stack(list(kept.values()), axis=1).astype(np.float32))

    @classmethod
    def stacked(cls, tables: "Sequence[FeatureTable]") -> "FeatureTable":
        """The rows of all of them; the columns are the same."""
        return cls(tables[0].names, np.concatenate([table.values for table in tables]))

    def chosen(self, ids: Int[np.ndarray, "c"]) -> "FeatureTable":
        """Some of the rows."""
        return FeatureTable(self.names, self.values[ids])

    def members(self, group: str) -> Bool[np.ndarray, "f"]:
        """Which columns are of a group."""
        return np.array([group_of(name) == group for name in self.names], dtype=bool)

    def only(self, groups: Collection[str]) -> "FeatureTable":
        """The table of some groups."""
        kept = [group_of(name) in groups for name in self.names]
        return FeatureTable(tuple(np.array(self.names)[kept]), self.values[:, kept])

    def without(self, group: str) -> "FeatureTable":
        """The table of the other groups."""
        return self.only({group_of(name) for name in self.names} - {group})


def group_of(name: str) -> str:
    """The group of a feature."""
    return name.partition(".")[0]


def check_groups(groups: Sequence[str]) -> None:
    """Raise `InputError` for an unknown group."""
    for group in groups:
        look_up(group, GROUPS, "feature group")


def frequency(pairs: Pairs) -> dict[str, np.ndarray]:
    """Ranks by frequency. That of the source word alone is left out: test words are rarer than seed words."""
    source, target = np.log1p(pairs.rows), np.log1p(pairs.keys)
    return {"frequency.target": target, "frequency.difference": target - source}


def by_sight(spaces: Spaces, pairs: Pairs) -> dict[str, np.ndarray]:
    """What one sees of two strings without knowing the languages."""
    source, target, rows, keys = spaces.source, spaces.target, pairs.rows, pairs.keys
    cosine = spaces.strings.cosines(spaces.queries, rows, keys)
    lengths, key_lengths = source.lengths[rows], target.lengths[keys]
    # A string that is also a word of the other language, there more or less frequent, is no mere name.
    same_string, own_word = source.elsewhere[rows], target.elsewhere[keys]
    return {
        "strings.ngrams": cosine,
        "strings.ngrams_behind": pairs.highest(cosine) - cosine,
        "strings.identical": same_string == keys,
        "strings.source_elsewhere": same_string >= 0,
        "strings.target_elsewhere": np.where(own_word >= 0, np.log1p(own_word.clip(0)), -1),
        "strings.length": lengths,
        "strings.target_length": key_lengths,
        "strings.length_ratio": (lengths - key_lengths) / (lengths + key_lengths),
        "strings.same_digits": source.digits[rows] == target.digits[keys],
        "strings.same_case": source.upper[rows] == target.upper[keys],
    }
