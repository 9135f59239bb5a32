"""`rerank`: from two sets of vectors and seed pairs to a dictionary that says how sure it is."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import overload

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from isolex.alignment import Alignment, AlignmentLike, Side, Space, as_alignment, load_space
from isolex.errors import InputError, MissingExtraError
from isolex.judging import cross_validate
from isolex.lexicon import Lexicon, LexiconLike, as_lexicon
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
    Procrustes,
    SelfLearning,
    Solver,
    VecMap,
    WassersteinProcrustes,
)
from isolex.normalize import Normalizer
from isolex.progress import track
from isolex.recipes import align, closed_forms, solver_of
from isolex.reranking.evidence import BothSides, PairEvidence, PreparedSpaces, ViewSolvers, view_of
from isolex.reranking.features import TRIANGULATION
from isolex.reranking.learning import Labelled
from isolex.reranking.reranked_dictionary import RerankedDictionary
from isolex.reranking.reranker import FORM, Ranked, Reranker, Unsure, judged_again, labelled_folds
from isolex.reranking.settings import RerankSettings
from isolex.reranking.triangulation import Surroundings
from isolex.reranking.views import View
from isolex.vectors import Vectors, VectorsLike, usable_vectors
from isolex.vectors.ngrams import NgramVectors

# With fewer, self-learning aligns better than the seed pairs alone.
MANY_WORDS = 1_000
# With fewer words to learn from there is no telling what the features are worth.
ENOUGH_WORDS = 50
# From so many on, what sampling adds to the error of confidences is not worth a word.
_SURE_WORDS = 500
# Mutual pairs are induced among so many most frequent words.
_INDUCED_WORDS = 10_000
_CLOSED_FORMS = (Procrustes, VecMap, Bilinear)
# What owes the seed pairs its beginning at most.
_SELF_LEARNING = (Annealing, SelfLearning, Adversarial, WassersteinProcrustes, GromovWasserstein)


@dataclass(frozen=True, eq=False)
class _Start:
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
    """

    alignment: Alignment
    rows: BothSides
    solver: Solver | None
    learned: Mapping | None
    pairs: Int[Tensor, "s 2"]
    gold: Int[np.ndarray, "g 2"]
    words: int

    @classmethod
    def of(cls, alignment: Alignment, gold: Int[np.ndarray, "g 2"], *, seed: int) -> "_Start":
        """With few seed words, also with the mutual best pairs of a self-learned map."""
        rows = alignment.sides[0].normalized().cpu(), alignment.sides[1].normalized().cpu()
        own, solver = alignment.mapping, solver_of(alignment.card.settings.get("solver"))
        own = Mapping(own.source.cpu(), own.target.cpu())
        learned = own if isinstance(solver, _SELF_LEARNING) else None
        words, pairs = len(np.unique(gold[:, 0])), torch.from_numpy(gold)
        if words >= MANY_WORDS:
            return cls(alignment, rows, solver, learned, pairs, gold, words)
        if learned is None and words:
            # Maps that were solved for all seed pairs would give them back to every fold by their answers.
            learned = Annealing(GivenPairs(), seed=seed).solve(Problem(*rows, pairs))
        both = np.concatenate([gold, _mutual(learned or own, rows, gold)])
        labels = both if too_few(words) else gold
        return cls(alignment, rows, solver, learned, torch.from_numpy(both), labels, words)

    @property
    def seeded(self) -> bool:
        """Whether there are seed words enough to learn from."""
        return too_few(self.words) is None


@overload
def rerank(source: AlignmentLike, *, settings: RerankSettings | None = None) -> RerankedDictionary: ...
@overload
def rerank(
    source: VectorsLike,
    target: VectorsLike,
    lexicon: LexiconLike | None = None,
    *,
    settings: RerankSettings | None = None,
    check: bool = True,
) -> RerankedDictionary: ...
def rerank(
    source: VectorsLike | AlignmentLike,
    target: VectorsLike | None = None,
    lexicon: LexiconLike | None = None,
    *,
    settings: RerankSettings | None = None,
    check: bool = True,
) -> RerankedDictionary:
    """Collect candidates from several maps of two spaces, and learn from the seed pairs which are right.

    `rerank(alignment)` takes an alignment, or its folder, with its normalisation, its seed pairs and its
    verdict; for two languages of a space see `rerank_pair`. `rerank(source, target, lexicon)` aligns first.

    Candidates are scored by the closed form (Procrustes, VecMap, ridge regression) that does best on held-out
    seed words, by bootstrapping and contrastive maps that go on from it, by the alignment's own method where
    that is another one that isolex can fit anew, by their neighbours, by frequency and as strings. The
    features of each seed word come from maps that have not seen it (cross-fitting), so that they are worth as
    much there as for other words. Gradient-boosted trees learn from them, a list-wise model weighs candidates
    against each other, and Platt scaling on held-out seed words turns their scores into probabilities.

    With fewer than 1,000 seed words the evidence is also fitted to the mutual best pairs of a self-learned
    map, and the trees learn from the seed pairs alone. With fewer than 50 they learn from the mutual pairs,
    after these have been judged again by how words are written: that orders candidates, but does not tell how
    many are right, so there are no confidences.

    Cost: with 40,000 words a side some three minutes on two cores, and half a minute for the whole
    dictionary.

    Args:
        source: An alignment or its folder; or source vectors, or a file of them.
        target: Target vectors, or a file of them; None where an alignment is given.
        lexicon: Seed pairs for two sets of vectors, or a file of them; None for none. Those of weight 0 are
            left out, the others count alike to the reranker.
        settings: See `RerankSettings`.
        check: Give the alignment that is made a status; a failed one is not reranked. One that is given has
            its own.

    Returns:
        The dictionary. Without confidences (`learnt` is False) where there are fewer than 50 seed words; in
        CSLS order, too, where the alignment failed, or where seed words and mutual pairs together are fewer
        than 50. `reason` says so.

    Raises:
        InputError: A lexicon without a pair in both vocabularies, or one beside an alignment, which has its
            own.
        MissingExtraError: The packages of the extra `rerank` are not installed.

    Warns:
        IsolexWarning: Words are left out, since their vectors are zero.
    """
    _check_packages()
    settings = RerankSettings() if settings is None else settings
    # Without a space there is nothing to triangulate by.
    settings = replace(settings, groups=tuple(name for name in settings.groups if name != TRIANGULATION))
    if target is not None:
        return _learn(_begin(source, target, lexicon, settings, check=check), settings)
    if lexicon is not None:
        raise InputError(
            "got a lexicon beside an alignment, which has its own seed pairs",
            where="reranking",
            fix="align by that lexicon, or give two sets of vectors",
        )
    alignment = as_alignment(source)  # type: ignore[arg-type]  # which refuses vectors alone
    gold = _gold(alignment.seeds, alignment.source, alignment.target)
    return _learn(_Start.of(alignment, gold, seed=settings.seed), settings)


def rerank_pair(
    space: Space | str | Path, source: str, target: str, *, settings: RerankSettings | None = None
) -> RerankedDictionary:
    """Rerank the words of two languages of a space, with what the other languages say of them.

    Beside all that `rerank` looks at, the pair's alignment in the space is one more view, and third
    languages take part: two steps, from a source word to its best words in a third language and from these
    to theirs in the target language, lead to more candidates, and how surely, by how many languages, and
    whether also the other way round, become features (group `triangulation`).

    The trees learn from the pair's own lexicon. Where there is none, they learn from pairs that two lexicons
    link through a word of a third language, and `reason` says so. Lexicons that were induced count as none.
    For the features of seed words, the maps of all these languages are solved again without any pair of
    these words in any lexicon, so that a seed word looks like a word that no lexicon has.

    Cost: that of `rerank`, and for each third language about as much as for one of its alignments.

    Args:
        space: A space of at least three languages, from `align_space`, or its folder.
        source: Code of the source language.
        target: Code of the target language.
        settings: See `RerankSettings`.

    Returns:
        The dictionary, whose alignment is `space.pair(source, target)`; without confidences as in `rerank`.

    Raises:
        InputError: A language is not in the space, there is no third one, or the space was not made by the
            joint solver.
        MissingExtraError: The packages of the extra `rerank` are not installed.
    """
    _check_packages()
    settings = RerankSettings() if settings is None else settings
    space = load_space(space) if isinstance(space, str | Path) else space
    alignment = space.pair(source, target)
    others = Surroundings.of(space, source, target, settings)
    gold, origin = others.seeds()
    return _learn(_Start.of(alignment, gold, seed=settings.seed), settings, others, origin=origin)


def _learn(
    start: _Start,
    settings: RerankSettings,
    others: Surroundings | None = None,
    *,
    origin: str | None = None,
) -> RerankedDictionary:
    """The dictionary from where it starts; `origin` says where seed words come from that nobody gave."""
    reason = _why_not(start, settings.groups)
    if reason is not None:
        order = PlainOrder(start.alignment, settings)
        return RerankedDictionary(start.alignment, order, settings.groups, learnt=False, reason=reason)
    spaces = _spaces(start, others)
    solvers = _solvers(start, settings)
    folds = labelled_folds(spaces, solvers, start.pairs, start.gold, settings)
    labelled = Labelled.stacked(list(folds))
    if not start.seeded:
        labelled = judged_again(labelled, settings)
    reranker = Reranker.fit(PairEvidence.of(spaces, solvers, start.pairs, settings), labelled)
    return RerankedDictionary(
        start.alignment,
        reranker if start.seeded else Unsure(reranker),
        settings.groups,
        learnt=start.seeded,
        reason=_learnt_from(start.words, origin)
        if start.seeded
        else f"{too_few(start.words)}, so the order is learnt from the alignment's own mutual pairs",
    )


@dataclass(frozen=True, eq=False)
class PlainOrder:
    """Candidates in the order of CSLS, without confidences.

    Attributes:
        alignment: What is asked.
        settings: How many alternatives are kept.
    """

    alignment: Alignment
    settings: RerankSettings

    def rank(self, rows: Int[np.ndarray, "w"]) -> Ranked:
        """Answers for source words, each asked once, in the order of their ids."""
        rows = np.unique(rows)
        x, _ = self.alignment.shared
        keys = self.alignment.index("csls").best(x[torch.from_numpy(rows)], self.settings.alternatives)
        unknown = np.full(keys.shape, np.nan)
        groups = np.zeros((len(rows), len(self.settings.groups)))
        return Ranked(rows, keys.cpu().numpy(), unknown, unknown[:, 0], groups)


def _learnt_from(words: int, origin: str | None = None) -> str:
    """How many seed words there were, and with few of them, how little that tells of all others."""
    told = f"learnt from {counted(words, 'seed word')}" + (f", {origin}" if origin else "")
    if words >= _SURE_WORDS:
        return told
    # Twice the standard error of a share that so many words tell, at its greatest.
    return f"{told}, so few that confidences may be off by {words**-0.5:.2f}, and by more for rarer words"


def too_few(words: int) -> str | None:
    """Why so many seed words are too few for confidences, if they are."""
    if words >= ENOUGH_WORDS:
        return None
    are = "is" if words == 1 else "are"
    return f"there {are} {counted(words, 'seed word')} to learn from, expected at least {ENOUGH_WORDS}"


def _check_packages() -> None:
    """To be known before minutes are spent on alignments."""
    for module, package in (("anyascii", "anyascii"), ("sklearn", "scikit-learn")):
        if find_spec(module) is None:
            raise MissingExtraError("reranking", package, "rerank")


def _begin(
    source: VectorsLike | AlignmentLike,
    target: VectorsLike,
    lexicon: LexiconLike | None,
    settings: RerankSettings,
    *,
    check: bool,
) -> _Start:
    """Align by what there is to align with."""
    if isinstance(source, Alignment):
        raise InputError(
            "got an alignment and vectors beside it", where="reranking", fix="give the alignment alone"
        )
    source, target = usable_vectors(source, what="source"), usable_vectors(target, what="target")
    seeds = None if lexicon is None else as_lexicon(lexicon)
    gold = _gold(seeds, source, target)
    many = len(np.unique(gold[:, 0])) >= MANY_WORDS
    method = "bilinear" if many else "self-learning" if seeds is not None else "unsupervised"
    alignment = align(source, target, seeds, method=method, seed=settings.seed, device="cpu", check=check)
    return _Start.of(alignment, gold, seed=settings.seed)


def _gold(seeds: Lexicon | None, source: Vectors, target: Vectors) -> Int[np.ndarray, "g 2"]:
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


def _why_not(start: _Start, groups: Collection[str]) -> str | None:
    """Why nothing can be learnt, if nothing can."""
    card, found = start.alignment.card, len(np.unique(start.gold[:, 0]))
    if card.status == "failed":
        return f"the alignment failed ({card.reason})"
    few = too_few(start.words)
    if few is None:
        return None
    if found < ENOUGH_WORDS:
        return f"{few}, and with the mutual pairs of the alignment no more than {found}"
    if "alignment" not in groups or not set(FORM) & set(groups):
        return f"{few}, and without them the groups alignment and {' or '.join(FORM)} are needed"
    return None


def _spaces(start: _Start, others: Surroundings | None = None) -> PreparedSpaces:
    source, target = start.alignment.sides
    by_ngrams = None
    if any(isinstance(side.vectors.subwords, NgramVectors) for side in start.alignment.sides):
        by_ngrams = _composed(source, start.rows[0]), _composed(target, start.rows[1])
    return PreparedSpaces.of(start.rows, source.vectors.words, target.vectors.words, by_ngrams, others)


def _composed(side: Side, rows: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """Rows made of the words' n-grams, which rare words share; those that there are where it has none."""
    ngrams = side.vectors.subwords
    if not isinstance(ngrams, NgramVectors):
        return rows
    made = torch.from_numpy(ngrams.composed_rows(side.vectors.words))
    return Normalizer(side.normalizer.steps).fit(made).apply(made)


def _solvers(start: _Start, settings: RerankSettings) -> ViewSolvers:
    """What views are made by: the best closed form, and the alignment's own method where it is another."""
    base, own = start.solver, start.solver
    while isinstance(base, Bootstrapping | Contrastive):
        base = base.start
    tried = start.alignment.card.scores.get("held_out_p@1")
    compared = isinstance(tried, dict) and len(tried) > 1
    if not (compared and isinstance(base, _CLOSED_FORMS)):
        gold = start.gold if start.seeded else None
        base = _best_closed_form(Problem(*start.rows, start.pairs), gold, settings.seed)
    if isinstance(own, (*_CLOSED_FORMS, *_SELF_LEARNING, Bootstrapping, Contrastive)):
        own = None
    fixed: tuple[View, ...] = ()
    if start.learned is not None:
        fixed = (view_of("self-learning", start.learned, start.rows, settings),)
    return ViewSolvers(base, own, fixed)


def _best_closed_form(problem: Problem, gold: Int[np.ndarray, "g 2"] | None, seed: int) -> Solver:
    """The closed form that does best on held-out seed words; without any, ridge regression."""
    if gold is None:
        return Bilinear()
    words = torch.from_numpy(np.unique(gold[:, 0]))
    return max(
        track(closed_forms(seed), "trying maps"),
        key=lambda solver: cross_validate(solver, problem, seed=seed, part="choice", words=words).right,
    )
