"""The notebook of the documentation runs, with fewer words and sizes, and is fit to be read."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent.parent / "docs" / "notebooks" / "first-dictionary.ipynb"
MOST_WORDS, MOST_BYTES = 900, 250_000
QUICK = """\
SEED = 0
SIZES = (100, 1000)
FOLDS = 2

import isolex

english, spanish, *lexicons = isolex.sample()
few = [vectors.subset(vectors.words[:3000]) for vectors in (english, spanish)]
isolex.sample = lambda: (*few, *lexicons)
"""


@pytest.fixture
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.mark.laboratory  # a minute, on one core
def test_it_runs(notebook, tmp_path):
    (settings,) = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ()))
    settings.source = QUICK
    NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    assert (tmp_path / "first-dictionary.tsv").stat().st_size > 5_000
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 3
    assert sum("text/html" in output.get("data", {}) for output in outputs) == 2


def test_it_is_short_and_stored_with_small_outputs(notebook):
    nbformat.validate(notebook)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert sum(len(text.split()) for text in texts) < MOST_WORDS
    assert NOTEBOOK.stat().st_size < MOST_BYTES
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", ()):
            assert cell.outputs, cell.source
            assert {output.output_type for output in cell.outputs} <= {
                "stream",
                "display_data",
                "execute_result",
            }


def test_it_tells_nothing_of_the_machine_that_ran_it():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert [place for place in ("/home/", "/root/", "/tmp/", "/work/", "stderr") if place in text] == []
