"""The scores of every direction between the languages of a space, each a job."""

import json
import math
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from isolex.cards.space_folder import SpaceDigests
from isolex.errors import IsolexWarning
from isolex.evaluation import DirectionSummary, SpaceSummary, find_tests
from isolex.evaluation.protocols import PROTOCOLS, as_protocol
from isolex.evaluation.space import known_beforehand, score_direction
from isolex.files import file_digest
from isolex.fleet import Job, Ledger, named
from isolex.lexicon import Lexicon, index_checked
from isolex.pairwise.listing import directions
from isolex.pairwise.resident import resident_graph, resident_space
from isolex.saved import json_text


def evaluation_jobs(
    path: str | Path,
    tests: str | Path,
    *,
    protocol: str = "muse",
    criterion: str = "csls",
    steps: int = 3,
    case: str = "keep",
    unicode: str = "nfc",
) -> list[Job]:
    """The jobs that score each direction with a test lexicon, into `xx-yy.json`.

    A score depends on its two languages, its test lexicon, and the training lexicons of all languages, which
    may give test words away.

    Args:
        path: The folder of a space.
        tests: A folder of test lexicons, see `evaluate_space`.
        protocol: `muse`, `strict` or `xling`.
        criterion: `csls`, `nn` or `isf`.
        steps: A test word is reachable if this many training pairs or fewer link it to a right answer.
        case: Letter case of the test lexicons, see `Lexicon.cased`.
        unicode: How their words are read, see `Lexicon.read`.

    Raises:
        InputError: There is no such folder, no test lexicon in it, or an unknown protocol.
        FormatError: The space is none, or damaged.
    """
    as_protocol(protocol)
    digests = SpaceDigests.read(path)
    files = find_tests(tests, tuple(digests.card.languages))
    lexicons = digests.lexicons()
    shared = {
        "protocol": protocol, "criterion": criterion, "steps": steps, "case": case, "unicode": unicode,
    }  # fmt: skip
    return [
        Job(
            f"{source}-{target}.json",
            named(write_score),
            {"source": source, "target": target, **shared},
            {**digests.of(source, target), "lexicons": lexicons, "test": file_digest(files[source, target])},
            {"space": str(Path(path).resolve()), "test": str(files[source, target].resolve())},
            together="-".join(sorted((source, target))),
        )
        for source, target in directions(tuple(digests.card.languages))
        if (source, target) in files
    ]


def write_score(output: Path, settings: Mapping[str, Any]) -> None:
    """Write the figures of one direction; see `evaluation_jobs`.

    Raises:
        InputError: Not one test pair is in both vocabularies, or the test lexicon cannot be read.
    """
    pair = source, target = settings["source"], settings["target"]
    space = resident_space(settings["space"], source, target)
    lexicon = Lexicon.read(settings["test"], unicode=settings["unicode"])
    lexicon = lexicon.cased(settings["case"], languages=pair)
    sides = (space.sides[code].vectors for code in pair)
    index_checked(lexicon, *sides, what=f"test lexicon {source}-{target}")
    score = score_direction(
        space,
        pair,
        lexicon,
        resident_graph(settings["space"]),
        protocol=PROTOCOLS[settings["protocol"]],
        criterion=settings["criterion"],
        steps=settings["steps"],
    )
    summary = DirectionSummary.of(score)
    exact = [None if math.isnan(one) else one for one in (summary.precision, summary.unreachable)]
    output.write_text(json_text({"row": summary.row, "exact": exact}) + "\n", encoding="utf-8")


def gathered_scores(path: str | Path, jobs: Sequence[Job], folder: str | Path) -> SpaceSummary | None:
    """What jobs of `evaluation_jobs` found, in the order of `evaluate_space`; None if none has a result.

    Args:
        path: The folder of the space.
        jobs: The jobs.
        folder: Where their results are.

    Raises:
        FormatError: The space is none, or damaged.

    Warns:
        IsolexWarning: Most test words of a direction have their answers in a training lexicon.
    """
    ledger = Ledger(folder)
    found = []
    for job in jobs:
        if ledger.has(job):
            saved = json.loads(ledger.place(job).read_text(encoding="utf-8"))
            exact = (math.nan if one is None else one for one in saved["exact"])
            found.append(
                DirectionSummary(job.settings["source"], job.settings["target"], saved["row"], *exact)
            )
    if not found:
        return None
    card = SpaceDigests.read(path).card
    place = {code: at for at, code in enumerate(card.languages)}
    found.sort(key=lambda one: (place[one.source], place[one.target]))
    summary = SpaceSummary(tuple(card.languages), tuple(found), jobs[0].settings["steps"])
    if told := known_beforehand(card, summary):
        warnings.warn(told, IsolexWarning, stacklevel=2)
    return summary
