import numpy as np
import pytest

from isolex import export
from isolex.errors import InputError
from isolex.interchange import EXPORT_FORMATS
from isolex.vectors import Vectors

from .spaces import alignment_of, planted, rotation


def aligned(languages=("aa", "bb")):
    source, target, _ = planted(60, 20)
    sides = [Vectors(v.words, v.matrix, name) for v, name in zip((source, target), languages, strict=True)]
    return alignment_of(*sides, maps=(rotation(20, 1)[:, :12], rotation(20, 2)[:, :12]))


@pytest.mark.parametrize("format", EXPORT_FORMATS)
def test_files_read_back_are_the_shared_space(tmp_path, format):
    alignment = aligned()
    files = export(alignment, tmp_path / "deep" / "out", format=format)
    assert [file.name for file in files] == [
        f"aa.aligned{EXPORT_FORMATS[format]}",
        f"bb.aligned{EXPORT_FORMATS[format]}",
    ]
    assert set(files) == set((tmp_path / "deep" / "out").iterdir())
    for file, side, rows in zip(files, (alignment.source, alignment.target), alignment.shared, strict=True):
        back = Vectors.read(file)
        assert list(back.words) == list(side.words)
        np.testing.assert_array_equal(back.matrix, rows.numpy())


def test_plain_cosines_between_the_files_are_those_of_the_alignment(tmp_path):
    alignment = aligned()
    source, target = (Vectors.read(file) for file in export(alignment, tmp_path))
    cosines = source.matrix[3] @ target.matrix.T
    best = [target.words[key] for key in np.argsort(-cosines)[:5]]
    assert best == [word for word, _ in alignment.translate("s3", criterion="nn")]


@pytest.mark.parametrize(
    "languages",
    [
        (None, None),
        ("aa", None),
        (None, "bb"),
        ("aa", "aa"),
        ("../aa", "bb"),
        ("aa", "b/b"),
        ("", "bb"),
        ("aa", "b b"),
    ],
)
def test_without_two_plain_languages_the_files_are_named_by_side(tmp_path, languages):
    files = export(aligned(languages), tmp_path / "out")
    assert files == (tmp_path / "out" / "source.aligned.vec", tmp_path / "out" / "target.aligned.vec")
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_the_reverse_is_exported_the_other_way_round(tmp_path):
    there, back = export(aligned(), tmp_path / "there"), export(aligned().reversed(), tmp_path / "back")
    assert [file.name for file in back] == ["bb.aligned.vec", "aa.aligned.vec"]
    assert there[0].read_bytes() == back[1].read_bytes()


def test_the_store_keeps_the_language(tmp_path):
    files = export(aligned(), tmp_path, format="native")
    assert [Vectors.read(file).language for file in files] == ["aa", "bb"]


def test_an_unknown_format_tells_the_near_one(tmp_path):
    with pytest.raises(
        InputError, match="unknown export format 'word2vec-bin'; did you mean 'word2vec-binary'"
    ):
        export(aligned(), tmp_path / "out", format="word2vec-bin")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(InputError, match=r"cannot be made .*choose another folder"):
            export(aligned(), folder)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("good", [0, 1])
def test_an_interrupted_export_leaves_both_old_files(tmp_path, monkeypatch, good):
    """One new and one old file would be two spaces that look like one."""
    export(aligned(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    written = []

    def interrupted(_, path, **__):
        path.write_text("half a file")
        written.append(path)
        if len(written) > good:
            raise KeyboardInterrupt

    monkeypatch.setattr("isolex.vectors.formats.write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export(aligned().head(10), tmp_path)
    assert len(written) == good + 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_words_that_a_format_cannot_hold_are_told(tmp_path):
    source = Vectors(["a\nb", "c"], np.eye(2), "aa")
    alignment = alignment_of(source, source, steps=())
    with pytest.raises(InputError) as caught:
        export(alignment, tmp_path)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())
    assert Vectors.read(export(alignment, tmp_path, format="native")[0]).words[0] == "a\nb"
