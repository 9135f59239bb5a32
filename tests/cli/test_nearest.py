"""`isolex nearest`."""

import numpy as np
import pytest

from isolex.vectors import Vectors


@pytest.fixture
def vectors(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [[1, 0], [2, 0.2], [0, 3], [0, 0], [-1, 0]]
    made = Vectors(["house", "houses", "tree", "nothing", "[b]"], np.array(rows), language="en")
    made.write("en.safetensors")
    return made


def test_neighbours(isolex, vectors):
    result = isolex("nearest", "en.safetensors", "house", "tree", "-k", "2", "--json")
    result.warns("1 word has a zero vector")
    assert result.json == {
        "neighbours": [
            {
                "word": "house",
                "known": True,
                "answers": [{"word": "houses", "score": 0.995}, {"word": "tree", "score": 0.0}],
            },
            {
                "word": "tree",
                "known": True,
                "answers": [{"word": "houses", "score": 0.0995}, {"word": "house", "score": 0.0}],
            },
        ]
    }


def test_for_people(isolex, vectors):
    result = isolex("nearest", "en.safetensors", "house", "-k", "3")
    lines = [line.split() for line in result.out.splitlines()]
    assert lines == [
        ["word", "neighbour", "cosine"],
        ["house", "houses", "0.995"],
        ["tree", "0.000"],
        ["[b]", "-1.000"],
    ]


def test_unknown_words(isolex, vectors):
    result = isolex("nearest", "en.safetensors", "housess", "nothing", "--json")
    assert result.status == 1
    assert result.lines[1].startswith("isolex: unknown word 'housess'; did you mean 'houses'")
    assert result.lines[2] == "isolex: the word 'nothing' has no vector: its row is zero"
    assert result.json["neighbours"] == [
        {"word": "housess", "known": False, "answers": []},
        {"word": "nothing", "known": False, "answers": [], "without_vector": True},
    ]
