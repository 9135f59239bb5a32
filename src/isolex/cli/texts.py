"""What the commands for texts share: encoders of both languages, and how many words of a file they know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.alignment import Alignment
    from isolex.transfer import LabelledText, Text, TextCoverage, TextEncoder

# The package `transfer` needs scikit-learn, which commands that do without it must not ask for.

weighting_option = click.option(
    "--weighting",
    type=click.Choice(["sif", "idf", "mean"]),
    default="sif",
    show_default=True,
    help="Weights of words: by rarity in the language (sif), in the texts (idf), or none (mean).",
)

# What to do about texts of which nothing is known.
SOURCE = "give texts of the source language, or with --reverse of the target language"
TARGET = "give texts of the target language, or with --reverse of the source language"


def encoders_of(
    alignment: Alignment,
    weighting: Any,
    texts: tuple[list[str], list[str]],
    component: Any = "vocabulary",
) -> tuple[TextEncoder, TextEncoder]:
    """Of both languages, fitted.

    What single texts have in common would be what they say; so the common direction is the vocabulary's,
    unless there are many.
    """
    from isolex.transfer import TextEncoder

    source, target = (
        TextEncoder(side, weighting=weighting, component=component).fit(own)
        for side, own in zip((alignment, alignment.reversed()), texts, strict=True)
    )
    return source, target


def strings(texts: Sequence[Text | LabelledText]) -> list[str]:
    """The texts themselves."""
    return [one.text for one in texts]


def coverage_of(
    path: Path, texts: Sequence[Text | LabelledText], encoder: TextEncoder, *, fix: str
) -> TextCoverage:
    """How many words of the texts of a file are known.

    Raises:
        InputError: Not one; `fix` says what to do about it.
    """
    coverage = encoder.coverage(strings(texts))
    if coverage.words_known == 0:
        raise InputError(
            f"not one of its {coverage.words:,} words is in {encoder.words_.name}", where=path, fix=fix
        )
    return coverage


def coverage_json(coverage: Mapping[str, TextCoverage]) -> dict[str, Any]:
    """Of each file, by the part that it plays."""
    return {part: own.to_dict() for part, own in coverage.items()}


def print_coverage(console: Console, coverage: Mapping[str, TextCoverage]) -> None:
    """A line a file."""
    for part, own in coverage.items():
        console.print(f"{part}: {own.summary()}")
