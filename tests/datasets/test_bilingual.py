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
    with pytest.raises(InputError, match=f"unknown language pair of {data} 'xx-zz'; did you mean 'xx-yy'"):
        folder.check("xx-zz")
