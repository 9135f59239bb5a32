"""The vectors of both sides: as they are given, or trained on texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from isolex.dictionary.work import Step, Work, key
from isolex.errors import FormatError, InputError
from isolex.files import atomic_file, file_digest
from isolex.progress import together
from isolex.saved import WORDS, read_json, record, sound, whole
from isolex.text import Segmenter, text_sources
from isolex.text.reading import STANDARD_INPUT
from isolex.training import Prepared, SkipGram, Trainer, trainer_for, write_card
from isolex.vectors import Vectors, identify

SIDES = ("source", "target")
# What is needed of the card of a training.
_CARD = record({"corpus": record({"tokens": whole(0, WORDS**2)})})
_AGAIN = "remove the work folder, and run this again"


@dataclass(frozen=True)
class GivenSide:
    """What is given of a side.

    Attributes:
        name: One of `SIDES`.
        path: A text, a folder of texts, or a file of vectors.
        language: Its code.

    Raises:
        InputError: It is standard input.
    """

    name: str
    path: Path
    language: str

    def __post_init__(self) -> None:
        if str(self.path) == STANDARD_INPUT:
            raise InputError(
                "standard input cannot be used, because a second run must read the text again",
                where="dictionary",
                fix="write it to a file",
            )


@dataclass(frozen=True, eq=False)
class _Training:
    """The training of a side, as a step of the work."""

    side: GivenSide
    step: Step

    @classmethod
    def of(cls, side: GivenSide, trainer: Trainer | None, folder: Path) -> "_Training":
        results = tuple(folder / result for result in side_results(side.name))
        came_from = key(_content(side.path), side.language, repr(trainer))
        return cls(side, Step(side.name, came_from, results, f"{side.language}: vectors"))

    def prepared(self) -> Prepared:
        return Prepared.of(self.side.path, segmenter=Segmenter(self.side.language), more="give more text")

    def run(self, prepared: Prepared, trainer: Trainer, work: Work) -> None:
        store, noted = self.step.results
        vectors = trainer.train(prepared.corpus, language=self.side.language)
        with atomic_file(noted) as file:
            write_card(file, prepared, trainer, vectors)
        vectors.write(store)
        work.made(self.step)

    def result(self) -> tuple[Vectors, dict[str, Any]]:
        store, noted = self.step.results
        vectors = Vectors.read(store, unicode="keep")
        data = read_json(noted, _AGAIN)
        with sound(noted, _AGAIN):
            tokens = _CARD(data)["corpus"]["tokens"]
        return vectors, _described(self.side, vectors, tokens)


def side_results(side: str) -> tuple[str, str]:
    """Names of what the training of a side leaves in the folder of work: the vectors, and their card."""
    return f"{side}.safetensors", f"{side}.json"


def side_vectors(
    work: Work, sides: Sequence[GivenSide], trainer: Trainer | None
) -> list[tuple[Vectors, dict[str, Any]]]:
    """The vectors of the sides, and what is told of them: the language, words, and for texts the tokens.

    Args:
        work: Where trained vectors are kept.
        sides: All files are read before any text is trained on, so what is wrong with one is told early.
        trainer: None takes one for each text by its tokens.

    Raises:
        InputError: A file is not there, cannot be read, or has too little text.
        FormatError: A file is neither text nor vectors.
        MissingExtraError: A package of the extra `train` is not installed.
    """
    trainings = {
        side.name: _Training.of(side, trainer, work.folder)
        for side in sides
        if side.path.is_dir() or not _is_vectors(side.path)
    }
    found: dict[str, tuple[Vectors, dict[str, Any]]] = {}
    for side in sides:
        if side.name not in trainings:
            with work.telling(f"reading {side.language}"):
                vectors = Vectors.read(side.path, language=side.language)
            found[side.name] = vectors, _described(side, vectors, None)
    missing = [training for training in trainings.values() if not work.has(training.step)]
    if missing:
        _train(work, missing, trainer)
    found |= {name: training.result() for name, training in trainings.items()}
    return [found[side.name] for side in sides]


def _train(work: Work, trainings: Sequence[_Training], trainer: Trainer | None) -> None:
    languages = " and ".join(training.side.language for training in trainings)
    steps = [training.step for training in trainings]
    with work.making(*steps, doing=f"training vectors of {languages}"):
        prepared = [training.prepared() for training in trainings]
        trainers = [trainer or trainer_for(each.corpus) for each in prepared]
        runs = [
            partial(training.run, each, chosen, work)
            for training, each, chosen in zip(trainings, prepared, trainers, strict=True)
        ]
        # fastText trains in a process of its own, by default on one core; PPMI takes all cores there are.
        if all(isinstance(chosen, SkipGram) for chosen in trainers):
            together(runs)
        else:
            for run in runs:
                run()


def _described(side: GivenSide, vectors: Vectors, tokens: int | None) -> dict[str, Any]:
    return {"language": side.language, "words": len(vectors), "tokens": tokens}


def _is_vectors(path: Path) -> bool:
    try:
        identify(path)
    except FormatError:
        return False
    return True


def _content(path: Path) -> list[list[str]]:
    """Names and digests of the files that hold the texts."""
    files = [Path(source.name) for source in text_sources(path)]
    try:
        return [[str(file.relative_to(path)), file_digest(file)] for file in files]
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path, fix="check the path") from error
