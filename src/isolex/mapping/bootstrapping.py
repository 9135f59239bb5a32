"""Bootstrapping: add the pairs that a map finds to the given pairs, and solve again."""

from dataclasses import dataclass, field, replace
from typing import Any

from isolex.errors import InputError
from isolex.given import check_numbers, whole_number
from isolex.mapping.bilinear import Bilinear
from isolex.mapping.induction import Induction
from isolex.mapping.problem import Mapping, Problem, Solver
from isolex.progress import Rounds


@dataclass(frozen=True)
class Bootstrapping:
    """Add the mutual answers of a map to the given pairs, and solve again, for a few rounds.

    The given pairs stay in every round and count `weight` times as much as induced ones; their words get no
    other translation. The given pairs are therefore never forgotten, unlike in self-learning, where each
    dictionary replaces the one before. Without given pairs, the start has to find the first pairs.

    Cost of a round: an induction among `vocabulary` words, and the solver.

    Attributes:
        start: The first map.
        solver: The solver of the later maps; None for the one of the start.
        rounds: Number of rounds.
        weight: Weight of a given pair, over 0; an induced pair has weight 1.
        vocabulary: Pairs are induced only among this many of the most frequent words of each side.

    Raises:
        InputError: Settings out of range, or the start cannot be solved.

    References:
        Glavaš et al. 2019, How to (properly) evaluate cross-lingual word embeddings (PROC-B).

    Examples:
        >>> import torch
        >>> from isolex.mapping import Bootstrapping, Problem
        >>> draws = torch.Generator().manual_seed(0)
        >>> x = torch.nn.functional.normalize(torch.randn(200, 20, generator=draws))
        >>> fifty = torch.arange(50).repeat(2, 1).T
        >>> mapping = Bootstrapping().solve(Problem(x, x.flip(1), fifty))
        >>> [row["induced"] for row in mapping.trace]
        [150, 150]
    """

    start: Solver = field(default_factory=Bilinear)
    solver: Solver | None = None
    rounds: int = 2
    weight: float = 3.0
    vocabulary: int = 20_000

    def __post_init__(self) -> None:
        check_numbers(self)
        whole_number(self.rounds, "rounds", where="Bootstrapping", least=0)
        whole_number(self.vocabulary, "vocabulary", where="Bootstrapping")
        if not 1e-9 < self.weight < 1e9:
            raise InputError(f"got weight {self.weight}, expected a number over 0", where="Bootstrapping")

    def solve(self, problem: Problem) -> Mapping:
        """The maps of both sides, with the number of induced pairs of each round in the trace."""
        problem = problem.weighty()
        mapping = self.start.solve(problem)
        # The maps that solvers find need not be rotations, and hold for one view of the words only.
        problem = replace(problem, outputs=None)
        induction = Induction("mutual", vocabulary=self.vocabulary)
        trace: list[dict[str, Any]] = [*mapping.trace]
        for number in Rounds(range(1, self.rounds + 1), "bootstrapping"):
            both = problem.joined(induction.between(mapping, problem).pairs, 1 / self.weight)
            if len(both.pairs) == 0:
                break
            mapping = (self.solver or self.start).solve(both)
            given = len(problem.pairs)
            trace.append({"round": number, "given": given, "induced": len(both.pairs) - given})
        return replace(mapping, trace=tuple(trace))
