import numpy as np
import pytest

from isolex import export

from .helpers import aligned, assert_same_neighbours, over_words, rows_of

spacy = pytest.importorskip("spacy")


def neighbours(pipeline, vector, k):
    keys, _, scores = pipeline.vocab.vectors.most_similar(vector[None], n=k)
    return [(pipeline.vocab.strings[key], score) for key, score in zip(keys[0], scores[0], strict=True)]


def test_spacy_loads_them_and_finds_the_same(tmp_path):
    alignment = aligned()
    folders = export(alignment, tmp_path / "out", format="spacy")
    assert folders == (tmp_path / "out" / "aa", tmp_path / "out" / "bb")
    source, target = (spacy.load(folder) for folder in folders)
    for pipeline, side, rows in zip(
        (source, target), (alignment.source, alignment.target), rows_of(alignment), strict=True
    ):
        assert pipeline.pipe_names == []
        found = np.stack([pipeline.vocab[word].vector for word in side.words])
        np.testing.assert_array_equal(found, rows)
    found = neighbours(target, source.vocab["s3"].vector, 5)
    # spaCy rounds scores to four digits.
    assert [word for word, _ in found] == [word for word, _ in alignment.translate("s3", criterion="nn")]
    cosine = source.vocab["s3"].vector @ target.vocab[found[0][0]].vector
    assert_same_neighbours([(found[0][0], cosine)], alignment, "s3")
    assert not source.vocab["nonsuch"].has_vector


def test_the_vocabulary_alone_loads_too(tmp_path):
    alignment = aligned()
    folder, _ = export(alignment, tmp_path / "out", format="spacy")
    vocab = spacy.vocab.Vocab().from_disk(folder / "vocab")
    np.testing.assert_array_equal(vocab["s3"].vector, rows_of(alignment)[0][alignment.source.id("s3")])


def test_a_text_is_the_mean_of_its_words(tmp_path):
    alignment = over_words(["hello", "world", "don't"], ["hola", "mundo", "sí"], ("en", "es"))
    english, spanish = (spacy.load(folder) for folder in export(alignment, tmp_path / "out", format="spacy"))
    rows, _ = rows_of(alignment)
    np.testing.assert_allclose(english("hello world").vector, rows[:2].mean(0), atol=1e-6)
    assert spanish("sí")[0].has_vector


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "en"),
        ("uk", "uk"),
        ("qqq", "xx"),
        (None, "xx"),
        ("en\n", "xx"),
        ("not a code", "xx"),
        ("../en", "xx"),
    ],
)
def test_the_language_is_spacy_s_where_it_knows_it(tmp_path, language, expected):
    folder, _ = export(over_words(["a"], ["b"], (language, "es")), tmp_path / "out", format="spacy")
    assert spacy.load(folder).lang == expected


def test_a_language_that_needs_another_package_is_any_language(tmp_path, monkeypatch):
    real = spacy.blank

    def blank(language):
        if language == "ja":
            raise ImportError("Japanese support requires SudachiPy")
        return real(language)

    monkeypatch.setattr(spacy, "blank", blank)
    folder, _ = export(over_words(["猫"], ["gato"], ("ja", "es")), tmp_path / "out", format="spacy")
    assert spacy.load(folder).lang == "xx"
    assert spacy.load(folder).vocab["猫"].has_vector


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    real, calls = spacy.language.Language.to_disk, []

    def second_interrupted(*args, **options):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args, **options)

    monkeypatch.setattr(spacy.language.Language, "to_disk", second_interrupted)
    with pytest.raises(KeyboardInterrupt):
        export(aligned(), tmp_path / "out", format="spacy")
    assert not list(tmp_path.iterdir())
