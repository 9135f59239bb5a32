"""Reranking beside the plain nearest neighbour: P@1, calibration, recall of candidates, and time.

Sets of test words: `muse` and `xling` are read from the folder; `cipher` is `muse` with the letters of the
target language exchanged for each other, so that nobody sees which strings are alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float

from isolex.arrays import generator
from isolex.benchmark.folder import DataFolder
from isolex.benchmark.timing import timed
from isolex.evaluation import BLIResult, evaluate
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.progress import track
from isolex.recipes import align
from isolex.reranking import RerankedDictionary, Reranker, RerankSettings, rerank
from isolex.vectors import Vectors

BASE_METHODS = ("vecmap", "rcsls", "procrustes")
INDUCTION_PAIRS = {
    "muse": tuple(f"{a}-{b}" for a in ("en", "es", "fr", "de") for b in ("en", "es", "fr", "de") if a != b),
    "xling": ("en-de", "en-fr", "de-fr"),
    "cipher": ("en-es",),
}
SURE = 0.9
BINS = 10


@dataclass(frozen=True, eq=False)
class InductionTask:
    """Two vocabularies, pairs to learn from and pairs to test with.

    Attributes:
        set: Name of the test set.
        pair: `xx-yy`.
        source: Source vectors.
        target: Target vectors.
        train: Pairs to learn from; None for none.
        test: Test pairs.
    """

    set: str
    pair: str
    source: Vectors
    target: Vectors
    train: Lexicon | None
    test: Lexicon

    def with_seeds(self, count: int, seed: int) -> "InductionTask":
        """The same with some of the training words, drawn at random, all pairs of a word together.

        Args:
            count: As many pairs inside both vocabularies as come nearest to it from above; 0 for none.
            seed: Of the draw.
        """
        if count == 0 or self.train is None:
            return replace(self, train=None)
        targets: dict[str, list[str]] = {}
        for row, key in self.train.index(self.source, self.target).pairs.tolist():
            targets.setdefault(self.source.words[row], []).append(self.target.words[key])
        words = list(targets)
        drawn: list[tuple[str, str]] = []
        for place in torch.randperm(len(words), generator=generator(seed)).tolist():
            if len(drawn) >= count:
                break
            drawn += [(words[place], key) for key in targets[words[place]]]
        return replace(self, train=Lexicon(drawn))


@dataclass(frozen=True)
class InductionRow:
    """One test set; rates in percent.

    Attributes:
        set: `muse`, `xling` or `cipher`.
        pair: `xx-yy`.
        n: Test words.
        seeds: Seed pairs; None for all there are.
        learnt: Whether a reranker was learnt.
        status: Verdict on the alignment.
        base: P@1 by method, with CSLS.
        best_base: The best of them.
        reranked: P@1 of the reranked answers.
        best_base_no_identical: Best P@1 of a base method over words without an identical-string gold.
        reranked_no_identical: The same of the reranked answers.
        candidates_recall: Words that have a right answer among their candidates.
        ece: Expected calibration error of the first answers, ten bins of equal mass; None if not learnt.
        brier: Mean squared error of the confidence.
        brier_constant: That of answering every word with the share of right answers.
        auroc: Right against wrong answers by confidence.
        answers_at_90: First answers with a confidence of 0.9 or more.
        precision_at_90: How many of them are right; None without any.
        curve: Precision of the most confident tenth, two tenths … of the answers.
        without: P@1 without each feature group, where that was measured.
        fit_seconds: For aligning and learning, the verdict included.
        seconds: That, and the dictionary of the whole source vocabulary.
    """

    set: str
    pair: str
    n: int
    seeds: int | None
    learnt: bool
    status: str
    base: dict[str, float]
    best_base: float
    reranked: float
    best_base_no_identical: float
    reranked_no_identical: float
    candidates_recall: float | None
    ece: float | None
    brier: float | None
    brier_constant: float | None
    auroc: float | None
    answers_at_90: int
    precision_at_90: float | None
    curve: tuple[float, ...]
    without: dict[str, float]
    fit_seconds: float
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def run_induction(
    data: str | Path,
    *,
    pairs: Sequence[str] = (),
    sets: Sequence[str] = ("muse",),
    seeds: int | None = None,
    ablation: bool = False,
    settings: RerankSettings | None = None,
) -> Iterator[InductionRow]:
    """Align, rerank and score; a row a test set as soon as it is done.

    Args:
        data: The folder; `xling` needs `dictionaries/xling/xx-yy.train.freq.5k.tsv` and `.test.freq.2k.tsv`.
        pairs: Language pairs, `xx-yy`; by default those of `INDUCTION_PAIRS`.
        sets: Test sets.
        seeds: Learn from about so many pairs; 0 for none, None for all.
        ablation: Also learn without each feature group.
        settings: Of reranking.

    Raises:
        InputError: An unknown set or pair, or a file is missing.
    """
    folder = DataFolder(data)
    settings = RerankSettings() if settings is None else settings
    wanted = [(name, pair) for name in sets for pair in pairs or look_up(name, INDUCTION_PAIRS, "test set")]
    for name, pair in wanted:
        look_up(name, INDUCTION_PAIRS, "test set")
        folder.check(pair)
    for name, pair in track(wanted, "test sets"):
        task = read_task(folder, name, pair)
        task = task if seeds is None else task.with_seeds(seeds, settings.seed)
        yield measure(task, seeds, settings, ablation=ablation)


def read_task(folder: DataFolder, name: str, pair: str) -> InductionTask:
    """A task out of the folder.

    Raises:
        InputError: A dictionary is missing.
    """
    source, target = folder.vectors(pair)
    if name == "xling":
        stem = folder.path / "dictionaries" / "xling" / pair
        train, test = (
            Lexicon.read(stem.with_name(f"{pair}.{part}.tsv")) for part in ("train.freq.5k", "test.freq.2k")
        )
    else:
        train, test = (folder.dictionary(pair, part) for part in ("train", "test"))
    task = InductionTask(name, pair, source, target, train, test)
    return ciphered(task) if name == "cipher" else task


def ciphered(task: InductionTask) -> InductionTask:
    """The letters of the target language exchanged for each other, in the same way everywhere."""
    letters = sorted({letter for word in task.target.words for letter in word if letter.isalpha()})
    # One cycle through all of them in random order, so that no letter stays what it was.
    order = torch.randperm(len(letters), generator=generator(0)).tolist()
    table = str.maketrans({letters[order[place]]: letters[order[place - 1]] for place in range(len(letters))})
    target = Vectors([word.translate(table) for word in task.target.words], task.target.matrix)
    train = None if task.train is None else _with_targets(task.train, table)
    return replace(task, target=target, train=train, test=_with_targets(task.test, table))


def _with_targets(lexicon: Lexicon, table: dict[int, str]) -> Lexicon:
    return Lexicon((source, target.translate(table)) for source, target in lexicon)


def measure(
    task: InductionTask, seeds: int | None, settings: RerankSettings, *, ablation: bool
) -> InductionRow:
    """One row."""
    fit_seconds, dictionary = timed(lambda: rerank(task.source, task.target, task.train, settings=settings))
    whole_seconds, _ = timed(lambda: dictionary.ranked)
    bases = _bases(task, dictionary, seeds, settings)
    answers = Answers.of(dictionary, next(iter(bases.values())))
    best = max(bases.values(), key=lambda result: result.precision(1))
    return InductionRow(
        set=task.set,
        pair=task.pair,
        n=len(answers.right),
        seeds=seeds,
        learnt=dictionary.learnt,
        status=dictionary.status,
        base={name: round(result.precision(1), 2) for name, result in bases.items()},
        best_base=round(best.precision(1), 2),
        reranked=_percent(answers.right),
        best_base_no_identical=round(max(r.precision_without_identical for r in bases.values()), 2),
        reranked_no_identical=_percent(answers.right[~answers.copied]),
        candidates_recall=None if answers.found is None else _percent(answers.found),
        **_calibration(answers, learnt=dictionary.learnt),
        without=_ablated(dictionary, answers, settings) if ablation else {},
        fit_seconds=round(fit_seconds, 1),
        seconds=round(fit_seconds + whole_seconds, 1),
    )


@dataclass(frozen=True, eq=False)
class Answers:
    """The first answer to every test word.

    Attributes:
        words: Test words.
        gold: Right answers of each.
        right: Whether the first answer is one of them, `[n]`.
        copied: Whether the word itself is one of them, `[n]`.
        confidence: Of the first answers, `[n]`.
        found: Whether a right answer is among the candidates, `[n]`; None if not reranked.
    """

    words: tuple[str, ...]
    gold: tuple[tuple[str, ...], ...]
    right: Bool[np.ndarray, "n"]
    copied: Bool[np.ndarray, "n"]
    confidence: Float[np.ndarray, "n"]
    found: Bool[np.ndarray, "n"] | None

    @classmethod
    def of(cls, dictionary: RerankedDictionary, result: BLIResult) -> "Answers":
        """Of the test words of a result by protocol `muse`."""
        words = tuple(answer.source for answer in result.answers)
        gold = tuple(answer.gold for answer in result.answers)
        first = [found[0] for found in dictionary.translate(words, 1)]
        return cls(
            words,
            gold,
            np.array([target in right for (target, _), right in zip(first, gold, strict=True)]),
            np.array([answer.copied for answer in result.answers]),
            np.array([confidence for _, confidence in first]),
            _found(dictionary, words, gold),
        )


def _found(
    dictionary: RerankedDictionary, words: Sequence[str], gold: Sequence[tuple[str, ...]]
) -> Bool[np.ndarray, "n"] | None:
    if not isinstance(dictionary.ranker, Reranker):
        return None
    alignment = dictionary.alignment
    asked = Lexicon((word, key) for word, keys in zip(words, gold, strict=True) for key in keys)
    pairs = asked.index(alignment.source, alignment.target).pairs
    candidates = dictionary.ranker.evidence.candidates(np.unique(pairs[:, 0]))
    found = set(candidates.rows[candidates.among(pairs, len(alignment.target))].tolist())
    return np.array([alignment.source.id(word) in found for word in words])


def _bases(
    task: InductionTask, dictionary: RerankedDictionary, seeds: int | None, settings: RerankSettings
) -> dict[str, BLIResult]:
    """The base methods by CSLS; with few seed pairs or none, also the alignment that reranking began with."""
    results = {}
    if task.train is not None:
        for method in BASE_METHODS:
            alignment = align(
                task.source, task.target, task.train, method=method, seed=settings.seed, check=False
            )
            results[method] = evaluate(alignment, task.test)
    own = dictionary.alignment
    if seeds is not None:
        results[own.card.method] = evaluate(own, task.test)
    return results


def _calibration(answers: Answers, *, learnt: bool) -> dict[str, Any]:
    """How far confidences tell the truth."""
    right, confidence = answers.right, answers.confidence
    if not learnt:
        unknown = dict.fromkeys(("ece", "brier", "brier_constant", "auroc", "precision_at_90"))
        return {**unknown, "answers_at_90": 0, "curve": ()}
    order = np.argsort(-confidence, kind="stable")
    sure = confidence >= SURE
    tenths = [right[order[: round(len(order) * part / BINS)]] for part in range(1, BINS + 1)]
    return {
        "ece": round(calibration_error(confidence, right), 4),
        "brier": round(float(((confidence - right) ** 2).mean()), 4),
        "brier_constant": round(float(right.mean() * (1 - right.mean())), 4),
        "auroc": _auroc(confidence, right),
        "answers_at_90": int(sure.sum()),
        "precision_at_90": _percent(right[sure]) if sure.any() else None,
        "curve": tuple(_percent(part) for part in tenths if len(part)),
    }


def calibration_error(confidence: Float[np.ndarray, "n"], right: Bool[np.ndarray, "n"]) -> float:
    """Mean distance between confidence and share of right answers, over ten bins of equally many answers."""
    order = np.argsort(confidence, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    return float(
        sum(len(part) * abs(confidence[part].mean() - right[part].mean()) for part in bins) / len(order)
    )


def _auroc(confidence: Float[np.ndarray, "n"], right: Bool[np.ndarray, "n"]) -> float | None:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415  (comes with the extra that reranking needs)

    if right.all() or not right.any():
        return None
    return round(float(roc_auc_score(right, confidence)), 4)


def _ablated(dictionary: RerankedDictionary, answers: Answers, settings: RerankSettings) -> dict[str, float]:
    """P@1 of rerankers that were learnt without one feature group each."""
    if not isinstance(dictionary.ranker, Reranker):
        return {}
    source, target = dictionary.alignment.source, dictionary.alignment.target
    rows = np.array([source.id(word) for word in answers.words])
    found = {}
    for group in track(list(settings.groups), "feature groups"):
        ranked = dictionary.ranker.without(group).rank(rows)
        best = dict(zip(ranked.rows.tolist(), ranked.keys[:, 0].tolist(), strict=True))
        right = [
            target.words[best[row]] in gold for row, gold in zip(rows.tolist(), answers.gold, strict=True)
        ]
        found[group] = _percent(np.array(right))
    return found


def _percent(flags: Bool[np.ndarray, "n"]) -> float:
    return round(100 * float(flags.mean()), 2) if flags.size else 0.0
