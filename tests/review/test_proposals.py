import numpy as np
import pytest

from isolex.reranking import plain_dictionary
from isolex.review import Proposals, ProposedWord

from .made import numbered, proposals

MADE = proposals(
    {
        "the": [("el", 0.9), ("la", 0.6), ("lo", 0.05)],
        "cat": [("gato", 0.5), ("el", 0.2)],
        "xyz": [],
        "dog": [("perro", 0.5)],
        "sun": [("sol", 0.904)],
    }
)


def test_candidates_best_first():
    assert MADE.candidates(0) == [
        ProposedWord("el", 1, 0.9),
        ProposedWord("la", 2, 0.6),
        ProposedWord("lo", 3, 0.05),
    ]
    assert MADE.candidates(1) == [ProposedWord("gato", 4, 0.5), ProposedWord("el", 1, 0.2)]
    assert MADE.candidates(2) == []
    assert [MADE.first(row) for row in range(5)] == ["el", "gato", None, "perro", "sol"]


def test_rows_of_words():
    assert [MADE.row(word) for word in ("the", "dog", "gato")] == [0, 3, None]


def test_the_confidence_of_first_answers():
    assert MADE.best.tolist() == [0.9, 0.5, 0.0, 0.5, 0.904]


def test_evidence_by_group():
    assert MADE.evidence(1) == {"alignment": 1.0, "strings": -0.5}


def test_the_most_informative_words():
    """p (1 − p) log(5 n / rank), by hand: 0.290, 0.631, 0, 0.458, 0.140."""
    weights = np.array([0.09, 0.25, 0, 0.25, 0.904 * 0.096]) * np.log(25 / np.arange(1, 6))
    assert weights == pytest.approx([0.2897, 0.6314, 0, 0.4581, 0.1397], abs=1e-4)
    assert MADE.by_information().tolist() == [1, 3, 0, 4, 2]


def test_the_surest_words_and_of_equally_sure_ones_the_more_frequent():
    assert MADE.by_confidence().tolist() == [0, 4, 1, 3, 2]


def test_where_nothing_is_known_words_come_by_frequency():
    alignment = proposals(numbered(6)).dictionary.alignment
    plain = Proposals(plain_dictionary(alignment, "there is too little"))
    assert plain.best.tolist() == [0.5] * 6
    assert plain.by_information().tolist() == plain.by_confidence().tolist() == list(range(6))
    found = plain.candidates(2)
    assert [one.confidence for one in found] == [None] * 5
    assert [one.word for one in found] == [word for word, _ in alignment.translate("w2", k=5)]
