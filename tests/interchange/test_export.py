"""What all formats have in common; what each holds is the matter of its own tests."""

import builtins
import itertools
import pkgutil
import warnings

import pytest

from isolex import export
from isolex.errors import InputError, IsolexWarning, MissingExtraError
from isolex.interchange import EXPORT_FORMATS

from .helpers import aligned, contents, over_words, with_status

FOLDERS = ("spacy", "sentence-transformers", "huggingface")
FILES = [name for name in EXPORT_FORMATS if name not in FOLDERS]


@pytest.mark.parametrize("format", EXPORT_FORMATS)
def test_what_is_returned_is_there_and_nothing_else(tmp_path, format):
    out = tmp_path / "deep" / "out"
    made = export(aligned(), out, format=format)
    assert all(path.exists() for path in made)
    assert list(tmp_path.iterdir()) == [tmp_path / "deep"]
    assert list((tmp_path / "deep").iterdir()) == [out]
    if format in FILES:
        assert sorted(made) == sorted(out.iterdir())
        assert all(path.name.startswith(("aa.aligned.", "bb.aligned.")) for path in made)


@pytest.mark.parametrize("format", EXPORT_FORMATS)
def test_files_have_the_permissions_of_any_other(tmp_path, format):
    (tmp_path / "plain").write_text("")
    export(aligned(), tmp_path / "out", format=format)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert modes == {(tmp_path / "plain").stat().st_mode & 0o777}


@pytest.mark.parametrize("format", FILES)
def test_files_stand_beside_others_and_replace_their_own(tmp_path, format):
    (tmp_path / "mine.txt").write_text("mine")
    first = export(aligned(), tmp_path, format=format)
    before = contents(tmp_path)
    assert export(aligned().head(10), tmp_path, format=format) == first
    after = contents(tmp_path)
    assert after.keys() == before.keys()
    assert all((before[path] == after[path]) == (path.name == "mine.txt") for path in before)


@pytest.mark.parametrize("format", FOLDERS)
def test_folders_replace_earlier_exports(tmp_path, format):
    out = tmp_path / "out"
    out.mkdir()
    export(aligned(("xx", "yy")), out, format=format)
    part = aligned().head(10)
    export(part, out, format=format)
    export(part, tmp_path / "new", format=format)
    assert contents(out) == contents(tmp_path / "new")


@pytest.mark.parametrize("format", FOLDERS)
def test_folders_replace_nothing_that_anybody_has_edited(tmp_path, format):
    out = tmp_path / "out"
    export(aligned(), out, format=format)
    edited = max(path for path in out.rglob("*.json") if path.name != "isolex-export.json")
    edited.write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(InputError, match=f"out: holds .*{edited.name}, which was changed since its export"):
        export(aligned().head(10), out, format=format)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a file, expected a folder"):
        export(aligned(), tmp_path / "file", format=format)
    (tmp_path / "file").unlink()
    assert contents(tmp_path) == before


@pytest.mark.parametrize("format", EXPORT_FORMATS)
@pytest.mark.parametrize("status", ["doubtful", "failed"])
def test_who_exports_a_bad_alignment_is_told(tmp_path, format, status):
    with pytest.warns(IsolexWarning, match=f"is {status}: noise; try harder") as caught:
        export(with_status(aligned(), status, "noise; try harder", "more"), tmp_path / "out", format=format)
    assert [warning.filename for warning in caught if warning.category is IsolexWarning] == [__file__]


@pytest.mark.parametrize("status", ["aligned", "unchecked"])
def test_others_are_not(tmp_path, status):
    with warnings.catch_warnings():
        warnings.simplefilter("error", IsolexWarning)
        export(with_status(aligned(), status), tmp_path)


def test_a_bad_alignment_without_a_reason_is_told_all_the_same(tmp_path):
    with pytest.warns(IsolexWarning, match="is failed: its card does not say why"):
        export(with_status(aligned(), "failed"), tmp_path)


@pytest.mark.parametrize(
    "languages",
    [
        (None, None),
        ("aa", None),
        (None, "bb"),
        ("aa", "aa"),
        ("AA", "aa"),
        ("zh-hant", "zh_Hant"),
        ("../aa", "bb"),
        ("aa", "b/b"),
        ("", "bb"),
        ("aa", "b b"),
        ("aa\n", "bb"),
    ],
)
@pytest.mark.parametrize("format", ["word2vec", "spacy", "huggingface"])
def test_without_two_plain_languages_the_sides_give_the_names(tmp_path, languages, format):
    export(aligned(languages), tmp_path / "out", format=format)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    expected = {
        "word2vec": {"source.aligned.vec", "target.aligned.vec"},
        "spacy": {"source", "target"},
        "huggingface": {"source.aligned.safetensors", "target.words.json"},
    }
    assert expected[format] <= names
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_the_reverse_is_exported_the_other_way_round(tmp_path):
    there, back = export(aligned(), tmp_path / "there"), export(aligned().reversed(), tmp_path / "back")
    assert [file.name for file in back] == ["bb.aligned.vec", "aa.aligned.vec"]
    assert there[0].read_bytes() == back[1].read_bytes()


def test_an_unknown_format_tells_the_near_one(tmp_path):
    with pytest.raises(
        InputError, match="unknown export format 'word2vec-bin'; did you mean 'word2vec-binary'"
    ):
        export(aligned(), tmp_path / "out", format="word2vec-bin")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("format", EXPORT_FORMATS)
def test_a_folder_that_cannot_be_made(tmp_path, format):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match=r"file: is a file, expected a folder; choose another"):
        export(aligned(), tmp_path / "file" / "out" / "deep", format=format)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("format", EXPORT_FORMATS)
@pytest.mark.parametrize("call", [1, 2])
def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(tmp_path, format, call, monkeypatch):
    stop_writing(monkeypatch, OSError(28, "No space left on device"), call)
    with pytest.raises(InputError, match="No space left on device") as caught:
        export(aligned(), tmp_path, format=format)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", EXPORT_FORMATS)
@pytest.mark.parametrize("call", [1, 2])
def test_an_interruption_leaves_nothing_half_written(tmp_path, format, call, monkeypatch):
    old, new = aligned(), aligned().head(10)
    export(old, tmp_path / "old", format=format)
    (tmp_path / "new").mkdir()
    before = contents(tmp_path)
    for folder in ("old", "new"):
        with monkeypatch.context() as patched:
            stop_writing(patched, KeyboardInterrupt(), call)
            with pytest.raises(KeyboardInterrupt):
                export(new, tmp_path / folder, format=format)
        assert contents(tmp_path) == before


def stop_writing(monkeypatch, error, call):
    """Whatever writes the files of exports stops with an error when that is to happen for the n-th time."""
    calls = itertools.count(1)

    def stopped(original):
        def writing(*arguments, **keywords):
            if next(calls) == call:
                raise error
            return original(*arguments, **keywords)

        return writing

    for name in (
        *("isolex.vectors.vector_formats.write_text", "isolex.vectors.vector_formats.write_binary"),
        *("isolex.vectors.vector_formats.write_store", "gensim.models.KeyedVectors.save", "numpy.save"),
        *("spacy.language.Language.to_disk", "pathlib.Path.write_text", "pathlib.Path.write_bytes"),
    ):
        monkeypatch.setattr(name, stopped(pkgutil.resolve_name(name)))


@pytest.mark.parametrize(
    ("format", "package"),
    [("gensim", "gensim"), ("spacy", "spacy"), ("sentence-transformers", "tokenizers")],
)
def test_without_its_package_the_message_says_how_to_get_it(tmp_path, monkeypatch, format, package):
    real = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] == package:
            raise ImportError
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        MissingExtraError, match=rf"package {package}; run: pip install 'isolex\[{package}\]'"
    ):
        export(aligned(), tmp_path / "out", format=format)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("format", ["gensim", "native", "spacy", "sentence-transformers", "huggingface"])
def test_words_of_every_kind_can_be_exported(tmp_path, format):
    words = [
        "a\nb",
        "New York",
        "été",
        "e\u0301te\u0301",
        "𐌰",
        "\u2028",
        '"',
        "```",
        "⟪aa⟫",
        "#",
        "</s>",
        "[UNK]",
    ]
    export(over_words(words, words[::-1]), tmp_path / "out", format=format)
