"""Methods and language pairs on the MUSE dictionaries, cell by cell; a run goes on where it stopped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

from isolex._version import __version__
from isolex.benchmark.folder import DataFolder
from isolex.benchmark.registry import get_dataset
from isolex.benchmark.timing import timed
from isolex.choices import MUSE_METHODS, MUSE_VOCABULARY, REFERENCE_CRITERIA
from isolex.errors import FormatError, InputError
from isolex.evaluation import evaluate
from isolex.files import atomic_file, check_file, digest
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.progress import track
from isolex.recipes import METHODS, align
from isolex.saved import (
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
from isolex.vectors import Vectors

PROTOCOL = "muse"
_FORMAT = "isolex-bench-muse"
_FORMAT_VERSION = 1


class MuseData(Protocol):
    """Vectors and dictionaries: a `DataFolder`, or `MuseDownloads`."""

    def check(self, pair: str) -> None:
        """Raise `InputError` unless the pair is there."""
        ...

    def vectors(self, pair: str) -> tuple[Vectors, Vectors]:
        """Both sides of `xx-yy`."""
        ...

    def dictionary(self, pair: str, part: str) -> Lexicon:
        """The `train` or `test` dictionary of `xx-yy`."""
        ...


@dataclass(frozen=True)
class Cell:
    """What a result depends on: if one of these changes, it is measured again.

    Attributes:
        pair: `xx-yy`.
        method: Name out of `isolex.recipes.METHODS`.
        seed: Of everything random.
        vocabulary: Most frequent words taken of either side.
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
class MuseRow:
    """One method on one language pair.

    Attributes:
        cell: What was measured.
        begins_with: What the method begins with: `pairs`, `identical` strings, or `nothing` but vectors.
        train_pairs: Training pairs inside both vocabularies that it was given.
        results: By criterion, as `BLIResult.to_dict` tells them.
        seconds: For aligning.
    """

    cell: Cell
    begins_with: str
    train_pairs: int
    results: Mapping[str, Mapping[str, Any]]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        values = {own.name: getattr(self, own.name) for own in fields(self) if own.name != "cell"}
        return asdict(self.cell) | values


@dataclass(frozen=True, eq=False)
class Task:
    """Two spaces, and the dictionaries to align and to score them with.

    Attributes:
        source: Source vectors.
        target: Target vectors.
        train: Training pairs.
        test: Test pairs.
    """

    source: Vectors
    target: Vectors
    train: Lexicon
    test: Lexicon

    @property
    def marks(self) -> tuple[str, str, str, str]:
        """Digests of the four, as `Cell` has them."""
        return (
            self.source.fingerprint,
            self.target.fingerprint,
            _digest(self.train),
            _digest(self.test),
        )

    def measure(self, cell: Cell, device: str | None) -> MuseRow:
        """Align without a verdict, by the cell's method, and score."""
        begins_with = METHODS[cell.method].needs
        lexicon = self.train if begins_with == "pairs" else None
        seconds, alignment = timed(
            lambda: align(
                self.source,
                self.target,
                lexicon,
                method=cell.method,
                seed=cell.seed,
                device=device,
                check=False,
            )
        )
        results = {
            criterion: evaluate(alignment, self.test, protocol=PROTOCOL, criterion=criterion).to_dict()
            for criterion in REFERENCE_CRITERIA
        }
        return MuseRow(cell, begins_with, alignment.card.scores["seed_pairs"], results, round(seconds, 1))


class ResultsFile:
    """Rows in a JSON file, written anew after each of them.

    Attributes:
        path: The file.
        found: Cells that it held when it was opened.

    Raises:
        FormatError: A file stands there that is something else, so it is not replaced.
        InputError: It cannot be read or written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        check_file(self.path)
        self._rows = {row.cell: row for row in self._stored()} if self.path.exists() else {}
        self.found = frozenset(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, cell: Cell) -> MuseRow | None:
        """The row of this cell, if it was measured before."""
        return self._rows.get(cell)

    def add(self, row: MuseRow) -> None:
        """Keep the row."""
        self._rows[row.cell] = row
        rows = [kept.to_dict() for kept in self._rows.values()]
        data = {"format": _FORMAT, "version": _FORMAT_VERSION, "protocol": PROTOCOL, "rows": rows}
        with atomic_file(self.path) as temporary:
            temporary.write_text(json_text(data, indent=1) + "\n", encoding="utf-8")

    def _stored(self) -> list[MuseRow]:
        data = read_saved(self.path, "choose another file by -o")
        try:
            return list(_FILE(parse_json(data))["rows"])
        except UnsoundError as error:
            raise FormatError(
                f"holds no results of this benchmark ({error})",
                where=self.path,
                fix="choose another file by -o",
            ) from error


def _row(data: Any) -> MuseRow:
    """The inverse of `MuseRow.to_dict`. What is not known is refused, as it would be lost on writing."""
    row = _ROW(data)
    strange = data.keys() - row.keys()
    if strange:
        raise UnsoundError(f"holds {min(strange)!r}, which another release of isolex wrote")
    cell = Cell(**{own.name: row.pop(own.name) for own in fields(Cell)})
    return MuseRow(cell, **row)


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
_FILE = record(
    {"format": one_of(_FORMAT), "version": whole(_FORMAT_VERSION, _FORMAT_VERSION), "rows": many(_row)}
)


def run_muse(
    data: MuseData,
    results: ResultsFile,
    pairs: Sequence[str],
    *,
    methods: Sequence[str] = MUSE_METHODS,
    vocabulary: int = MUSE_VOCABULARY,
    seed: int = 0,
    device: str | None = None,
) -> Iterator[MuseRow]:
    """Align and score each pair by each method, by protocol `muse`, NN and CSLS; a row once it is kept.

    Args:
        data: Where vectors and dictionaries come from.
        results: Where rows are kept, and taken from if they are there.
        pairs: Language pairs, `xx-yy`.
        methods: Names out of `isolex.recipes.METHODS`; no method gets a verdict, and `unsupervised` one try.
        vocabulary: Most frequent words taken of either side.
        seed: Of everything random.
        device: Where to compute.

    Raises:
        InputError: An unknown pair or method, or the file of results cannot be written.
    """
    check_methods(methods)
    for pair in pairs:
        data.check(pair)
    for pair in track(list(pairs), "language pairs"):
        source, target = (side.head(vocabulary) for side in data.vectors(pair))
        train, test = (data.dictionary(pair, part) for part in ("train", "test"))
        task = Task(source, target, train, test)
        for method in track(list(methods), f"{pair}: methods"):
            cell = Cell(pair, method, seed, vocabulary, *task.marks, __version__)
            row = results.get(cell)
            if row is None:
                row = task.measure(cell, device)
                results.add(row)
            yield row


def check_methods(methods: Sequence[str]) -> None:
    """Raise `InputError` unless all are names of methods: to be known before gigabytes are fetched."""
    for method in methods:
        look_up(method, METHODS, "method")


def directed(pairs: Sequence[str], direction: str) -> list[str]:
    """The pairs as they are (`forward`), turned round (`backward`), or each both ways (`both`).

    Each way has dictionaries of its own, so the way back is another language pair.
    """
    ways = look_up(direction, {"forward": (1,), "backward": (-1,), "both": (1, -1)}, "direction")
    return list(dict.fromkeys("-".join(pair.split("-")[::way]) for pair in pairs for way in ways))


def muse_pairs(pairs: Sequence[str], direction: str, folder: DataFolder | None) -> list[str]:
    """The pairs to measure: those asked for, or all that a folder has.

    Raises:
        InputError: No pair was named and there is no folder, or one of them is not there.
    """
    named = pairs if folder is None else pairs or folder.pairs
    if not named:
        raise InputError("got no language pairs", where="--pairs", fix="name some, such as en-fr,en-de")
    chosen = directed(named, direction)
    there = get_dataset("muse") if folder is None else folder
    for pair in chosen:
        there.check(pair)
    return chosen


def _digest(lexicon: Lexicon) -> str:
    return digest(*(f"{source}\t{target}\n".encode() for source, target in lexicon))
