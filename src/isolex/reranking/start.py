"""Where reranking starts: an alignment, what its views are fitted to, and what is learnt from."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.alignment import Alignment, Side
from isolex.judging import cross_validate
from isolex.lexicon import Lexicon
from isolex.lexicon.words import counted
from isolex.mapping import (
    Adversarial,
    Annealing,
    Bilinear,
    Bootstrapping,
    Contrastive,
    GivenPairs,
    GromovWasserstein,
    Induction,
    Mapping,
    Problem,
    SelfLearning,
    Solver,
    WassersteinProcrustes,
)
from isolex.normalize import Normalizer
from isolex.progress import track
from isolex.recipes import closed_forms, learns_from_itself, solver_of, words_alike
from isolex.reranking.evidence import BothSides, PreparedSpaces, ViewSolvers, view_of
from isolex.reranking.reranker import FORM
from isolex.reranking.settings import RerankSettings
from isolex.reranking.triangulation import Surroundings
from isolex.reranking.views import View
from isolex.vectors import Vectors
from isolex.vectors.ngrams import NgramVectors

# With fewer, self-learning aligns better than the seed pairs alone.
MANY_WORDS = 1_000
# With fewer words to learn from there is no telling what the features are worth.
ENOUGH_WORDS = 50
# Mutual pairs are induced among so many most frequent words.
_INDUCED_WORDS = 10_000
_CLOSED_FORMS = tuple({type(solver) for solver in closed_forms()})
# What owes the seed pairs its beginning at most.
_SELF_LEARNING = (Annealing, SelfLearning, Adversarial, WassersteinProcrustes, GromovWasserstein)


@dataclass(frozen=True, eq=False)
class Start:
    """The alignment to begin with, and the pairs to learn from.

    Attributes:
        alignment: With its verdict.
        rows: Its normalised rows.
        solver: Its own, if isolex can fit it anew.
        learned: Maps that were learned without the seed pairs, or from them as a beginning only: its own, or
            with few seed words others; None where there are none.
        pairs: What evidence is fitted to, ids, `[s, 2]`.
        gold: Those of them that labels come from, `[g, 2]`: seed pairs, or with few of them all.
        words: Seed words.
        lacking: Why the seed pairs teach too little for confidences, if they do.
    """

    alignment: Alignment
    rows: BothSides
    solver: Solver | None
    learned: Mapping | None
    pairs: Int[Tensor, "s 2"]
    gold: Int[np.ndarray, "g 2"]
    words: int
    lacking: str | None

    @classmethod
    def of(cls, alignment: Alignment, gold: Int[np.ndarray, "g 2"], *, seed: int) -> "Start":
        """With few seed words, also with the mutual best pairs of a self-learned map."""
        rows = alignment.sides[0].normalized().cpu(), alignment.sides[1].normalized().cpu()
        own, solver = alignment.mapping, solver_of(alignment.card.settings.get("solver"))
        own = Mapping(own.source.cpu(), own.target.cpu())
        words, pairs = len(np.unique(gold[:, 0])), torch.from_numpy(gold)
        source, target = alignment.source.words, alignment.target.words
        lacking = lacking_seeds([(source[one], target[other]) for one, other in gold.tolist()])
        learns = solver is not None and learns_from_itself(solver)
        learned = own if isinstance(solver, _SELF_LEARNING) or (learns and not words) else None
        few = lacking is not None or not has_many_words(gold)
        if alignment.card.status == "failed":
            return cls(alignment, rows, solver, learned, pairs, gold, words, lacking)
        if learned is None and words and (few or learns):
            # Maps that were solved for all seed pairs would give them back to every fold by their answers.
            learned = _learned(alignment, rows, pairs, _innermost(solver) if learns else None, seed)
        if not few:
            return cls(alignment, rows, solver, learned, pairs, gold, words, lacking)
        both = np.concatenate([gold, _mutual(learned or own, rows, gold)])
        labels = both if lacking else gold
        return cls(alignment, rows, solver, learned, torch.from_numpy(both), labels, words, lacking)

    @property
    def seeded(self) -> bool:
        """Whether there are seed words enough to learn from."""
        return self.lacking is None

    def why_not(self, groups: Collection[str]) -> str | None:
        """Why nothing can be learnt by these groups of features, if nothing can."""
        card, found = self.alignment.card, len(np.unique(self.gold[:, 0]))
        if card.status == "failed":
            return f"the alignment failed ({card.reason})"
        few = self.lacking
        if few is None:
            return None
        if found < ENOUGH_WORDS:
            return f"{few}, and with the mutual pairs of the alignment no more than {found}"
        if "alignment" not in groups or not set(FORM) & set(groups):
            return f"{few}, and without them the groups alignment and {' or '.join(FORM)} are needed"
        return None

    def labelled_words(self, wrong: Lexicon | None) -> Int[np.ndarray, "w"]:
        """The words that are learnt from: of pairs that are right, and of pairs that people rejected."""
        words = np.unique(self.gold[:, 0])
        if wrong is None or not self.seeded:
            return words
        found = wrong.index(self.alignment.source, self.alignment.target).pairs[:, 0]
        return np.union1d(words, found)

    def spaces(self, others: Surroundings | None = None) -> PreparedSpaces:
        """Both vocabularies, made ready."""
        source, target = self.alignment.sides
        by_ngrams = None
        if any(isinstance(side.vectors.subwords, NgramVectors) for side in self.alignment.sides):
            by_ngrams = _composed(source, self.rows[0]), _composed(target, self.rows[1])
        return PreparedSpaces.of(self.rows, source.vectors.words, target.vectors.words, by_ngrams, others)

    def solvers(self, settings: RerankSettings) -> ViewSolvers:
        """What views are made by: the best closed form, and the own method where it is another."""
        base, own = _innermost(self.solver), self.solver
        tried = self.alignment.card.scores.get("held_out_p@1")
        compared = isinstance(tried, dict) and len(tried) > 1
        if not (compared and isinstance(base, _CLOSED_FORMS)):
            base = self._closed_form(settings.seed)
        if isinstance(own, (*_CLOSED_FORMS, *_SELF_LEARNING, Bootstrapping, Contrastive)):
            own = None
        fixed: tuple[View, ...] = ()
        if self.learned is not None:
            fixed = (view_of("self-learning", self.learned, self.rows, settings),)
        return ViewSolvers(base, own, fixed)

    def _closed_form(self, seed: int) -> Solver:
        """What base maps are solved by, if no comparison has chosen it."""
        own = self.solver
        while isinstance(own, Contrastive):
            own = own.start
        few = self.words < MANY_WORDS
        if few and isinstance(own, Bootstrapping) and isinstance(own.solver, _CLOSED_FORMS):
            return own.solver  # few held-out words would choose by chance
        gold = self.gold if self.seeded else None
        return _best_closed_form(Problem(*self.rows, self.pairs), gold, seed)


def _innermost(solver: Solver | None) -> Solver | None:
    """What a method that keeps the given pairs began with."""
    while isinstance(solver, Bootstrapping | Contrastive):
        solver = solver.start
    return solver


def _learned(
    alignment: Alignment, rows: BothSides, pairs: Int[Tensor, "s 2"], solver: Solver | None, seed: int
) -> Mapping:
    """A map that owes the seed pairs its beginning at most, from where the alignment itself began."""
    problem = Problem(*rows, pairs)
    if "further_pairs" in alignment.card.settings:
        further = words_alike(*alignment.sides, problem)
        problem = problem if further is None else problem.joined(further.ids, further.weight)
    return (solver or Annealing(GivenPairs(), seed=seed)).solve(problem)


def has_many_words(gold: Int[np.ndarray, "g 2"]) -> bool:
    """Whether the seed pairs alone align better than self-learning from them."""
    return len(np.unique(gold[:, 0])) >= MANY_WORDS


def lacking_seeds(pairs: Collection[tuple[str, str]]) -> str | None:
    """Why seed pairs teach too little for confidences, if they do: too few, or unlike other words."""

    def has_letters(word: str) -> bool:
        return any(map(str.isalpha, word))

    if pairs and not any(one != other and has_letters(one) and has_letters(other) for one, other in pairs):
        return "the seed pairs are identical strings or numerals, unlike other words"
    words = len({source for source, _ in pairs})
    if words >= ENOUGH_WORDS:
        return None
    are = "is" if words == 1 else "are"
    return f"there {are} {counted(words, 'seed word')} to learn from, expected at least {ENOUGH_WORDS}"


def gold_pairs(seeds: Lexicon | None, source: Vectors, target: Vectors) -> Int[np.ndarray, "g 2"]:
    """The pairs that weigh anything, by ids; none without a lexicon."""
    if seeds is None or len(seeds) == 0:
        return np.empty((0, 2), dtype=np.int64)
    found = seeds.index(source, target)
    return found.pairs if found.weights is None else found.pairs[found.weights > 0]


def _mutual(maps: Mapping, rows: BothSides, seeds: Int[np.ndarray, "s 2"]) -> Int[np.ndarray, "p 2"]:
    """The pairs of frequent words that are each other's best answer, but for those of seed words."""
    induction = Induction("mutual", vocabulary=_INDUCED_WORDS)
    found = induction.between(maps, Problem(*rows)).pairs.numpy()
    rest: np.ndarray = found[~np.isin(found[:, 0], seeds[:, 0])]
    return rest


def _composed(side: Side, rows: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """Rows made of the words' n-grams, which rare words share; those that there are where it has none."""
    ngrams = side.vectors.subwords
    if not isinstance(ngrams, NgramVectors):
        return rows
    made = torch.from_numpy(ngrams.composed_rows(side.vectors.words))
    return Normalizer(side.normalizer.steps).fit(made).apply(made)


def _best_closed_form(problem: Problem, gold: Int[np.ndarray, "g 2"] | None, seed: int) -> Solver:
    """The closed form that does best on held-out seed words; without any, ridge regression."""
    if gold is None:
        return Bilinear()
    words = torch.from_numpy(np.unique(gold[:, 0]))
    return max(
        track(closed_forms(seed), "trying maps"),
        key=lambda solver: cross_validate(solver, problem, seed=seed, part="choice", words=words).right,
    )
