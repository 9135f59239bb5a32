"""Whole methods by the names that people ask for, and `align`, which runs them from vectors to alignment."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import torch

from isolex.alignment import Alignment, Card, SideCard, Status
from isolex.arrays import pick_device
from isolex.errors import InputError
from isolex.lexicon import IndexedLexicon, Lexicon, as_lexicon, index_checked
from isolex.mapping import (
    CCA,
    RCSLS,
    HeldOut,
    LeastSquares,
    Problem,
    Procrustes,
    Solver,
    VecMap,
    cross_validate,
    judge,
    null_problem,
)
from isolex.names import look_up
from isolex.normalize import DEFAULT_STEPS, FittedNormalizer, Normalizer
from isolex.progress import track
from isolex.vectors import Vectors

# Simplest first: of methods that do equally well, `auto` takes the first. The number is the run's seed.
METHODS: dict[str, Callable[[int], Solver]] = {
    "procrustes": lambda _: Procrustes(),
    "vecmap": lambda _: VecMap(),
    "cca": lambda _: CCA(),
    "least-squares": lambda _: LeastSquares(),
    "rcsls": lambda seed: RCSLS(seed=seed),
}


def align(
    source: Vectors | str | Path,
    target: Vectors | str | Path,
    lexicon: Lexicon | str | Path | None = None,
    *,
    method: str | Solver = "auto",
    normalize: tuple[str, ...] = DEFAULT_STEPS,
    seed: int = 0,
    device: str | torch.device | None = None,
    check: bool = True,
) -> Alignment:
    """Map two word-vector spaces into one, from a seed lexicon.

    The result carries a status: its method is tried on seed words that were held out, and on a target space
    that cannot align. Look at `alignment.card.status` and `.reasons` before using it.

    Args:
        source: Source vectors, or a file of them.
        target: Target vectors, or a file of them.
        lexicon: Seed pairs, or a file of them; `Lexicon.identical(source, target)` makes some without a
            dictionary.
        method: `procrustes`, `vecmap`, `cca`, `least-squares`, `rcsls`; `auto` takes the one
            with the best P@1 on held-out seed words; or a solver of `isolex.mapping` with your settings.
        normalize: Normalisation steps, see `isolex.normalize.Normalizer`.
        seed: Of everything random. The same seed gives the same result on the same machine.
        device: Where to compute; by default a GPU if there is one.
        check: Try the method on held-out seed words to give the result a status; without it the status is
            `unchecked`. `auto` checks in any case.

    Raises:
        InputError: An unknown name, no lexicon, or no seed pair in both vocabularies.

    Examples:
        >>> import isolex
        >>> en, es, train, test = isolex.sample()
        >>> alignment = isolex.align(en, es, train, method="vecmap")
        >>> [word for word, score in alignment.translate("cat", k=3)]
        ['gato', 'perro', 'gatos']
    """
    chosen_device = pick_device(device)
    source, target = _vectors(source), _vectors(target)
    seeds, indexed = _seeds(lexicon, source, target)
    normalizer = Normalizer(normalize)
    x, source_normalizer = _normalized(source, normalizer, chosen_device)
    z, target_normalizer = _normalized(target, normalizer, chosen_device)
    weights = None if indexed.weights is None else torch.from_numpy(indexed.weights).to(chosen_device)
    problem = Problem(x, z, torch.from_numpy(indexed.pairs).to(chosen_device), weights)

    choice = _choose(method, problem, seed) if check or method == "auto" else _Choice.named(method, seed)
    mapping = choice.solver.solve(problem)
    card = Card(
        method=choice.name,
        settings={"solver": _settings(choice.solver), "normalize": list(normalize)},
        source=SideCard.of(source, zero_rows=source_normalizer.zero_rows),
        target=SideCard.of(target, zero_rows=target_normalizer.zero_rows),
        seed=seed,
        status=choice.status,
        reasons=choice.reasons,
        scores=choice.scores
        | {
            "seed_pairs": len(indexed),
            "seed_words": indexed.coverage.sources_found,
            "lexicon_coverage": round(indexed.coverage.pairs_percent, 2),
        },
        trace=mapping.trace,
    )
    return Alignment(
        source,
        target,
        normalizers=(source_normalizer, target_normalizer),
        mapping=mapping,
        seeds=seeds,
        card=card,
        device=chosen_device,
    )


@dataclass(frozen=True)
class _Choice:
    """A solver, why it was taken, and what is known of it before it is run on all the pairs."""

    name: str
    solver: Solver
    status: Status = "unchecked"
    reasons: tuple[str, ...] = ()
    scores: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def named(cls, method: str | Solver, seed: int) -> "_Choice":
        if isinstance(method, str):
            look_up(method, dict.fromkeys(("auto", *METHODS)), "method")
            return cls(method, METHODS[method](seed))
        return cls(type(method).__name__, method)


def _choose(method: str | Solver, problem: Problem, seed: int) -> _Choice:
    """Try the method, or for `auto` all of them, on held-out seed words, and judge the one that is taken."""
    if method == "auto":
        candidates = [_Choice.named(name, seed) for name in METHODS]
    else:
        candidates = [_Choice.named(method, seed)]
    scores = {
        choice.name: cross_validate(choice.solver, problem, seed=seed)
        for choice in track(candidates, "trying methods")
    }
    best = max(candidates, key=lambda choice: scores[choice.name].right)
    null = cross_validate(best.solver, null_problem(problem, seed=seed), seed=seed)
    status, reason = judge(scores[best.name], null)
    reasons: tuple[str, ...] = (reason,)
    if len(candidates) > 1:
        reasons += (_why(best.name, scores),)
    figures = {
        "held_out_p@1": {name: _percent(score) for name, score in scores.items()},
        "null_p@1": _percent(null),
    }
    return replace(best, status=status, reasons=reasons, scores=figures)


def _why(best: str, scores: dict[str, HeldOut]) -> str:
    if not scores[best].words:
        return f"{best} was taken as the simplest method, for want of held-out seed words to compare them on"
    others = ", ".join(f"{name} {score.percent:.1f}" for name, score in scores.items() if name != best)
    return (
        f"{best} was taken for the best P@1 on held-out seed words, {scores[best].percent:.1f} % "
        f"(others: {others})"
    )


def _vectors(given: Vectors | str | Path) -> Vectors:
    return given if isinstance(given, Vectors) else Vectors.read(given)


def _seeds(
    lexicon: Lexicon | str | Path | None, source: Vectors, target: Vectors
) -> tuple[Lexicon, IndexedLexicon]:
    """The pairs found in both vocabularies, as words and as ids."""
    if lexicon is None:
        raise InputError(
            "got no seed lexicon",
            where="align",
            fix="give a Lexicon, a file of word pairs, or Lexicon.identical(source, target)",
        )
    indexed = index_checked(as_lexicon(lexicon, what="lexicon"), source, target, what="lexicon")
    found = [(source.words[row], target.words[key]) for row, key in indexed.pairs.tolist()]
    weights = None if indexed.weights is None else indexed.weights.tolist()
    return Lexicon(found, weights), indexed


def _normalized(
    vectors: Vectors, normalizer: Normalizer, device: torch.device
) -> tuple[torch.Tensor, FittedNormalizer]:
    matrix = vectors.tensor(device)
    fitted = normalizer.fit(matrix)
    return fitted.apply(matrix), fitted


def _settings(solver: object) -> dict[str, Any]:
    """A solver's name and fields, nested solvers included."""
    if not is_dataclass(solver):
        return {"name": type(solver).__name__}
    values = {entry.name: getattr(solver, entry.name) for entry in fields(solver)}
    return {"name": type(solver).__name__} | {
        name: _settings(value) if is_dataclass(value) else value for name, value in values.items()
    }


def _percent(score: HeldOut) -> float | None:
    return round(score.percent, 2) if score.words else None
