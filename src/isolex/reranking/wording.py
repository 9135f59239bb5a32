"""What files of entries say in words."""

from collections.abc import Sequence

from isolex._version import __version__
from isolex.lexicon.words import counted
from isolex.reranking.dictionary import Level, TrustedEntry


def evidence_text(entry: TrustedEntry) -> str:
    """As `alignment +2.1, strings -0.3`."""
    return ", ".join(f"{group} {value:+.1f}" for group, value in entry.evidence.items())


def alternatives_text(entry: TrustedEntry) -> str:
    """As `hogar (0.21), edificio (0.05)`."""
    return ", ".join(f"{target} ({confidence:.2f})" for target, confidence in entry.alternatives)


def remarks(entry: TrustedEntry) -> dict[str, str]:
    """What is to be said of a word beside its translations, by what it is."""
    said = {
        "no translation": f"{entry.no_translation:.4f}",
        "evidence": evidence_text(entry),
        "alternatives": alternatives_text(entry),
    }
    return {kind: f"{kind}: {text}" for kind, text in said.items() if text}


def title_text(source: str, target: str) -> str:
    """The title of a dictionary between two languages."""
    return f"{source}-{target} dictionary"


def origin_text(entries: Sequence[TrustedEntry]) -> str:
    """Where entries come from, and how many of them are to be right."""
    made = f"Induced from word vectors by isolex {__version__}, and read by nobody"
    if not entries:
        return f"{made}: no translations."
    mean = Level.of(0, [entry.confidence for entry in entries]).expected_precision
    count = counted(len(entries), "translation")
    return f"{made}: {count}, of which {mean:.0%} are expected to be right, by their mean confidence."


RIGHTS = "Not published. What the licences of the vectors and of the seed pairs allow may be done with it."
