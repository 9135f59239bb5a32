"""What runs in the process that trains: `python -m isolex.training.fasttext_process '{"text": …}'`."""

import json
import sys

from isolex.processes import end_with_parent


def main(order: str) -> None:
    """Train as the order says, and save the model."""
    given = json.loads(order)
    # fastText would go on for an hour.
    end_with_parent(given["parent"])
    import fasttext  # noqa: PLC0415 - optional

    fasttext.train_unsupervised(given["text"], **given["settings"]).save_model(given["model"])


if __name__ == "__main__":
    main(sys.argv[1])
