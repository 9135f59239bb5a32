"""`Review`: an alignment, what people decided about its dictionary, and what was learnt from that."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import RLock, Thread
from typing import Any, Literal, TypeAlias

import numpy as np

from isolex.alignment import LanguagePair, load
from isolex.errors import InputError, IsolexError
from isolex.files import digest, make_folder, working_alone
from isolex.reranking import RerankedDictionary, load_reranked
from isolex.review.decisions import Contradiction, Decision, ItemKind, Judgements
from isolex.review.generations import Generations
from isolex.review.learning import what_changed
from isolex.review.leases import Leases
from isolex.review.log import DecisionLog, Generation, ReviewItem
from isolex.review.precision import Agreement, Precision, agreement, precision, warm_up
from isolex.review.proposals import Proposals, ProposedWord
from isolex.review.queues import Queue
from isolex.review.suspects import suspect_pairs
from isolex.saved import json_text

LEARN_EVERY = 50
LEVELS = (0.9, 0.7, 0.5)
_LOG = "decisions.sqlite"
_PACE, _LEAST_PACE = 20, 5
_ALONE = "decide and import on the page that is open, or close it first"

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
        reviewers: How many people decided; all other figures are of all of them.
        decided: Decisions that hold, without skipped words.
        accepted: Of them, those with a right translation.
        skipped: Words that were skipped.
        per_minute: The pace of the last decisions; None before there are five.
        precision: Of the present dictionary's first answers; None before a random word was judged.
        levels: Confidence, entries that reach it, and how many percent of them are to be right, by their mean
            confidence. None without confidences.
        learning: Whether the next generation is being fitted, or the last fit failed.
        told: Why it failed.
        since: Decisions since those that the present generation learnt from.
        generation: The present one.
    """

    reviewers: int
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
            "reviewers": self.reviewers,
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
            "every": LEARN_EVERY,
            **_learning(self.learning, self.told, self.since, self.generation),
        }


def _learning(learning: Learning, told: str, since: int, generation: Generation) -> dict[str, Any]:
    """Whether something is being learnt, and what was, as plain JSON values."""
    return {
        "learning": learning,
        "told": told,
        "since": since,
        "generation": generation.number,
        "changed": list(generation.changed),
    }


@dataclass(eq=False)
class _Present:
    """The present generation, and what ranks the whole vocabulary, and so is made when it is asked for."""

    generation: Generation
    proposals: Proposals
    judgements: Judgements
    known: frozenset[str]
    seed: int

    @cached_property
    def queue(self) -> Queue:
        return Queue(self.proposals, self.judgements, self.known, seed=self.seed)

    @cached_property
    def levels(self) -> tuple[tuple[float, int, float | None], ...]:
        learnt = self.proposals.dictionary.learnt
        return tuple(_level(self.proposals, least) for least in LEVELS) if learnt else ()

    def make(self) -> None:
        """Make it now."""
        _ = self.queue, self.levels


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

    Raises:
        InputError: There is no such alignment, no confidences are kept with it, or the folder cannot be used,
            since another process has it or otherwise.
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
        self.folder = make_folder(review_folder(path, pair) if folder is None else folder)
        self._lock = RLock()
        self._learning: Learning = "idle"
        self._told = ""
        self._learner: Thread | None = None
        self._pace: deque[float] = deque(maxlen=_PACE)
        # Decisions since those that the present generation learnt from.
        self._count = 0
        self._asked: dict[tuple[str, str], None] = {}
        with ExitStack() as opened:
            opened.enter_context(working_alone(self.folder, fix=_ALONE))
            self.log = opened.enter_context(DecisionLog(log_of(self.folder)))
            self._generations = Generations(
                self.folder, alignment=self.path, pair=pair, log=self.log.path, seed=seed
            )
            self.judgements = Judgements(self.log.decisions())
            self._leases = Leases(self.log)
            last = self.log.generation(self._digest)
            kept = None if last is None else self._generations.kept(last.number)
            if last is None or kept is None:
                last = Generation(0, 0)
                kept = load_reranked(path, self.base) if dictionary is None else dictionary
            self._take(self._present_of(last, kept))
            self._open = opened.pop_all()

    def __repr__(self) -> str:
        return (
            f"<Review: {self.path}, {len(self.judgements):,} decisions, generation {self.generation.number}>"
        )

    def close(self) -> None:
        """Close the log. A fit that runs is given up: the next one has the same decisions, and more."""
        self._generations.close()
        if self._learner is not None:
            self._learner.join()
        self._open.close()

    def next(self, reviewer: str, *, queue: QueueName = "main") -> Task | None:
        """The next word of a reviewer, for ten minutes his alone; None where nothing is left.

        Args:
            reviewer: His name.
            queue: `main`, or `suspects`: pairs of the lexicon that look wrong, and those that were asked for.
        """
        # Looking for suspects takes a minute the first time, in which others want to go on.
        suspects = self._suspects if queue == "suspects" else []
        with self._lock:
            taken = self._leases.taken()
            if queue == "suspects":
                return self._next_suspect(reviewer, taken, suspects)
            found = self._present.queue.next(reviewer, taken=taken)
            if found is None:
                return None
            row, kind = found
            return self._given(self._word(row), kind, self.proposals.first(row), reviewer)

    def current(self, reviewer: str, *, queue: QueueName = "main") -> Task | None:
        """The word that a reviewer has been given and did not decide on yet; None without one."""
        with self._lock:
            own = [item for item in self._leases.items() if item.reviewer == reviewer]
            fitting = [item for item in own if (item.kind == "suspect") == (queue == "suspects")]
            return self._task(fitting[-1]) if fitting else None

    def open(self, source: str, reviewer: str) -> Task:
        """Give a reviewer a word that he asks for.

        Raises:
            InputError: The vocabulary lacks it, or it is before another reviewer now.
        """
        with self._lock:
            row = self.proposals.row(source)
            if row is None:
                raise InputError(f"the vocabulary has no word {source[:40]!r}", where="review")
            item = next((item for item in self._leases.items() if item.source == source), None)
            if item is None:
                return self._given(source, "own", self.proposals.first(row), reviewer)
            if item.reviewer != reviewer:
                raise InputError(
                    f"{item.reviewer} has {source!r} now",
                    where="review",
                    fix="ask again once it is decided on, in ten minutes at most",
                )
            return self._task(item)

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
            self._leases.end(item)
            if new:
                self.judgements.add(decision)
                self._pace.append(time.monotonic())
                self._count += not decision.skipped
        if self._count >= LEARN_EVERY and self._learning != "running":
            self.learn()
        return decision

    def undo(self, reviewer: str, *, event: int | None = None) -> tuple[Decision, Task] | None:
        """Take a decision of a reviewer back, and give him its word again; None if there is none.

        Args:
            reviewer: His name.
            event: The number of the decision; by default his last one.
        """
        with self._lock:
            decision = self.log.undo(reviewer, event=event)
            if decision is None:
                return None
            self.judgements.drop(decision)
            self._present.queue.reopen()
            if not decision.skipped:
                # What was learnt from is news when it does not hold any more.
                self._count = max(0, self._count + (-1 if decision.event > self.generation.through else 1))
            for item in self._leases.items():
                if item.source == decision.source and item.reviewer == reviewer:
                    self._leases.end(item.id)
            task = self._given(decision.source, decision.kind, decision.proposal, reviewer)
            return decision, task

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
            lacking = (one.source for one in decisions if self.proposals.row(one.source) is None)
            unknown = dict.fromkeys(lacking)
            new = [one for one in decisions if one.source not in unknown and _said(one) not in known]
            for decision in self.log.add(new):
                self.judgements.add(decision)
            self._count += len(new)
        return len(new), list(unknown)

    def progress(self) -> Progress:
        """How far reviewing is."""
        with self._lock:
            said = [decision for decision in self.judgements if not decision.skipped]
            times = tuple(self._pace)
            elapsed = times[-1] - times[0] if times else 0.0
            return Progress(
                reviewers=len({decision.reviewer for decision in self.judgements}),
                decided=len(said),
                accepted=sum(bool(decision.accepted) for decision in said),
                skipped=len(self.judgements) - len(said),
                per_minute=60 * (len(times) - 1) / elapsed
                if elapsed > 0 and len(times) >= _LEAST_PACE
                else None,
                precision=precision(self.proposals, self.judgements),
                levels=self._present.levels,
                learning=self._learning,
                told=self._told,
                since=self._count,
                generation=self.generation,
            )

    def learning(self) -> dict[str, Any]:
        """What of `progress` tells whether something is being learnt, which costs nothing to ask."""
        with self._lock:
            return _learning(self._learning, self._told, self._count, self.generation)

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
            through, dictionary = self._generations.fit(number)
            with self._lock:
                judgements = Judgements(one for one in self.judgements if one.event <= through)
            changed = what_changed(self.proposals.dictionary, dictionary, judgements)
            generation = Generation(number, through, tuple(changed))
            self.log.learnt(generation, self._digest)
            present = self._present_of(generation, dictionary)
            present.make()  # while others go on
            with self._lock:
                self._take(present)
                self._learning = "idle"
            self._generations.keep(number)
        except Exception as error:  # of any kind: else it would be said for ever that it is running
            known = isinstance(error, IsolexError | OSError)
            with self._lock:
                self._learning = "failed"
                self._told = str(error) if known else f"learning: {type(error).__name__}: {error}"
                # Not again at once, but after as many decisions more.
                self._count = 0

    @property
    def generation(self) -> Generation:
        """The present one; number 0 is what reviewing began with."""
        return self._present.generation

    @property
    def proposals(self) -> Proposals:
        """What it proposes."""
        return self._present.proposals

    def _present_of(self, generation: Generation, dictionary: RerankedDictionary) -> "_Present":
        return _Present(generation, Proposals(dictionary), self.judgements, self._known, self._seed)

    def _take(self, present: "_Present") -> None:
        self._present = present
        self._count = sum(
            decision.event > present.generation.through and not decision.skipped
            for decision in self.judgements
        )

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
                return self._given(source, "suspect", target, reviewer)
        return None

    def _word(self, row: int) -> str:
        return self.proposals.dictionary.alignment.source.words[row]

    def _given(self, source: str, kind: ItemKind, proposal: str | None, reviewer: str) -> Task:
        return self._task(self._leases.give(source, kind, proposal, reviewer))

    def _task(self, item: ReviewItem) -> Task:
        row = self.proposals.row(item.source)
        if row is None:  # it came from a vocabulary that was there before
            return Task(item, -1, ())
        # Two judge the same random word, so that it can be told how well they agree.
        rejected = {} if item.kind == "random" else self.judgements.on(item.source).rejected
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


def review_folder(path: str | Path, pair: LanguagePair | None = None) -> Path:
    """Where the decisions on the dictionary of an alignment, or of a pair of a space, are kept by default."""
    path = Path(path).resolve()
    return path.with_name("-".join((path.name, *(pair or ()), "review")))


def log_of(folder: Path) -> Path:
    """The log of decisions in the folder of a review."""
    return folder / _LOG
