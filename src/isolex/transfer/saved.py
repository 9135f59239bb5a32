"""The folder that a document index is saved in, written whole or not at all; nothing is pickled.

index.json           which alignment it belongs to, and its settings
documents.jsonl      the documents
rows.safetensors     the documents in the shared space, and their neighbourhoods
bm25                 term weights, as bm25s stores them
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from isolex.alignment import Alignment, load
from isolex.errors import FormatError, MismatchError
from isolex.files import atomic_folder, check_folder
from isolex.transfer.documents import DocumentIndex, load_terms, save_terms
from isolex.transfer.texts import read_texts

CARD, DOCUMENTS, ROWS, TERMS = "index.json", "documents.jsonl", "rows.safetensors", "bm25"
_CONTENTS = (CARD, DOCUMENTS, ROWS, TERMS)
_VERSION = 1


def check_index_output(path: str | Path) -> None:
    """Raise `InputError` unless an index can be saved there."""
    check_folder(path, contents=_CONTENTS)


def save_index(
    index: DocumentIndex, path: str | Path, alignment: str | Path, *, reverse: bool = False
) -> None:
    """Write an index as a folder, atomically.

    Args:
        index: What to save; its tokeniser must be the default one.
        path: The folder; an index that stands there is replaced when the new one is whole.
        alignment: The saved alignment that it was made with; it is not copied.
        reverse: Whether it was made with that alignment reversed.

    Raises:
        InputError: The folder holds something else, or cannot be written.
    """
    card: dict[str, Any] = {
        "format": "isolex-index",
        "version": _VERSION,
        "alignment": str(Path(alignment).resolve()),
        "reverse": reverse,
        "created": index.alignment.card.created,
        "vectors": _fingerprints(index.alignment),
        "translations": index.translations,
        "documents": len(index.documents),
    }
    with atomic_folder(path, contents=_CONTENTS) as folder:
        lines = (
            json.dumps({"id": document.id, "text": document.text}, ensure_ascii=False) + "\n"
            for document in index.documents
        )
        (folder / DOCUMENTS).write_text("".join(lines), encoding="utf-8")
        save_file({"rows": index.rows, "neighbourhoods": index.neighbourhoods}, folder / ROWS)
        save_terms(index.bm25, folder / TERMS)
        (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=2), encoding="utf-8")


def load_index(path: str | Path, *, alignment: str | Path | None = None) -> DocumentIndex:
    """Read a saved index with its alignment.

    Args:
        path: The folder.
        alignment: Where its alignment is now, if it was moved.

    Raises:
        InputError: There is no such alignment.
        FormatError: It is no index, or a damaged one.
        MismatchError: The alignment is not the one that the index was made with.
    """
    path = Path(path)
    card = _read_card(path)
    bound = load(card["alignment"] if alignment is None else alignment)
    bound = bound.reversed() if card["reverse"] else bound
    if bound.card.created != card["created"] or _fingerprints(bound) != card["vectors"]:
        raise MismatchError(
            "was made with another alignment than the one that stands there now",
            where=path,
            fix="run isolex index again, or give the alignment by --alignment",
        )
    index = DocumentIndex(read_texts(path / DOCUMENTS), bound, translations=card["translations"])
    try:
        tensors = load_file(path / ROWS)
        # What was computed for the documents takes the place of what would be.
        index.rows, index.neighbourhoods = tensors["rows"], tensors["neighbourhoods"]
        index.bm25 = load_terms(path / TERMS)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise FormatError(f"is damaged ({error})", where=path, fix="run isolex index again") from error
    return index


def _read_card(path: Path) -> dict[str, Any]:
    try:
        card = json.loads((path / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError("is no index of documents", where=path, fix="make one: isolex index") from error
    if not isinstance(card, dict) or (card.get("format"), card.get("version")) != ("isolex-index", _VERSION):
        raise FormatError(
            f"is no index of documents of version {_VERSION}", where=path, fix="run isolex index again"
        )
    return card


def _fingerprints(alignment: Alignment) -> Sequence[str]:
    return [alignment.card.source.fingerprint, alignment.card.target.fingerprint]
