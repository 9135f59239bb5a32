"""Texts as a corpus to train on, with a record of where they come from and how they were cut into words."""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isolex.errors import InputError, IsolexWarning
from isolex.given import whole_number
from isolex.text import Corpus, Doubt, Phrases, Segmenter, TextCheck, TextSource, text_sources
from isolex.vectors.sniff import refuse_vectors

_FEW_WORDS = 100


@dataclass(frozen=True, eq=False)
class Prepared:
    """A corpus, and what it was made of.

    Attributes:
        corpus: Its words occur often enough to be learnt.
        sources: Name and SHA-256 of each text.
        segmenter: How texts were cut into words.
        phrases: Which words were joined; None for none.
        min_count: How often a word had to occur.
        whole: Tokens and types before rare words were left out.
        doubts: What is doubtful about the texts.
    """

    corpus: Corpus
    sources: tuple[dict[str, str | None], ...]
    segmenter: Segmenter
    phrases: Phrases | None
    min_count: int
    whole: dict[str, Any]
    doubts: tuple[Doubt, ...]

    @classmethod
    def of(
        cls,
        texts: str | Path | Iterable[str | Path],
        *,
        segmenter: Segmenter,
        field: str = "text",
        phrases: bool = False,
        min_count: int = 5,
        more: str = "give more text, or lower min_count",
    ) -> "Prepared":
        """Read texts once.

        A paragraph is a unit: words of two paragraphs do not stand together.

        Args:
            texts: A file or folder, or several; "-" is standard input.
            segmenter: How to cut them into words.
            field: In JSON Lines, the field that holds the text.
            phrases: Whether to join words that belong together, such as ice_cream.
            min_count: Rarer words are left out.
            more: What to do about too little text, for the message.

        Raises:
            InputError: A file is not there, or hardly any word occurs often enough to be learnt.
            FormatError: A file is no text, or one of word vectors, or there is no word in them.

        Warns:
            IsolexWarning: Something about the texts is doubtful.
        """
        whole_number(min_count, "min_count", where="training")
        sources, check = text_sources(texts, field=field), TextCheck(segmenter.language)
        for source in sources:
            if source.path is not None:
                refuse_vectors(source.path, fix="give the texts that vectors are to be trained on")
        corpus = Corpus.of(map(segmenter.words, check.passing(_paragraphs(sources))))
        names = _names(sources)
        doubts = tuple(check.doubts(corpus, where=names))
        for doubt in doubts:
            warnings.warn(doubt.message, IsolexWarning, stacklevel=3)
        learnt = Phrases.learn(corpus) if phrases else None
        if learnt is not None:
            corpus = learnt.joined(corpus)
        frequent = corpus.frequent(min_count)
        if frequent.types < _FEW_WORDS and corpus.types > frequent.types:
            raise InputError(
                f"{frequent.types:,} of {corpus.types:,} different words occur {min_count} times or more, "
                "too few to learn from",
                where=names,
                fix=more,
            )
        return cls(
            frequent,
            tuple({"name": Path(source.name).name, "digest": source.digest} for source in sources),
            segmenter,
            learnt,
            min_count,
            corpus.to_dict(),
            doubts,
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "texts": list(self.sources),
            "corpus": self.whole,
            "words": self.corpus.types,
            "min_count": self.min_count,
            "segmenter": self.segmenter.to_dict(),
            "phrases": None if self.phrases is None else self.phrases.to_dict(),
            "doubts": [doubt.to_dict() for doubt in self.doubts],
        }


def _names(sources: list[TextSource]) -> str:
    """What texts are called in messages."""
    others = len(sources) - 1
    return sources[0].name + (f" and {others:,} other{'s' * (others > 1)}" if others else "")


def _paragraphs(sources: Iterable[TextSource]) -> Iterator[str]:
    for source in sources:
        yield from source.paragraphs()
