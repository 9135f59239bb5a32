"""Adding a language to a fixed space, in the form of a joint solver, so that it is judged like one."""

from dataclasses import dataclass

from isolex.mapping import JointMapping, JointProblem, PlacingSolver


@dataclass(frozen=True, eq=False)
class Joining:
    """Place the last language of a problem among the others, which keep their places, by its lexicons.

    Attributes:
        frozen: The space of the other languages, in the order of the problem.
        solver: How it was made.
    """

    frozen: JointMapping
    solver: PlacingSolver

    def solve(self, problem: JointProblem) -> JointMapping:
        """The space with one more language."""
        new = len(problem) - 1
        crosses = [(i, cross.T, problem.weights[i, new]) for (i, _), cross in problem.crosses.items()]
        placed = self.solver.place(self.frozen, problem.covariances[new], crosses)
        known = self.frozen
        return JointMapping((*known.placements, placed), known.strengths, known.scaling, known.trace)
