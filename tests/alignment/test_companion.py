import json
from dataclasses import replace

import pytest

from isolex.alignment import Companion, load_card
from isolex.cards.alignment_folder import is_companion, may_have_companions
from isolex.errors import InputError, MismatchError
from isolex.files import digest

from .test_artefact import FILES, contents, make

REVIEW = Companion("review", format="isolex-review", version=1, fix="review it again")
CARD, ARRAYS = REVIEW.files
SAYS = {"by": "somebody"}


@pytest.fixture
def folder(tmp_path):
    make().save(tmp_path / "en-es")
    return tmp_path / "en-es"


@pytest.fixture
def reviewed(folder):
    REVIEW.write(folder, SAYS, b"decisions")
    return folder


class TestWriting:
    def test_the_card_says_of_which_alignment_it_is(self, folder):
        before = digest((folder / "card.json").read_bytes(), (folder / "seeds.tsv").read_bytes())
        REVIEW.write(folder, SAYS, b"decisions")
        assert json.loads((folder / CARD).read_text()) == {
            "format": "isolex-review",
            "version": 1,
            "alignment": before,
            "by": "somebody",
        }
        assert (folder / ARRAYS).read_bytes() == b"decisions"
        assert set(contents(folder)) == FILES | {CARD, ARRAYS}

    def test_into_an_alignment_that_another_run_replaces(self, reviewed, monkeypatch):
        def meanwhile(card, *_, **__):
            make(seed=8).save(reviewed)
            return json.dumps(card)

        monkeypatch.setattr("isolex.alignment.companion.json_text", meanwhile)
        with pytest.raises(MismatchError, match="en-es: was replaced by another run meanwhile"):
            REVIEW.write(reviewed, SAYS, b"of the one before")
        assert set(contents(reviewed)) == FILES


class TestReplacing:
    """An alignment takes the place of another one with all that belongs to it, and with nothing else."""

    def replaced(self, folder):
        make(seed=8).save(folder)
        assert {entry.name for entry in folder.iterdir()} == FILES

    def test_whoever_keeps_it_under_whatever_name(self, reviewed):
        replace(REVIEW, name="notes").write(reviewed, SAYS, b"")
        self.replaced(reviewed)

    def test_one_that_came_while_the_next_alignment_was_made(self, folder, monkeypatch):
        write_seeds = make().seeds.__class__.write

        def written(*arguments):
            REVIEW.write(folder, SAYS, b"decisions")
            return write_seeds(*arguments)

        monkeypatch.setattr("isolex.lexicon.Lexicon.write", written)
        self.replaced(folder)

    def test_a_card_without_arrays(self, reviewed):
        """A killed run has put the card in place, and not the arrays."""
        (reviewed / ARRAYS).unlink()
        self.replaced(reviewed)

    def test_a_card_that_was_cut_off(self, reviewed):
        (reviewed / CARD).write_bytes((reviewed / CARD).read_bytes()[:-8])
        self.replaced(reviewed)

    @pytest.mark.parametrize("made", REVIEW.files)
    @pytest.mark.parametrize("inside", [(), (CARD,), (CARD, ARRAYS)])
    def test_what_a_killed_run_left(self, folder, made, inside):
        shop = folder / f".{made}.new-abcdefgh"
        shop.mkdir()
        for name in inside:
            (shop / name).touch()
        self.replaced(folder)


def as_workshop(path):
    path.mkdir()
    (path / "thesis.txt").write_text("years of work")


OTHERS = {
    "review.json": lambda path: path.write_text('{"format": "isolex-review"}'),
    "review.safetensors": lambda path: path.write_bytes(b"whose?"),
    "mine.json": lambda path: path.write_text(f'{{"alignment": "{digest(b"")}"}}'),
    "confidence.json": lambda path: path.write_text("{}"),
    "confidence.safetensors": lambda path: path.write_bytes(b""),
    "review.txt": lambda path: path.write_text("beside review.json"),
    ".review.json.new-abcdefgh": as_workshop,
    ".review.txt.new-abcdefgh": lambda path: path.mkdir(),
    ".mine.json.new-abcdefgh": lambda path: path.write_text("no folder"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_strangers_keep_the_folder_from_being_replaced(folder, name):
    OTHERS[name](folder / name)
    assert not is_companion(folder / name)
    with pytest.raises(InputError, match=r"holds other files \(" + name.replace(".", r"\.")):
        make(seed=8).save(folder)
    assert {entry.name for entry in folder.iterdir()} == FILES | {name}


def test_a_strangers_file_beside_a_companion_of_the_same_name(reviewed):
    (reviewed / "review.txt").write_text("mine")
    with pytest.raises(InputError, match=r"holds other files \(review\.txt\)"):
        make(seed=8).save(reviewed)
    assert set(contents(reviewed)) == FILES | {CARD, ARRAYS, "review.txt"}


def test_one_that_goes_while_it_is_looked_at_is_no_strangers(folder):
    assert is_companion(folder / f".{CARD}.new-abcdefgh")


def test_a_link_to_a_folder_is_no_workshop(folder, tmp_path):
    (tmp_path / "mine").mkdir()
    (folder / f".{CARD}.new-abcdefgh").symlink_to(tmp_path / "mine")
    assert not is_companion(folder / f".{CARD}.new-abcdefgh")


def test_whether_there_may_be_one(folder):
    assert not may_have_companions(folder)
    (folder / CARD).write_text("damaged")
    assert may_have_companions(folder)


def test_which_alignment_stands_there(folder):
    card = load_card(folder)
    assert REVIEW.is_of(folder, card)
    assert not REVIEW.is_of(folder, replace(card, created="2000-01-01T00:00:00+00:00"))
    assert not REVIEW.is_of(folder, replace(card, target=card.source))
