import pytest

from benchmarks.texts import segmentation_speed

pytestmark = pytest.mark.laboratory


def test_segmentation_speed(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("One two three. Four!\n" * 500)
    row = segmentation_speed(str(path), language="en", paragraphs=400)
    assert row["tokens"] == 1_600
    assert min(row[f"{way}_per_second"] for way in ("words", "sentences", "corpus")) > 1_000
