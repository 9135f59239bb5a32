import pytest

from isolex.errors import InputError
from isolex.interchange.places import new_folder, write_files
from isolex.vectors import Vectors

from ..spaces import alignment_of
from .helpers import aligned


def writing(text):
    return lambda path: path.write_text(text)


def interrupted(path):
    path.write_text("half a file")
    raise KeyboardInterrupt


def test_all_files_are_written_in_their_order(tmp_path):
    made = write_files(aligned(), tmp_path / "out", {"b": writing("1"), "a": writing("2")})
    assert made == (tmp_path / "out" / "b", tmp_path / "out" / "a")
    assert [path.read_text() for path in made] == ["1", "2"]


@pytest.mark.parametrize("good", [0, 1, 2])
def test_an_interruption_leaves_all_old_files(tmp_path, good):
    """Some new and some old ones would be two spaces that look like one."""
    names = ("a", "b", "c")
    write_files(aligned(), tmp_path, {name: writing("old") for name in names})
    with pytest.raises(KeyboardInterrupt):
        write_files(
            aligned(),
            tmp_path,
            {name: writing("new") if place < good else interrupted for place, name in enumerate(names)},
        )
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(names, "old")


def test_what_the_alignment_was_made_from_is_never_replaced(tmp_path):
    source, target = aligned().source, aligned().target
    source.write(tmp_path / "aa.aligned.vec")
    read = Vectors.read(tmp_path / "aa.aligned.vec", language="aa")
    before = (tmp_path / "aa.aligned.vec").read_bytes()
    made = alignment_of(read, target)
    bound = alignment_of(source, target).bind(read)
    assert bound.card.source.path is None
    for alignment in (made, bound):
        with pytest.raises(InputError, match=r"aa\.aligned\.vec: is the input"):
            write_files(alignment, tmp_path, {"aa.aligned.vec": writing("new"), "b": writing("new")})
    # Bound to others since, its card still knows.
    away = made.bind(source, target)
    assert (away.source.path, away.card.source.path) == (None, str(tmp_path / "aa.aligned.vec"))
    with pytest.raises(InputError, match="is the input"):
        write_files(away.reversed(), tmp_path, {"b": writing("new"), "aa.aligned.vec": writing("new")})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"aa.aligned.vec": before}


def test_a_new_folder_is_whole_or_not_there(tmp_path):
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "deep" / "out") as folder:
        interrupted(folder / "file")
    assert list((tmp_path / "deep").iterdir()) == []
    with new_folder(tmp_path / "deep" / "out") as folder:
        (folder / "file").write_text("whole")
    assert (tmp_path / "deep" / "out" / "file").read_text() == "whole"


def test_a_folder_that_holds_anything_is_refused(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(InputError, match=r"holds other files \(README.md\)"), new_folder(tmp_path):
        pytest.fail("it must not come to this")
    assert (tmp_path / "README.md").read_text() == "mine"
