import json
import os

import pytest

from isolex.errors import InputError
from isolex.files import atomic_file, atomic_folder, check_file, check_folder, check_not_input, referred_to


def card_of(folder, name="card.json", **card):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(card))
    return folder


@pytest.fixture
def alignment(tmp_path):
    """A saved alignment of en.vec, which it refers to, and of vectors that were copied."""
    (tmp_path / "en.vec").write_text("vectors")
    sides = {"source": {"path": str(tmp_path / "en.vec")}, "target": {"path": "es.vec"}}
    return card_of(tmp_path / "A", format="isolex-alignment", **sides)


class TestInputs:
    def test_under_whatever_name(self, tmp_path, monkeypatch):
        given = tmp_path / "in"
        given.write_text("data")
        os.link(given, tmp_path / "hard")
        (tmp_path / "soft").symlink_to("in")
        (tmp_path / "folder").mkdir()
        monkeypatch.chdir(tmp_path)
        for output in ("in", "./in", "folder/../in", "hard", "soft", given):
            with pytest.raises(InputError, match="is the input; choose another output"):
                check_not_input(output, None, tmp_path / "other", given)
        check_not_input("other", given, None)

    def test_one_that_is_not_there_yet(self, tmp_path):
        with pytest.raises(InputError, match="is the input"):
            check_not_input(tmp_path / "new", tmp_path / "x" / ".." / "new")

    def test_a_folder_that_holds_one(self, tmp_path):
        (tmp_path / "out" / "deep").mkdir(parents=True)
        given = tmp_path / "out" / "deep" / "in"
        given.write_text("data")
        (tmp_path / "link").symlink_to(given)
        for path in given, tmp_path / "link":
            with pytest.raises(InputError, match=r"out: holds .*, the input; choose another output folder"):
                check_not_input(tmp_path / "out", path, whole=True)
            check_not_input(tmp_path / "out", path)

    def test_what_an_input_refers_to(self, alignment, tmp_path):
        with pytest.raises(InputError, match=r"en\.vec: is an input, to which .*A refers"):
            check_not_input(tmp_path / "en.vec", alignment)
        check_not_input(tmp_path / "es.vec", alignment)

    def test_an_index_refers_to_an_alignment_and_that_to_vectors(self, alignment, tmp_path):
        index = card_of(tmp_path / "I", "index.json", format="isolex-index", alignment=str(alignment))
        assert list(referred_to(index)) == [alignment, tmp_path / "en.vec"]

    def test_an_index_that_refers_to_itself(self, tmp_path):
        index = card_of(tmp_path / "I", "index.json", alignment=str(tmp_path / "I"))
        assert list(referred_to(index)) == [index]

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"source": 3}', '{"source": {"path": 3}}', "[" * 100_000]
    )
    def test_a_damaged_card_refers_to_nothing(self, tmp_path, text):
        (tmp_path / "card.json").write_text(text)
        assert list(referred_to(tmp_path)) == []


class TestSavedFolders:
    @pytest.mark.parametrize(
        ("name", "card", "kind"),
        [
            ("card.json", {"format": "isolex-alignment"}, "an alignment"),
            ("index.json", {"format": "isolex-index"}, "an index of documents"),
            ("isolex-export.json", {"format": "spacy", "files": {}}, "an export"),
        ],
    )
    def test_nothing_is_written_into_them(self, tmp_path, name, card, kind):
        saved = card_of(tmp_path / "saved", name, **card)
        (saved / "deep").mkdir()
        (tmp_path / "link").symlink_to(saved)
        for place in (saved / name, saved / "new", saved / "deep" / "new", tmp_path / "link" / "new"):
            with pytest.raises(InputError, match=rf"lies in .*saved, which is {kind} of isolex"):
                check_file(place)
            with pytest.raises(InputError, match="lies in"), atomic_file(place):
                pass
        with pytest.raises(InputError, match="lies in"):
            check_folder(saved / "new", contents=())
        with pytest.raises(InputError, match="lies in"), atomic_folder(saved / "new", contents=()):
            pass

    def test_cards_of_others_are_none_of_ours(self, tmp_path):
        other = card_of(tmp_path / "other", format="of somebody else")
        check_file(other / "new")
        check_folder(other / "folder", contents=())


def test_links_in_a_circle(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    for check in (check_file, lambda path: check_folder(path, contents=())):
        with pytest.raises(InputError, match="loop: is a symbolic link that leads back to itself"):
            check(tmp_path / "loop")
