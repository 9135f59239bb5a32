import json
import re
from importlib.util import find_spec

import numpy as np
import pytest

from isolex import export

from .helpers import aligned, assert_same_neighbours, over_words, rows_of

# Importing it takes seconds, so that is left to the process which runs these tests.
pytestmark = pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="it is not there")


def loaded(folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


@pytest.fixture(scope="module")
def bilingual():
    return over_words(
        ["the", "pan", "sun", "no", "don't", ","], ["el", "pan", "sol", "no", "l'", "¿"], ("en", "es")
    )


@pytest.fixture(scope="module")
def model(bilingual, tmp_path_factory):
    (folder,) = export(bilingual, tmp_path_factory.mktemp("model") / "en-es", format="sentence-transformers")
    return loaded(folder)


def test_it_is_one_static_embedding(model):
    (module,) = model
    assert type(module).__name__ == "StaticEmbedding"
    assert model.similarity_fn_name == "cosine"
    assert model.get_embedding_dimension() == 6


def test_it_finds_the_same_neighbours(tmp_path):
    alignment = aligned()
    (folder,) = export(alignment, tmp_path / "out", format="sentence-transformers")
    model = loaded(folder)
    query = model.encode("s3", prompt_name="aa")
    cosines = model.similarity(query, model.encode(list(alignment.target.words), prompt_name="bb"))[0]
    best = cosines.topk(5)
    found = [(alignment.target.words[row], cosines[row]) for row in best.indices.tolist()]
    assert_same_neighbours(found, alignment, "s3")


def test_a_word_is_its_row(model, bilingual):
    for side, rows in zip((bilingual.source, bilingual.target), rows_of(bilingual), strict=True):
        np.testing.assert_array_equal(model.encode(list(side.words), prompt_name=side.language), rows)
        own = [row for row, word in enumerate(side.words) if word not in ("pan", "no")]
        np.testing.assert_array_equal(model.encode([side.words[row] for row in own]), rows[own])


def test_a_string_of_both_languages_is_neither_s_silently(model, bilingual):
    en, es = rows_of(bilingual)
    bare = model.encode("pan")
    middle = en[1] + es[1]
    np.testing.assert_allclose(bare, middle / np.linalg.norm(middle), atol=1e-6)
    np.testing.assert_allclose(bare @ en[1], bare @ es[1], atol=1e-6)


def test_a_text_is_the_mean_of_its_words_in_the_language_told(model, bilingual):
    en, es = rows_of(bilingual)
    text = "No pan, no sun xyzzy"
    expected = en[[3, 1, 5, 3, 2]].mean(0)
    np.testing.assert_allclose(model.encode(text, prompt_name="en"), expected, atol=1e-6)
    np.testing.assert_allclose(
        model.encode("¿No pan, l'sol?", prompt_name="es"),
        np.mean([es[5], es[3], es[1], en[5], es[4], es[2]], axis=0),
        atol=1e-6,
    )


def test_batches_of_texts_of_all_lengths(model, bilingual):
    en, _ = rows_of(bilingual)
    texts = ["", "the sun", "xyzzy", "the", "", "sun " * 300, " "]
    nothing = np.zeros(6)
    expected = np.stack([nothing, en[[0, 2]].mean(0), nothing, en[0], nothing, en[2], nothing])
    np.testing.assert_allclose(model.encode(texts, prompt_name="en", batch_size=3), expected, atol=1e-5)
    np.testing.assert_allclose(model.encode(texts, batch_size=2), expected, atol=1e-5)
    assert not model.encode(["", " "]).any()
    assert not model.encode([""], normalize_embeddings=True).any()


def test_queries_and_documents_need_no_language(model):
    for encode in (model.encode_query, model.encode_document):
        np.testing.assert_array_equal(encode(["the pan"]), model.encode(["the pan"]))


def test_a_language_that_it_does_not_know_is_told(model):
    with pytest.raises(ValueError, match="'fr' not found"):
        model.encode("pan", prompt_name="fr")


def test_saved_again_by_the_library_it_stays_the_same(model, tmp_path):
    model.save(str(tmp_path / "again"))
    texts = ["no pan, don't", "l'sol"]
    for options in ({}, {"prompt_name": "en"}, {"prompt_name": "es"}):
        np.testing.assert_array_equal(
            loaded(tmp_path / "again").encode(texts, **options), model.encode(texts, **options)
        )


def test_languages_that_are_not_known_are_named_by_side(tmp_path):
    alignment = over_words(["a"], ["a"], (None, None))
    (folder,) = export(alignment, tmp_path / "out", format="sentence-transformers")
    np.testing.assert_array_equal(loaded(folder).encode(["a"], prompt_name="target"), rows_of(alignment)[1])


def test_the_settings_are_plain_json(tmp_path):
    (folder,) = export(aligned(), tmp_path / "out", format="sentence-transformers")
    config = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    assert config["prompts"] == {"aa": "⟪aa⟫", "bb": "⟪bb⟫"}
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {
        *("README.md", "modules.json", "config_sentence_transformers.json", "isolex-export.json"),
        *("model.safetensors", "tokenizer.json"),
    }


def test_the_code_of_its_card_runs(tmp_path, monkeypatch, capsys):
    alignment = aligned()
    (folder,) = export(alignment, tmp_path / "USER" / "NAME", format="sentence-transformers")
    (code,) = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.S)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    source, target = rows_of(alignment)
    assert capsys.readouterr().out == f"tensor([[{source[0] @ target[0]:.4f}]])\n"
