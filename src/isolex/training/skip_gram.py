"""Skip-gram with subwords, trained by fastText's own library in a process of its own."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from isolex.errors import FormatError, InputError, IsolexError, MissingExtraError
from isolex.given import check_numbers, whole_number
from isolex.processes import command_of
from isolex.progress import stop_wanted, track
from isolex.text import Corpus
from isolex.vectors import Vectors

# What fastText puts at the end of each line.
_END = "</s>"
# What parts words there.
_BLANK = re.compile(r"[ \n\r\t\v\f\0]")
_SPACE = "make sure that there is room on the disk and in the folder of temporary files (TMPDIR)"
_PERCENT = re.compile(rb"Progress:\s*([\d.]+)%")


@dataclass(frozen=True)
class SkipGram:
    """Skip-gram with negative sampling, where a word is the mean of itself and of its character n-grams.

    fastText trains it, by the package `fasttext-community`. The same corpus and settings give the same
    vectors on one thread. Several threads overwrite each other's results, so theirs differ.

    Attributes:
        dimension: Dimension of the vectors.
        window: Largest distance of a context.
        epochs: Passes over the corpus.
        shortest: Characters of the shortest n-gram.
        longest: Characters of the longest; 0 for plain skip-gram, without n-grams.
        buckets: Rows that n-grams share by their hashes.
        negatives: Negative samples a pair.
        rate: Learning rate at the beginning.
        threads: Number of threads that train.

    Raises:
        InputError: A setting out of its range.

    References:
        Mikolov et al. 2013, Distributed representations of words and phrases; Bojanowski et al. 2017,
        Enriching word vectors with subword information.
    """

    dimension: int = 300
    window: int = 5
    epochs: int = 5
    shortest: int = 3
    longest: int = 6
    buckets: int = 200_000
    negatives: int = 5
    rate: float = 0.05
    threads: int = 1

    def __post_init__(self) -> None:
        check_numbers(self)
        for name in ("dimension", "window", "epochs", "shortest", "buckets", "negatives", "threads"):
            whole_number(getattr(self, name), name, where="SkipGram")
        whole_number(self.longest, "longest", where="SkipGram", least=0)
        if not 0 < self.rate <= 1:
            raise InputError(f"got a rate of {self.rate}, expected up to 1", where="SkipGram")

    def train(self, corpus: Corpus, *, language: str | None = None) -> Vectors:
        """The vectors of all words of the corpus, and of n-grams for words that are not in it.

        Raises:
            InputError: A word holds a blank, or there is no disk space for the sentences.
            IsolexError: The library failed.
            MissingExtraError: fasttext-community is not there.
            KeyboardInterrupt: It is asked to stop, see `isolex.progress.stopping`. A partial model is
                not kept.
        """
        with TemporaryDirectory() as folder:
            model = Path(folder) / "model.bin"
            return self.train_model(corpus, model, language=language)

    def train_model(self, corpus: Corpus, path: Path, *, language: str | None = None) -> Vectors:
        """Write a fastText model of the corpus, and return its vectors; raises as `train` does."""
        if find_spec("fasttext") is None:
            raise MissingExtraError("training skip-gram", "fasttext-community", "train")
        with TemporaryDirectory() as folder:
            text = Path(folder) / "sentences.txt"
            _write(corpus, text)
            order = {
                "text": str(text),
                "model": str(path),
                "settings": self.library_settings(),
                "parent": os.getpid(),
            }
            # fastText returns when it is done: in this process nobody could interrupt it.
            with subprocess.Popen(
                command_of("isolex.training.fasttext_process", json.dumps(order)),
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            ) as process:
                try:
                    said = _followed(process, f"training {language}" if language else "training")
                except BaseException:
                    process.kill()
                    raise
            if process.returncode:
                raise IsolexError(
                    f"fastText failed ({said or f'exit status {process.returncode}'})",
                    where="training",
                    fix="check that there is enough memory and disk space, or use --trainer ppmi",
                )
        try:
            vectors = Vectors.read(path, language=language, unicode="keep")
        except FormatError as error:  # fastText does not look whether what it writes is written
            raise IsolexError("fastText wrote an incomplete model", where="training", fix=_SPACE) from error
        return vectors.subset([word for word in vectors.words if word != _END])

    def library_settings(self) -> dict[str, object]:
        """The settings, as `fasttext.train_unsupervised` takes them."""
        return {
            "model": "skipgram",
            "dim": self.dimension,
            "ws": self.window,
            "epoch": self.epochs,
            "minn": self.shortest if self.longest else 0,
            "maxn": self.longest,
            "bucket": self.buckets if self.longest else 0,
            "neg": self.negatives,
            "lr": self.rate,
            "thread": self.threads,
            "minCount": 1,
            # Words that begin like this are no words to fastText: none can begin with a blank.
            "label": " ",
            "verbose": 2,
        }


def _write(corpus: Corpus, path: Path) -> None:
    """Write a sentence a line, words apart by blanks."""
    for word in corpus.words:
        if _BLANK.search(word):
            raise InputError(
                f"the word {word!r} holds a blank, so fastText would read two words",
                where="SkipGram",
                fix="join its parts with _, or train with PPMI",
            )
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(" ".join(sentence) + "\n" for sentence in corpus)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=path, fix=_SPACE) from error


def _followed(process: "subprocess.Popen[bytes]", label: str) -> str:
    """Show how far fastText is until it ends; its last line.

    Raises:
        KeyboardInterrupt: Whoever runs this beside something else wants it to stop: half a model is none.
    """
    last = ""

    def percents() -> Iterator[float]:
        nonlocal last
        for line in _lines(process.stderr):
            if stop_wanted():
                raise KeyboardInterrupt
            if found := _PERCENT.search(line):
                yield float(found[1])
            elif line.strip():
                last = line.decode(errors="replace").strip()

    said = percents()
    # No counter until there is something to count: not every system lets one see how far fastText is.
    known = next(said, None)
    if known is not None:
        for percent in track(range(100), label):
            while known is not None and known <= percent:
                known = next(said, None)
            if known is None:
                break
    for _ in said:
        pass
    process.wait()
    return last


def _lines(stream: IO[bytes] | None) -> Iterator[bytes]:
    """What a program writes, by lines that end in a line feed or a carriage return."""
    rest = b""
    while stream is not None and (piece := stream.read1(1 << 12)):  # type: ignore[attr-defined]
        *lines, rest = re.split(rb"[\r\n]", rest + piece)
        yield from lines
    yield rest
