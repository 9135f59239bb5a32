import json
from dataclasses import replace

import numpy as np
import pytest

from isolex.alignment import load
from isolex.explorer import flat
from isolex.explorer.flat import flat_map, kept_map
from isolex.vectors import Vectors
from tests.comparisons import assert_close
from tests.spaces import alignment_of, gaussian, numbered

# Ten clouds, far from each other; the words of both languages in them are the same.
CLOUDS, EACH = 10, 12


@pytest.fixture(scope="module")
def clouds():
    centres = 5 * gaussian(CLOUDS, 8, 0)
    rows = [np.repeat(centres, EACH, axis=0) + 0.2 * gaussian(CLOUDS * EACH, 8, seed) for seed in (1, 2)]
    source, target = (
        Vectors(numbered(letter, len(matrix)), matrix) for letter, matrix in zip("st", rows, strict=True)
    )
    return alignment_of(source, target)


def together(found) -> float:
    """The share of words whose nearest neighbours on the plane, of either language, are of their cloud."""
    cloud = np.tile(np.repeat(np.arange(CLOUDS), EACH), 2)[: len(found.source) + len(found.target)]
    places = np.concatenate([found.source, found.target])
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :5]
    return float((cloud[nearest] == cloud[:, None]).mean())


@pytest.fixture(scope="module")
def placed(clouds):
    return flat_map(clouds)


def test_words_of_a_topic_stand_together(placed):
    assert placed.source.shape == placed.target.shape == (CLOUDS * EACH, 2)
    assert together(placed) > 0.9


def test_coordinates(placed):
    every = np.concatenate([placed.source, placed.target])
    assert every.dtype == np.float32
    assert np.abs(every).max() == pytest.approx(1)
    assert np.isfinite(every).all()


def test_again(clouds, placed):
    again = flat_map(clouds)
    assert_close(again.source, placed.source)
    assert_close(again.target, placed.target)


def test_rare_words_beside_frequent_ones(clouds, monkeypatch):
    monkeypatch.setattr(flat, "_ANCHORS", CLOUDS * EACH - 2 * EACH)
    monkeypatch.setattr(flat, "_JITTER", 2.0)
    found = flat_map(clouds)
    assert found.source.shape == (CLOUDS * EACH, 2)
    assert np.abs(np.concatenate([found.source, found.target])).max() <= 1


def test_so_many_words(clouds):
    found = flat_map(clouds, words=7)
    assert found.source.shape == found.target.shape == (7, 2)


def test_very_few_words():
    sides = [Vectors(numbered(letter, 2), gaussian(2, 3, 0)) for letter in "st"]
    assert flat_map(alignment_of(*sides)).source.tolist() == [[0, 0], [0, 0]]


class TestKept:
    @pytest.fixture
    def count(self, monkeypatch):
        """How often a map was made."""
        made = []

        def counted(alignment, *, words):
            made.append(words)
            places = np.full((min(words, len(alignment.source)), 2), 0.25 * len(made), dtype=np.float32)
            return flat.FlatMap(places, places)

        monkeypatch.setattr(flat, "flat_map", counted)
        return made

    def test_once(self, place, count):
        alignment = load(place)
        first, again = (kept_map(place, alignment, 50) for _ in range(2))
        assert count == [50]
        assert again.source.tolist() == first.source.tolist() == [[0.25, 0.25]] * 50

    def test_for_so_many_words(self, place, count):
        alignment = load(place)
        kept_map(place, alignment, 50)
        assert kept_map(place, alignment, 60).target.shape == (60, 2)
        assert count == [50, 60]

    def test_for_that_alignment(self, place, count):
        alignment = load(place)
        kept_map(place, alignment, 50)
        alignment.card = replace(alignment.card, created="2000-01-01T00:00:00+00:00")
        alignment.save(place)
        kept_map(place, load(place), 50)
        assert count == [50, 50]

    def test_a_damaged_one_is_made_anew(self, place, count):
        alignment = load(place)
        kept_map(place, alignment, 50)
        card = json.loads((place / "map.json").read_text())
        for damage in (
            "{",
            "[]",
            json.dumps(card | {"places": "sha256:0"}),
            json.dumps(card | {"words": "x"}),
        ):
            (place / "map.json").write_text(damage)
            kept_map(place, alignment, 50)
            kept_map(place, alignment, 50)
        (place / "map.safetensors").write_bytes(b"\x00" * 100)
        kept_map(place, alignment, 50)
        assert len(count) == 6

    def test_a_folder_that_cannot_be_written(self, place, count):
        alignment = load(place)
        (place / "map.json").mkdir()
        assert kept_map(place, alignment, 50).source.shape == (50, 2)
