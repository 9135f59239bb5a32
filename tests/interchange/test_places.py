import pytest

from isolex.errors import InputError
from isolex.interchange.places import MANIFEST, export_folder, write_files
from isolex.vectors import Vectors

from ..spaces import alignment_of
from .helpers import aligned, contents


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


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for place in ("notes.txt", "notes.txt/out", "notes.txt/out/deep"):
        with pytest.raises(InputError, match=r"notes\.txt: is a file, expected a folder; choose another"):
            write_files(aligned(), tmp_path / place, {"a": writing("1")})
    with pytest.raises(InputError, match=r"notes\.txt: is a file, expected a folder; choose another"):
        exported(tmp_path / "notes.txt" / "out" / "deep")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def exported(folder, content="old", format="some"):
    with export_folder(aligned(), folder, format) as temporary:
        (temporary / "deep").mkdir()
        (temporary / "deep" / "file").write_text(content)
        (temporary / "README.md").write_text(content)
    return folder


def test_a_folder_is_whole_or_not_there(tmp_path):
    with (
        pytest.raises(KeyboardInterrupt),
        export_folder(aligned(), tmp_path / "deep" / "out", "some") as made,
    ):
        interrupted(made / "file")
    assert list((tmp_path / "deep").iterdir()) == []
    exported(tmp_path / "deep" / "out")
    assert (tmp_path / "deep" / "out" / "deep" / "file").read_text() == "old"


class TestOverAnEarlierExport:
    @pytest.fixture
    def out(self, tmp_path):
        return exported(tmp_path / "out")

    def test_it_takes_its_place(self, out, tmp_path):
        (out / "deep" / "file").unlink()
        exported(out, "new")
        assert (out / "deep" / "file").read_text() == "new"
        assert list(tmp_path.iterdir()) == [out]
        exported(out, "newer")

    def test_if_the_new_one_fails_the_old_one_stays(self, out, tmp_path):
        before = contents(out)
        with pytest.raises(KeyboardInterrupt), export_folder(aligned(), out, "some") as temporary:
            interrupted(temporary / "file")
        assert contents(out) == before
        assert list(tmp_path.iterdir()) == [out]

    @pytest.mark.parametrize("name", ["notes.txt", "deep/notes.txt", ".hidden"])
    def test_a_file_of_somebody_else_is_named(self, out, name):
        (out / name).write_text("mine")
        self.refused(out, rf"out: holds other files \({name}\), so it is not replaced; choose an empty")

    def test_so_is_a_folder(self, out):
        (out / "mine").mkdir()
        self.refused(out, r"holds other files \(mine\)")

    @pytest.mark.parametrize("name", ["new", "README.md"])
    def test_so_is_a_link(self, out, tmp_path, name):
        (tmp_path / "mine").mkdir()
        (out / name).unlink(missing_ok=True)
        (out / name).symlink_to(tmp_path / "mine")
        self.refused(out, rf"holds .*{name}")

    @pytest.mark.parametrize("name", ["README.md", "deep/file"])
    def test_so_is_a_file_that_was_edited(self, out, name):
        (out / name).write_text("mine")
        self.refused(out, f"out: holds {name}, which was changed since its export, so it is not replaced")

    def test_another_format(self, out):
        with pytest.raises(InputError, match="out: is an export in the format some, so it is not replaced"):
            exported(out, "new", format="other")

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "some"}', '{"format": "some", "files": 1}'])
    def test_without_a_whole_manifest(self, out, text):
        (out / MANIFEST).write_text(text)
        self.refused(out, r"holds other files \(README.md, deep, isolex-export.json\)")

    def test_files_that_the_alignment_was_made_from(self, out, tmp_path):
        source, target = aligned().source, aligned().target
        with export_folder(aligned(), tmp_path / "hub", "some") as folder:
            source.write(folder / "aa.aligned.vec")
        read = Vectors.read(tmp_path / "hub" / "aa.aligned.vec", language="aa")
        before = contents(tmp_path)
        with (
            pytest.raises(InputError, match=r"aa\.aligned\.vec: is the input; choose another output folder"),
            export_folder(alignment_of(read, target), tmp_path / "hub", "some"),
        ):
            pytest.fail("it must not come to this")
        assert contents(tmp_path) == before

    @staticmethod
    def refused(out, message):
        before = contents(out)
        with pytest.raises(InputError, match=message):
            exported(out, "new")
        assert contents(out) == before


def test_a_folder_that_holds_anything_is_refused(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(InputError, match=r"holds other files \(README.md\)"):
        exported(tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"
