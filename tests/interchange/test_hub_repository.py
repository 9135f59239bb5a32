import json
import re

import numpy as np
import pytest
from safetensors.numpy import load_file

from isolex import export, load
from isolex.interchange.model_card import example_pair
from isolex.vectors import Vectors

from ..spaces import alignment_of
from .helpers import aligned, assert_same_neighbours, over_words, rows_of


@pytest.fixture
def made(tmp_path):
    alignment = aligned()
    (folder,) = export(alignment, tmp_path / "out", format="huggingface")
    return alignment, folder


def test_it_is_an_alignment(made):
    alignment, folder = made
    loaded = load(folder)
    assert loaded.card == alignment.card
    assert loaded.seeds == alignment.seeds
    assert loaded.translate("s3") == alignment.translate("s3")


def test_plain_safetensors_find_the_same(made):
    alignment, folder = made
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert (config["model_type"], config["dimension"], config["status"]) == ("isolex", 12, "unchecked")
    words, rows = {}, {}
    for place, expected in zip(("source", "target"), rows_of(alignment), strict=True):
        side = config[place]
        words[place] = json.loads((folder / side["words"]).read_text(encoding="utf-8"))
        rows[place] = load_file(folder / side["vectors"])["matrix"]
        np.testing.assert_array_equal(rows[place], expected)
        assert (side["size"], len(words[place])) == (60, 60)
        assert list(Vectors.read(folder / side["vectors"]).words) == words[place]
    assert config["source"]["language"] == "aa"
    cosines = rows["target"] @ rows["source"][words["source"].index("s3")]
    best = np.argsort(-cosines)[:5]
    assert_same_neighbours([(words["target"][row], cosines[row]) for row in best], alignment, "s3")


def test_the_code_of_its_card_runs(made, monkeypatch, capsys):
    hub = pytest.importorskip("huggingface_hub")
    alignment, folder = made
    monkeypatch.setattr(hub, "snapshot_download", {"USER/NAME": str(folder)}.__getitem__)
    blocks = re.findall(r"```python\n(.*?)```", hub.ModelCard.load(folder / "README.md").text, re.S)
    namespace: dict[str, object] = {}
    for block in blocks:
        exec(block, namespace)
    translated, nearest = capsys.readouterr().out.splitlines()
    word, _ = example_pair(alignment)
    assert translated == str(alignment.translate(word))
    assert nearest == alignment.translate(word, k=1, criterion="nn")[0][0]


def test_no_path_of_the_maker_is_in_it(tmp_path):
    alignment = aligned()
    for vectors in (alignment.source, alignment.target):
        vectors.write(tmp_path / f"{vectors.language}.vec")
    read = [Vectors.read(tmp_path / f"{code}.vec", language=code) for code in ("aa", "bb")]
    (folder,) = export(alignment_of(*read), tmp_path / "out", format="huggingface")
    paths = list(folder.iterdir())
    assert len(paths) > 5
    for path in paths:
        assert str(tmp_path).encode() not in path.read_bytes()


def test_words_of_every_kind(tmp_path):
    words = ["a\nb", "New York", "e\u0301", "é", "\u2028", '"', "```"]
    (folder,) = export(over_words(words, ["x"]), tmp_path / "out", format="huggingface")
    assert json.loads((folder / "aa.words.json").read_text(encoding="utf-8")) == words
    assert list(load(folder).source.words) == words
