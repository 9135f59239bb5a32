"""`rerank`: from two sets of vectors and seed pairs to a dictionary that says how sure it is."""

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import overload

import numpy as np
import torch
from jaxtyping import Int

from isolex.alignment import Alignment, AlignmentLike, Space, as_alignment, load_space
from isolex.errors import InputError, MissingExtraError
from isolex.judging import FEW_WORDS
from isolex.lexicon import LexiconLike, as_lexicon
from isolex.lexicon.words import counted
from isolex.recipes import align
from isolex.reranking.evidence import PairEvidence
from isolex.reranking.features import TRIANGULATION
from isolex.reranking.learning import Labelled
from isolex.reranking.reranked_dictionary import RerankedDictionary
from isolex.reranking.reranker import Ranked, Reranker, Unsure, judged_again, labelled_folds
from isolex.reranking.settings import RerankSettings
from isolex.reranking.start import Start, gold_pairs, has_many_words
from isolex.reranking.triangulation import Surroundings
from isolex.vectors import VectorsLike, usable_vectors

# From so many on, what sampling adds to the error of confidences is not worth a word.
_SURE_WORDS = 500


@overload
def rerank(
    source: AlignmentLike,
    *,
    wrong: LexiconLike | None = None,
    settings: RerankSettings | None = None,
) -> RerankedDictionary: ...
@overload
def rerank(
    source: VectorsLike,
    target: VectorsLike,
    lexicon: LexiconLike | None = None,
    *,
    wrong: LexiconLike | None = None,
    settings: RerankSettings | None = None,
    check: bool = True,
) -> RerankedDictionary: ...
def rerank(
    source: VectorsLike | AlignmentLike,
    target: VectorsLike | None = None,
    lexicon: LexiconLike | None = None,
    *,
    wrong: LexiconLike | None = None,
    settings: RerankSettings | None = None,
    check: bool = True,
) -> RerankedDictionary:
    """Collect candidates from several maps of two spaces, and learn from the seed pairs which are right.

    `rerank(alignment)` takes an alignment, or its folder, with its normalisation, its seed pairs and its
    verdict; for two languages of a space see `rerank_pair`. `rerank(source, target, lexicon)` aligns first.

    isolex scores candidates by the closed form (Procrustes, VecMap, ridge regression) that does best on
    held-out seed words, and by bootstrapping and contrastive maps that start from it. If the alignment has
    another method that isolex can fit again, it scores by this method, too. Neighbours, frequency and
    spelling count as well. The features of each seed word come from maps that have not seen it
    (cross-fitting), so they are as reliable as those of other words. Gradient-boosted trees learn from them,
    beside a logistic regression if seed words are few. A list-wise model weighs candidates against each
    other, and Platt scaling on held-out seed words turns their scores into probabilities.

    With fewer than 1,000 seed words the evidence is also fitted to the mutual best pairs of a self-learned
    map, and the trees learn from the seed pairs alone. With fewer than 50 seed words, or where all pairs are
    identical strings or numerals, they learn from the mutual pairs, which isolex judges again by the spelling
    of words. That orders candidates, but does not show how many are right, so there are no confidences.

    Cost: with 40,000 words a side some three minutes on two cores, and half a minute for the whole
    dictionary.

    Args:
        source: An alignment or its folder; or source vectors, or a file of them.
        target: Target vectors, or a file of them; None where an alignment is given.
        lexicon: Seed pairs for two sets of vectors, or a file of them; None for none. Pairs of weight 0 are
            left out; the reranker counts all others equally.
        wrong: Pairs that people rejected, or a file of them. A source word of these that is in no seed
            pair counts as a word without a right candidate.
        settings: See `RerankSettings`.
        check: Judge a new alignment; a failed one is not reranked. An alignment that you give has its own
            status.

    Returns:
        The dictionary. Where seed words are too few or unlike other words, it has no confidences (`learnt` is
        False). If the alignment failed, or seed words and mutual pairs together are fewer than 50, it is in
        CSLS order. `reason` says so.

    Raises:
        InputError: No pair of the lexicon is in both vocabularies; or you gave a lexicon beside an alignment,
            which has its own.
        MissingExtraError: The packages of the extra `rerank` are not installed.

    Warns:
        IsolexWarning: Words are left out because their vectors are zero.
    """
    _check_packages()
    settings = RerankSettings() if settings is None else settings
    # Without a space there is nothing to triangulate by.
    settings = replace(settings, groups=tuple(name for name in settings.groups if name != TRIANGULATION))
    if target is not None:
        return _learn(_begin(source, target, lexicon, settings, check=check), settings, wrong=wrong)
    if lexicon is not None:
        raise InputError(
            "got a lexicon beside an alignment, which has its own seed pairs",
            where="reranking",
            fix="align with that lexicon, or give two sets of vectors",
        )
    alignment = as_alignment(source)  # type: ignore[arg-type]  # which refuses vectors alone
    gold = gold_pairs(alignment.seeds, alignment.source, alignment.target)
    return _learn(Start.of(alignment, gold, seed=settings.seed), settings, wrong=wrong)


def rerank_pair(
    space: Space | str | Path, source: str, target: str, *, settings: RerankSettings | None = None
) -> RerankedDictionary:
    """Rerank the words of two languages of a space, with what the other languages say of them.

    Besides the evidence of `rerank`, it uses the pair's alignment in the space and the other languages. Two
    steps, from a source word to its best words in a third language and from these to the target language,
    give more candidates. How certain they are, how many languages support them, and whether the opposite
    direction agrees become features (group `triangulation`).

    The trees learn from the pair's own lexicon. Where there is none, they learn from pairs that two lexicons
    link through a word of a third language, and `reason` says so. Induced lexicons do not count.
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
    return _learn(Start.of(alignment, gold, seed=settings.seed), settings, others, origin=origin)


def _learn(
    start: Start,
    settings: RerankSettings,
    others: Surroundings | None = None,
    *,
    origin: str | None = None,
    wrong: LexiconLike | None = None,
) -> RerankedDictionary:
    """The dictionary from where it starts; `origin` says where seed words come from that nobody gave."""
    reason = start.why_not(settings.groups)
    if reason is not None:
        return plain_dictionary(start.alignment, reason, settings=settings)
    spaces = start.spaces(others)
    solvers = start.solvers(settings)
    words = start.labelled_words(None if wrong is None else as_lexicon(wrong, what="wrong pairs"))
    folds = labelled_folds(spaces, solvers, start.pairs, start.gold, settings, words=words)
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
        else f"{start.lacking}, so the order is learnt from the alignment's own mutual pairs",
    )


def plain_dictionary(
    alignment: AlignmentLike, reason: str, *, settings: RerankSettings | None = None
) -> RerankedDictionary:
    """A dictionary in the order of CSLS, without confidences.

    Args:
        alignment: The alignment, or its folder.
        reason: Why nothing was learnt, in words.
        settings: How many alternatives are kept, and which feature groups would have been used.
    """
    settings = RerankSettings() if settings is None else settings
    alignment = as_alignment(alignment)
    order = PlainOrder(alignment, settings)
    return RerankedDictionary(alignment, order, settings.groups, learnt=False, reason=reason)


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


def _check_packages() -> None:
    """To be known before minutes are spent on alignments."""
    if find_spec("sklearn") is None:
        raise MissingExtraError("reranking", "scikit-learn", "rerank")


def _begin(
    source: VectorsLike | AlignmentLike,
    target: VectorsLike,
    lexicon: LexiconLike | None,
    settings: RerankSettings,
    *,
    check: bool,
) -> Start:
    """Align by what there is to align with."""
    if isinstance(source, Alignment):
        raise InputError(
            "got an alignment and vectors beside it", where="reranking", fix="give the alignment alone"
        )
    source, target = usable_vectors(source, what="source"), usable_vectors(target, what="target")
    seeds = None if lexicon is None else as_lexicon(lexicon)
    gold = gold_pairs(seeds, source, target)
    few = "unsupervised" if seeds is None else "self-learning"
    if check and seeds is not None and len(np.unique(gold[:, 0])) < FEW_WORDS:
        few = "auto"  # which tries other starts, too
    method = "bilinear" if has_many_words(gold) else few
    alignment = align(source, target, seeds, method=method, seed=settings.seed, device="cpu", check=check)
    return Start.of(alignment, gold, seed=settings.seed)
