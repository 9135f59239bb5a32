"""Which of several methods is taken: solvers by name, and how many held-out words each gets right."""

from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from isolex.judging import (
    FEW_WORDS,
    Candidate,
    Choice,
    Evidence,
    FurtherPairs,
    HeldOut,
    Refinement,
    choose,
    policy,
)
from isolex.mapping import Mapping, Problem, Solver
from isolex.progress import stopping
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
ALIKE = FurtherPairs(same_ids(FEW_WORDS + 20)[-20:], "20 pairs of words that are written alike")
LEARNING = Candidate("learning", Named("learning"), self_learning=True)


@pytest.fixture
def tried(monkeypatch) -> list[str]:
    """The solvers that are tried on the words of the choice, in order."""
    names: list[str] = []

    def scored(solver: Named, problem: Problem, *, seed: int, words: Tensor, part: str) -> HeldOut:
        assert words.tolist() == list(range(len(words)))
        gained = ALIKE.ids.shape[0] if len(problem.pairs) > len(words) else 0
        if part == "choice":
            names.append(solver.name + "*" * (gained > 0))
        return HeldOut(RIGHT.get(solver.name, 0) + gained, 100)

    monkeypatch.setattr(policy, "cross_validate", scored)
    return names


def problem(pairs: int = FEW_WORDS) -> Problem:
    x = unit_gaussian(FEW_WORDS + 20, 4)
    return Problem(x, x, same_ids(FEW_WORDS)[:pairs])


def solver_of(choice: Choice) -> str:
    assert isinstance(choice.taken.solver, Named)
    return choice.taken.solver.name


def test_refinements_begin_at_the_best_of_all_before_but_those_that_learn_from_themselves(tried) -> None:
    found = choose([A, LEARNING, B, B_AGAIN], problem(), seed=0, refinements=[PLUS, Refinement("more", plus)])
    assert tried == ["a", "learning", "b", "b'", "b'+", "b'++"]
    assert (found.taken.name, solver_of(found)) == ("learning", "learning")


def test_a_refinement_that_is_best_is_taken(tried) -> None:
    found = choose([A, B, B_AGAIN], problem(), seed=0, refinements=[PLUS])
    assert (found.taken.name, solver_of(found)) == ("plus", "b'+")


def test_the_reason_names_settings_and_what_a_refinement_began_at(tried) -> None:
    first = Candidate("b", Named("b"), setting="ridge 1")
    alone = choose([A, first], problem(), seed=0)
    assert alone.reasons[1].startswith("b (ridge 1) was taken for the best P@1")
    refined = choose([A, replace(first, solver=Named("b'"))], problem(), seed=0, refinements=[PLUS])
    assert refined.reasons[1].startswith("plus (from b, ridge 1) was taken for the best P@1")
    assert refined.taken.name == "plus"


def test_a_refinement_that_loses_is_not_refined(tried) -> None:
    found = choose(
        [A, Candidate("c", Named("c"))], problem(), seed=0, refinements=[PLUS, Refinement("more", plus)]
    )
    assert tried == ["a", "c", "a+", "a+"]
    assert found.taken.name == "a"


def test_of_settings_of_a_method_the_best_stands_for_it(tried) -> None:
    scores = choose([A, B_AGAIN, B], problem(), seed=0).scores["held_out_p@1"]
    assert scores == {"a": 50, "b": 70}


def test_of_equals_the_first_is_taken(tried, monkeypatch) -> None:
    monkeypatch.setattr(policy, "cross_validate", lambda *_, **__: HeldOut(50, 100))
    assert choose([B, A], problem(), seed=0, refinements=[PLUS]).taken.name == "b"


def test_where_all_learn_from_themselves_nothing_is_refined(tried) -> None:
    other = Candidate("other", Named("other"), self_learning=True)
    assert choose([LEARNING, other], problem(), seed=0, refinements=[PLUS]).taken.name == "learning"
    assert tried == ["learning", "other"]


def test_what_rescues_is_refined_too(tried, monkeypatch) -> None:
    failed = Choice(LEARNING, Named("").solve(problem()), "failed")
    monkeypatch.setattr(policy, "_by_agreement", lambda *_: failed)
    found = choose([LEARNING], problem(9), seed=0, rescue=[A, B_AGAIN], refinements=[PLUS])
    assert tried == ["a", "b'", "b'+"]
    assert found.taken.name == "plus"


def test_without_self_learning_few_words_judge_and_refine_too(tried) -> None:
    assert choose([A, B_AGAIN], problem(9), seed=0, refinements=[PLUS]).taken.name == "plus"


def test_further_pairs_that_help_the_best_closed_form_join(tried) -> None:
    found = choose([A, B_AGAIN], problem(), seed=0, further=ALIKE, refinements=[PLUS])
    assert tried == ["a", "b'", "b'*", "b'+*"]
    assert (found.taken.name, found.taken.further) == ("plus", ALIKE)
    assert "plus (from b, with 20 pairs of words that are written alike) was taken" in found.reasons[1]


def test_further_pairs_join_what_learns_from_itself_too_where_that_is_best(tried, monkeypatch) -> None:
    monkeypatch.setitem(RIGHT, "learning", 79)
    found = choose([A, LEARNING, B_AGAIN], problem(), seed=0, further=ALIKE)
    assert tried == ["a", "learning", "b'", "b'*", "learning*"]
    assert (found.taken.name, found.taken.further) == ("learning", ALIKE)


def test_further_pairs_that_do_not_help_stay_away(tried, monkeypatch) -> None:
    monkeypatch.setattr(policy, "cross_validate", lambda *_, **__: HeldOut(50, 100))
    assert choose([A, B], problem(), seed=0, further=ALIKE, refinements=[PLUS]).taken.further is None


def test_words_that_given_pairs_name_get_no_further_ones(tried) -> None:
    doubted = FurtherPairs(torch.tensor([[0, 205], [205, 0], [210, 215]]), "3 pairs")
    assert replace(A, further=doubted).on(problem()).pairs[FEW_WORDS:].tolist() == [[210, 215]]


class TestByAgreement:
    """Which start is taken where restarts judge: each agrees with its own as often as it is told to."""

    @pytest.fixture
    def agreeing(self, monkeypatch) -> list[str]:
        begun: list[str] = []

        def agrees(solver: Named, mapping: Mapping, solved: Problem, *, seed: int) -> tuple[float, float]:
            begun.append(solver.name)
            agreed = {"some": 20.0, "more": 30.0, "enough": 40.0}[solver.name]
            return agreed, agreed - len(solved.pairs)

        evidence = Evidence(30.0, 1.0, 0.5, 0.4, 50.0, 50.0)
        monkeypatch.setattr(policy, "agreement", agrees)
        monkeypatch.setattr(policy, "gather", lambda *_, **__: evidence)
        return begun

    def starts(self, *names: str) -> list[Candidate]:
        return [Candidate("unsupervised", Named(name), True, f"from {name}") for name in names]

    def test_the_first_that_agrees_enough_is_the_last(self, agreeing) -> None:
        found = choose(self.starts("some", "enough", "more"), problem(0), seed=0)
        assert agreeing == ["some", "enough"]
        assert solver_of(found) == "enough"
        assert found.reasons[1].endswith("(others: unsupervised (from some) 20.0)")

    def test_else_the_one_that_agrees_most(self, agreeing) -> None:
        found = choose(self.starts("some", "more", "some"), problem(0), seed=0)
        assert agreeing == ["some", "more", "some"]
        assert solver_of(found) == "more"

    def test_words_that_pairs_answer_do_not_count(self, agreeing) -> None:
        knowing, more = self.starts("more", "some")
        found = choose([replace(knowing, further=ALIKE), more], problem(0), seed=0)
        assert solver_of(found) == "some"
        assert "for 20.0 % of the words outside the given pairs (others: " in found.reasons[1]
        assert found.reasons[1].endswith("10.0)")

    def test_what_was_finished_before_a_stop_is_taken(self, agreeing) -> None:
        with stopping(lambda: len(agreeing) > 1):
            found = choose(self.starts("some", "more", "enough"), problem(0), seed=0)
        assert solver_of(found) == "some"
        assert (found.status, agreeing) == ("doubtful", ["some", "more"])

    def test_what_it_began_with_is_told(self, agreeing) -> None:
        (start,) = self.starts("enough")
        found = choose([replace(start, further=ALIKE)], problem(0), seed=0)
        assert found.reasons[1] == (
            "the method was unsupervised (from enough, with 20 pairs of words that are written alike)"
        )
