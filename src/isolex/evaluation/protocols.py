"""Named definitions of P@1, because public scorers define it differently and their figures do not compare."""

from dataclasses import dataclass
from typing import Literal

from isolex.given import whole_number
from isolex.names import look_up


@dataclass(frozen=True)
class BLIProtocol:
    """How a test lexicon is scored.

    Attributes:
        name: Name of the protocol in results.
        unit: `source`: a source word counts once, and is right if any of its gold targets is in the top k;
            `pair`: every pair counts separately.
        missing: Treatment of units with a word outside the vocabularies: they are left out (`drop`), or count
            as wrong (`wrong`).
        vocabulary: Use only this many of the most frequent words of each side.
    """

    name: str
    unit: Literal["source", "pair"]
    missing: Literal["drop", "wrong"]
    vocabulary: int = 200_000

    def __post_init__(self) -> None:
        whole_number(self.vocabulary, "vocabulary", where="BLIProtocol")


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        BLIProtocol("muse", unit="source", missing="drop"),
        BLIProtocol("strict", unit="source", missing="wrong"),
        BLIProtocol("xling", unit="pair", missing="drop"),
    )
}


def as_protocol(given: str | BLIProtocol) -> BLIProtocol:
    """A protocol: the given one, or the one of the given name.

    Raises:
        InputError: No protocol has that name.
    """
    return given if isinstance(given, BLIProtocol) else look_up(given, PROTOCOLS, "protocol")
