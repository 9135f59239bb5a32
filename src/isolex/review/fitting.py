"""What runs in the process that fits a generation, whose parent expects that Ctrl-C ends it by the signal."""

import contextlib
import json
import os
import shutil
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

from isolex.processes import end_with_parent


def main(order: str) -> int:
    """Learn as the order says, save the result, and print the last event that it learnt from."""
    given = json.loads(order)
    end_with_parent(given["parent"])
    with contextlib.suppress(AttributeError):  # Windows has none
        # Reviewers who wait for the next word go first.
        os.nice(5)
    from isolex.errors import IsolexError  # noqa: PLC0415 - after the process is ready to be ended

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            print(_fit(given))
    except IsolexError as error:
        # It failed for this reason, whatever comes while it ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print(error, file=sys.stderr)
        return 1
    return 0


def _fit(given: dict[str, Any]) -> int:
    from isolex.alignment import load  # noqa: PLC0415
    from isolex.errors import InputError  # noqa: PLC0415
    from isolex.review.decisions import Judgements  # noqa: PLC0415
    from isolex.review.generations import UNFINISHED  # noqa: PLC0415
    from isolex.review.learning import learn  # noqa: PLC0415
    from isolex.review.log import DecisionLog  # noqa: PLC0415
    from isolex.review.queues import reserved_rows  # noqa: PLC0415

    pair = given["pair"]
    alignment = load(given["alignment"], pair=None if pair is None else tuple(pair), device="cpu")
    with DecisionLog(given["log"]) as log:
        through, decisions = log.last_event(), log.decisions()
    judgements = Judgements(decision for decision in decisions if decision.event <= through)
    words = alignment.source.words
    reserved = {words[row] for row in reserved_rows(len(words), seed=given["seed"]).tolist()}
    dictionary = learn(alignment, judgements, reserved=reserved, seed=given["seed"])
    if not dictionary.learnt:
        raise InputError(dictionary.reason, where="learning")
    output = Path(given["output"])
    unfinished = output.with_name(f"{output.name}{UNFINISHED}")
    for left in (unfinished, output):  # by a fit that was killed
        shutil.rmtree(left, ignore_errors=True)
    dictionary.alignment.save(unfinished)
    dictionary.save(unfinished)
    unfinished.rename(output)
    return through


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
