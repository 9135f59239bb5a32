"""Maps that are known already, as the start of other solvers."""

from isolex.mapping import Bilinear, Bootstrapping, Contrastive, Known
from tests.comparisons import assert_same
from tests.planted import planted


def test_other_solvers_go_on_from_it_as_from_its_solver():
    problem = planted()[0]
    known = Known(Bilinear().solve(problem))
    assert known.solve(problem) is known.mapping
    for given, solved in (
        (Bootstrapping(known, Bilinear()), Bootstrapping(Bilinear())),
        (Contrastive(known, epochs=2, validation=0), Contrastive(Bilinear(), epochs=2, validation=0)),
    ):
        one, other = given.solve(problem), solved.solve(problem)
        assert_same(one.source, other.source)
        assert_same(one.target, other.target)
