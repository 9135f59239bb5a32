"""What runs in the process that trains: `python -m isolex.training.fasttext_process '{"text": …}'`."""

import ctypes
import json
import signal
import sys

# Of Linux's prctl: the signal that a process gets when the one that started it ends, however it ended.
_PARENT_DEATH_SIGNAL = 1


def main(order: str) -> None:
    """Train as the order says, and save the model."""
    _end_with_parent()
    import fasttext  # noqa: PLC0415 - optional

    given = json.loads(order)
    fasttext.train_unsupervised(given["text"], **given["settings"]).save_model(given["model"])


def _end_with_parent() -> None:
    """Nobody waits for a model whose trainer was killed, and fastText would go on for an hour."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
