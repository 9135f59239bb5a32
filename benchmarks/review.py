"""A simulated reviewer, who knows the training dictionary: what a mixed queue teaches, and a random one."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Int

from benchmarks.answers import Answers, percent
from benchmarks.induction_sets import with_seeds
from benchmarks.measuring import timed
from benchmarks.spaces import known_pairs
from isolex.datasets import DataFolder
from isolex.progress import track
from isolex.recipes import align
from isolex.reranking import RerankedDictionary, RerankSettings, rerank
from isolex.review import MIX, Decision, Judgements, Proposals, Queue, learn, precision
from isolex.scoring import BLITask

PAIRS = {"novels": ("en-es", "en-de"), "web": ("en-fi",)}
VOCABULARY = 10_000
SEEDS = 100
DECISIONS = 1_000
EVERY = 250
CHECKED_EVERY = 50
QUEUES = ("mixed", "random")
_REVIEWER = "simulated"


@dataclass(frozen=True)
class Check:
    """The estimate of the precision, beside the truth.

    Attributes:
        decisions: So many were made.
        accepted: Pairs that were accepted by then.
        percent: The estimate, by random words.
        low: Lower end of its 95 % interval.
        high: Upper end.
        checked: Random words behind it.
        true: Percent of the first answers that are right, of all words that the reviewer knows and that are
            reserved for the estimate, so that nobody learns from them.
    """

    decisions: int
    accepted: int
    percent: float | None
    low: float | None
    high: float | None
    checked: int
    true: float

    @property
    def holds(self) -> bool | None:
        """Whether the interval holds the truth; None without one."""
        return None if self.low is None or self.high is None else self.low <= self.true <= self.high


@dataclass(frozen=True)
class ReviewRow:
    """One queue on one language pair.

    Attributes:
        pair: `xx-yy`.
        vectors: `novels` or `web`.
        queue: `mixed`, or `random`, which learns from all its words.
        decisions: After how many each generation was fitted, from 0 on.
        p1: P@1 of each generation on the test words, in percent.
        accepted: Accepted pairs by then.
        checks: After every 50 decisions; of the mixed queue.
        seconds: To fit each generation.
    """

    pair: str
    vectors: str
    queue: str
    decisions: tuple[int, ...]
    p1: tuple[float, ...]
    accepted: tuple[int, ...]
    checks: tuple[Check, ...]
    seconds: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


class _Shuffled(Proposals):
    """Proposals whose most informative words are any words."""

    def by_information(self) -> Int[np.ndarray, "n"]:
        """In random order."""
        return np.random.default_rng(0).permutation(len(self.best))


def run_review(
    folder: DataFolder,
    *,
    vectors: str = "novels",
    pairs: Sequence[str] = (),
    queues: Sequence[str] = QUEUES,
    decisions: int = DECISIONS,
    every: int = EVERY,
    vocabulary: int = VOCABULARY,
    seed: int = 0,
) -> Iterator[ReviewRow]:
    """Begin with 100 seed pairs, decide, learn, and score; a row a language pair and queue.

    Args:
        folder: Vectors and dictionaries.
        vectors: ItemKind of its vectors.
        pairs: Language pairs; by default those of `PAIRS`.
        queues: Out of `QUEUES`.
        decisions: How many the reviewer makes.
        every: After so many the next generation is fitted.
        vocabulary: Most frequent words of either side.
        seed: Of everything random.

    Raises:
        InputError: The folder lacks a pair.
    """
    wanted = tuple(pairs) or PAIRS[vectors]
    for pair in wanted:
        folder.check(pair)
    for pair in track(wanted, "language pairs"):
        whole = BLITask.of(folder, pair, vocabulary=vocabulary)
        task = with_seeds(whole, SEEDS, seed)
        seconds, first = timed(partial(_first, task, seed))
        for queue in queues:
            yield _Simulation.of(whole, task, first, queue, seed).run(vectors, decisions, every, seconds)


def _first(task: BLITask, seed: int) -> RerankedDictionary:
    alignment = align(task.source, task.target, task.train, seed=seed, device="cpu")
    return rerank(alignment, settings=RerankSettings(seed=seed))


@dataclass(eq=False)
class _Simulation:
    task: BLITask
    truth: dict[str, set[str]]
    first: RerankedDictionary
    queue: str
    seed: int

    @classmethod
    def of(
        cls, whole: BLITask, task: BLITask, first: RerankedDictionary, queue: str, seed: int
    ) -> "_Simulation":
        given = set() if task.train is None else set(task.train.sources)
        truth: dict[str, set[str]] = {}
        for source, target in known_pairs(whole):
            if source not in given:
                truth.setdefault(source, set()).add(target)
        return cls(task, truth, first, queue, seed)

    def run(self, vectors: str, decisions: int, every: int, seconds: float) -> ReviewRow:
        """Decide and learn in turn."""
        judgements, dictionary = Judgements(), self.first
        made, p1, accepted, times = [0], [self._score(dictionary)], [0], [seconds]
        checks: list[Check] = []
        for start in track(range(0, decisions, every), f"{self.task.pair}, {self.queue}"):
            proposals = self._proposals(dictionary)
            queue = Queue(proposals, judgements, self._unasked(), mix=self._mix(), seed=self.seed)
            for number in range(start, start + every):
                found = queue.next(_REVIEWER)
                if found is None:
                    break
                row, kind = found
                judgements.add(self._decision(proposals, row, kind, number + 1))
                if self.queue == "mixed" and (number + 1) % CHECKED_EVERY == 0:
                    checks.append(self._check(queue, judgements))
            settings = RerankSettings(seed=self.seed)
            learnt = partial(learn, self.first.alignment, judgements, settings=settings, seed=self.seed)
            elapsed, dictionary = timed(learnt)
            made.append(len(judgements))
            p1.append(self._score(dictionary))
            accepted.append(len(judgements.accepted()))
            times.append(elapsed)
        return ReviewRow(
            self.task.pair,
            vectors,
            self.queue,
            tuple(made),
            tuple(p1),
            tuple(accepted),
            tuple(checks),
            tuple(round(each, 1) for each in times),
        )

    def _proposals(self, dictionary: RerankedDictionary) -> Proposals:
        return Proposals(dictionary) if self.queue == "mixed" else _Shuffled(dictionary)

    def _mix(self) -> dict[Any, float]:
        # Random words of the mixed queue are not learnt from, those of the random queue are.
        return dict(MIX) if self.queue == "mixed" else {"informative": 1.0}

    def _unasked(self) -> frozenset[str]:
        """Words that the reviewer does not know, and those of the seed pairs."""
        return frozenset(word for word in self.task.source.words if word not in self.truth)

    def _decision(self, proposals: Proposals, row: int, kind: Any, event: int) -> Decision:
        """Accept the candidates that the dictionary has; reject the first if it has not that."""
        word = self.task.source.words[row]
        shown = [candidate.word for candidate in proposals.candidates(row)]
        right = tuple(one for one in shown if one in self.truth[word])
        wrong = tuple(one for one in shown[:1] if one not in right)
        return Decision(word, right, wrong, _REVIEWER, kind, shown[0], event=event)

    def _check(self, queue: Queue, judgements: Judgements) -> Check:
        proposals, words = queue.proposals, self.task.source.words
        found = precision(proposals, judgements)
        known = [row for row in queue.reserved if words[row] in self.truth]
        right = [proposals.first(row) in self.truth[words[row]] for row in known]
        return Check(
            len(judgements),
            len(judgements.accepted()),
            None if found is None else round(found.percent, 2),
            None if found is None else round(found.low, 2),
            None if found is None else round(found.high, 2),
            0 if found is None else found.checked,
            percent(np.array(right)),
        )

    def _score(self, dictionary: RerankedDictionary) -> float:
        return percent(Answers.of(dictionary, self.task.evaluate(dictionary.alignment)).right)


def summary(rows: Sequence[ReviewRow]) -> list[dict[str, Any]]:
    """What the mixed queue is worth beside the random one, a row a language pair."""
    found = []
    by_pair: dict[tuple[str, str], dict[str, ReviewRow]] = {}
    for row in rows:
        by_pair.setdefault((row.vectors, row.pair), {})[row.queue] = row
    for (vectors, pair), own in by_pair.items():
        if set(own) != set(QUEUES):
            continue
        mixed, shuffled = own["mixed"], own["random"]
        goal = shuffled.p1[-1]
        reached = [count for count, p1 in zip(mixed.decisions, mixed.p1, strict=True) if p1 >= goal]
        known = [check.holds for check in mixed.checks if check.holds is not None]
        found.append(
            {
                "pair": pair,
                "vectors": vectors,
                "p1_before": mixed.p1[0],
                "p1_mixed": mixed.p1[-1],
                "p1_random": goal,
                "reached_after": reached[0] if reached else None,
                "accepted_mixed": mixed.accepted[-1],
                "accepted_random": shuffled.accepted[-1],
                "ratio": round(mixed.accepted[-1] / max(1, shuffled.accepted[-1]), 3),
                "checks": len(known),
                "covered": round(100 * sum(known) / len(known), 1) if known else None,
            }
        )
    return found
