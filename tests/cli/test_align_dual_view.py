"""`isolex align --dual-view`: both matrices of two models."""

import pytest

from isolex import Lexicon, Vectors
from tests.oracles.fasttext import Model, encoded
from tests.spaces import gaussian, numbered, rotation

ALIGN = ("align", "en.bin", "xx.bin", "--lexicon", "seeds.tsv", "-o", "en-xx", "--json", "--force")
MUSE = ("--method", "muse-supervised")


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Two models, the second one's matrices those of the first, turned by the same map."""
    monkeypatch.chdir(tmp_path)
    rows, turn = (gaussian(200, 12, 0), gaussian(200, 12, 1)), rotation(12, 2)
    for side, matrices in (("en", rows), ("xx", [own @ turn for own in rows])):
        words = [word.encode() for word in numbered(side, 200)]
        (tmp_path / f"{side}.bin").write_bytes(encoded(Model(words, *matrices)))
    Lexicon((f"en{i}", f"xx{i}") for i in range(40)).write("seeds.tsv")
    return tmp_path


def test_it_reads_both_matrices(isolex, models):
    isolex(*ALIGN, *MUSE, "--dual-view", "--vocab", "150")
    assert isolex("info", "en-xx", "--json").json["settings"]["outputs"] == [
        Vectors.read(f"{side}.bin", matrix="output", limit=150).fingerprint for side in ("en", "xx")
    ]
    isolex(*ALIGN, *MUSE)
    assert "outputs" not in isolex("info", "en-xx", "--json").json["settings"]


def test_a_file_with_one_matrix(isolex, models):
    Vectors.read("xx.bin").write("xx.vec")
    isolex("align", "en.bin", "xx.vec", *ALIGN[3:], *MUSE, "--dual-view").fails(
        r"xx\.vec: is word2vec text, which has no output matrix; name a fastText \.bin model"
    )
    assert not (models / "en-xx").exists()


def test_a_method_that_induces_nothing_is_refused_before_anything_is_read(isolex, models):
    (models / "en.bin").unlink()
    isolex(*ALIGN, "--method", "procrustes", "--dual-view").fails(
        r"method procrustes: cannot use output vectors; only self-learning uses them; leave them out"
    )
