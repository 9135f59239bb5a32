"""`Review`: an alignment, what people decided about its dictionary, and what was learnt from that."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any, Literal, TypeAlias

from isolex.alignment import Alignment, LanguagePair, load
from isolex.errors import InputError
from isolex.files import make_folder, working_alone
from isolex.lexicon.words import counted
from isolex.reranking import RerankedDictionary, load_reranked
from isolex.review.additions import Added, Additions
from isolex.review.decisions import Contradiction, Decision, ItemKind, Judgements, WordJudgement
from isolex.review.generations import Generations, base_digest
from isolex.review.learner import Learner
from isolex.review.learning import what_changed
from isolex.review.leases import Leases
from isolex.review.log import DecisionLog, Generation, ReviewItem
from isolex.review.precision import (
    Agreement,
    Comparison,
    Precision,
    agreement,
    sampled_answers,
    warm_up,
)
from isolex.review.present import Present
from isolex.review.progress import Progress, learning_told
from isolex.review.proposals import Proposals, ProposedWord
from isolex.review.suspects import ENOUGH_SEEDS, Suspects
from isolex.vectors import Vectors

LEARN_EVERY = 50
_LOG = "decisions.sqlite"
_PACE, _LEAST_PACE = 20, 5
_ALONE = "decide and import on the page that is open, or close it first"

QueueName: TypeAlias = Literal["main", "suspects"]


@dataclass(frozen=True)
class Task:
    """A word to decide on.

    Attributes:
        item: Its place in the log, which a decision names.
        row: Source id of the word.
        candidates: Translations that nobody rejected, best first; of a suspect pair its own target first.
        replaces: An older decision of the reviewer, which holds until this task is decided on.
        generation: Which one proposes the candidates.
    """

    item: ReviewItem
    row: int
    candidates: tuple[ProposedWord, ...]
    replaces: Decision | None = None
    generation: int = 0


class Review:
    """Decisions on the dictionary of an alignment, and the generations that were learnt from them.

    The folder holds the log of decisions (`decisions.sqlite`) and the last generation. It stands beside the
    alignment, so that a new alignment in that place takes no decision away. Threads may share a review; one
    process at a time may have it.

    Args:
        path: The folder of an alignment or of a space.
        pair: Source and target language, of a space.
        folder: Where decisions are kept; by default `PATH-review`.
        dictionary: The reranked dictionary to begin with, or what makes one of the alignment; that is called
            once the folder is this process's alone, and only where no later generation is kept. By default
            the dictionary that is kept with the alignment.
        seed: Of the order of random words.
        tell: Is called with a line when learning begins and when it ends, from another thread; by default
            nobody is told.

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
        dictionary: RerankedDictionary | Callable[[Alignment], RerankedDictionary] | None = None,
        seed: int = 0,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        warm_up()
        self.path, self.pair, self._seed = Path(path), pair, seed
        given = dictionary if isinstance(dictionary, RerankedDictionary) else None
        self.base = load(path, pair=pair, device="cpu") if given is None else given.alignment
        self._digest = base_digest(self.base)
        self._known = frozenset(self.base.seeds.sources)
        self.folder = make_folder(review_folder(path, pair) if folder is None else folder)
        self._lock = RLock()
        self._learner = Learner(self._learn, self._did_not_learn, self._lock)
        self._tell = tell
        self._pace: deque[float] = deque(maxlen=_PACE)
        # Decisions since those that the present generation learnt from.
        self._count = 0
        with ExitStack() as opened:
            opened.enter_context(working_alone(self.folder, fix=_ALONE))
            self.log = opened.enter_context(DecisionLog(log_of(self.folder)))
            self._generations = Generations(
                self.folder, alignment=self.path, pair=pair, log=self.log.path, seed=seed
            )
            self.judgements = Judgements(self.log.decisions())
            self._suspects = Suspects(self.base, self.log, self.judgements)
            self._leases = Leases(self.log)
            last = self.log.generation(self._digest)
            kept = None if last is None else self._generations.kept(last.number)
            if last is None or kept is None:
                last = Generation(0, 0)
                kept = dictionary(self.base) if callable(dictionary) else given
                kept = load_reranked(path, self.base) if kept is None else kept
            self._take(self._present_of(last, kept))
            self._open = opened.pop_all()

    @property
    def vocabularies(self) -> tuple[Vectors, Vectors]:
        """The words of both languages, for tables that name some."""
        return self.base.source, self.base.target

    def __repr__(self) -> str:
        return (
            f"<Review: {self.path}, {len(self.judgements):,} decisions, generation {self.generation.number}>"
        )

    def close(self) -> None:
        """Close the log. A fit that runs is given up: the next one has the same decisions, and more."""
        self._tell = None  # who ends a fit need not hear that it failed
        self._generations.close()
        self._learner.wait()
        self._open.close()

    def next(self, reviewer: str, *, queue: QueueName = "main") -> Task | None:
        """The next word of a reviewer, for ten minutes nobody else's; None where nothing is left.

        Args:
            reviewer: The name of the reviewer.
            queue: `main`, or `suspects`: pairs of the lexicon that look wrong, and those that were asked for.
        """
        if queue == "suspects":
            # Looking for them takes a minute the first time, in which others want to go on.
            _ = self._suspects.found
        with self._lock:
            taken = self._leases.taken()
            if queue == "suspects":
                pair = self._suspects.next(taken)
                return None if pair is None else self._given(pair[0], "suspect", pair[1], reviewer)
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
        """Give a reviewer a word by name.

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

    def change(self, reviewer: str, event: int) -> Task | None:
        """Give a reviewer the word of an older decision again, which holds until this is decided on.

        Args:
            reviewer: The name of the reviewer.
            event: The number of the decision.

        Returns:
            The task; None if the reviewer has no such decision.
        """
        with self._lock:
            old = next(
                (one for one in self.judgements if one.event == event and one.reviewer == reviewer), None
            )
            if old is None:
                return None
            for item in self._leases.items():
                if item.replaces == event:
                    return self._task(item)
            return self._given(old.source, old.kind, old.proposal, reviewer, replaces=event)

    def leave(self, reviewer: str, item: int) -> None:
        """Take an item from a reviewer who does not decide on it; whatever was decided before holds.

        Raises:
            InputError: There is no such item.
        """
        with self._lock:
            if self.log.item(item).reviewer == reviewer:
                self.log.release(item)
                self._leases.end(item)

    def decide(
        self,
        item: int,
        *,
        accepted: Iterable[str] = (),
        rejected: Iterable[str] = (),
        comment: str = "",
        proposal: str | None = None,
    ) -> Decision:
        """Note what was decided on an item; when this returns, it is on the disk. Twice the same counts once.

        Without any word the item is skipped. After every 50 decisions the next generation is fitted.

        Args:
            item: Its number.
            accepted: Right translations.
            rejected: Wrong ones.
            comment: A remark.
            proposal: The candidate that stood first when this was decided, where a new generation may have
                put another one there meanwhile; by default that of the item.

        Raises:
            InputError: There is no such item, or a word that no dictionary can hold.
        """
        with self._lock:
            given = self.log.item(item)
            if proposal is not None:
                given = replace(given, proposal=proposal)
            decision, new = self.log.record(given, accepted=accepted, rejected=rejected, comment=comment)
            self._leases.end(item)
            if new:
                old = next(
                    (one for one in self.judgements.of(decision.source) if one.event == given.replaces), None
                )
                if old is not None:
                    self._take_back(old)
                self.judgements.add(decision)
                self._pace.append(time.monotonic())
                # A change of what was learnt from is one piece of news, not two.
                is_counted = old is not None and not old.skipped and old.event <= self.generation.through
                self._count += not decision.skipped and not is_counted
        self.learn_if_due()
        return decision

    def undo(self, reviewer: str, *, event: int | None = None) -> tuple[Decision, Task] | None:
        """Take a decision of a reviewer back, and give out its word again; None if there is none.

        An older decision that it had replaced holds again, until the word is decided on.

        Args:
            reviewer: The name of the reviewer.
            event: The number of the decision; by default the last one.
        """
        with self._lock:
            found = self.log.undo(reviewer, event=event)
            if found is None:
                return None
            decision, older = found
            self._take_back(decision)
            if older is not None:
                self.judgements.add(older)
                self._count += not older.skipped
            for item in self._leases.items():
                if item.source == decision.source and item.reviewer == reviewer:
                    self._leases.end(item.id)
            replaces = None if older is None else older.event
            task = self._given(decision.source, decision.kind, decision.proposal, reviewer, replaces=replaces)
            return decision, task

    def _take_back(self, decision: Decision) -> None:
        """Note that a decision does not hold any more."""
        self.judgements.drop(decision)
        self._present.queue.reopen()
        if not decision.skipped:
            # What was learnt from is news when it does not hold any more.
            self._count = max(0, self._count + (-1 if decision.event > self.generation.through else 1))

    def suspect(self, source: str, target: str) -> None:
        """Have a pair of the lexicon looked at, before those that look wrong by themselves.

        It comes up though it was judged before, and after a restart, until somebody answers.

        Raises:
            InputError: The lexicon has no such pair.
        """
        with self._lock:
            self._suspects.ask(source, target)

    @property
    def few_seeds(self) -> int | None:
        """How many seed words there are, where those are too few to tell wrong pairs well; else None."""
        words = len(self._known)
        return words if words < ENOUGH_SEEDS else None

    def add(self, decisions: Sequence[Decision], *, learn: bool = True) -> Added:
        """Add decisions that were made elsewhere, such as in a table.

        What a reviewer said before of a pair, with the same remark or none, is left out; so are words that
        the vocabulary lacks.

        Args:
            decisions: What was decided.
            learn: Whether 50 new ones are learnt from at once, as if they had been made here.
        """
        with self._lock:
            found = Additions(self.judgements, lambda word: self.proposals.row(word) is not None)
            for decision in decisions:
                found.take(decision)
            for decision in self.log.add(found.new):
                self.judgements.add(decision)
            self._count += sum(not one.skipped for one in found.new)
        if learn:
            self.learn_if_due()
        return found.added()

    def progress(self) -> Progress:
        """How far reviewing is."""
        with self._lock:
            said = [decision for decision in self.judgements if not decision.skipped]
            sample = list(sampled_answers(self.proposals, self.judgements))
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
                precision=Precision.over(sample),
                unjudged=sum(one.right is None for one in sample),
                comparison=Comparison.of(self._present.before, self.proposals, self.judgements),
                levels=self._present.levels,
                learning=self._learner.state,
                learning_seconds=self._learner.seconds,
                told=self._learner.told,
                since=self._count,
                generation=self.generation,
                every=LEARN_EVERY,
            )

    def learning(self) -> dict[str, Any]:
        """What of `progress` tells whether something is being learnt, which costs nothing to ask."""
        with self._lock:
            learner = self._learner
            return learning_told(learner.state, learner.seconds, learner.told, self._count, self.generation)

    def contradictions(self) -> list[Contradiction]:
        """Where decisions contradict the lexicon, or each other."""
        with self._lock:
            return self.judgements.contradictions(self.base.seeds)

    def agreement(self) -> list[Agreement]:
        """Of each two reviewers who judged random words."""
        with self._lock:
            return agreement(self.judgements)

    def learn(self, *, wait: bool = False) -> None:
        """Fit the next generation in a process of its own, and put it in the place of the present one.

        Args:
            wait: Come back when it is there; otherwise at once.
        """
        self._learner.start()
        if wait:
            self._learner.wait()

    def learn_if_due(self) -> None:
        """Fit the next generation if there are 50 decisions that the present one did not learn from."""
        if self._count >= LEARN_EVERY:
            self.learn()

    def _learn(self) -> None:
        with self._lock:
            decided = sum(not decision.skipped for decision in self.judgements)
        self._say(f"learning from {counted(decided, 'decision')}")
        number = self.log.next_generation()
        through, dictionary = self._generations.fit(number)
        with self._lock:
            judgements = Judgements(one for one in self.judgements if one.event <= through)
            sample = list(sampled_answers(self.proposals, self.judgements))
        before = {one.word: one.answer for one in sample if one.right is not None}
        changed = what_changed(self.proposals.dictionary, dictionary, judgements)
        generation = Generation(number, through, tuple(changed))
        self.log.learnt(generation, self._digest, before=before)
        present = self._present_of(generation, dictionary)
        present.make()  # while others go on
        with self._lock:
            self._take(present)
        self._generations.keep(number)
        minutes, seconds = divmod(self._learner.seconds or 0, 60)
        self._say(f"learnt in {minutes} min {seconds} s" if minutes else f"learnt in {seconds} s")

    def _did_not_learn(self) -> None:
        # Not again at once, but after as many decisions more.
        self._count = 0
        self._say(f"could not learn: {self._learner.told}")

    def _say(self, line: str) -> None:
        tell = self._tell
        # Learning goes on where the terminal is gone.
        with suppress(OSError, ValueError):
            if tell is not None:
                tell(line)

    @property
    def generation(self) -> Generation:
        """The present one; number 0 is what reviewing began with."""
        return self._present.generation

    @property
    def proposals(self) -> Proposals:
        """What it proposes."""
        return self._present.proposals

    def _present_of(self, generation: Generation, dictionary: RerankedDictionary) -> Present:
        before = self.log.answers_before(generation.number)
        return Present(generation, Proposals(dictionary), self.judgements, self._known, self._seed, before)

    def _take(self, present: Present) -> None:
        self._present = present
        self._count = sum(
            decision.event > present.generation.through and not decision.skipped
            for decision in self.judgements
        )

    def _word(self, row: int) -> str:
        return self.proposals.dictionary.alignment.source.words[row]

    def _given(
        self, source: str, kind: ItemKind, proposal: str | None, reviewer: str, *, replaces: int | None = None
    ) -> Task:
        return self._task(self._leases.give(source, kind, proposal, reviewer, replaces=replaces))

    def _task(self, item: ReviewItem) -> Task:
        row, decisions = self.proposals.row(item.source), self.judgements.of(item.source)
        old = next((one for one in decisions if one.event == item.replaces), None)
        number = self.generation.number
        if row is None:  # it came from a vocabulary that was there before
            return Task(item, -1, (), old, number)
        # Two judge the same random word, so that it can be told how well they agree.
        others = WordJudgement.of(one for one in decisions if one is not old)
        rejected = {} if item.kind == "random" else others.rejected
        found = [one for one in self.proposals.candidates(row) if one.word not in rejected]
        if item.kind == "suspect" and item.proposal is not None:
            own = next((one for one in found if one.word == item.proposal), None)
            key = self.base.target.id(item.proposal)
            first = own or ProposedWord(item.proposal, 0 if key is None else key + 1, None)
            found = [first, *(one for one in found if one.word != item.proposal)]
        return Task(item, row, tuple(found), old, number)


def review_folder(path: str | Path, pair: LanguagePair | None = None) -> Path:
    """Where the decisions on the dictionary of an alignment, or of a pair of a space, are kept by default."""
    path = Path(path).resolve()
    return path.with_name("-".join((path.name, *(pair or ()), "review")))


def log_of(folder: Path) -> Path:
    """The log of decisions in the folder of a review."""
    return folder / _LOG
