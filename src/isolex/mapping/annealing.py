"""isolex's own self-learning: annealed dropout in the strongest directions, then refinement, then VecMap."""

from dataclasses import dataclass, field, replace

from isolex.given import check_numbers, whole_number
from isolex.mapping.induction import Induction
from isolex.mapping.known import Known
from isolex.mapping.linear import Procrustes
from isolex.mapping.problem import Mapping, Problem
from isolex.mapping.seeds import Seed, SimilarityDistributions, Solved
from isolex.mapping.selflearning import SelfLearning
from isolex.mapping.vecmap import VecMap

_FIRST_KEEP = 0.1
_MOST_ROUNDS = 400


@dataclass(frozen=True)
class Annealing:
    """Self-learning from a first dictionary that is mostly wrong, in three stages.

    1. Rotation, in the 100 directions that the dictionary links best, on the 4,000 most frequent words.
       In each round most keys are left out for all words at once, fewer from round to round (keep from .1 to
       1). A weak dictionary can only determine a few directions, and hubs that are left out cannot attract
       all words.
    2. Procrustes in all directions on the 10,000 most frequent words, a few rounds.
    3. VecMap's pipeline on the last dictionary.

    Compared with VecMap's published schedule, this takes a tenth of the rounds, most of them with few of the
    keys. With fewer words, rounds are cheaper but more of them are needed, so their number grows as the
    vocabulary shrinks. Spaces may differ in size and dimension. Cost: about 25 passes over 4,000 × 4,000
    words and 5 over 10,000 × 10,000.

    Attributes:
        start: The first dictionary; `GivenPairs()` for a small lexicon.
        dimension: Number of directions in stage 1.
        vocabulary: Number of words in stage 1.
        rounds: Rounds of annealing if there are this many words; with fewer words, proportionally more
            rounds.
        refinement: Number of words in stage 2.
        seed: Seed of the dropout.

    Raises:
        InputError: A setting under 1, or a start without pairs.

    Examples:
        >>> import torch
        >>> from isolex.mapping import Annealing, GivenPairs, Problem
        >>> draws = torch.Generator().manual_seed(0)
        >>> x = torch.nn.functional.normalize(torch.randn(200, 20, generator=draws))
        >>> fifty = torch.arange(50).repeat(2, 1).T
        >>> mapping = Annealing(GivenPairs()).solve(Problem(x, x.flip(1), fifty))
        >>> x_mapped, z_mapped = mapping.apply(x, x.flip(1))
        >>> bool(torch.allclose(x_mapped, z_mapped, atol=1e-3))
        True
    """

    start: Seed = field(default_factory=lambda: SimilarityDistributions(4_000, quantiles=600))
    dimension: int = 100
    vocabulary: int = 4_000
    rounds: int = 50
    refinement: int = 10_000
    seed: int = 0

    def __post_init__(self) -> None:
        check_numbers(self)
        for name in ("dimension", "vocabulary", "rounds", "refinement"):
            whole_number(getattr(self, name), name, where="Annealing")

    def solve(self, problem: Problem) -> Mapping:
        """The maps of both sides, with the rounds of both loops in the trace."""
        words = Induction("union", vocabulary=self.vocabulary)
        coarse = self._coarse(problem).solve(problem)
        refined = SelfLearning(
            start=Solved(Known(coarse), words),
            solver=Procrustes(),
            induction=replace(words, vocabulary=self.refinement),
            final=VecMap(),
            rounds=5,
            tolerance=1e-3,
        ).solve(problem)
        stages = (("annealing", coarse), ("refinement", refined))
        return replace(
            refined, trace=tuple({"stage": name} | row for name, stage in stages for row in stage.trace)
        )

    def _coarse(self, problem: Problem) -> SelfLearning:
        words = max(1, min(self.vocabulary, problem.x.shape[0], problem.z.shape[0]))
        rounds = min(_MOST_ROUNDS, round(self.rounds * self.vocabulary / words))
        return SelfLearning(
            solver=VecMap.rotation(self.dimension),
            start=self.start,
            induction=Induction("union", vocabulary=self.vocabulary, dropout="keys"),
            keep=_FIRST_KEEP,
            growth=_FIRST_KEEP ** (-1 / rounds),
            patience=0,
            tolerance=1e-3,
            seed=self.seed,
        )
