import shutil

import pytest

from isolex.datasets import DataFolder
from isolex.errors import InputError
from tests.shaped import write_data

EMPTY = (
    r"holds no vectors/xx\.vec\.gz with dictionaries/muse/xx-yy\.train\.txt and \.test\.txt; give a folder"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("bilingual") / "data")


@pytest.fixture
def copy(data, tmp_path):
    return shutil.copytree(data, tmp_path / "data")


def test_pairs_vectors_and_dictionaries(data) -> None:
    folder = DataFolder(str(data))
    assert folder.pairs == ["xx-yy", "yy-xx"]
    x, y = folder.vectors("xx-yy")
    assert (x.language, y.language) == ("xx", "yy")
    assert (x.words[30], y.words[30]) == ("s30", "t30")
    assert folder.vectors("yy-xx") == (y, x)
    assert len(folder.dictionary("xx-yy", "train")) == 200
    assert ("t250", "s250") in list(folder.dictionary("yy-xx", "test"))


def test_a_file_is_read_once(copy) -> None:
    folder = DataFolder(copy)
    x, y = folder.vectors("xx-yy")
    shutil.rmtree(copy / "vectors")
    again, there = folder.vectors("yy-xx")
    assert again is y
    assert there is x


@pytest.mark.parametrize("lost", ["dictionaries/muse/xx-yy.train.txt", "dictionaries/muse/xx-yy.test.txt"])
def test_a_pair_needs_both_dictionaries(copy, lost) -> None:
    (copy / lost).unlink()
    assert DataFolder(copy).pairs == ["yy-xx"]


@pytest.mark.parametrize("lost", ["vectors/xx.vec.gz", "vectors/yy.vec.gz"])
def test_a_pair_needs_the_vectors_of_both_sides(copy, lost) -> None:
    (copy / lost).unlink()
    with pytest.raises(InputError, match=EMPTY):
        DataFolder(copy)


def test_no_such_folder(tmp_path) -> None:
    with pytest.raises(InputError, match=f"nowhere: {EMPTY}"):
        DataFolder(tmp_path / "nowhere")


def test_a_pair_that_is_not_there(data) -> None:
    folder = DataFolder(data)
    folder.check("yy-xx")
    with pytest.raises(
        InputError, match=f"unknown language pair of {data}/vectors 'xx-zz'; did you mean 'xx-yy'"
    ):
        folder.check("xx-zz")


class TestAnotherFolderOfVectors:
    @pytest.fixture
    def both(self, copy):
        """A folder with vectors that `other` has with the sides exchanged, and of one language more."""
        (copy / "other").mkdir()
        for here, there in (("xx", "yy"), ("yy", "xx"), ("xx", "zz")):
            shutil.copy(copy / "vectors" / f"{here}.vec.gz", copy / "other" / f"{there}.vec.gz")
        return copy

    def test_vectors_are_read_from_there(self, both) -> None:
        folder = DataFolder(both, vectors="other")
        assert folder.path == both
        x, y = folder.vectors("xx-yy")
        assert (x.words[30], y.words[30]) == ("t30", "s30")
        assert (x.language, y.language) == ("xx", "yy")
        assert DataFolder(both).vectors("xx-yy")[0].words[30] == "s30"

    def test_pairs_are_those_with_both_sides_there(self, both) -> None:
        for part in ("train", "test"):
            muse = both / "dictionaries" / "muse"
            shutil.copy(muse / f"xx-yy.{part}.txt", muse / f"xx-zz.{part}.txt")
        (both / "other" / "yy.vec.gz").unlink()
        assert DataFolder(both, vectors="other").pairs == ["xx-zz"]
        assert DataFolder(both).pairs == ["xx-yy", "yy-xx"]

    def test_a_pair_that_is_not_there(self, both) -> None:
        with pytest.raises(InputError, match=f"unknown language pair of {both}/other 'xx-zz'; did you mean"):
            DataFolder(both, vectors="other").check("xx-zz")

    def test_it_is_not_there(self, copy) -> None:
        with pytest.raises(
            InputError, match=r"data: holds no other/xx\.vec\.gz with dictionaries/muse/xx-yy"
        ):
            DataFolder(copy, vectors="other")

    @pytest.mark.parametrize("name", ["", ".", "..", "../data/vectors", "vectors/", "/", "vectors/.."])
    def test_a_name_that_is_none_of_a_folder_in_it(self, data, name) -> None:
        with pytest.raises(InputError) as caught:
            DataFolder(data, vectors=name)
        assert str(caught.value) == (
            f"{data}: got {name!r} for its vectors, expected the name of a folder inside; "
            "give one such as vectors"
        )
