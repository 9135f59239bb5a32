"""`isolex info`: what a file or a folder is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.cards import is_space_folder, load_card, load_space_card
from isolex.cards.alignment_folder import CARD
from isolex.cards.training_card import trained_language
from isolex.cli.console import emit, printable, working
from isolex.cli.options import PATH, json_option
from isolex.cli.outputs import Command
from isolex.errors import FormatError, InputError
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors, identify
from isolex.vectors.strangers import known_folder

if TYPE_CHECKING:
    from rich.console import Console

# What reranking keeps beside an alignment; its room needs torch.
_CONFIDENCES = "confidence.json"


@click.command("info", cls=Command)
@click.argument("path", metavar="FILE|DIR", type=PATH)
@json_option
def info(path: Path, as_json: bool) -> None:
    """Tell what a file of vectors, a lexicon, or a saved alignment or space holds.

    \b
    Examples:
      isolex info en.vec
      isolex info en-es.train.tsv --json
      isolex info en-es
      isolex info space
    """
    with working(f"reading {path}"):
        data = _folder(path) if path.is_dir() else _file(path)
    emit(as_json, data, lambda console: _render(console, data))


def _folder(path: Path) -> dict[str, Any]:
    if not (path / CARD).exists() and (other := known_folder(path)):
        what, fix = other
        raise InputError(f"is {what}, expected a saved alignment or a file", where=path, fix=fix)
    if is_space_folder(path):
        return {"kind": "space"} | load_space_card(path).to_dict()
    kept = (path / _CONFIDENCES).exists()
    return {"kind": "alignment"} | load_card(path).to_dict() | {"confidences": "kept" if kept else "none"}


def _file(path: Path) -> dict[str, Any]:
    try:
        format = identify(path)
    except FormatError as not_vectors:
        try:
            return _lexicon(Lexicon.read(path))
        except FormatError:
            raise not_vectors from None
    vectors = Vectors.read(path)
    vectors.check()
    report = vectors.report
    return {
        "kind": "vectors",
        "format": str(format),
        "words": len(vectors),
        "dimension": vectors.dimension,
        "dtype": str(vectors.matrix.dtype),
        "language": vectors.language or trained_language(path, vectors.fingerprint),
        "zero_rows": len(vectors.zero_rows),
        "skipped": {} if report is None else {reason: skip.count for reason, skip in report.skipped.items()},
        "subwords": vectors.subwords is not None,
        "first_words": list(vectors.words[:5]),
        "fingerprint": vectors.fingerprint,
    }


def _lexicon(lexicon: Lexicon) -> dict[str, Any]:
    return {
        "kind": "lexicon",
        "pairs": len(lexicon),
        "source_words": len(lexicon.sources),
        "weighted": lexicon.weights is not None,
        "first_pairs": [list(pair) for pair in lexicon.pairs[:5]],
    }


def _render(console: Console, data: dict[str, Any]) -> None:
    if data["kind"] == "space":
        from isolex.cli.space import render_space

        render_space(console, data)
        console.print()
        data = {name: value for name, value in data.items() if name not in ("languages", "pairs", "left_out")}
    for name, value in data.items():
        if name == "trace":
            value = f"{len(value)} steps"  # noqa: PLW2901
        if isinstance(value, dict):
            value = ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items())  # noqa: PLW2901
        elif isinstance(value, (list, tuple)):
            value = "; ".join(map(_shown, value))  # noqa: PLW2901
        console.print(name.replace("_", " "), style="bold", end="")
        console.print(f": {printable(_shown(value))}")


def _shown(value: Any) -> str:
    """A value for people, who do not know how Python writes nothing, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_shown, value)) or "none"
    return "none" if value in (None, "") else str(value)
