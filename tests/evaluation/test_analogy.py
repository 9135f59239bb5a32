import json
import math
import random

import numpy as np
import pytest

from isolex.errors import InputError
from isolex.evaluation import AnalogySet, Question, evaluate_analogies
from isolex.evaluation.analogy import AnalogyAnswer, AnalogyResult
from isolex.vectors import Vectors

from ..oracles import similarity as oracle
from ..spaces import alignment_of, gaussian, numbered, one_hot, planted

METHODS = ("add", "mul")


def table(words, rows):
    return dict(zip(words, np.asarray(rows, dtype=np.float64), strict=True))


def offsets(n=40, d=12, *, noise=0.2, seed=0):
    """Words in pairs: p3b is p3a plus the same offset, and some noise."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((n, d))
    second = first + 2 * rng.standard_normal(d) + noise * rng.standard_normal((n, d))
    words = [f"p{i}{side}" for side in "ab" for i in range(n)]
    return Vectors(words, np.concatenate([first, second]).astype(np.float32))


def questions(n=60, pairs=40, seed=0):
    rng = random.Random(seed)
    drawn = [rng.sample(range(pairs), 2) for _ in range(n)]
    return AnalogySet([Question(f"p{i}a", f"p{i}b", f"p{j}a", f"p{j}b", f"s{i % 3}") for i, j in drawn])


def predictions(result):
    return [answer.predicted for answer in result.answers]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(3))
class TestAgreesWithTheOracle:
    def test_in_one_language(self, seed, method):
        vectors, asked = offsets(seed=seed, noise=0.8), questions(seed=seed)
        rows = table(vectors.words, vectors.matrix)
        result = evaluate_analogies(vectors, asked, method=method, device="cpu")
        expected = [oracle.analogy(rows, rows, question, method) for question in asked]
        assert predictions(result) == expected
        right = [found == question.d for found, question in zip(expected, asked, strict=True)]
        assert 0 < result.accuracy < 100
        assert result.accuracy == pytest.approx(100 * np.mean(right))
        assert (result.n, result.coverage) == (60, 100)

    @pytest.mark.parametrize("side", [None, "cross", "source", "target"])
    def test_in_an_alignment(self, seed, method, side):
        source, target = offsets(seed=seed), offsets(seed=seed, noise=0.5)
        alignment = alignment_of(source, target)
        asked = questions(seed=seed)
        spaces = [
            table(vectors.words, rows)
            for vectors, rows in zip((source, target), alignment.shared, strict=True)
        ]
        first, second = {"source": (0, 0), "target": (1, 1)}.get(side, (0, 1))
        result = evaluate_analogies(alignment, asked, method=method, side=side)
        expected = [oracle.analogy(spaces[first], spaces[second], question, method) for question in asked]
        assert predictions(result) == expected
        assert (result.side, result.method) == (side or "cross", method)


@pytest.mark.parametrize("method", METHODS)
class TestByHand:
    # a = (1, 0, 0) to b = (0, 1, 0); the answer to c is e3 and more of e2.
    VECTORS = Vectors(
        ["a", "b", "c", "d", "twin", "far", "zero"],
        np.array([[1, 0, 0], [0, 1, 0], [0.6, 0, 0.8], [0, 0.6, 0.8], [0, 0.6, 0.8], [0, 0, -1], [0, 0, 0]]),
    )

    def answer(self, method, *words):
        return evaluate_analogies(self.VECTORS, AnalogySet([Question(*words)]), method=method).answers[0]

    def test_the_more_frequent_of_equal_words(self, method):
        found = self.answer(method, "a", "b", "c", "d")
        assert (found.predicted, found.right, found.known) == ("d", True, True)
        assert self.answer(method, "a", "b", "c", "twin").right is False

    def test_question_words_are_no_answers(self, method):
        assert self.answer(method, "a", "a", "c", "c").predicted == "d"
        assert self.answer(method, "a", "b", "a", "b").predicted not in ("a", "b")

    @pytest.mark.parametrize("words", [("A", "B", "C", "D"), ("a", "b", "C", "D")])
    def test_spelling(self, method, words):
        found = self.answer(method, *words)
        assert (found.predicted, found.right) == ("d", True)

    def test_unknown_words_are_not_asked(self, method):
        asked = [
            ("a", "b", "c", "d"),
            ("gone", "b", "c", "d"),
            ("a", "b", "c", "zero"),
            ("a", "b", "猫", "d"),
        ]
        result = evaluate_analogies(
            self.VECTORS, AnalogySet([Question(*words) for words in asked]), method=method
        )
        assert [(one.known, one.predicted, one.right) for one in result.answers] == [
            (True, "d", True),
            *[(False, None, False)] * 3,
        ]
        assert (result.n, result.coverage, result.accuracy) == (1, 25, 100)

    def test_no_other_word_is_there(self, method):
        vectors = one_hot(["a", "b", "c"], [0, 1, 2], 3)
        found = evaluate_analogies(
            vectors, AnalogySet([Question("a", "b", "c", "a")]), method=method
        ).answers[0]
        assert (found.known, found.predicted, found.right) == (True, None, False)

    def test_across_languages_only_c_is_left_out(self, method):
        """The target word "b" is another word than the source word "b", and may be the answer."""
        source, target = one_hot(["a", "b", "c"], [0, 1, 2], 3), one_hot(["c", "b", "a"], [2, 1, 0], 3)
        alignment = alignment_of(source, target, steps=())
        asked = AnalogySet([Question("a", "b", "c", "b")])
        assert evaluate_analogies(alignment, asked, method=method).accuracy == 100
        assert evaluate_analogies(alignment, asked, method=method, side="source").answers[0].predicted is None


def test_blocks_change_nothing(monkeypatch):
    vectors, asked = offsets(noise=0.8), questions()
    whole = evaluate_analogies(vectors, asked, method="mul")
    monkeypatch.setattr("isolex.evaluation.analogy._SCRATCH_BYTES", 7 * 4 * 4 * len(vectors))
    assert evaluate_analogies(vectors, asked, method="mul") == whole


def test_the_two_methods_differ():
    """One near word decides 3CosAdd; 3CosMul wants all of them to be near."""
    vectors, asked = offsets(noise=0.8), questions()
    add, mul = (predictions(evaluate_analogies(vectors, asked, method=method)) for method in METHODS)
    assert add != mul


def result_of(*answers):
    return AnalogyResult("set", None, "add", tuple(answers))


def said(section, right, known=True, a="a"):
    return AnalogyAnswer(Question(a, "b", "c", "d", section), known, "x" if known else None, right)


def test_sections_and_totals():
    result = result_of(
        said("one", True), said("two", False, known=False), said("one", False), said("three", True)
    )
    sections = [(s.name, s.accuracy, s.n, s.questions) for s in result.by_section()]
    assert sections[0] == ("one", 50, 2, 2)
    assert sections[1][0] == "two"
    assert math.isnan(sections[1][1])
    assert sections[1][2:] == (0, 1)
    assert sections[2] == ("three", 100, 1, 1)
    assert (result.accuracy, result.n, result.coverage) == (pytest.approx(200 / 3), 3, 75)


def test_questions_of_the_same_first_pair_are_drawn_together():
    together = result_of(*[said("", i % 2 == 0) for i in range(40)])
    assert together.interval == (50, 50)
    apart = result_of(*[said("", i % 2 == 0, a=f"a{i}") for i in range(40)])
    low, high = apart.interval
    assert 30 < low < 40
    assert 60 < high < 70


def test_json():
    vectors = offsets(noise=0.8)
    asked = AnalogySet([*questions(), Question("gone", "b", "c", "d", "nothing")], "set.txt")
    figures = json.loads(json.dumps(evaluate_analogies(vectors, asked).to_dict(), allow_nan=False))
    assert set(figures) == {
        *("set", "side", "method", "accuracy", "interval", "n", "questions", "coverage", "by_section")
    }
    assert (figures["set"], figures["side"], figures["method"]) == ("set.txt", None, "add")
    assert (figures["n"], figures["questions"], figures["coverage"]) == (60, 61, 98.36)
    assert figures["interval"][0] <= figures["accuracy"] <= figures["interval"][1]
    assert figures["by_section"][-1] == {"section": "nothing", "accuracy": None, "n": 0, "questions": 1}


def test_a_file_is_read(tmp_path):
    vectors, asked = offsets(), questions()
    path = tmp_path / "questions.txt"
    path.write_text("".join(f": {q.section}\n{q.a} {q.b} {q.c} {q.d}\n" for q in asked))
    result = evaluate_analogies(vectors, path)
    assert result.answers == evaluate_analogies(vectors, asked).answers
    assert result.name == "questions.txt"


class TestWhatDoesNotFit:
    SOURCE, TARGET, _ = planted(40, 6)
    ALIGNMENT = alignment_of(SOURCE, TARGET)
    ASKED = AnalogySet([Question("s1", "s2", "t1", "t2")])

    def test_other_words(self):
        assert evaluate_analogies(self.ALIGNMENT, self.ASKED).n == 1
        for space in (self.ALIGNMENT.reversed(), self.SOURCE):
            with pytest.raises(InputError, match="questions: none of the 1 questions has its four words"):
                evaluate_analogies(space, self.ASKED)

    def test_names_and_types(self):
        with pytest.raises(InputError, match="unknown method 'ad'; did you mean 'add'"):
            evaluate_analogies(self.ALIGNMENT, self.ASKED, method="ad")
        with pytest.raises(InputError, match="unknown side 'both'"):
            evaluate_analogies(self.ALIGNMENT, self.ASKED, side="both")
        with pytest.raises(InputError, match="side: got 'cross' with vectors of one language"):
            evaluate_analogies(self.SOURCE, self.ASKED, side="cross")
        with pytest.raises(InputError, match="device 'tpu' is not available"):
            evaluate_analogies(
                Vectors(numbered("s", 3), gaussian(3, 2, 0)),
                AnalogySet([Question("s0", "s1", "s2", "s0")]),
                device="tpu",
            )
