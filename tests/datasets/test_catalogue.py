import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from isolex.datasets import Dataset, catalogue, datasets, get_dataset, published, read_dataset, scored_dataset
from isolex.errors import FormatError, InputError
from isolex.evaluation import PROTOCOLS

ROOT = Path(__file__).parent.parent.parent
FOLDER = Path(catalogue.__file__).parent

DECLARED = {
    "name": "tiny",
    "title": "A tiny one",
    "task": "bilingual lexicon induction",
    "address": "https://example.org/tiny/",
    "files": {"train": "{pair}/{source}.{target}.txt", "test": "{pair}.test.txt"},
    "checksums": None,
    "licence": "CC0",
    "non_commercial": False,
    "split": "none",
    "protocol": "muse",
    "main_score": "p@1",
    "citation": "Nobody 2020",
    "pairs": ["en-fr", "fr-en"],
}
DIGEST = "0123456789abcdef" * 4


def write(folder: Path, **changes: object) -> Path:
    """A declaration; a field that is changed to `...` is left out."""
    given = {name: value for name, value in (DECLARED | changes).items() if value is not ...}
    path = folder / "tiny.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    return path


class TestShipped:
    NAMES = (
        *("fasttext-wiki", "muse", "panlex-bli", "semeval-2017-task-2", "sib-200", "tatoeba"),
        *("vecmap", "vecmap-vectors", "xling-eval", "xquad-r"),
    )

    def test_all_are_there_in_order(self) -> None:
        assert tuple(datasets()) == self.NAMES
        assert sorted(path.stem for path in (FOLDER / "declarations").glob("*.json")) == list(self.NAMES)

    @pytest.mark.parametrize("name", NAMES)
    def test_is_valid(self, name) -> None:
        dataset = read_dataset(FOLDER / "declarations" / f"{name}.json")
        assert dataset == get_dataset(name)
        files = dataset.select()
        assert len({file.path for file in files}) == len(files)
        assert all(file.address == dataset.address + file.path for file in files)
        # Checksums are known of all files or of none, and then not the same twice by mistake.
        assert len(dataset.checksums) in (0, len(files))
        if dataset.task == "bilingual lexicon induction":
            assert dataset.protocol in PROTOCOLS

    def test_every_checksum_file_is_used(self) -> None:
        there = {path.stem for path in (FOLDER / "declarations").glob("*.sha256")}
        assert there == {one.name for one in datasets().values() if one.checksums}

    def test_what_is_served_by_a_repository_is_pinned(self) -> None:
        addresses = [one.address for one in datasets().values() if "githubusercontent" in one.address]
        assert len(addresses) == 5
        assert all(re.search(r"/[0-9a-f]{40}/", address) for address in addresses)

    def test_muse(self) -> None:
        muse = get_dataset("muse")
        # Its owners count en-en twice.
        assert len(muse.pairs) == 110 - 1
        files = muse.select(["en-zh"])
        base = "https://dl.fbaipublicfiles.com/arrival/dictionaries/en-zh"
        assert [file.address for file in files] == [
            f"{base}.txt",
            f"{base}.0-5000.txt",
            f"{base}.5000-6500.txt",
        ]
        assert muse.non_commercial
        languages = {code for pair in muse.pairs for code in pair.split("-")}
        assert languages == set(get_dataset("fasttext-wiki").languages)

    def test_one_archive_holds_all_languages(self) -> None:
        semeval = get_dataset("semeval-2017-task-2")
        assert semeval.in_one_piece
        (file,) = semeval.select()
        assert (file.unit, file.path) == (None, "semeval2017-task2.zip")

    def test_an_unknown_name(self) -> None:
        with pytest.raises(InputError, match="unknown dataset 'musa'; did you mean 'muse'"):
            get_dataset("musa")

    def test_those_that_methods_can_be_scored_on(self) -> None:
        assert scored_dataset("xling-eval") == get_dataset("xling-eval")
        with pytest.raises(InputError, match=r"unknown dataset to score on 'tatoeba'; .*muse"):
            scored_dataset("tatoeba")


class TestSelect:
    @pytest.fixture
    def tiny(self, tmp_path) -> Dataset:
        return read_dataset(write(tmp_path))

    def test_all(self, tiny) -> None:
        assert [(file.unit, file.path) for file in tiny.select()] == [
            ("en-fr", "en-fr/en.fr.txt"),
            ("en-fr", "en-fr.test.txt"),
            ("fr-en", "fr-en/fr.en.txt"),
            ("fr-en", "fr-en.test.txt"),
        ]

    def test_some(self, tiny) -> None:
        (file,) = tiny.select(["fr-en"], parts=["test"])
        assert file.address == "https://example.org/tiny/fr-en.test.txt"
        assert (file.dataset, file.part, file.sha256) == ("tiny", "test", None)

    def test_what_is_not_there(self, tiny) -> None:
        with pytest.raises(InputError, match="unknown language pair of tiny 'en-fe'; did you mean 'en-fr'"):
            tiny.select(["en-fe"])
        with pytest.raises(InputError, match="unknown part of tiny 'dev'"):
            tiny.select(parts=["dev"])


class TestDeclarations:
    def test_languages_and_checksums(self, tmp_path) -> None:
        (tmp_path / "tiny.sha256").write_text(f"{DIGEST}  fr.txt\n")
        changes = {"pairs": ..., "languages": ["en", "fr"], "files": {"all": "{language}.txt"}}
        dataset = read_dataset(write(tmp_path, **changes, checksums="tiny.sha256", note="small"))
        assert [file.sha256 for file in dataset.select()] == [None, DIGEST]
        assert dataset.note == "small"
        with pytest.raises(InputError, match="unknown language of tiny 'de'"):
            dataset.check("de")

    @pytest.mark.parametrize("name", [name for name in DECLARED if name != "pairs"])
    def test_a_field_is_missing(self, tmp_path, name) -> None:
        with pytest.raises(FormatError, match=rf"tiny\.json: lacks the field '{name}'"):
            read_dataset(write(tmp_path, **{name: ...}))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"license": "CC0"}, r"has the unknown field 'license'; fields are name, title, .*, licence"),
            ({"title": 3}, "has 3 as title, expected text"),
            ({"title": None}, "has None as title, expected text"),
            ({"non_commercial": "no"}, "has 'no' as non_commercial, expected true, false or null"),
            ({"files": {"train": 1}}, "as files, expected an object of text"),
            ({"pairs": ["en-fr", 7]}, "as pairs, expected a list of text"),
            ({"pairs": "en-fr"}, "has 'en-fr' as pairs, expected a list of text"),
            ({"name": "other"}, "declares 'other', expected the name of the file"),
            ({"languages": ["en"]}, "has both pairs and languages, or neither"),
            ({"pairs": ...}, "has both pairs and languages, or neither"),
            ({"pairs": ["enfr"]}, "has 'enfr' among its pairs or languages, expected xx-yy for pairs"),
            ({"pairs": ["../-x"]}, "has '../-x' among its pairs or languages"),
            ({"pairs": ["en-fr", "en-fr"]}, "names a pair or language twice"),
            ({"address": "https://example.org/tiny"}, r"has the address .*, expected http\(s\)://…/"),
            ({"address": "file:///etc/"}, "has the address 'file:///etc/'"),
            ({"files": {}}, "has no files"),
            (
                {"files": {"all": "{language}.txt"}},
                "expected plain names with pair, source, target in braces",
            ),
            ({"files": {"all": "../{pair}.txt"}}, "has the path '../{pair}.txt', expected plain names"),
            ({"files": {"all": "/etc/{pair}"}}, "has the path '/etc/{pair}'"),
            ({"files": {"all": "{pair"}}, "has the path '{pair'"),
            ({"files": {"all": "{pair.format}"}}, "has the path '{pair.format}'"),
        ],
    )
    def test_what_does_not_fit(self, tmp_path, changes, message) -> None:
        with pytest.raises(FormatError, match=message) as caught:
            read_dataset(write(tmp_path, **changes))
        assert str(caught.value).startswith(f"{tmp_path / 'tiny.json'}: ")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (f"{DIGEST} en-fr.test.txt\n", r"tiny\.sha256, line 1: expected 64 hexadecimal digits"),
            (f"{DIGEST}  en-fr.test.txt\nabc  x\n", r"tiny\.sha256, line 2: expected 64"),
            (
                f"{DIGEST}  en-fr.txt\n",
                r"tiny\.json: has a checksum for en-fr\.txt, which is none of its files",
            ),
            (None, r"tiny\.json: names tiny\.sha256, which cannot be read"),
        ],
    )
    def test_damaged_checksums(self, tmp_path, text, message) -> None:
        if text is not None:
            (tmp_path / "tiny.sha256").write_text(text)
        with pytest.raises(FormatError, match=message):
            read_dataset(write(tmp_path, checksums="tiny.sha256"))

    @pytest.mark.parametrize(
        ("text", "message"), [("", "is no JSON"), ("{", "is no JSON"), ("[]", "is not one JSON object")]
    )
    def test_no_declaration(self, tmp_path, text, message) -> None:
        (tmp_path / "tiny.json").write_text(text)
        with pytest.raises(FormatError, match=message):
            read_dataset(tmp_path / "tiny.json")

    def test_no_file(self, tmp_path) -> None:
        with pytest.raises(InputError, match=r"none\.json: cannot be read"):
            read_dataset(tmp_path / "none.json")


class TestPublished:
    def test_every_figure_is_a_percentage_of_a_known_criterion(self) -> None:
        for one in published():
            assert set(one.figures) <= {"nn", "csls", "not stated"}
            assert one.begins_with in ("pairs", "nothing")
            assert all(0 < value < 100 for by_pair in one.figures.values() for value in by_pair.values())
            assert all(re.fullmatch("[a-z]{2}-[a-z]{2}", pair) for by in one.figures.values() for pair in by)

    def test_of_a_pair(self) -> None:
        procrustes = published()[0]
        assert procrustes.of("en-fr") == {"nn": 74.9, "csls": 81.1}
        assert procrustes.of("en-uk") == {}
        row = procrustes.to_dict("en-fr")
        assert (row["pair"], row["system"], row["p@1"]["csls"]) == ("en-fr", "Procrustes", 81.1)
        assert "arxiv.org/abs/1710.04087" in row["citation"]

    def test_the_figures_that_are_often_quoted_round_those_of_the_papers(self) -> None:
        quoted = [one for one in published() if one.citation is None]
        assert [one.begins_with for one in quoted] == ["pairs", "nothing"]
        for one in quoted:
            for pair, value in one.figures["not stated"].items():
                others = [
                    figure
                    for other in published()
                    if other.citation and other.begins_with == one.begins_with
                    for figure in other.of(pair).values()
                ]
                assert min(abs(figure - value) for figure in others) <= 0.5


def test_the_wheel_holds_every_declaration(tmp_path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("isolex-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {entry.filename: entry.file_size for entry in archive.infolist()}
    files = [*(FOLDER / "declarations").iterdir(), FOLDER / "published.json"]
    assert len(files) == 10 + 5 + 1
    for path in files:
        assert held[str(path.relative_to(ROOT / "src"))] == path.stat().st_size
