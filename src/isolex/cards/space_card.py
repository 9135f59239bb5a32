"""The card of a space of many languages: how it was made, how languages came in, how good each pair is."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from isolex.cards.card import SideCard, current_versions, now
from isolex.choices import Status
from isolex.errors import FormatError, InputError
from isolex.saved import (
    WORDS,
    UnsoundError,
    by_name,
    date,
    maybe,
    number,
    one_of,
    plain,
    record,
    sound,
    text,
    whole,
)

SPACE_CARD_VERSION = 2
_FORMAT = "isolex-space"
TRUSTED: tuple[Status, ...] = ("aligned", "doubtful", "failed", "unchecked")
"""Verdicts, the best first."""
# Joins the codes of two languages in names of files and in the card; no code holds it.
BETWEEN = "--"
_CODE = re.compile(r"\w+(-\w+)*")
_LONGEST_CODE = 40
EVERY = "all"
"""What stands for all languages, and so for none of them."""


def check_language(code: object) -> None:
    """Raise `InputError` unless a language's code may name files."""
    if not isinstance(code, str) or not _CODE.fullmatch(code) or len(code) > _LONGEST_CODE:
        raise InputError(
            f"got the language {str(code)[: _LONGEST_CODE + 1]!r}, expected letters, digits and single "
            f"hyphens, such as en or pt-br, {_LONGEST_CODE} at most",
            where="languages",
        )
    if code == EVERY:
        raise InputError(
            f"got the language {code!r}, which stands for all languages",
            where="languages",
            fix="name it otherwise",
        )


@dataclass(frozen=True)
class LanguageCard:
    """One language of a space.

    Attributes:
        vectors: The vectors that it was made from.
        status: The best verdict of its pairs that have a lexicon.
        by: The language whose lexicon brought it in, the most trusted one; None for the first language.
    """

    vectors: SideCard
    status: Status = "unchecked"
    by: str | None = None


@dataclass(frozen=True)
class PairCard:
    """One pair of languages of a space.

    Attributes:
        status: The verdict.
        reason: The sentence that explains it.
        held_out: P@1 on held-out words, in percent; None if there were none.
        words: Number of held-out words.
        seeds: Number of pairs of its lexicon with both words in the vocabularies; 0 without a lexicon.
        weight: How much the lexicon counted in the space; 0 without one.
        origin: Where the lexicon comes from: `given`, `induced`, or None without one.
        given_seeds: Of an induced lexicon, how many of its first pairs were given nevertheless.
    """

    status: Status = "unchecked"
    reason: str = "this pair of languages was not checked"
    held_out: float | None = None
    words: int = 0
    seeds: int = 0
    weight: float = 0.0
    origin: str | None = None
    given_seeds: int = 0

    @property
    def trust(self) -> tuple[int, float]:
        """How far its lexicon is trusted, by its verdict and then by held-out words; more is better."""
        return -TRUSTED.index(self.status), self.held_out or 0.0


@dataclass(frozen=True)
class SpaceCard:
    """How a space was made, and how good its languages and pairs are.

    Attributes:
        method: Name of the method.
        settings: Settings of solver and normalisation.
        languages: The languages by code.
        pairs: The pairs that have a lexicon or a verdict, by `(source, target)`.
        seed: Seed of everything random.
        left_out: Languages that were left out, and why.
        versions: Versions of isolex and of the libraries that it computes with.
        created: ISO 8601, UTC.
    """

    method: str
    settings: dict[str, Any]
    languages: Mapping[str, LanguageCard]
    pairs: Mapping[tuple[str, str], PairCard]
    seed: int = 0
    left_out: Mapping[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=current_versions)
    created: str = field(default_factory=now)

    def pair(self, source: str, target: str) -> PairCard:
        """The card of a pair, in either order."""
        return self.pairs.get((source, target)) or self.pairs.get((target, source)) or PairCard()

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "format": _FORMAT,
            "version": SPACE_CARD_VERSION,
            "method": self.method,
            "settings": self.settings,
            "languages": {code: asdict(card) for code, card in self.languages.items()},
            "pairs": {BETWEEN.join(pair): asdict(card) for pair, card in self.pairs.items()},
            "seed": self.seed,
            "left_out": dict(self.left_out),
            "versions": self.versions,
            "created": self.created,
        }

    @classmethod
    def from_dict(cls, data: Any, *, where: object) -> "SpaceCard":
        """The inverse of `to_dict`.

        Raises:
            FormatError: This is no such card, or one of a later version.
        """
        if not is_space(data):
            raise FormatError("is not the card of an isolex space", where=where)
        if data.get("version") != SPACE_CARD_VERSION:
            raise FormatError(
                f"has card version {str(data.get('version'))[:40]}, expected {SPACE_CARD_VERSION}",
                where=where,
                fix="use the isolex release that made it (pip install --upgrade isolex), or make it again",
            )
        with sound(where, "make the space again"):
            checked = _CARD(data)
            if len(checked["languages"]) < 2:
                raise UnsoundError("are fewer than two", ("languages",))
            for code in checked["languages"]:
                if not _CODE.fullmatch(code):
                    raise UnsoundError("is no code of a language", ("languages", code[:40]))
            pairs = {_codes(name, checked["languages"]): pair for name, pair in checked.pop("pairs").items()}
            return cls(**checked, pairs=pairs)


def _codes(name: str, languages: Mapping[str, LanguageCard]) -> tuple[str, str]:
    source, _, target = name.partition(BETWEEN)
    if source == target or not {source, target} <= languages.keys():
        raise UnsoundError("is no pair of its languages", ("pairs", name[:40]))
    return source, target


def is_space(data: Any) -> bool:
    """Whether what a card's file holds is the card of a space."""
    return isinstance(data, dict) and data.get("format") == _FORMAT


_STATUS = one_of(*get_args(Status))
_LANGUAGE = record({"vectors": SideCard.from_dict}, {"status": _STATUS, "by": maybe(text)})
_PAIR = record(
    {},
    {
        "status": _STATUS,
        "reason": text,
        "held_out": maybe(number(0, 100)),
        "words": whole(0, WORDS),
        "seeds": whole(0, WORDS**2),
        "weight": number(0),
        "origin": maybe(one_of("given", "induced")),
        "given_seeds": whole(0, WORDS**2),
    },
)
_CARD = record(
    {
        "method": text,
        "settings": by_name(plain),
        "languages": by_name(lambda data: LanguageCard(**_LANGUAGE(data))),
        "pairs": by_name(lambda data: PairCard(**_PAIR(data))),
    },
    {
        "seed": whole(-(2**63), 2**64 - 1),
        "left_out": by_name(text),
        "versions": by_name(text),
        "created": date,
    },
)
