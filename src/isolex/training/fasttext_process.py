"""What runs in the process that trains: `python -m isolex.training.fasttext_process '{"text": …}'`."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from isolex.processes import end_with_parent

# Seconds between two looks at how far the training is.
_EVERY = 0.5
_STDERR = 2
# What Linux tells of a process: the bytes that it has read so far, whatever they were and from wherever.
_IO = "/proc/self/io"
_READ = re.compile(r"rchar: (\d+)")


def main(order: str) -> None:
    """Train as the order says, and save the model."""
    given = json.loads(order)
    # fastText would go on for an hour.
    end_with_parent(given["parent"])
    import fasttext  # noqa: PLC0415 - optional

    text, settings = given["text"], given["settings"]
    with _telling(text, settings):
        model = fasttext.train_unsupervised(text, **settings)
    model.save_model(given["model"])


@contextmanager
def _telling(text: str, settings: dict[str, object]) -> Iterator[None]:
    """Write on stderr how far the training inside the block is, where fastText itself does not.

    On one thread fastText says something only when it has ended: the thread that would tell is the one that
    trains. But it reads the text once for the words and once an epoch, and Python's threads run meanwhile.
    """
    if settings.get("thread") != 1:
        yield
        return
    size, epochs = Path(text).stat().st_size, int(str(settings["epoch"]))
    over, before = Event(), _bytes_read()

    def tell() -> None:
        own = 0  # what these looks have read themselves
        while not over.wait(_EVERY):
            now, looked = _bytes_read()
            own += looked
            done = (now - before[0] - own - size) / (size * epochs)
            # An empty line says that there is nothing to say, but lets the reader look whether it shall stop.
            line = f"Progress: {min(100 * done, 99.9):.1f}%\n" if looked and done > 0 else "\n"
            # Not by `print`: the interpreter may end while that holds a lock.
            os.write(_STDERR, line.encode())

    teller = Thread(target=tell, name="progress", daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def _bytes_read() -> tuple[int, int]:
    """The bytes that this process has read, and how many it read to know that: 0 where nobody tells."""
    try:
        told = Path(_IO).read_text(encoding="ascii")
    except OSError:
        return 0, 0
    found = _READ.search(told)
    return (int(found[1]), len(told)) if found else (0, 0)


if __name__ == "__main__":
    main(sys.argv[1])
