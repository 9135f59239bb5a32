"""What is killed: each command with its inputs, over an older output, and how two outputs are told apart."""

import hashlib
import json
import os
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np
import torch

import isolex
import isolex.cli.drawing
import isolex_command
from isolex import Alignment, load, sample
from isolex.cli.app import app, run
from isolex.lexicon import Lexicon
from isolex.reranking import RerankedDictionary
from isolex.reranking.reranker import Ranked
from isolex.reranking.saved_answers import SavedAnswers, read_answers
from isolex.reranking.settings import RerankSettings
from isolex.transfer import load_index
from isolex.vectors import Vectors

# Copies of this process begin at once: what commands would import is there.
for _name in isolex.__all__:
    getattr(isolex, _name)
_ = list(app.commands.values())

PAIRS = 400
DIMENSION = 100

_ASKING = (signal.SIGINT, signal.SIGTERM)

ALIGN = ("align", "en.vec", "es.vec", "--method", "procrustes", "--force", "--threads", "1")
OLD, NEW = ("--lexicon", "old.tsv"), ("--lexicon", "new.tsv")


@dataclass(frozen=True)
class Killed:
    """A command to kill.

    Attributes:
        old: The command that makes the output which stands there before.
        new: The command that is killed, and run again.
        value: A digest of what the output says, which is not that of its bytes: these hold the time.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    value: Callable[[], str]


def digest(*parts: object) -> str:
    """Of arrays, tensors and whatever JSON takes."""
    state = hashlib.sha256()
    for part in parts:
        array = part.numpy() if isinstance(part, torch.Tensor) else part
        state.update(array.tobytes() if isinstance(array, np.ndarray) else json.dumps(array).encode())
    return state.hexdigest()[:12]


def alignment_value(path: str = "A") -> str:
    """All that an alignment says, but when."""
    found = load(path)
    return digest(
        *(found.mapping.source, found.mapping.target, found.neighbourhoods),
        *(list(side.words) for side in (found.source, found.target)),
        *(np.ascontiguousarray(side.matrix) for side in (found.source, found.target)),
        *(found.seeds.pairs, found.card.scores, found.card.status),
    )


def answers_value() -> str:
    """The confidences that are kept with an alignment."""
    answers = read_answers("A", load("A"))
    return "none" if answers is None else digest(answers.ranked.keys, answers.ranked.confidence)


def index_value() -> str:
    """The documents of an index, and where they are."""
    index = load_index("index")
    return digest([document.text for document in index.documents], index.rows, index.neighbourhoods)


def page_value() -> str:
    """A page, but for the seconds that it took."""
    text = Path("report.html").read_text(encoding="utf-8")
    return digest(re.sub(r"in [\d.]+ seconds", "", text))


def files_value(*names: str) -> Callable[[], str]:
    """Files whose bytes say it all."""
    return lambda: digest(*(hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in names))


EXPORTED = ("out/source.aligned.vec", "out/target.aligned.vec")
COMMANDS = {
    "align": Killed((*ALIGN, *OLD, "-o", "A"), (*ALIGN, *NEW, "-o", "A"), alignment_value),
    "lexicon": Killed(
        ("lexicon", "A", "-o", "d.tsv"), ("lexicon", "A", "-o", "d.tsv", "-k", "2"), files_value("d.tsv")
    ),
    "lexicon --min-confidence": Killed(
        ("info", "A"), ("lexicon", "A", "-o", "c.tsv", "--min-confidence", "0.5"), answers_value
    ),
    "export": Killed(("export", "B", "-o", "out"), ("export", "A", "-o", "out"), files_value(*EXPORTED)),
    "convert": Killed(
        ("convert", "en.vec", "e.bin", "--limit", "50"), ("convert", "en.vec", "e.bin"), files_value("e.bin")
    ),
    "diagnose": Killed(
        ("diagnose", "en.vec", "es.vec", "-o", "report.html", "--words", "40"),
        ("diagnose", "en.vec", "es.vec", "-o", "report.html", "--words", "50"),
        page_value,
    ),
    "index": Killed(
        ("index", "A", "old.txt", "-o", "index"), ("index", "A", "new.txt", "-o", "index"), index_value
    ),
}


def write_inputs() -> None:
    """Small files, and the alignments A and B of them, in the working directory."""
    english, spanish, train, _ = sample()
    pairs = [pair for pair in train.pairs if pair[0] in english and pair[1] in spanish][:PAIRS]
    for side, vectors in enumerate((english, spanish)):
        words = list(dict.fromkeys(pair[side] for pair in pairs))
        part = vectors.subset(words)
        name = ("en", "es")[side]
        Vectors(part.words, part.matrix[:, :DIMENSION].copy()).write(f"{name}.vec")
        # The same language with other words: an alignment of these is not to be mixed up with the first.
        Vectors(part.words[::-1], part.matrix[::-1, :DIMENSION].copy()).write(f"{name}2.vec")
    Lexicon(pairs[:250]).write("old.tsv")
    Lexicon(pairs[100:]).write("new.tsv")
    texts = [f"{a} {b}\n" for (_, a), (_, b) in pairwise(pairs)]
    Path("old.txt").write_text("".join(texts[:20]), encoding="utf-8")
    Path("new.txt").write_text("".join(texts[20:60]), encoding="utf-8")
    for folder, lexicon in (("A", OLD), ("B", NEW)):
        if run([*ALIGN, *lexicon, "-o", folder, "--json"]) != 0:
            raise SystemExit("the inputs cannot be made")


def quick_rerank(alignment: Alignment, **_: object) -> RerankedDictionary:
    """Confidences out of thin air: learning them takes minutes, and what is killed here is their writing."""
    count = len(alignment.source)
    keys = np.stack([np.arange(count), (np.arange(count) + 1) % len(alignment.target)], axis=1)
    confidence = np.stack([np.linspace(0.9, 0.5, count), np.full(count, 0.05)], axis=1)
    settings = RerankSettings(alternatives=keys.shape[1])
    spoken = np.ones((count, len(settings.groups)), dtype=np.float32)
    ranked = Ranked(np.arange(count), keys, confidence, np.full(count, 0.05), spoken)
    ranker = SavedAnswers(ranked, settings, settings.groups, "thin air")
    return RerankedDictionary(alignment, ranker, ranker.groups, learnt=True, reason=ranker.reason)


def child(
    arguments: Sequence[str],
    folder: Path,
    log: Path | None,
    *,
    before: Callable[[], object] | None = None,
    work: Callable[[], object] | None = None,
) -> int:
    """Begin a command line, or other work, in a process of its own, as the program does; its number.

    It is a copy of this process, which has imported everything, so it takes no time.
    """
    sys.stdout.flush()
    # Until the copy has its handlers, a signal waits: it would meet those of Python.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ASKING)
    process = os.fork()
    if process:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKING)
        return process
    status: object = 99
    try:
        stream = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        os.chdir(folder)
        with mock.patch("isolex.reranking.rerank", quick_rerank):
            if before is not None:
                before()
            with mock.patch("isolex.cli.main", work or (lambda: sys.exit(run(arguments)))):
                for number in _ASKING:
                    signal.signal(number, isolex_command._leave)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKING)
                isolex_command.main()
    except BaseException:  # whatever it is, nothing of the parent goes on here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status if isinstance(status, int) else 99)


def finished(process: int) -> int:
    """Wait for a child; its exit status, negative for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def copied(folder: Path, place: Path) -> Path:
    """A fresh copy of a folder."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place)
    return place
