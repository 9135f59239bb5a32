"""What it takes to make words of texts."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from isolex.text import Corpus, Segmenter, text_sources

_TIMES = 3


def segmentation_speed(
    text: str, *, language: str | None = None, paragraphs: int | None = None
) -> dict[str, Any]:
    """Tokens a second, on one core, of a text file: its words, its sentences, and all the way to a corpus.

    Seconds are those of the processor, the least of three runs. Reading the file does not count.

    Args:
        text: Path of the file.
        language: Code of its language.
        paragraphs: How many to take; None for all.
    """
    [source] = text_sources(text)
    lines = list(source.paragraphs())[:paragraphs]
    segmenter = Segmenter(language)
    tokens = sum(len(segmenter.words(line)) for line in lines)
    ways: dict[str, Callable[[], object]] = {
        "words": lambda: [segmenter.words(line) for line in lines],
        "sentences": lambda: list(_sentences(segmenter, lines)),
        "corpus": lambda: Corpus.of(_sentences(segmenter, lines)),
    }
    seconds = {way: min(_processor_seconds(run) for _ in range(_TIMES)) for way, run in ways.items()}
    return {
        "text": text,
        "language": language,
        "tokens": tokens,
        **{f"{way}_per_second": round(tokens / taken) for way, taken in seconds.items()},
    }


def _sentences(segmenter: Segmenter, lines: Sequence[str]) -> Any:
    return (sentence for line in lines for sentence in segmenter.sentences(line))


def _processor_seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start
