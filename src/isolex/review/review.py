"""`Review`: an alignment, what people decided about its dictionary, and what was learnt from that."""

import json
import os
import shutil
import subprocess
import sys
import time
import warnings
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import RLock, Thread
from typing import Any, Literal, TypeAlias

import numpy as np

from isolex.alignment import LanguagePair, load
from isolex.errors import InputError, IsolexError, IsolexWarning
from isolex.files import digest, make_folder
from isolex.reranking import RerankedDictionary, load_reranked
from isolex.review.decisions import Contradiction, Decision, Judgements
from isolex.review.learning import what_changed
from isolex.review.log import LEASE_SECONDS, DecisionLog, Generation, ReviewItem
from isolex.review.precision import Agreement, Precision, agreement, precision, warm_up
from isolex.review.proposals import Proposals, ProposedWord
from isolex.review.queues import Queue
from isolex.review.suspects import suspect_pairs
from isolex.saved import json_text

LEARN_EVERY = 50
LEVELS = (0.9, 0.7, 0.5)
_LOG = "decisions.sqlite"
_GENERATION = "generation-{}"
_PACE = 20

QueueName: TypeAlias = Literal["main", "suspects"]
Learning: TypeAlias = Literal["idle", "running", "failed"]


@dataclass(frozen=True)
class Task:
    """A word to decide on.

    Attributes:
        item: Its place in the log, which a decision names.
        row: Source id of the word.
        candidates: Translations that nobody rejected, best first; of a suspect pair its own target first.
    """

    item: ReviewItem
    row: int
    candidates: tuple[ProposedWord, ...]


@dataclass(frozen=True)
class Progress:
    """How far reviewing is.

    Attributes:
        decided: Decisions that hold, without skipped words.
        accepted: Of them, those with a right translation.
        skipped: Words that were skipped.
        per_minute: The pace of the last decisions; None before there are two.
        precision: Of the present dictionary's first answers; None before a random word was judged.
        levels: Confidence, entries that reach it, and how many percent of them are to be right, by their mean
            confidence. None without confidences.
        learning: Whether the next generation is being fitted, or the last fit failed.
        told: Why it failed.
        since: Decisions since those that the present generation learnt from.
        generation: The present one.
    """

    decided: int
    accepted: int
    skipped: int
    per_minute: float | None
    precision: Precision | None
    levels: tuple[tuple[float, int, float | None], ...]
    learning: Learning
    told: str
    since: int
    generation: Generation

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "decided": self.decided,
            "accepted": self.accepted,
            "rejected": self.decided - self.accepted,
            "skipped": self.skipped,
            "per_minute": None if self.per_minute is None else round(self.per_minute, 1),
            "precision": None if self.precision is None else self.precision.to_dict(),
            "levels": [
                {"confidence": level, "entries": entries, "percent": percent}
                for level, entries, percent in self.levels
            ],
            "learning": self.learning,
            "told": self.told,
            "since": self.since,
            "every": LEARN_EVERY,
            "generation": self.generation.number,
            "changed": list(self.generation.changed),
        }


class Review:
    """Decisions on the dictionary of an alignment, and the generations that were learnt from them.

    The folder holds the log of decisions (`decisions.sqlite`) and the last generation. It stands beside the
    alignment, so that a new alignment in that place takes no decision away. Threads may share a review; one
    process at a time may have it.

    Args:
        path: The folder of an alignment or of a space.
        pair: Source and target language, of a space.
        folder: Where decisions are kept; by default `PATH-review`.
        dictionary: The reranked dictionary to begin with; by default the one kept with the alignment.
        seed: Of the order of random words.

    Attributes:
        log: The decisions as they were made.
        judgements: Those that hold.
        proposals: What the present generation proposes.
        generation: The present one; number 0 is what reviewing began with.

    Raises:
        InputError: There is no such alignment, no confidences are kept with it, or the folder cannot be used.
        FormatError: The log is something else.
        MissingExtraError: The packages of the extra `explore` are not installed.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        pair: LanguagePair | None = None,
        folder: str | Path | None = None,
        dictionary: RerankedDictionary | None = None,
        seed: int = 0,
    ) -> None:
        warm_up()
        self.path, self.pair, self._seed = Path(path), pair, seed
        self.base = load(path, pair=pair, device="cpu") if dictionary is None else dictionary.alignment
        self._digest = digest(json_text(self.base.card.to_dict()).encode())
        self._known = frozenset(self.base.seeds.sources)
        self.folder = make_folder(_beside(self.path, pair) if folder is None else folder)
        self._lock = RLock()
        self._learning: Learning = "idle"
        self._told = ""
        self._learner: Thread | None = None
        self._fit: subprocess.Popen[str] | None = None
        self._closed = False
        self._pace: deque[float] = deque(maxlen=_PACE)
        # Decisions since those that the present generation learnt from.
        self._count = 0
        self.log = DecisionLog(self.folder / _LOG)
        self.judgements = Judgements(self.log.decisions())
        until = time.monotonic() + LEASE_SECONDS
        self._leases = {item.id: (item, until) for item in self.log.leased()}
        self._asked: dict[tuple[str, str], None] = {}
        known = self.log.generation(self._digest)
        kept = None if known is None else self._kept(known.number)
        if known is None or kept is None:
            known, kept = (
                Generation(0, 0),
                load_reranked(path, self.base) if dictionary is None else dictionary,
            )
        self._take(known, kept)

    def __repr__(self) -> str:
        return (
            f"<Review: {self.path}, {len(self.judgements):,} decisions, generation {self.generation.number}>"
        )

    def close(self) -> None:
        """Close the log. A fit that runs is given up: the next one has the same decisions, and more."""
        self._closed = True
        if self._fit is not None:
            self._fit.kill()
        if self._learner is not None:
            self._learner.join()
        self.log.close()

    def next(self, reviewer: str, *, queue: QueueName = "main") -> Task | None:
        """The next word of a reviewer, for ten minutes his alone; None where nothing is left.

        Args:
            reviewer: His name.
            queue: `main`, or `suspects`: pairs of the lexicon that look wrong, and those that were asked for.
        """
        # Looking for suspects takes a minute the first time, in which others want to go on.
        suspects = self._suspects if queue == "suspects" else []
        with self._lock:
            now = time.monotonic()
            self._leases = {key: lease for key, lease in self._leases.items() if lease[1] > now}
            taken = frozenset(item.source for item, _ in self._leases.values())
            if queue == "suspects":
                return self._next_suspect(reviewer, taken, suspects)
            found = self._queue.next(reviewer, taken=taken)
            if found is None:
                return None
            row, kind = found
            word = self.proposals.dictionary.alignment.source.words[row]
            return self._task(self._leased(word, kind, self.proposals.first(row), reviewer))

    def decide(
        self, item: int, *, accepted: Iterable[str] = (), rejected: Iterable[str] = (), comment: str = ""
    ) -> Decision:
        """Note what was decided on an item; when this returns, it is on the disk. Twice the same counts once.

        Without any word the item is skipped. After every 50 decisions the next generation is fitted.

        Raises:
            InputError: There is no such item, or a word that no dictionary can hold.
        """
        with self._lock:
            decision, new = self.log.record(
                self.log.item(item), accepted=accepted, rejected=rejected, comment=comment
            )
            self._leases.pop(item, None)
            if new:
                self.judgements.add(decision)
                self._pace.append(time.monotonic())
                self._count += not decision.skipped
        if self._count >= LEARN_EVERY and self._learning != "running":
            self.learn()
        return decision

    def undo(self, reviewer: str) -> tuple[Decision, Task] | None:
        """Take the last decision of a reviewer back, and give him its word again; None if there is none."""
        with self._lock:
            decision = self.log.undo(reviewer)
            if decision is None:
                return None
            self.judgements.drop(decision)
            self._queue.reopen()
            self._count = max(0, self._count - (not decision.skipped))
            item = self._leased(decision.source, decision.kind, decision.proposal, reviewer)
            return decision, self._task(item)

    def suspect(self, source: str, target: str) -> None:
        """Have a pair of the lexicon looked at, before those that look wrong by themselves.

        Raises:
            InputError: The lexicon has no such pair.
        """
        if (source, target) not in self.base.seeds:
            raise InputError(
                f"got {source!r} and {target!r}, which are no pair of the lexicon", where="review"
            )
        with self._lock:
            self._asked[source, target] = None

    def add(self, decisions: Sequence[Decision]) -> tuple[int, list[str]]:
        """Add decisions that were made elsewhere, such as in a table.

        Returns:
            How many of them are new, and the source words that the vocabulary lacks, whose decisions are left
            out.
        """
        with self._lock:
            known = {_said(decision) for decision in self.judgements}
            unknown = [one.source for one in decisions if self.proposals.row(one.source) is None]
            new = [one for one in decisions if one.source not in unknown and _said(one) not in known]
            for decision in self.log.add(new):
                self.judgements.add(decision)
            self._count += len(new)
        return len(new), unknown

    def progress(self) -> Progress:
        """How far reviewing is."""
        with self._lock:
            said = [decision for decision in self.judgements if not decision.skipped]
            times = tuple(self._pace)
            elapsed = times[-1] - times[0] if times else 0.0
            return Progress(
                decided=len(said),
                accepted=sum(bool(decision.accepted) for decision in said),
                skipped=len(self.judgements) - len(said),
                per_minute=60 * (len(times) - 1) / elapsed if elapsed > 0 else None,
                precision=precision(self.proposals, self.judgements),
                levels=self._levels,
                learning=self._learning,
                told=self._told,
                since=self._count,
                generation=self.generation,
            )

    def contradictions(self) -> list[Contradiction]:
        """Where decisions contradict the lexicon, or each other."""
        with self._lock:
            return self.judgements.contradictions(self.base.seeds)

    def agreement(self) -> list[Agreement]:
        """Of each two reviewers who judged the same pairs."""
        with self._lock:
            return agreement(self.judgements)

    def learn(self, *, wait: bool = False) -> None:
        """Fit the next generation in a process of its own, and put it in the place of the present one.

        Args:
            wait: Come back when it is there; otherwise at once.
        """
        with self._lock:
            if self._learning != "running":
                self._learning, self._told = "running", ""
                self._learner = Thread(target=self._learn, name="isolex-review-learning")
                self._learner.start()
            learner = self._learner
        if wait and learner is not None:
            learner.join()

    def _learn(self) -> None:
        try:
            number = self.log.next_generation()
            through, dictionary = self._fitted(number)
            with self._lock:
                judgements = Judgements(one for one in self.judgements if one.event <= through)
            changed = what_changed(self.proposals.dictionary, dictionary, judgements)
            generation = Generation(number, through, tuple(changed))
            self.log.learnt(generation, self._digest)
            with self._lock:
                self._take(generation, dictionary)
                self._learning = "idle"
            self._sweep(self.folder / _GENERATION.format(number))
        except Exception as error:  # of any kind: else it would be said for ever that it is running
            known = isinstance(error, IsolexError | OSError)
            with self._lock:
                self._learning = "failed"
                self._told = str(error) if known else f"learning: {type(error).__name__}: {error}"
                # Not again at once, but after as many decisions more.
                self._count = 0

    def _fitted(self, number: int) -> tuple[int, RerankedDictionary]:
        """The last event that a new generation learnt from, and its dictionary."""
        made = self.folder / _GENERATION.format(number)
        order = {
            "parent": os.getpid(),
            "alignment": str(self.path),
            "pair": self.pair,
            "log": str(self.log.path),
            "output": str(made),
            "seed": self._seed,
        }
        self._fit = subprocess.Popen(
            [sys.executable, "-m", "isolex.review.fitting", json.dumps(order)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        if self._closed:  # while it was starting
            self._fit.kill()
        output, complaints = self._fit.communicate()
        if self._fit.returncode != 0:
            told = complaints.strip().splitlines() or [f"ended with status {self._fit.returncode}"]
            raise InputError(told[-1], where="learning")
        dictionary = self._kept(number)
        if dictionary is None:
            raise InputError("left no dictionary", where="learning")
        return int(output), dictionary

    def _kept(self, number: int) -> RerankedDictionary | None:
        """A generation that was saved; None where there is none that can be used."""
        folder = self.folder / _GENERATION.format(number)
        try:
            return load_reranked(folder, load(folder, device="cpu")) if folder.is_dir() else None
        except IsolexError as error:
            warnings.warn(f"generation {number} is not used: {error}", IsolexWarning, stacklevel=2)
            return None

    def _take(self, generation: Generation, dictionary: RerankedDictionary) -> None:
        proposals = Proposals(dictionary)
        queue = Queue(proposals, self.judgements, self._known, seed=self._seed)
        self.generation, self.proposals, self._queue = generation, proposals, queue
        self._levels = tuple(_level(proposals, least) for least in LEVELS) if dictionary.learnt else ()
        self._count = sum(
            decision.event > generation.through and not decision.skipped for decision in self.judgements
        )

    def _sweep(self, kept: Path) -> None:
        """Remove generations that another one took the place of."""
        for folder in self.folder.glob(_GENERATION.format("*")):
            if folder != kept:
                shutil.rmtree(folder, ignore_errors=True)

    @cached_property
    def _suspects(self) -> list[tuple[str, str]]:
        return suspect_pairs(self.base)

    def _next_suspect(
        self, reviewer: str, taken: frozenset[str], suspects: list[tuple[str, str]]
    ) -> Task | None:
        for source, target in dict.fromkeys((*self._asked, *suspects)):
            judged = self.judgements.on(source)
            said = {decision.proposal for decision in self.judgements.of(source)}
            if source not in taken and target not in {*judged.accepted, *judged.rejected, *said}:
                return self._task(self._leased(source, "suspect", target, reviewer))
        return None

    def _leased(self, source: str, kind: Any, proposal: str | None, reviewer: str) -> ReviewItem:
        item = self.log.lease(source, kind, proposal, reviewer)
        self._leases[item.id] = item, time.monotonic() + LEASE_SECONDS
        return item

    def _task(self, item: ReviewItem) -> Task:
        row = self.proposals.row(item.source)
        if row is None:  # it came from a vocabulary that was there before
            return Task(item, -1, ())
        rejected = self.judgements.on(item.source).rejected
        found = [one for one in self.proposals.candidates(row) if one.word not in rejected]
        if item.kind == "suspect" and item.proposal is not None:
            own = next((one for one in found if one.word == item.proposal), None)
            key = self.base.target.id(item.proposal)
            first = own or ProposedWord(item.proposal, 0 if key is None else key + 1, None)
            found = [first, *(one for one in found if one.word != item.proposal)]
        return Task(item, row, tuple(found))


def _level(proposals: Proposals, least: float) -> tuple[float, int, float | None]:
    reached = proposals.best[proposals.best >= least]
    return least, len(reached), round(100 * float(np.mean(reached)), 1) if len(reached) else None


def _said(decision: Decision) -> Decision:
    """A decision as what was said, whenever and however it came up."""
    return replace(decision, kind="own", proposal=None, at="", event=0)


def _beside(path: Path, pair: LanguagePair | None) -> Path:
    path = path.resolve()
    return path.with_name("-".join((path.name, *(pair or ()), "review")))
