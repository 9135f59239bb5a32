"""The pages of the documentation are those that the committed results make."""

import pytest

from benchmarks.commands import pages as command
from benchmarks.pages import filling, transfer
from isolex.errors import FormatError


def test_all_are_up_to_date(lab):
    result = lab("pages", "--check")
    assert (result.status, result.out) == (0, "all pages are up to date\n"), result.err


@pytest.fixture
def stale(tmp_path, monkeypatch):
    """A page of its own that is not what its maker makes."""

    class Maker:
        @staticmethod
        def made():
            return {tmp_path / "page.md": "new\n"}

    monkeypatch.setattr(command, "_MAKERS", (Maker,))
    monkeypatch.setattr(command, "ROOT", tmp_path)
    (tmp_path / "page.md").write_text("old\n")
    return tmp_path / "page.md"


def test_one_that_is_not_is_told(lab, stale):
    lab("pages", "--check").fails(r"page\.md: out of date; run: make docs")
    assert stale.read_text() == "old\n"


def test_it_is_written(lab, stale):
    assert lab("pages", "--json").json == {"written": ["page.md"]}
    assert stale.read_text() == "new\n"
    assert lab("pages").out == "all pages are up to date\n"


def test_one_that_is_missing_is_written(lab, stale):
    stale.unlink()
    lab("pages", "--check").fails("out of date")
    assert lab("pages").out == "written: page.md\n"


def test_figures_are_put_between_their_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a <!-- one -->old<!-- end --> b <!-- two --><!-- end --> c")
    assert filling.filled(page, {"one": "1", "two": "2"}) == (
        "a <!-- one -->1<!-- end --> b <!-- two -->2<!-- end --> c"
    )
    with pytest.raises(FormatError, match=r"page\.md: has 0 places for 'three'"):
        filling.filled(page, {"three": "3"})


def test_without_a_measurement_there_is_no_page(tmp_path, monkeypatch):
    monkeypatch.setattr(filling, "RESULTS", tmp_path)
    assert transfer.made() == {}
