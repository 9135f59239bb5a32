"""What runs in the process that trains: `python -m isolex.training.fasttext_process '{"text": …}'`."""

import ctypes
import json
import os
import signal
import sys

# Of Linux's prctl: the signal that a process gets when the thread that started it ends, however it ended.
_PARENT_DEATH_SIGNAL = 1


def main(order: str) -> None:
    """Train as the order says, and save the model."""
    given = json.loads(order)
    _end_with_parent(given["parent"])
    import fasttext  # noqa: PLC0415 - optional

    fasttext.train_unsupervised(given["text"], **given["settings"]).save_model(given["model"])


def _end_with_parent(parent: int) -> None:
    """Nobody waits for a model whose trainer was killed, and fastText would go on for an hour."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it ended while this process was starting
            sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
