"""Reranking beside the plain nearest neighbour: P@1, calibration, recall of candidates, and time."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks.answers import Answers, calibration, percent
from benchmarks.induction_sets import read_task, sets_and_pairs, with_seeds
from benchmarks.measuring import timed
from isolex.datasets import DataFolder
from isolex.evaluation import BLIResult
from isolex.progress import track
from isolex.reranking import RerankedDictionary, Reranker, RerankSettings, rerank
from isolex.scoring import BLITask

BASE_METHODS = ("vecmap", "rcsls", "procrustes")


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
        auroc: Right against wrong answers by confidence, or without any by what the order comes from.
        answers_at_90: First answers with a confidence of 0.9 or more.
        precision_at_90: How many of them are right; None without any.
        curve: Precision of the most confident tenth, two tenths … of the answers; likewise.
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

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def run_induction(
    folder: DataFolder,
    *,
    vectors: str = "novels",
    pairs: Sequence[str] = (),
    sets: Sequence[str] = (),
    seeds: Sequence[int | None] = (None,),
    ablation: bool = False,
    settings: RerankSettings | None = None,
) -> Iterator[InductionRow]:
    """Align, rerank and score; a row a test set and number of seeds, as soon as it is done.

    Args:
        folder: Vectors and dictionaries; `xling` needs `dictionaries/xling/xx-yy.train.freq.5k.tsv` and
            `.test.freq.2k.tsv`.
        vectors: Kind of its vectors, `novels` or `web`, which tells what is measured by default.
        pairs: Language pairs, `xx-yy`; by default those of `INDUCTION_PAIRS`.
        sets: Test sets; by default those of `DEFAULT_SETS` that have the pairs.
        seeds: Numbers of pairs to learn from, one after the other; 0 for none, None for all.
        ablation: Also learn without each feature group.
        settings: Of reranking.

    Raises:
        InputError: An unknown set or pair, or a file is missing.
    """
    settings = RerankSettings() if settings is None else settings
    wanted = sets_and_pairs(sets, pairs, vectors=vectors)
    for _, pair in wanted:
        folder.check(pair)
    for name, pair in track(wanted, "test sets"):
        task = read_task(folder, name, pair)
        for count in seeds:
            some = with_seeds(task, count, settings.seed)
            yield measure(name, some, count, settings, ablation=ablation)


def measure(
    name: str, task: BLITask, seeds: int | None, settings: RerankSettings, *, ablation: bool
) -> InductionRow:
    """One row."""
    fit_seconds, dictionary = timed(lambda: rerank(task.source, task.target, task.train, settings=settings))
    whole_seconds, _ = timed(lambda: dictionary.ranked)
    bases = _bases(task, dictionary, seeds, settings)
    answers = Answers.of(dictionary, next(iter(bases.values())))
    best = max(bases.values(), key=lambda result: result.precision(1))
    return InductionRow(
        set=name,
        pair=task.pair,
        n=len(answers.right),
        seeds=seeds,
        learnt=dictionary.learnt,
        status=dictionary.status,
        base={name: round(result.precision(1), 2) for name, result in bases.items()},
        best_base=round(best.precision(1), 2),
        reranked=percent(answers.right),
        best_base_no_identical=round(max(r.precision_without_identical for r in bases.values()), 2),
        reranked_no_identical=percent(answers.right[~answers.copied]),
        candidates_recall=None if answers.found is None else percent(answers.found),
        **calibration(answers, learnt=dictionary.learnt),
        without=_ablated(dictionary, answers) if ablation else {},
        fit_seconds=round(fit_seconds, 1),
        seconds=round(fit_seconds + whole_seconds, 1),
    )


def _bases(
    task: BLITask, dictionary: RerankedDictionary, seeds: int | None, settings: RerankSettings
) -> dict[str, BLIResult]:
    """The base methods by CSLS; with few seed pairs or none, also the alignment that reranking began with."""
    results = {}
    if task.train is not None:
        for method in BASE_METHODS:
            results[method] = task.evaluate(task.align(method, seed=settings.seed))
    own = dictionary.alignment
    if seeds is not None:
        results[own.card.method] = task.evaluate(own)
    return results


def _ablated(dictionary: RerankedDictionary, answers: Answers) -> dict[str, float]:
    """P@1 of rerankers that were learnt without one feature group each."""
    if not isinstance(dictionary.ranker, Reranker):
        return {}
    source, target = dictionary.alignment.source, dictionary.alignment.target
    rows = np.array([source.id(word) for word in answers.words])
    found = {}
    for group in track(list(dictionary.groups), "feature groups"):
        ranked = dictionary.ranker.without(group).rank(rows)
        best = dict(zip(ranked.rows.tolist(), ranked.keys[:, 0].tolist(), strict=True))
        right = [
            target.words[best[row]] in gold for row, gold in zip(rows.tolist(), answers.gold, strict=True)
        ]
        found[group] = percent(np.array(right))
    return found
