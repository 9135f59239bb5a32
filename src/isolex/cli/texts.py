"""What the commands for texts share: the weights of words, and how many words of a file are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from isolex.transfer import TextCoverage

# The package `transfer` needs scikit-learn, which commands that do without it must not ask for.

weighting_option = click.option(
    "--weighting",
    type=click.Choice(["sif", "idf", "mean"]),
    default="sif",
    show_default=True,
    help="Weights of words: by rarity in the language (sif), in the texts (idf), or none (mean).",
)


def coverage_json(coverage: Mapping[str, TextCoverage]) -> dict[str, Any]:
    """Of each file, by the part that it plays."""
    return {part: own.to_dict() for part, own in coverage.items()}


def print_coverage(console: Console, coverage: Mapping[str, TextCoverage]) -> None:
    """A line a file."""
    for part, own in coverage.items():
        console.print(f"{part}: {own.summary()}")
