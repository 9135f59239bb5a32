import json
import shutil
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from isolex import IsolexWarning, align, files, load
from isolex.errors import InputError, MismatchError
from isolex.files import digest
from isolex.lexicon import Lexicon
from isolex.reranking import RerankedDictionary
from isolex.reranking.reranked_dictionary import find_reranked, load_reranked
from isolex.reranking.saved_answers import CONFIDENCES
from isolex.vectors import Vectors

from .hand_made import GROUPS, SETTINGS, SOURCE, dictionary

CARD, ARRAYS = CONFIDENCES.files

PARTS = ("rows", "keys", "confidence", "none_right", "spoken_for")


@pytest.fixture
def made() -> RerankedDictionary:
    return dictionary()


@pytest.fixture
def folder(tmp_path, made):
    """A saved alignment with its answers."""
    made.alignment.save(tmp_path / "en-es")
    made.save(tmp_path / "en-es")
    return tmp_path / "en-es"


class TestRoundTrip:
    def test_bitwise(self, folder, made):
        loaded = load_reranked(folder)
        for part in PARTS:
            before, after = getattr(made.ranked, part), getattr(loaded.ranked, part)
            assert (after.dtype, after.tobytes()) == (before.dtype, before.tobytes())
        assert loaded.entries() == made.entries()
        assert loaded.one_to_one(0.5) == made.one_to_one(0.5)
        assert loaded.translate(list(SOURCE)) == made.translate(list(SOURCE))
        assert (loaded.groups, loaded.learnt, loaded.reason) == (GROUPS, True, made.reason)

    def test_what_it_was_made_from(self, folder):
        card = json.loads((folder / CARD).read_text())
        assert card["format"] == "isolex-confidences"
        assert card["settings"]["trees"] == SETTINGS.trees
        assert card["versions"]["isolex"]
        assert load_reranked(folder).ranker.settings == SETTINGS

    def test_some_rows_in_any_order(self, folder, made):
        found = load_reranked(folder).ranker.rank(np.array([3, 1, 3]))
        assert found.rows.tolist() == [1, 3]
        assert np.array_equal(found.keys, made.ranked.keys[[1, 3]])
        assert found.none_right.tolist() == [0.1, 0.7]

    def test_once_more(self, folder):
        before = load_reranked(folder)
        replace(before, reason="otherwise").save(folder)
        assert load_reranked(folder).reason == "otherwise"
        assert load_reranked(folder).entries() == before.entries()

    def test_with_the_alignment_that_is_there(self, folder):
        alignment = load(folder)
        assert load_reranked(folder, alignment).alignment is alignment

    def test_the_alignment_is_what_it_was(self, folder, made):
        assert load(folder).translate("one") == made.alignment.translate("one")

    def test_an_alignment_takes_the_place_of_one_with_answers(self, folder, made):
        made.alignment.save(folder)
        assert not (folder / ARRAYS).exists()
        assert find_reranked(folder, load(folder)) is None


class TestNone:
    def test_an_alignment_without(self, tmp_path, made, recwarn):
        made.alignment.save(tmp_path / "plain")
        assert find_reranked(tmp_path / "plain", load(tmp_path / "plain")) is None
        assert len(recwarn) == 0
        with pytest.raises(InputError, match="plain: there are no confidences for this alignment; make them"):
            load_reranked(tmp_path / "plain")

    def test_no_alignment(self, tmp_path):
        with pytest.raises(InputError, match="there is no such alignment folder"):
            load_reranked(tmp_path / "nowhere")

    def test_other_vectors(self, folder, made, recwarn):
        source = made.alignment.source
        bigger = Vectors([*source.words, "five"], np.vstack([source.matrix, [[1, 2, 3]]]).astype(np.float32))
        assert find_reranked(folder, load(folder, source=bigger)) is None
        assert len(recwarn) == 0
        assert find_reranked(folder, load(folder, source=source)) is not None


def other_seeds(made):
    return align(
        made.alignment.source,
        made.alignment.target,
        Lexicon([("three", "tres"), ("four", "cuatro")]),
        method="procrustes",
        check=False,
    )


class TestStale:
    def test_of_another_alignment_they_are_not_used(self, folder, made, tmp_path):
        again = tmp_path / "again"
        other_seeds(made).save(again)
        for name in (ARRAYS, CARD):
            shutil.copy(folder / name, again / name)
        with pytest.warns(IsolexWarning, match="again: its confidences are not used: .* another alignment"):
            assert find_reranked(again, load(again)) is None
        with pytest.warns(IsolexWarning), pytest.raises(InputError, match="there are no confidences"):
            load_reranked(again)

    def test_a_copy_of_the_folder_has_them(self, folder, tmp_path, made):
        shutil.copytree(folder, tmp_path / "copy")
        assert load_reranked(tmp_path / "copy").entries() == made.entries()

    def test_saving_makes_them_good_again(self, folder, made):
        card = folder / "card.json"
        card.write_text(card.read_text().replace('"seed": 0', '"seed": 1'))
        with pytest.warns(IsolexWarning, match="another alignment"):
            assert find_reranked(folder, load(folder)) is None
        made.save(folder)
        assert load_reranked(folder).entries() == made.entries()

    def test_of_another_release(self, folder):
        card = folder / CARD
        card.write_text(card.read_text().replace('"version": 1', '"version": 2'))
        with pytest.warns(IsolexWarning, match="another release of isolex wrote them"):
            assert find_reranked(folder, load(folder)) is None


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def changed(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        (ARRAYS, cut),
        (ARRAYS, changed),
        (ARRAYS, lambda path: path.unlink()),
        (ARRAYS, lambda path: path.write_bytes(b"")),
        (CARD, cut),
        (CARD, lambda path: path.write_text("[]")),
        (CARD, lambda path: path.write_text("{}")),
        (CARD, lambda path: path.write_text(path.read_text().replace('"trees"', '"bushes"'))),
        (CARD, lambda path: path.write_bytes(b"\xff")),
    ],
)
def test_damaged_answers_are_not_used(folder, name, damage):
    damage(folder / name)
    alignment = load(folder)
    with pytest.warns(IsolexWarning, match="en-es: its confidences are not used: they are damaged") as caught:
        assert find_reranked(folder, alignment) is None
    assert "\n" not in str(caught[0].message)


def edit_card(**changes):
    def edit(folder):
        made = json.loads((folder / CARD).read_text())
        (folder / CARD).write_text(json.dumps(made | changes))

    return edit


def edit_settings(**changes):
    def edit(folder):
        made = json.loads((folder / CARD).read_text())
        edit_card(settings=made["settings"] | changes)(folder)

    return edit


def edit_arrays(**changes):
    """Other answers, with their digest in the card."""

    def edit(folder):
        arrays = load_file(folder / ARRAYS)
        for name, change in changes.items():
            arrays[name] = change(arrays[name])
        save_file(arrays, folder / ARRAYS)
        edit_card(answers=digest((folder / ARRAYS).read_bytes()))(folder)

    return edit


def with_first(value):
    def change(array):
        array = array.copy()
        array.reshape(-1)[0] = value
        return array

    return change


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (edit_arrays(keys=with_first(5)), "keys holds 5, expected less than 5"),
        (edit_arrays(keys=with_first(-2)), "keys holds -2"),
        (edit_arrays(keys=with_first(4)), "keys holds a word twice"),  # the second answer is this, too
        (edit_arrays(keys=with_first(-1)), "keys holds a word twice, or one after the last"),
        (edit_arrays(keys=lambda x: x.astype(float)), "keys is of type F64, expected I64 or I32"),
        (edit_arrays(keys=lambda x: x[:, :2].copy()), "keys has the sizes 4 × 2, expected 4 × 3"),
        (edit_arrays(keys=lambda x: x[:3]), "keys has the sizes 3 × 3, expected 4 × 3"),
        (edit_arrays(confidence=with_first(1.5)), "confidence holds 1.5, expected numbers from 0 to 1"),
        (edit_arrays(confidence=with_first(-0.1)), "confidence holds -0.1"),
        (edit_arrays(confidence=with_first(np.nan)), "confidence holds NaN"),
        (edit_arrays(confidence=with_first(0.0)), "confidence is in no order"),
        (edit_arrays(none_right=with_first(np.inf)), "none_right holds NaN or infinite"),
        (edit_arrays(none_right=lambda x: x[None]), "none_right has the sizes 1 × 4, expected 4"),
        (edit_arrays(spoken_for=with_first(-np.inf)), "spoken_for holds NaN or infinite"),
        (edit_arrays(spoken_for=lambda x: x[:, :1].copy()), "spoken_for has the sizes 4 × 1, expected 4 × 2"),
        (edit_card(groups=["alignment"]), "spoken_for has the sizes 4 × 2, expected 4 × 1"),
        (edit_card(groups="alignment"), 'groups is "alignment", expected a list'),
        (edit_card(reason=None), "reason is null, expected text"),
        (edit_card(answers=7), "answers is 7, expected text"),
        (edit_card(settings=[]), "settings is a list, expected an object"),
        (edit_settings(trees="100"), 'settings.trees is "100", expected a whole number'),
        (edit_settings(trees=True), "settings.trees is true"),
        (edit_settings(trees=0), "settings do not hold: .*trees 0, expected at least 1"),
        (edit_settings(learning_rate=float("nan")), "holds NaN, which is no JSON"),
        (edit_settings(groups=["magic"]), "settings do not hold: .*magic"),
        (edit_settings(alternatives=4), "keys has the sizes 4 × 3, expected 4 × 4"),
    ],
)
def test_answers_that_do_not_hold_are_not_used(folder, damage, why):
    damage(folder)
    with pytest.warns(IsolexWarning, match=r"they are damaged \(.*" + why) as caught:
        assert find_reranked(folder, load(folder)) is None
    assert "make them again: isolex lexicon --min-confidence" in str(caught[0].message)


def test_answers_that_may_not_be_read_are_not_damaged(folder, monkeypatch):
    alignment, read = load(folder), Path.read_bytes

    def refused(path):
        if path.name == ARRAYS:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.warns(IsolexWarning, match=rf"{ARRAYS} cannot be read \(Permission denied\); make"):
        assert find_reranked(folder, alignment) is None


def test_what_a_later_release_adds_is_left_out(folder, made):
    edit_arrays()(folder)
    edit_settings(novelty=1)(folder)
    edit_card(novelty={})(folder)
    assert load_reranked(folder).entries() == made.entries()


@pytest.mark.parametrize("turn", [1, -1])
def test_a_calibration_may_turn_the_order_round(folder, turn):
    rows = np.tile([0.5, 0.4, 0.3][::turn], (4, 1))
    edit_arrays(confidence=lambda _: np.ascontiguousarray(rows))(folder)
    assert load_reranked(folder).ranked.confidence.tolist() == rows.tolist()


class TestSaving:
    def test_where_there_is_no_alignment(self, made, tmp_path):
        with pytest.raises(InputError, match="there is no such alignment folder"):
            made.save(tmp_path / "nowhere")
        with pytest.raises(InputError, match=r"holds no card\.json"):
            made.save(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_beside_an_alignment_of_other_vectors(self, made, folder):
        source = made.alignment.source
        other = replace(
            made, alignment=made.alignment.bind(Vectors(SOURCE, -source.matrix), other_vectors=True)
        )
        before = (folder / ARRAYS).read_bytes()
        with pytest.raises(MismatchError, match="en-es: is an alignment of other vectors"):
            other.save(folder)
        assert (folder / ARRAYS).read_bytes() == before

    def test_a_ranker_of_ones_own(self, made, folder):
        class Own:
            def rank(self, rows):
                return made.ranker.rank(rows)

        with pytest.raises(InputError, match="got a Own, expected the ranker of rerank"):
            replace(made, ranker=Own()).save(folder)

    def test_a_folder_that_cannot_be_written(self, made, tmp_path):
        made.alignment.save(tmp_path / "en-es")
        (tmp_path / "en-es" / ARRAYS).mkdir()
        with pytest.raises(InputError, match=f"{ARRAYS}: is a folder"):
            made.save(tmp_path / "en-es")
        assert not (tmp_path / "en-es" / CARD).exists()


class TestWhileOthersWrite:
    def test_both_files_are_new_or_none_is(self, folder, made, monkeypatch):
        before = {name: (folder / name).read_bytes() for name in (ARRAYS, CARD)}
        exchange, calls = files.replacing.exchange, iter(range(9))

        def refused(one, other):
            if next(calls) == 1:
                raise OSError(5, "Input/output error")
            return exchange(one, other)

        monkeypatch.setattr("isolex.files.replacing.exchange", refused)
        with pytest.raises(InputError, match="cannot be written"):
            replace(made, reason="otherwise").save(folder)
        assert {name: (folder / name).read_bytes() for name in before} == before

    def test_answers_are_not_given_to_an_alignment_that_was_replaced(self, folder, made):
        """Those that stand there are for the one that is there, which may have other words."""
        loaded = load(folder)
        other = replace(made.alignment.card, created="2000-01-01T00:00:00+00:00")
        made.alignment.card = other
        made.alignment.save(folder)
        made.save(folder)
        with pytest.warns(
            IsolexWarning, match="the alignment was replaced by another run since it was loaded"
        ):
            assert find_reranked(folder, loaded) is None
        assert find_reranked(folder, load(folder)) is not None

    def test_nothing_is_kept_with_an_alignment_that_was_replaced_meanwhile(self, folder, made, monkeypatch):
        before = (folder / CARD).read_bytes()
        fingerprints = chain(["sha256:one"], repeat("sha256:another"))
        monkeypatch.setattr("isolex.alignment.companion.fingerprint_of", lambda _: next(fingerprints))
        with pytest.raises(
            MismatchError, match="en-es: was replaced by another run meanwhile; make them again"
        ):
            made.save(folder)
        assert (folder / CARD).read_bytes() == before

    @pytest.mark.parametrize("name", [ARRAYS, CARD])
    def test_links_are_replaced_and_not_followed(self, folder, made, tmp_path, name):
        (tmp_path / "precious").write_text("mine")
        (folder / name).unlink()
        (folder / name).symlink_to(tmp_path / "precious")
        made.save(folder)
        assert (tmp_path / "precious").read_text() == "mine"
        assert load_reranked(folder).entries() == made.entries()
