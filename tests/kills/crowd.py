"""Two writers to one place and a reader: it sees what one of the two wrote, and nothing else."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from isolex import load
from isolex.cli.app import run
from isolex.reranking.saved_answers import read_answers
from tests.kills.commands import (
    ALIGN,
    NEW,
    OLD,
    alignment_value,
    child,
    copied,
    finished,
    index_value,
    quick_rerank,
)

_OTHERS = ("align", "en2.vec", "es2.vec", *ALIGN[3:])
# What a writer may say: that the other one was there.
_OVERTAKEN = re.compile(
    "by another run meanwhile|another run wrote there in the meantime|changes all the time|"
    "confidences are not kept"
)
# And a reader of confidences: that there are none for what stands there now.
_TRUE = re.compile("of another alignment than the one that is there now|was replaced")


def crowd(base: Path, place: Path, seconds: float) -> Iterator[str]:
    """Let them work for some seconds; what is wrong, and last a line of counts."""
    folder = copied(base, place / "crowd")
    values = set()
    for arguments in ((*ALIGN, *OLD), (*_OTHERS, *NEW)):
        finished(child((*arguments, "-o", "A"), folder, None))
        values.add(_said(folder, alignment_value))
    for texts in ("old.txt", "new.txt"):
        finished(child(("index", "B", texts, "-o", "index"), folder, None))
        values.add(_said(folder, index_value))
    words = (folder / "en.vec").read_text(encoding="utf-8").split()
    (folder / "word").write_text(words[2], encoding="utf-8")
    end = time.monotonic() + seconds
    logs = {name: place / f"crowd-{name.replace(' ', '-')}" for name in _WORKERS}
    workers = {
        name: child((), folder, logs[name], work=lambda work=work: work(end))
        for name, work in _WORKERS.items()
    }
    counts = {}
    for name, process in workers.items():
        status = finished(process)
        said = logs[name].read_text(encoding="utf-8", errors="replace").splitlines()
        counts[name] = sum(line.startswith("done") for line in said)
        if status != 0 or counts[name] == 0:
            yield f"{name} ended with {status}: {said[-20:]}"
        for line in dict.fromkeys(said):
            kind, _, text = line.partition(" ")
            if kind == "value" and text not in values:
                yield f"{name} saw what nobody wrote: {text}"
            elif kind not in ("done", "value") and not (name in _MAY and _MAY[name].search(line)):
                yield f"{name} said: {line}"
    for left in folder.rglob(".*"):
        yield f"at the end there is {left}"
    print(f"  {', '.join(f'{name} {count}' for name, count in counts.items())}")


def _said(folder: Path, value: Callable[[], str]) -> str:
    log = folder.parent / "value"
    finished(child((), folder, log, work=lambda: print(value(), flush=True)))
    return log.read_text(encoding="utf-8").strip()


def _again(do: Callable[[], object]) -> Callable[[float], None]:
    def work(end: float) -> None:
        while time.monotonic() < end:
            do()
            print("done", flush=True)
        sys.exit(0)

    return work


def _run(*arguments: str) -> Callable[[float], None]:
    return _again(lambda: _quietly(arguments))


def _quietly(arguments: tuple[str, ...]) -> None:
    """Run a command; only what it says on standard error counts."""
    out = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    sys.stdout.flush()
    os.dup2(null, 1)
    try:
        run(arguments)
        sys.stdout.flush()
    finally:
        os.dup2(out, 1)
        os.close(out)
        os.close(null)


def _keep_answers() -> None:
    """As `isolex lexicon --min-confidence` does at its end."""
    alignment = load("A")
    try:
        quick_rerank(alignment).save("A")
    except ValueError as error:
        print(f"isolex: {error}")


def _read_answers() -> None:
    alignment = load("A")
    answers = read_answers("A", alignment)
    if answers is not None and len(answers.ranked.keys) != len(alignment.source):
        print("wrong answers")


_WORKERS: dict[str, Callable[[float], None]] = {
    "writer one": _run(*ALIGN, *OLD, "-o", "A"),
    "writer two": _run(*_OTHERS, *NEW, "-o", "A"),
    "writer of confidences": _again(_keep_answers),
    "writer of an index": _run("index", "B", "old.txt", "-o", "index"),
    "writer of another index": _run("index", "B", "new.txt", "-o", "index"),
    "reader": _again(lambda: print("value", alignment_value())),
    "reader of an index": _again(lambda: print("value", index_value())),
    "reader of the card": _run("info", "A"),
    "reader of confidences": _again(_read_answers),
    "translator": _again(lambda: _quietly(("translate", "A", Path("word").read_text(encoding="utf-8")))),
}
_MAY = {
    "writer one": _OVERTAKEN,
    "writer two": _OVERTAKEN,
    "writer of an index": _OVERTAKEN,
    "writer of another index": _OVERTAKEN,
    "writer of confidences": re.compile(f"{_OVERTAKEN.pattern}|is an alignment of other vectors"),
    "reader of confidences": _TRUE,
    "translator": _TRUE,
}
