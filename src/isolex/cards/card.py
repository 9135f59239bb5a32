"""The card of an alignment: everything about how it was made that is not a matrix."""

import datetime
import platform
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from typing import Any, get_args

from isolex._version import __version__
from isolex.choices import Status
from isolex.errors import FormatError
from isolex.saved import (
    DIMENSION,
    WORDS,
    by_name,
    date,
    many,
    maybe,
    one_of,
    place,
    plain,
    record,
    sound,
    text,
    whole,
)
from isolex.vectors import Vectors

CARD_VERSION = 1
_FORMAT = "isolex-alignment"
GIVEN_SEEDS = "given_seeds"
"""The setting that says how many of the first seed pairs somebody gave, where isolex induced the others."""


def current_versions() -> dict[str, str]:
    """Versions of isolex and of the libraries that it computes with."""
    return {
        "isolex": __version__,
        "torch": version("torch"),
        "numpy": version("numpy"),
        "python": platform.python_version(),
    }


def now() -> str:
    """The present moment, ISO 8601, UTC."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


@dataclass(frozen=True)
class SideCard:
    """The vectors that one side was made from.

    Attributes:
        fingerprint: Digest of words and values, see `Vectors.fingerprint`.
        words: Number of words, those without a vector not counted.
        dimension: Number of dimensions.
        language: Language code or None.
        path: File that the vectors were read from, if any.
        zero_rows: Number of further words, which have no vector because theirs is zero.
    """

    fingerprint: str
    words: int
    dimension: int
    language: str | None = None
    path: str | None = None
    zero_rows: int = 0

    @classmethod
    def of(cls, vectors: Vectors) -> "SideCard":
        """The card of some vectors."""
        used = vectors.without_zeros()
        path = None if used.path is None else str(used.path)
        zero_rows = len(used.without_vector)
        return cls(used.fingerprint, len(used), used.dimension, used.language, path, zero_rows)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "SideCard":
        """The inverse of `asdict`; fields that this release does not know are left out.

        Raises:
            UnsoundError: A field is missing, or has an impossible value.
        """
        return cls(**_SIDE(data))


_SIDE = record(
    {"fingerprint": text, "words": whole(1, WORDS), "dimension": whole(1, DIMENSION)},
    {"language": maybe(text), "path": maybe(place), "zero_rows": whole(0, WORDS)},
)


@dataclass(frozen=True)
class Card:
    """How an alignment was made, and how good it is.

    Attributes:
        method: Name of the method.
        settings: The full configuration of solver and normalisation.
        source: Source vectors.
        target: Target vectors.
        seed: Seed of everything random.
        status: `aligned`, `doubtful`, `failed`, or `unchecked` if the alignment was not judged.
        reasons: Sentences that explain the status and the choice of the method.
        scores: Measured figures by name (rates are in percent).
        trace: Notes of the solver, a row for each step.
        versions: Versions of isolex and of the libraries that it computes with.
        created: ISO 8601, UTC.
    """

    method: str
    settings: dict[str, Any]
    source: SideCard
    target: SideCard
    seed: int = 0
    status: Status = "unchecked"
    reasons: tuple[str, ...] = ()
    scores: dict[str, Any] = field(default_factory=dict)
    trace: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    versions: dict[str, str] = field(default_factory=current_versions)
    created: str = field(default_factory=now)

    @property
    def reason(self) -> str:
        """The first of the reasons: why this status."""
        return self.reasons[0] if self.reasons else "its card does not say why"

    def reversed(self) -> "Card":
        """The card of the same alignment seen from the other side."""
        return replace(self, source=self.target, target=self.source)

    def over(self, source: Vectors, target: Vectors) -> "Card":
        """The card of the same alignment over these vectors."""
        made = SideCard.of(source), SideCard.of(target)
        source_card, target_card = (
            known if known.fingerprint == new.fingerprint else new
            for known, new in zip((self.source, self.target), made, strict=True)
        )
        return replace(self, source=source_card, target=target_card)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"format": _FORMAT, "version": CARD_VERSION} | asdict(self)

    @classmethod
    def from_dict(cls, data: Any, *, where: object) -> "Card":
        """The inverse of `to_dict`.

        Raises:
            FormatError: This is no such card, or one of a later version.
        """
        if not is_alignment(data):
            raise FormatError("is not the card of an isolex alignment", where=where)
        found = data.get("version")
        if type(found) is not int or found != CARD_VERSION:
            raise FormatError(
                f"has card version {str(found)[:40]}, expected {CARD_VERSION}",
                where=where,
                fix="use the isolex release that made it (pip install --upgrade isolex), or align again",
            )
        with sound(where, "align again"):
            return cls(**_CARD(data))


def is_alignment(data: Any) -> bool:
    """Whether what a card's file holds is the card of an alignment."""
    return isinstance(data, dict) and data.get("format") == _FORMAT


_CARD = record(
    {
        "method": text,
        # Anything may stand there, but for what is shown by name.
        "settings": record(
            {},
            {"normalize": lambda steps: list(many(text)(steps)), GIVEN_SEEDS: whole(0, WORDS**2)},
            others=plain,
        ),
        "source": SideCard.from_dict,
        "target": SideCard.from_dict,
    },
    {
        "seed": whole(-(2**63), 2**64 - 1),
        "status": one_of(*get_args(Status)),
        "reasons": many(text),
        "scores": by_name(plain),
        "trace": many(by_name(plain)),
        "versions": by_name(text),
        "created": date,
    },
)
