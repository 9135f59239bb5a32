import shutil

import pytest

from benchmarks.triangulation import means, run_triangulation, unreachable
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.reranking import RerankSettings
from tests.benchmarks.third import third_language

SETTINGS = RerankSettings(trees=10)


@pytest.fixture(scope="module")
def three(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("three") / "data"
    shutil.copytree(data, folder)
    third_language(folder, "xx-yy", "zz")
    return folder


LEXICONS = {
    ("en", "es"): Lexicon([("cat", "gato"), ("dog", "perro")]),
    ("en", "fr"): Lexicon([("cat", "chat"), ("dog", "chien")]),
    ("es", "fr"): Lexicon([("perro", "chien"), ("casa", "maison")]),
}


class TestUnreachable:
    def test_two_pairs_reach_a_right_answer(self):
        asked = [("gato", ("chat", "minou")), ("perro", ("toutou",)), ("casa", ("maison",))]
        # The pair's own lexicon is no way by a third language.
        assert unreachable(("es", "fr"), asked, LEXICONS).tolist() == [False, True, True]

    def test_whichever_way_lexicons_are_written(self):
        asked = [("chat", ("gato",)), ("maison", ("casa",))]
        assert unreachable(("fr", "es"), asked, LEXICONS).tolist() == [False, True]


@pytest.mark.usefixtures("quick")
def test_a_row(three):
    (row,) = run_triangulation(three, pairs=["xx-yy"], languages=["xx", "yy", "zz"], settings=SETTINGS)
    assert (row.pair, row.n, row.unreachable) == ("xx-yy", 100, 100)
    assert min(row.direct.p1, row.joint.p1, row.pairwise.p1, row.triangulated.p1) > 90
    assert row.triangulated.recall_unreachable >= row.triangulated.p1_unreachable
    assert 0 <= row.triangulated.ece < 0.2
    assert row.gain == pytest.approx(row.gained - row.lost)
    found = means([row, row])
    assert found["gain_unreachable"] == round(row.gain, 2)
    assert found["direct"] == row.direct.p1_unreachable


def test_pairs_are_those_of_the_space(three):
    with pytest.raises(InputError, match="got pair 'yy-xx', expected some of xx-yy"):
        next(run_triangulation(three, pairs=["yy-xx"], languages=["xx", "yy", "zz"]))
