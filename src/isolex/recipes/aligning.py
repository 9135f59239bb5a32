"""`align`: make an alignment from two sets of vectors, by a named method, a solver, or the best method."""

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
    """Map two word-vector spaces into one shared space, with or without a seed lexicon.

    The result has a status: `aligned`, `doubtful` or `failed`. isolex judges the alignment on held-out seed
    words; with few seed words or none, it judges by an independent restart. In both cases it compares the
    result with that of the same method on a space that cannot align. Read `alignment.card.status` and
    `.reasons` before you use the alignment.

    Args:
        source: Source vectors, or a file of them.
        target: Target vectors, or a file of them.
        lexicon: Seed pairs, or a file of them; `Lexicon.identical(source, target)` makes some without a
            dictionary. None for alignment without supervision.
        method: A name from `METHODS`, `auto`, or a solver of `isolex.mapping` with your settings. `auto`
            takes the method with the best P@1 on held-out seed words. It tries procrustes, vecmap, bilinear
            and self-learning, and bootstrapping and contrastive on top of them; it adds words that are
            written alike to the seed pairs if that helps. With fewer than 200 seed words, `auto` takes
            self-learning with these words; with none, it takes `unsupervised`, which starts with them.
        normalize: Normalisation steps, see `isolex.normalize.Normalizer`.
        seed: Seed of everything random. The same seed gives the same result on the same machine with the same
            number of threads.
        device: Where to compute; by default a GPU if there is one.
        check: Whether to give the result a status, which takes a few times as long as solving. Without it the
            status is `unchecked`, and unsupervised methods try only once. `auto` always checks.
        outputs: Output embeddings of the same words for source and target, as a second view (dual-view
            agreement). Self-learning then fits its maps to both views, and keeps only the pairs that both
            views give; its last stage, bootstrapping, uses the vectors alone. Give vectors or files of
            vectors; from a fastText binary, the output matrix is read.

    Raises:
        InputError: An unknown name, a method that contradicts the given supervision, or a lexicon without a
            pair in both vocabularies; or outputs that the method cannot use, that differ from the vectors in
            dimension, or that lack one of their words.
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
