"""The answers to a whole vocabulary, kept in the folder of the alignment that they belong to.

confidence.safetensors   candidates, confidences and evidence of every source word
confidence.json          settings, versions, and digests of the alignment and of the answers
"""

import warnings
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from safetensors.numpy import save

from isolex.alignment import Alignment, Companion, current_versions, load_card
from isolex.alignment.companion import fingerprint_of
from isolex.errors import FormatError, InputError, IsolexWarning, MismatchError
from isolex.files import digest, steady
from isolex.reranking.reranker import Ranked
from isolex.reranking.settings import RerankSettings
from isolex.saved import (
    CARD_BYTES,
    Array,
    UnsoundError,
    many,
    number,
    parse_arrays,
    parse_json,
    read_saved,
    record,
    text,
    whole,
)

CONFIDENCES = Companion(
    "confidence",
    format="isolex-confidences",
    version=1,
    fix="make them again: isolex lexicon --min-confidence",
)

_CARD_FILE, _ARRAYS_FILE = CONFIDENCES.files
_FLOAT = ("F64", "F32")
_ARRAYS = {
    "keys": Array("n a", -1, types=("I64", "I32")),
    "confidence": Array("n a", 0, 1, types=_FLOAT),
    "none_right": Array("n", 0, 1, types=_FLOAT),
    "spoken_for": Array("n g", types=_FLOAT),
}
_KINDS = {int: whole(0, 2**63), float: number(0), tuple: many(text, least=1)}
_SETTINGS = record({own.name: _KINDS[type(own.default)] for own in fields(RerankSettings)})
_CARD = record(
    {
        **dict.fromkeys(("alignment", "answers", "reason"), text),
        "settings": _SETTINGS,
        "groups": many(text, least=1),
    }
)
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class SavedAnswers:
    """A ranker that looks its answers up.

    Attributes:
        ranked: The answers to every source word, by id.
        settings: Of the reranker that gave them.
        groups: Feature groups, the columns of `ranked.spoken_for`.
        reason: What it learnt from.
    """

    ranked: Ranked
    settings: RerankSettings
    groups: tuple[str, ...]
    reason: str

    def rank(self, rows: Int[np.ndarray, "w"]) -> Ranked:
        """Answers for source words, each asked once, in the order of their ids."""
        rows = np.unique(rows)
        return Ranked(rows, *(getattr(self.ranked, part)[rows] for part in _ARRAYS))


def write_answers(answers: SavedAnswers, path: str | Path, alignment: Alignment) -> None:
    """Write answers into the folder of a saved alignment, in place of those that are there.

    Args:
        answers: To every source word.
        path: The folder.
        alignment: Over whose vectors they were made.

    Raises:
        InputError: There is no such alignment, or its folder cannot be written.
        MismatchError: It is over other vectors.
    """
    folder = Path(path)
    card = load_card(folder)
    if not _over(alignment, card.source.fingerprint, card.target.fingerprint):
        raise MismatchError(
            "is an alignment of other vectors than those of the dictionary",
            where=path,
            fix="save the dictionary with the alignment that it was made from",
        )
    data = save({part: getattr(answers.ranked, part) for part in _ARRAYS})
    made = {
        "answers": digest(data),
        "settings": asdict(answers.settings),
        "groups": answers.groups,
        "reason": answers.reason,
        "versions": current_versions(),
    }
    CONFIDENCES.write(folder, made, data)


def read_answers(path: str | Path, alignment: Alignment) -> SavedAnswers | None:
    """The answers in the folder of an alignment; None if there are none that can be used.

    Answers are for the vectors that the alignment was saved with, so over others there are none.

    Args:
        path: The folder.
        alignment: What was loaded from it.

    Warns:
        IsolexWarning: There are some, but they are damaged, or of another alignment or release.
    """
    folder, card = Path(path), alignment.card
    if not _over(alignment, card.source.fingerprint, card.target.fingerprint):
        return None
    try:
        return _read(folder, alignment)
    except _OtherError as error:
        why = str(error)
    except UnsoundError as error:
        why = f"they are damaged ({error})"
    except FormatError as error:
        why = f"they are damaged ({Path(str(error.where)).name} {error.problem})"
    except InputError as error:
        why = f"{error.where} {error.problem}"
    warnings.warn(
        f"{folder}: its confidences are not used: {why}; {CONFIDENCES.fix}", IsolexWarning, stacklevel=2
    )
    return None


class _OtherError(Exception):
    """The answers are whole, but not those that are looked for."""


@steady
def _read(folder: Path, alignment: Alignment) -> SavedAnswers | None:
    if not (folder / _CARD_FILE).is_file():
        return None
    made = parse_json(read_saved(folder / _CARD_FILE, CONFIDENCES.fix, most=CARD_BYTES))
    if not isinstance(made, dict) or not made.keys() >= CONFIDENCES.mark.keys():
        raise UnsoundError(f"is not {_CARD_FILE} of an alignment")
    if {name: made[name] for name in CONFIDENCES.mark} != CONFIDENCES.mark:
        raise _OtherError("another release of isolex wrote them")
    card = _CARD(made)
    settings = _settings(card["settings"])
    if card["alignment"] != fingerprint_of(folder):
        raise _OtherError("they are of another alignment than the one that is there now")
    if not CONFIDENCES.is_of(folder, alignment.card):
        raise _OtherError("the alignment was replaced by another run since it was loaded")
    data = read_saved(folder / _ARRAYS_FILE, CONFIDENCES.fix)
    if digest(data) != card["answers"]:
        raise UnsoundError(f"and {_CARD_FILE} do not belong together", (_ARRAYS_FILE,))
    sizes = {"n": len(alignment.source), "a": settings.alternatives, "g": len(card["groups"])}
    parts = parse_arrays(data, _ARRAYS, sizes)
    _check_answers(parts["keys"], parts["confidence"], len(alignment.target))
    ranked = Ranked(np.arange(len(parts["keys"])), *(parts[part] for part in _ARRAYS))
    return SavedAnswers(ranked, settings, card["groups"], card["reason"])


def _settings(given: dict[str, Any]) -> RerankSettings:
    try:
        return RerankSettings(**given)
    except InputError as error:
        raise UnsoundError(f"do not hold: {error}", ("settings",)) from error


def _check_answers(
    keys: Int[np.ndarray, "n a"], confidence: Float[np.ndarray, "n a"], target_words: int
) -> None:
    """Target words that are there, each once a word, best first, and after them places without any.

    Raises:
        UnsoundError: They are something else.
    """
    if keys.max() >= target_words:
        raise UnsoundError(f"holds {keys.max()}, expected less than {target_words:,}", ("keys",))
    there, ordered = keys >= 0, np.sort(keys, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any() or (there[:, 1:] > there[:, :-1]).any():
        raise UnsoundError("holds a word twice, or one after the last", ("keys",))
    falls = np.where(there[:, 1:], confidence[:, :-1] - confidence[:, 1:], 0)
    # A calibration may turn the order round, but not here so and there otherwise.
    if (falls < -_ROUNDING).any() and (falls > _ROUNDING).any():
        raise UnsoundError("is in no order", ("confidence",))


def _over(alignment: Alignment, source: str, target: str) -> bool:
    """Whether an alignment is over the vectors with these fingerprints."""
    return (alignment.source.fingerprint, alignment.target.fingerprint) == (source, target)
