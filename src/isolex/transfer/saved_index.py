"""The folder that a document index is saved in, written whole or not at all; nothing is pickled.

index.json           which alignment it belongs to, and its settings
documents.jsonl      the documents
rows.safetensors     the documents in the shared space, and their neighbourhoods
bm25                 term weights, as bm25s stores them
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from isolex.alignment import Alignment, AlignmentLike, LanguagePair, as_alignment
from isolex.errors import FormatError, InputError, MismatchError
from isolex.files import atomic_folder, check_folder, check_not_input, steady
from isolex.saved import (
    WORDS,
    Array,
    UnsoundError,
    date,
    flag,
    json_text,
    many,
    maybe,
    parse_arrays,
    parse_json,
    place,
    read_json,
    read_saved,
    record,
    sound,
    text,
    whole,
)
from isolex.transfer.documents import DocumentIndex, load_terms, save_terms
from isolex.transfer.terms import check_terms
from isolex.transfer.text_files import Text

CARD, DOCUMENTS, ROWS, TERMS = "index.json", "documents.jsonl", "rows.safetensors", "bm25"
_CONTENTS = (CARD, DOCUMENTS, ROWS, TERMS)
_VERSION = 1
_FIX = "run isolex index again"
_CARD = record(
    {
        "alignment": place,
        "reverse": flag,
        "created": date,
        "vectors": many(text, least=2, most=2),
        "translations": whole(1, WORDS),
        "documents": whole(1, WORDS),
    },
    {"pair": maybe(many(text, least=2, most=2))},
)
_DOCUMENT = record({"id": text, "text": text})
# Cosines and lengths, but for rounding.
_ONE = 1.001
_ARRAYS = {"rows": Array("m p", -_ONE, _ONE), "neighbourhoods": Array("m", -_ONE, _ONE)}


def check_index_output(path: str | Path) -> None:
    """Raise `InputError` unless an index can be saved there."""
    check_folder(path, contents=_CONTENTS)


def save_index(
    index: DocumentIndex,
    path: str | Path,
    alignment: str | Path,
    *,
    reverse: bool = False,
    pair: LanguagePair | None = None,
) -> None:
    """Write an index as a folder, atomically.

    Args:
        index: What to save; its tokeniser must be the default one.
        path: The folder; an earlier index there is replaced when the new one is complete.
        alignment: The saved alignment or space that the index was made with; it is not copied.
        reverse: Whether the index was made with that alignment reversed.
        pair: The two languages, for a space.

    Raises:
        InputError: The folder holds something else, or cannot be written, or the index has a tokeniser of its
            own.
    """
    if index.tokenizer is not None:
        raise InputError(
            "the index has a tokeniser of its own, which cannot be saved",
            where=path,
            fix="make the index without it",
        )
    card: dict[str, Any] = {
        "format": "isolex-index",
        "version": _VERSION,
        "alignment": str(Path(alignment).resolve()),
        "reverse": reverse,
        "pair": pair,
        "created": index.alignment.card.created,
        "vectors": _fingerprints(index.alignment),
        "translations": index.translations,
        "documents": len(index.documents),
    }
    check_index_output(path)
    check_not_input(path, alignment, whole=True)
    with atomic_folder(path, contents=_CONTENTS) as folder:
        lines = (json_text({"id": document.id, "text": document.text}) + "\n" for document in index.documents)
        (folder / DOCUMENTS).write_text("".join(lines), encoding="utf-8")
        # Not `save_file`, which makes a file that nobody else may read.
        (folder / ROWS).write_bytes(save({"rows": index.rows, "neighbourhoods": index.neighbourhoods}))
        save_terms(index.bm25, folder / TERMS)
        (folder / CARD).write_text(json_text(card, indent=2), encoding="utf-8")


@steady
def load_index(path: str | Path, *, alignment: AlignmentLike | None = None) -> DocumentIndex:
    """Read a saved index with its alignment.

    Args:
        path: The folder.
        alignment: The new place of its alignment, if it was moved; or the alignment, if it is loaded.

    Raises:
        InputError: There is no such folder, or no such alignment.
        FormatError: It is no index, or a damaged one.
        MismatchError: The alignment is not the one that the index was made with.
    """
    path = Path(path)
    card = _read_card(path)
    if alignment is None and not Path(card["alignment"]).exists():
        raise InputError(
            f"its alignment is not at {card['alignment']} any more",
            where=path,
            fix="give its new place by --alignment",
        )
    bound = as_alignment(card["alignment"] if alignment is None else alignment, pair=card.get("pair"))
    bound = bound.reversed() if card["reverse"] else bound
    if bound.card.created != card["created"] or _fingerprints(bound) != card["vectors"]:
        raise MismatchError(
            "was made with another alignment than the one that is there now",
            where=path,
            fix="run isolex index again, or give the alignment by --alignment",
        )
    documents = _read_documents(path / DOCUMENTS)
    with sound(path, _FIX):
        if len(documents) != card["documents"]:
            raise UnsoundError(f"holds {len(documents):,} of {card['documents']:,} documents", (DOCUMENTS,))
    arrays = _read_rows(path / ROWS, {"m": len(documents), "p": bound.mapping.source.shape[1]})
    with sound(path / TERMS, _FIX):
        check_terms(path / TERMS, len(documents))
        terms = _read_terms(path / TERMS)
    index = DocumentIndex(documents, bound, translations=card["translations"])
    # What was computed for the documents takes the place of what would be.
    index.rows, index.neighbourhoods = arrays["rows"], arrays["neighbourhoods"]
    index.bm25 = terms
    return index


def _read_card(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        raise InputError(
            f"{'is a file' if path.exists() else 'there is no such folder'}, expected an index of documents",
            where=path,
            fix="give the folder that isolex index wrote with -o",
        )
    if not (path / CARD).exists():
        raise FormatError(
            f"is no index of documents: it holds no {CARD}",
            where=path,
            fix="make one: isolex index DIR DOCUMENTS -o INDEX",
        )
    card = read_json(path / CARD, _FIX)
    version = card.get("version") if isinstance(card, dict) else None
    if not isinstance(card, dict) or card.get("format") != "isolex-index" or version != _VERSION:
        later = type(version) is int and version > _VERSION
        raise FormatError(
            f"is no index of documents of version {_VERSION}",
            where=path,
            fix=f"{'run: pip install --upgrade isolex, or ' if later else ''}{_FIX}",
        )
    with sound(path, _FIX):
        checked: dict[str, Any] = _CARD(card)
        return checked


def _read_documents(path: Path) -> list[Text]:
    documents = []
    for number, line in enumerate(read_saved(path, _FIX).splitlines(), start=1):
        with sound(f"{path}, line {number}", _FIX):
            documents.append(Text(**_DOCUMENT(parse_json(line))))
    return documents


def _read_rows(path: Path, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    """Rows of length 1, or 0 for a document without known words; and what they are near to."""
    with sound(path, _FIX):
        arrays = parse_arrays(read_saved(path, _FIX), _ARRAYS, sizes)
        lengths = np.linalg.norm(arrays["rows"], axis=1)
        if ((lengths != 0) & (abs(lengths - 1) > _ONE - 1)).any():
            raise UnsoundError("holds a row of another length than 1", ("rows",))
    return arrays


def _read_terms(path: Path) -> Any:
    try:
        return load_terms(path)
    except (ValueError, TypeError, ImportError) as error:  # it is stricter than we are here and there
        raise UnsoundError(f"is not what bm25s reads: {error}") from error


def _fingerprints(alignment: Alignment) -> Sequence[str]:
    return alignment.card.source.fingerprint, alignment.card.target.fingerprint
