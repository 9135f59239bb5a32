"""What runs in the process that trains: `python -m isolex.training.fasttext_process '{"text": …}'`."""

import json
import sys


def main(order: str) -> None:
    """Train as the order says, and save the model."""
    import fasttext  # noqa: PLC0415 - optional

    given = json.loads(order)
    fasttext.train_unsupervised(given["text"], **given["settings"]).save_model(given["model"])


if __name__ == "__main__":
    main(sys.argv[1])
