"""Results that are kept in a file, each with all that it depends on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from isolex.errors import FormatError
from isolex.files import atomic_file, check_file
from isolex.saved import (
    Check,
    UnsoundError,
    by_name,
    json_text,
    many,
    maybe,
    number,
    one_of,
    parse_json,
    plain,
    read_saved,
    record,
    text,
    whole,
)

_FORMAT = "isolex-bench-muse"
_FORMAT_VERSION = 1


@dataclass(frozen=True)
class Cell:
    """What a result depends on: if one of these changes, it is measured again.

    Attributes:
        pair: `xx-yy`.
        method: Name out of `isolex.recipes.METHODS`.
        seed: Seed of random numbers.
        vocabulary: Number of most frequent words of each language.
        source: Fingerprint of the source vectors.
        target: Fingerprint of the target vectors.
        train: Digest of the training pairs.
        test: Digest of the test pairs.
        isolex: Version.
    """

    pair: str
    method: str
    seed: int
    vocabulary: int
    source: str
    target: str
    train: str
    test: str
    isolex: str


@dataclass(frozen=True)
class MethodScore:
    """One method on one language pair.

    Attributes:
        cell: What was measured.
        begins_with: What the method begins with: `pairs`, `identical` strings, `words written alike`, or
            `nothing` but vectors.
        train_pairs: Number of training pairs in both vocabularies that it was given.
        results: By criterion, as `BLIResult.to_dict` tells them.
        seconds: Time for aligning.
    """

    cell: Cell
    begins_with: str
    train_pairs: int
    results: Mapping[str, Mapping[str, Any]]
    seconds: float

    @classmethod
    def from_dict(cls, data: Any) -> "MethodScore":
        """The inverse of `to_dict`.

        Raises:
            UnsoundError: Something is missing or wrong, or not known, as it would be lost on writing.
        """
        row = _ROW(data)
        strange = data.keys() - row.keys()
        if strange:
            raise UnsoundError(f"holds {min(strange)!r}, which another release of isolex wrote")
        cell = Cell(**{own.name: row.pop(own.name) for own in fields(Cell)})
        return cls(cell, **row)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        values = {own.name: getattr(self, own.name) for own in fields(self) if own.name != "cell"}
        return asdict(self.cell) | values


class ResultsFile:
    """Scores in a JSON file, written anew after each of them.

    Args:
        path: The file.
        protocol: The protocol of all scores in it.

    Attributes:
        path: The file.
        protocol: The protocol.
        found: Cells that it held when it was opened.

    Raises:
        FormatError: The file is something else, or has another protocol, so it is not replaced.
        InputError: It cannot be read or written.
    """

    def __init__(self, path: str | Path, *, protocol: str = "muse") -> None:
        self.path, self.protocol = Path(path), protocol
        check_file(self.path)
        self._scores = {score.cell: score for score in self._stored()} if self.path.exists() else {}
        self.found = frozenset(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def get(self, cell: Cell) -> MethodScore | None:
        """The score of this cell, if it was measured before."""
        return self._scores.get(cell)

    def add(self, score: MethodScore) -> None:
        """Keep the score."""
        self._scores[score.cell] = score
        rows = [kept.to_dict() for kept in self._scores.values()]
        data = {"format": _FORMAT, "version": _FORMAT_VERSION, "protocol": self.protocol, "rows": rows}
        with atomic_file(self.path) as temporary:
            temporary.write_text(json_text(data, indent=1) + "\n", encoding="utf-8")

    def _stored(self) -> list[MethodScore]:
        data = read_saved(self.path, "choose another file by -o")
        try:
            return list(_file_of(self.protocol)(parse_json(data))["rows"])
        except UnsoundError as error:
            raise FormatError(
                f"holds no results of this benchmark ({error})",
                where=self.path,
                fix="choose another file by -o",
            ) from error


_COUNT = whole(0, 2**63)
_ROW = record(
    {
        **{own.name: _COUNT if own.type is int else text for own in fields(Cell)},
        "begins_with": text,
        "train_pairs": _COUNT,
        "results": by_name(record({"p@1": maybe(number(0, 100)), "n": _COUNT}, others=plain)),
        "seconds": number(0),
    }
)


def _file_of(protocol: str) -> Check:
    return record(
        {
            "format": one_of(_FORMAT),
            "version": whole(_FORMAT_VERSION, _FORMAT_VERSION),
            "protocol": one_of(protocol),
            "rows": many(MethodScore.from_dict),
        }
    )
