"""`align`: from two sets of vectors to an alignment, by a method that is named, given or chosen."""

from dataclasses import replace
from typing import Any

import torch

from isolex.alignment import Alignment, Card, Side, SideCard
from isolex.arrays import pick_device
from isolex.errors import InputError
from isolex.lexicon import Lexicon, LexiconLike, found_seeds
from isolex.mapping import Problem, Solver
from isolex.normalize import DEFAULT_STEPS, Normalizer
from isolex.recipes.choosing import choose, words_alike
from isolex.recipes.methods import METHODS, check_outputs, check_supervision, starts_at_words
from isolex.recipes.output_views import output_rows, output_vectors
from isolex.recipes.solver_settings import settings_of
from isolex.vectors import Vectors, VectorsLike, usable_vectors


def align(
    source: VectorsLike,
    target: VectorsLike,
    lexicon: LexiconLike | None = None,
    *,
    method: str | Solver = "auto",
    normalize: tuple[str, ...] = DEFAULT_STEPS,
    seed: int = 0,
    device: str | torch.device | None = None,
    check: bool = True,
    outputs: tuple[VectorsLike, VectorsLike] | None = None,
) -> Alignment:
    """Map two word-vector spaces into one, from a seed lexicon, or without one.

    The result carries a status, `aligned`, `doubtful` or `failed`: from seed words that were held out, or,
    with few of them or none, from an independent restart; in both cases beside a space that cannot align.
    Look at `alignment.card.status` and `.reasons` before using it.

    Args:
        source: Source vectors, or a file of them.
        target: Target vectors, or a file of them.
        lexicon: Seed pairs, or a file of them; `Lexicon.identical(source, target)` makes some without a
            dictionary. None for alignment without supervision.
        method: A name out of `METHODS`; `auto` takes the method with the best P@1 on held-out seed words, out
            of procrustes, vecmap, bilinear, self-learning, and bootstrapping and contrastive on top of them,
            with words that are written alike beside the seed pairs where that helps; self-learning with them
            if there are fewer than 200 words, `unsupervised`, which begins with them, if there are none. Or a
            solver of `isolex.mapping` with your settings.
        normalize: Normalisation steps, see `isolex.normalize.Normalizer`.
        seed: Of everything random. The same seed gives the same result on the same machine with the same
            number of threads.
        device: Where to compute; by default a GPU if there is one.
        check: Give the result a status, which costs a few times the solving. Without it the status is
            `unchecked`, and unsupervised methods make one try only. `auto` checks in any case.
        outputs: Output embeddings of the same words, of the source and of the target, for dual-view
            agreement: self-learning then fits its maps to both views, and keeps only pairs that both say; its
            last stage, bootstrapping, goes by the vectors alone.
            Vectors, or files of them, of which fastText binaries give their output matrix.

    Raises:
        InputError: An unknown name, a method that contradicts the supervision given, a lexicon without a
            pair in both vocabularies; or outputs for a method that has no use for them, of other dimensions
            than the vectors, or without one of their words.
        FormatError: A file cannot be read as vectors, or as their output matrix.

    Examples:
        >>> import isolex
        >>> en, es, train, test = isolex.sample()
        >>> alignment = isolex.align(en, es, train, method="vecmap")
        >>> [word for word, score in alignment.translate("cat", k=3)]
        ['gato', 'perro', 'gatos']
    """
    chosen_device = pick_device(device)
    source, target = usable_vectors(source, what="source"), usable_vectors(target, what="target")
    check_supervision(method, None if lexicon is None else "a lexicon")
    if outputs is not None:
        check_outputs(method)
    seeds, indexed = found_seeds(_identical(method, source, target) or lexicon, source, target)
    normalizer = Normalizer(normalize)
    x, z = (Side.fitted(vectors, normalizer, device=chosen_device) for vectors in (source, target))
    problem = Problem.of(x, z, indexed)
    settings: dict[str, Any] = {"normalize": list(normalize)}
    if outputs is not None:
        views = output_vectors(outputs, x, z)
        rows = output_rows(views[0], x, normalizer), output_rows(views[1], z, normalizer)
        problem = replace(problem, outputs=rows)
        settings["outputs"] = [view.fingerprint for view in views]
    further = words_alike(x, z, problem) if starts_at_words(method) else None
    choice = choose(method, problem, seed=seed, check=check, further=further)
    taken = choice.taken
    if taken.further is not None:
        settings["further_pairs"] = taken.further.name
    found = {
        "seed_pairs": len(indexed),
        "seed_words": indexed.coverage.sources_found,
        "lexicon_coverage": round(indexed.coverage.pairs_percent, 2),
    }
    card = Card(
        method=taken.name,
        settings={"solver": settings_of(taken.solver)} | settings,
        source=SideCard.of(source),
        target=SideCard.of(target),
        seed=seed,
        status=choice.status,
        reasons=choice.reasons,
        scores=choice.scores | found,
        trace=choice.mapping.trace,
    )
    return Alignment(x.mapped(choice.mapping.source), z.mapped(choice.mapping.target), seeds=seeds, card=card)


def _identical(method: str | Solver, source: Vectors, target: Vectors) -> Lexicon | None:
    """The seed pairs of a method that finds its own identical strings; None for the others."""
    named = METHODS.get(method) if isinstance(method, str) else None
    if named is None or named.needs != "identical":
        return None
    lexicon = Lexicon.identical(source, target)
    if len(lexicon) == 0:
        raise InputError("the two vocabularies share no identical strings", fix="give a lexicon")
    return lexicon
