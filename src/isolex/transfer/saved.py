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
from safetensors.numpy import load_file, save

from isolex.alignment import Alignment, load
from isolex.errors import FormatError, InputError, MismatchError
from isolex.files import atomic_folder, check_folder, check_not_input, json_text, steady
from isolex.transfer.documents import DocumentIndex, load_terms, save_terms
from isolex.transfer.texts import Text

CARD, DOCUMENTS, ROWS, TERMS = "index.json", "documents.jsonl", "rows.safetensors", "bm25"
_CONTENTS = (CARD, DOCUMENTS, ROWS, TERMS)
_KEYS = {"alignment", "reverse", "created", "vectors", "translations", "documents"}
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
def load_index(path: str | Path, *, alignment: str | Path | None = None) -> DocumentIndex:
    """Read a saved index with its alignment.

    Args:
        path: The folder.
        alignment: Where its alignment is now, if it was moved.

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
            fix="say where it is by --alignment",
        )
    bound = load(card["alignment"] if alignment is None else alignment)
    bound = bound.reversed() if card["reverse"] else bound
    if bound.card.created != card["created"] or _fingerprints(bound) != card["vectors"]:
        raise MismatchError(
            "was made with another alignment than the one that stands there now",
            where=path,
            fix="run isolex index again, or give the alignment by --alignment",
        )
    try:
        index = DocumentIndex(_read_documents(path), bound, translations=card["translations"])
        tensors = load_file(path / ROWS)
        # What was computed for the documents takes the place of what would be.
        index.rows, index.neighbourhoods = tensors["rows"], tensors["neighbourhoods"]
        index.bm25 = load_terms(path / TERMS)
    except (OSError, EOFError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error
    sizes = {len(index.documents), len(index.rows), len(index.neighbourhoods), index.bm25.scores["num_docs"]}
    if sizes != {card["documents"]} or index.rows.shape[1] != bound.mapping.source.shape[1]:
        raise _damaged(path, "its files do not belong together")
    return index


def _read_card(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        raise InputError(
            f"{'is a file' if path.exists() else 'there is no such folder'}, expected an index of documents",
            where=path,
            fix="give the folder that isolex index wrote with -o",
        )
    try:
        card = json.loads((path / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FormatError(
            f"is no index of documents: it holds no {CARD}",
            where=path,
            fix="make one: isolex index DIR DOCUMENTS -o INDEX",
        ) from error
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error
    if not isinstance(card, dict) or (card.get("format"), card.get("version")) != ("isolex-index", _VERSION):
        raise FormatError(
            f"is no index of documents of version {_VERSION}", where=path, fix="run isolex index again"
        )
    missing = _KEYS - card.keys()
    if missing:
        raise _damaged(path, f"{CARD} holds no {min(missing)}")
    return card


def _read_documents(path: Path) -> list[Text]:
    with (path / DOCUMENTS).open(encoding="utf-8") as lines:
        return [Text(data["id"], data["text"]) for data in map(json.loads, lines)]


def _damaged(path: Path, why: object) -> FormatError:
    return FormatError(f"is damaged ({why})", where=path, fix="run isolex index again")


def _fingerprints(alignment: Alignment) -> Sequence[str]:
    return [alignment.card.source.fingerprint, alignment.card.target.fingerprint]
