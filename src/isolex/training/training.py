"""`train`: from texts to word vectors."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from isolex.cards import current_versions, now
from isolex.cards.training_card import TRAINING_FORMAT
from isolex.errors import InputError
from isolex.names import look_up
from isolex.saved import json_text
from isolex.text import Corpus, Segmenter
from isolex.training.ppmi import PPMI
from isolex.training.preparing import Prepared
from isolex.training.skip_gram import SkipGram
from isolex.vectors import Vectors, VectorsLike, as_vectors


class Trainer(Protocol):
    """A way to train is a frozen dataclass of its settings with this one method."""

    def train(self, corpus: Corpus, *, language: str | None = None) -> Vectors:
        """The vectors of all words of the corpus."""
        ...


TRAINERS: dict[str, Trainer] = {"ppmi": PPMI(), "skip-gram": SkipGram()}
_AUTO = "auto"
# So many tokens are enough for skip-gram to be the better one (`python -m benchmarks texts`).
_MANY_TOKENS = 1_000_000


def train(
    texts: str | Path | Iterable[str | Path],
    *,
    language: str | None = None,
    trainer: str | Trainer = _AUTO,
    segmenter: Segmenter | None = None,
    field: str = "text",
    phrases: bool = False,
    min_count: int = 5,
) -> Vectors:
    r"""Train word vectors on texts.

    Args:
        texts: A text file or a folder of them, or several, plain or compressed; JSON Lines, too; "-" is
            standard input. A line is a paragraph.
        language: Code of the language, by which words are split and lower-cased; None if it is unknown.
        trainer: `ppmi`, `skip-gram`, or `auto`, which chooses by the number of tokens; or a trainer
            with your settings, such as `PPMI(dimension=100)`.
        segmenter: How to split texts into words; by default lower-cased words of the language.
        field: In JSON Lines, the field that holds the text.
        phrases: Whether to join words that belong together, such as ice_cream.
        min_count: Rarer words get no vector.

    Returns:
        The vectors, most frequent word first; those of skip-gram also give vectors to unseen words.

    Raises:
        InputError: A file does not exist, texts are not paths, a language or a trainer is unknown, or there
            is too little text.
        FormatError: A file is not text, or holds word vectors.
        MissingExtraError: A package of the extra `train` is not installed.

    Warns:
        IsolexWarning: Something about the texts is doubtful.

    Examples:
        >>> import isolex
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "text.txt"
        ...     _ = path.write_text("The cat sleeps. The dog sleeps.\n" * 50)
        ...     vectors = isolex.train(path, language="en", trainer=isolex.training.PPMI(dimension=3))
        >>> vectors.words[:2]
        ('the', 'sleeps')
    """
    chosen = named_trainer(trainer)
    prepared = Prepared.of(
        texts,
        segmenter=segmenter or Segmenter(language),
        field=field,
        phrases=phrases,
        min_count=min_count,
    )
    return (chosen or trainer_for(prepared.corpus)).train(prepared.corpus, language=language)


def named_trainer(given: str | Trainer) -> Trainer | None:
    """The trainer of a name, or the one that is given; None for `auto`, which the corpus decides.

    Raises:
        InputError: There is no trainer of this name, or it is no trainer, such as the class of one.
    """
    if isinstance(given, str):
        return look_up(given, TRAINERS | {_AUTO: None}, "trainer")
    if isinstance(given, type):
        raise InputError(
            f"got the class {given.__name__}, expected a trainer with its settings",
            where="trainer",
            fix=f"write {given.__name__}()",
        )
    if not callable(getattr(given, "train", None)):
        names = ", ".join((*TRAINERS, _AUTO))
        raise InputError(
            f"got {type(given).__name__}, expected a trainer", where="trainer", fix=f"give {names}, or PPMI()"
        )
    return given


def trainer_for(corpus: Corpus) -> Trainer:
    """The trainer that `auto` stands for: by the number of tokens, PPMI of few and skip-gram of many."""
    return TRAINERS["skip-gram" if corpus.tokens >= _MANY_TOKENS else "ppmi"]


def write_card(path: Path, prepared: Prepared, trainer: Trainer, vectors: VectorsLike) -> None:
    """Write what vectors were made of, as JSON."""
    vectors = as_vectors(vectors)
    settings = asdict(trainer)  # type: ignore[call-overload]
    card = {
        "format": TRAINING_FORMAT,
        "version": 1,
        **prepared.to_dict(),
        "trainer": {"name": type(trainer).__name__, **settings},
        "vectors": {
            "words": len(vectors),
            "dimension": vectors.dimension,
            "fingerprint": vectors.fingerprint,
            "language": vectors.language,
        },
        "versions": current_versions(),
        "created": now(),
    }
    path.write_text(json_text(card, indent=2) + "\n", encoding="utf-8")
