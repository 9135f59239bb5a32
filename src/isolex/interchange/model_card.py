"""The README.md of a model folder: what the Hugging Face hub shows, made from the card of the alignment."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isolex._version import __version__
from isolex.alignment import Alignment, Card
from isolex.interchange.sides import side_names

_TAGS = ("isolex", "word-embeddings", "static-embeddings", "cross-lingual")

_VERDICTS = {
    "aligned": "The two spaces aligned.",
    "doubtful": "**Doubtful**: it is not clear whether the two spaces aligned. Check it before you use it.",
    "failed": "**Failed**: the two spaces did not align. Do not use it.",
    "unchecked": "**Unchecked**: isolex did not test whether the two spaces aligned.",
}

_FIGURES = {
    "held_out_p@1": "P@1 by CSLS on seed words that were kept out of training, percent",
    "null_p@1": "the same for spaces that cannot align",
    "estimate": "expected P@1, percent; it is inside `interval` in `level` % of cases",
    "evidence": "the alignment compared with a restart; `null`: the same for spaces that cannot align",
    "seed_pairs": "seed pairs found in both vocabularies",
    "seed_words": "source words in these seed pairs",
    "lexicon_coverage": "percent of the given pairs that were found",
}

_LIMITS = (
    "A word has one vector, however many senses it has. A word outside the vocabularies has none.",
    "Words are matched as they are spelt.",
    "The vectors reflect the texts that they were trained on, including their prejudices.",
    "A cosine compares the contexts of words, so opposites and words of one topic are also near each other.",
)

_CITATION = f"""\
Cite isolex, the paper of the method, and the vectors that this was made from.

```bibtex
@software{{isolex,
  author = {{{{The isolex authors}}}},
  title = {{isolex}},
  version = {{{__version__}}},
}}
```"""

_LICENCE = """\
isolex does not know the licence of the original vectors. Look it up, and set `license` at the top of this
file before you publish it."""


@dataclass(frozen=True)
class Folder:
    """What a model card says about its folder.

    Attributes:
        title: What the folder holds, to be followed by the languages.
        library: The library that loads it, by its name on the hub.
        usage: How to load it, in Markdown.
        pipeline: What it does, by its name on the hub; None if the hub has no name for it.
        limits: What to know beside the limits of all aligned vectors.
    """

    title: str
    library: str
    usage: str
    pipeline: str | None = None
    limits: tuple[str, ...] = ()


def model_card(alignment: Alignment, folder: Folder) -> str:
    """The card: Markdown after a YAML head."""
    source, target = side_names(alignment)
    sections = {
        "How to load it": folder.usage.strip(),
        "How it was made": "\n".join(_made(alignment)),
        "Is it any good?": "\n\n".join(_verdict(alignment.card)),
        "Limits": "\n".join(f"* {limit}" for limit in (*folder.limits, *_LIMITS)),
        "Licence": _LICENCE,
        "Citation": _CITATION,
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"---\n{_head(alignment, folder)}---\n\n# {folder.title}: {source} and {target}\n\n{body}\n"


def example_pair(alignment: Alignment) -> tuple[str, str]:
    """A pair of words to show: the first seed pair of longer words, else the first word of each side."""
    for source, target in alignment.seeds.pairs:
        if min(len(source), len(target)) > 3 and (source + target).isalpha() and source != target:
            return source, target
    return alignment.source.words[0], alignment.target.words[0]


def _head(alignment: Alignment, folder: Folder) -> str:
    head: dict[str, Any] = {
        # As the hub knows languages: by ISO 639.
        "language": [name for name in side_names(alignment) if re.fullmatch("[a-z]{2,3}", name)],
        "license": "unknown",
        "library_name": folder.library,
        "pipeline_tag": folder.pipeline,
        "tags": list(dict.fromkeys((folder.library, *_TAGS))),
    }
    # JSON is YAML, and its quotes keep the language `no` from being taken for false.
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in head.items() if value)


def _made(alignment: Alignment) -> Iterator[str]:
    card = alignment.card.over(alignment.source, alignment.target)
    for place, name, side in zip(
        ("Source", "Target"), side_names(alignment), (card.source, card.target), strict=True
    ):
        origin = f", from `{Path(side.path).name}`" if side.path else ""
        yield f"* {place}: {name}, {side.words:,} words × {side.dimension}{origin}"
    steps = ", ".join(card.settings.get("normalize", ())) or "none"
    yield f"* Method: `{card.method}`; normalisation: {steps}"
    further = card.settings.get("further_pairs")
    yield f"* Seed pairs: {len(alignment.seeds):,}{f', and {further}' if further else ''}"
    yield f"* Shared space: {alignment.sides[0].matrix.shape[1]} dimensions"
    yield f"* Made {card.created} by isolex {card.versions.get('isolex', '')}".rstrip()


def _verdict(card: Card) -> Iterator[str]:
    yield _VERDICTS[card.status]
    yield from (f"> {reason}" for reason in card.reasons)
    rows = [
        f"| {name} | {value} | {_FIGURES.get(name.split(',')[0], '')} |" for name, value in _flat(card.scores)
    ]
    if rows:
        yield "\n".join(["| figure | value | meaning |", "|---|---|---|", *rows])
        yield "These figures show whether the alignment worked. They are not scores on a test set."


def _flat(scores: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in scores.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}, {inner}", figure) for inner, figure in _flat(value))
        else:
            yield name, value
