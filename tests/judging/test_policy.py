"""Which of several methods is taken: solvers by name, and how many held-out words each gets right."""

from dataclasses import dataclass, replace

import pytest
import torch

from isolex.judging import FEW_WORDS, Candidate, Choice, HeldOut, Refinement, choose, policy
from isolex.mapping import Mapping, Problem, Solver
from tests.planted import same_ids, unit_gaussian

RIGHT = {"a": 50, "b": 60, "b'": 70, "learning": 90, "b'+": 80, "b'++": 85, "a+": 40}


@dataclass(frozen=True)
class Named:
    name: str

    def solve(self, problem: Problem) -> Mapping:
        return Mapping(torch.eye(4), torch.eye(4))


def plus(start: Solver) -> Solver:
    assert isinstance(start, Named)
    return Named(start.name + "+")


PLUS = Refinement("plus", plus)
A, B, B_AGAIN = Candidate("a", Named("a")), Candidate("b", Named("b")), Candidate("b", Named("b'"))
LEARNING = Candidate("learning", Named("learning"), self_learning=True)


@pytest.fixture
def tried(monkeypatch) -> list[str]:
    """The solvers that are tried on the words of the choice, in order."""
    names: list[str] = []

    def scored(solver: Named, problem: Problem, *, seed: int, part: str) -> HeldOut:
        if part == "choice":
            names.append(solver.name)
        return HeldOut(RIGHT.get(solver.name, 0), 100)

    monkeypatch.setattr(policy, "cross_validate", scored)
    return names


def problem(pairs: int = FEW_WORDS) -> Problem:
    x = unit_gaussian(FEW_WORDS, 4)
    return Problem(x, x, same_ids(FEW_WORDS)[:pairs])


def solver_of(choice: Choice) -> str:
    assert isinstance(choice.solver, Named)
    return choice.solver.name


def test_refinements_begin_at_the_best_of_all_before_but_those_that_learn_from_themselves(tried) -> None:
    found = choose([A, LEARNING, B, B_AGAIN], problem(), seed=0, refinements=[PLUS, Refinement("more", plus)])
    assert tried == ["a", "learning", "b", "b'", "b'+", "b'++"]
    assert (found.name, solver_of(found)) == ("learning", "learning")


def test_a_refinement_that_is_best_is_taken(tried) -> None:
    found = choose([A, B, B_AGAIN], problem(), seed=0, refinements=[PLUS])
    assert (found.name, solver_of(found)) == ("plus", "b'+")


def test_the_reason_names_settings_and_what_a_refinement_began_at(tried) -> None:
    first = Candidate("b", Named("b"), setting="ridge 1")
    alone = choose([A, first], problem(), seed=0)
    assert alone.reasons[1].startswith("b (ridge 1) was taken for the best P@1")
    refined = choose([A, replace(first, solver=Named("b'"))], problem(), seed=0, refinements=[PLUS])
    assert refined.reasons[1].startswith("plus (from b, ridge 1) was taken for the best P@1")
    assert refined.name == "plus"


def test_a_refinement_that_loses_is_not_refined(tried) -> None:
    found = choose(
        [A, Candidate("c", Named("c"))], problem(), seed=0, refinements=[PLUS, Refinement("more", plus)]
    )
    assert tried == ["a", "c", "a+", "a+"]
    assert found.name == "a"


def test_of_settings_of_a_method_the_best_stands_for_it(tried) -> None:
    scores = choose([A, B_AGAIN, B], problem(), seed=0).scores["held_out_p@1"]
    assert scores == {"a": 50, "b": 70}


def test_of_equals_the_first_is_taken(tried, monkeypatch) -> None:
    monkeypatch.setattr(policy, "cross_validate", lambda *_, **__: HeldOut(50, 100))
    assert choose([B, A], problem(), seed=0, refinements=[PLUS]).name == "b"


def test_where_all_learn_from_themselves_nothing_is_refined(tried) -> None:
    other = Candidate("other", Named("other"), self_learning=True)
    assert choose([LEARNING, other], problem(), seed=0, refinements=[PLUS]).name == "learning"
    assert tried == ["learning", "other"]


def test_what_rescues_is_refined_too(tried, monkeypatch) -> None:
    failed = Choice("learning", Named("learning"), Named("").solve(problem()), "failed")
    monkeypatch.setattr(policy, "_by_agreement", lambda *_: failed)
    found = choose([LEARNING], problem(9), seed=0, rescue=[A, B_AGAIN], refinements=[PLUS])
    assert tried == ["a", "b'", "b'+"]
    assert found.name == "plus"


def test_without_self_learning_few_words_judge_and_refine_too(tried) -> None:
    assert choose([A, B_AGAIN], problem(9), seed=0, refinements=[PLUS]).name == "plus"
