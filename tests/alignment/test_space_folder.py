"""The folder of a space: what is saved comes back, and what is damaged is refused in a line."""

import json
import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import isolex
from isolex import align_space, load_space
from isolex.alignment import Space, check_space_output, load_card
from isolex.errors import FormatError, InputError
from isolex.files import digest
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors

from ..spaces import planted_languages, true_pairs

CODES = ("en", "es", "fr")
FILES = {
    "card.json",
    "space.safetensors",
    *(f"{code}.{part}.safetensors" for code in CODES for part in ("map", "vectors")),
    *(f"{first}--{second}.pair.safetensors" for first, second in combinations(CODES, 2)),
    *(f"en--{code}.seeds.tsv" for code in ("es", "fr")),
}


def make(codes: tuple[str, ...] = CODES, *, check: bool = True) -> Space:
    languages = planted_languages(codes)
    first, *others = codes
    lexicons = {(first, code): true_pairs(first, code, range(260)) for code in others}
    return align_space(languages, lexicons, check=check)


@pytest.fixture(scope="module")
def space() -> Space:
    return make()


@pytest.fixture(scope="module")
def saved(space, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("space") / "made"
    space.save(path)
    return path


@pytest.fixture
def folder(saved, tmp_path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(saved, tmp_path / "made"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def ask_all(folder: Path) -> None:
    """Read everything that is in the folder."""
    opened = load_space(folder)
    for pair in combinations(opened.languages, 2):
        made = opened.pair(*pair)
        made.translate(made.source.words[0])
        made.reversed().translate(made.target.words[0])
    assert opened.joint is not None


class TestRoundTrip:
    def test_the_folder_holds_what_is_announced(self, saved):
        assert contents(saved).keys() == FILES

    def test_what_is_loaded_is_what_was_saved(self, space, saved):
        opened = load_space(saved)
        assert opened.languages == space.languages
        assert opened.card.pairs == space.card.pairs
        assert opened.card.settings == space.card.settings
        for code in CODES:
            np.testing.assert_array_equal(opened.sides[code].vectors.matrix, space.sides[code].vectors.matrix)
            np.testing.assert_array_equal(opened.sides[code].matrix, space.sides[code].matrix)
        for pair in combinations(CODES, 2):
            assert opened.pair(*pair).seeds == space.pair(*pair).seeds

    def test_saved_again_it_is_the_same_bit_by_bit(self, saved, tmp_path):
        load_space(saved).save(tmp_path / "again")
        assert contents(tmp_path / "again") == contents(saved)

    def test_answers_come_from_the_folder_alone(self, saved, tmp_path):
        answers = load_space(saved).translate("en300", "en")
        moved = Path(shutil.copytree(saved, tmp_path / "elsewhere"))
        assert load_space(moved).translate("en300", "en") == answers

    def test_neighbourhoods_are_not_made_again(self, saved, monkeypatch):
        from isolex.retrieval import CSLS

        monkeypatch.setattr(CSLS, "neighbourhoods", lambda *_: pytest.fail("searched again"))
        ask_all(saved)

    def test_the_card_names_no_folder_of_its_maker(self, tmp_path):
        for code, vectors in planted_languages(("en", "es")).items():
            vectors.write(tmp_path / f"{code}.vec")
        files = {code: tmp_path / f"{code}.vec" for code in ("en", "es")}
        made = align_space(files, {("en", "es"): true_pairs("en", "es", range(260))}, check=False)
        made.save(tmp_path / "made")
        text = (tmp_path / "made" / "card.json").read_text()
        assert str(tmp_path) not in text
        assert json.loads(text)["languages"]["es"]["vectors"]["path"] == "es.vec"

    def test_weights_of_pairs_and_half_precision_stay(self, tmp_path):
        languages = {
            code: Vectors(vectors.words, vectors.matrix.astype(np.float16), language=code)
            for code, vectors in planted_languages(("en", "es")).items()
        }
        pairs = true_pairs("en", "es", range(260)).pairs
        weighted = Lexicon(pairs, [1 / (number + 1) for number in range(260)])
        made = align_space(languages, {("en", "es"): weighted}, check=False)
        made.save(tmp_path / "made")
        opened = load_space(tmp_path / "made")
        assert opened.pair("en", "es").seeds == made.pair("en", "es").seeds
        assert opened.sides["en"].vectors.matrix.dtype == np.float16

    def test_of_many_languages_only_pairs_with_a_lexicon_have_neighbourhoods(self, tmp_path):
        codes = tuple(f"l{number}" for number in range(11))
        make(codes, check=False).save(tmp_path / "many")
        pairs = {path.name for path in (tmp_path / "many").glob("*.pair.safetensors")}
        assert pairs == {f"l0--{code}.pair.safetensors" for code in codes[1:]}
        opened = load_space(tmp_path / "many")
        assert opened.translate("l3300", "l3", "l7", k=1)["l7"][0][0] == "l7300"


class TestPlaces:
    def test_a_space_replaces_a_space_of_other_languages(self, folder, space):
        make(("en", "de"), check=False).save(folder)
        assert load_space(folder).languages == ("en", "de")
        assert not any("fr" in name for name in contents(folder))

    @pytest.mark.parametrize("name", ["notes.txt", "de.vectors.safetensors", "en--de.seeds.tsv", "seeds.tsv"])
    def test_a_folder_with_a_strange_file_is_left_alone(self, folder, space, name):
        (folder / name).write_text("keep me")
        before = contents(folder)
        for write in (space.save, check_space_output):
            with pytest.raises(InputError, match=name):
                write(folder)
        assert contents(folder) == before

    def test_a_folder_of_something_else_is_left_alone(self, space, tmp_path):
        place = tmp_path / "mine"
        place.mkdir()
        (place / "card.json").write_text("{}")
        (place / "diary.txt").write_text("keep me")
        with pytest.raises(InputError):
            space.save(place)
        assert (place / "diary.txt").read_text() == "keep me"

    def test_vectors_that_it_was_made_of_are_not_overwritten(self, tmp_path):
        (tmp_path / "data").mkdir()
        languages = planted_languages(("en", "es"))
        for code, vectors in languages.items():
            vectors.write(tmp_path / "data" / f"{code}.vec")
        files = {code: tmp_path / "data" / f"{code}.vec" for code in languages}
        made = align_space(files, {("en", "es"): true_pairs("en", "es", range(260))}, check=False)
        for place in (tmp_path / "data", tmp_path / "data" / "en.vec"):
            with pytest.raises(InputError):
                made.save(place)
        assert {path.name for path in (tmp_path / "data").iterdir()} == {"en.vec", "es.vec"}

    @pytest.mark.parametrize("code", ["", "..", "a/b", "a--b", "-a", "a b", "a.b", "en\n", "a\x00"])
    def test_a_code_that_names_no_file_is_refused(self, code, tmp_path):
        languages = planted_languages(("en", "es"))
        with pytest.raises(InputError, match="expected letters, digits and single hyphens"):
            align_space({"en": languages["en"], code: languages["es"]})

    @pytest.mark.parametrize("code", ["pt-br", "zh_Hant", "crh-Cyrl-UA", "укр", "x1"])
    def test_other_codes_name_files(self, code, tmp_path):
        languages = planted_languages(("en", "es"))
        made = align_space(
            {"en": languages["en"], code: languages["es"]},
            {("en", code): true_pairs("en", "es", range(260))},
            check=False,
        )
        made.save(tmp_path / "made")
        assert load_space(tmp_path / "made").translate("en300", "en", code, k=1)[code][0][0] == "es300"


class TestDamage:
    @pytest.mark.parametrize("name", sorted(FILES))
    def test_a_missing_file(self, folder, name):
        (folder / name).unlink()
        with pytest.raises(FormatError, match="card.json" if name == "card.json" else name):
            ask_all(folder)

    @pytest.mark.parametrize("name", sorted(FILES))
    @pytest.mark.parametrize("share", [0, 0.5])
    def test_a_file_that_is_cut_off(self, folder, name, share):
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: int(share * len(data))])
        with pytest.raises(FormatError, match=name):
            ask_all(folder)

    @pytest.mark.parametrize("name", sorted(FILES - {"card.json"}))
    def test_a_file_of_another_space(self, folder, tmp_path, name):
        languages = planted_languages(CODES, seed=50)
        lexicons = {("en", code): true_pairs("en", code, range(240)) for code in CODES[1:]}
        align_space(languages, lexicons, check=False).save(tmp_path / "other")
        shutil.copy(tmp_path / "other" / name, folder / name)
        with pytest.raises(FormatError, match=f"{name}: is damaged .* and card.json do not belong together"):
            ask_all(folder)

    def test_fewer_seeds_than_the_card_says(self, folder):
        lines = (folder / "en--fr.seeds.tsv").read_text().splitlines(keepends=True)
        (folder / "en--fr.seeds.tsv").write_text("".join(lines[:-1]))
        with pytest.raises(FormatError, match=r"en--fr.seeds.tsv: is damaged .* do not belong together"):
            ask_all(folder)

    @pytest.mark.parametrize(
        ("name", "tensor"),
        [
            ("space.safetensors", "scaling"),
            ("es.map.safetensors", "map"),
            ("es.map.safetensors", "rotation"),
            ("es.map.safetensors", "normalizer.side.1"),
            ("en--es.pair.safetensors", "neighbourhoods.source"),
            ("es--fr.pair.safetensors", "neighbourhoods.target"),
        ],
    )
    @pytest.mark.parametrize("harm", ["nan", "shape", "lacks"])
    def test_a_tensor_that_is_unsound_though_the_digest_is_right(self, folder, name, tensor, harm):
        tensors = load_file(folder / name)
        if harm == "nan":
            tensors[tensor].flat[0] = np.nan
        elif harm == "shape":
            tensors[tensor] = tensors[tensor][:-1].copy()
        else:
            del tensors[tensor]
        save_file(tensors, folder / name)
        sign(folder, name)
        with pytest.raises(FormatError, match=f"{name}: is damaged"):
            ask_all(folder)

    def test_vectors_with_nan(self, folder):
        path = folder / "es.vectors.safetensors"
        data = bytearray(path.read_bytes())
        rows = load_file(path)["matrix"]
        at = data.index(rows[0].tobytes())
        data[at : at + 4] = np.float32("nan").tobytes()
        path.write_bytes(data)
        with pytest.raises(InputError, match=r"es\.vectors\.safetensors"):
            ask_all(folder)

    @pytest.mark.parametrize("extra", ["normalizers", "files"])
    def test_a_card_that_lacks_what_stands_beside_it(self, folder, extra):
        with changed(folder) as card:
            del card[extra]
        with pytest.raises(FormatError, match=r"card.json: is damaged"):
            load_space(folder)

    def test_a_card_with_normalisers_of_other_languages(self, folder):
        with changed(folder) as card:
            card["normalizers"]["de"] = card["normalizers"].pop("es")
        with pytest.raises(FormatError, match="normalisers of other languages"):
            load_space(folder)

    @pytest.mark.parametrize("code", ["../es", "a/b", ".."])
    def test_a_card_whose_languages_lead_out_of_the_folder(self, folder, code):
        with changed(folder) as card:
            for part in ("languages", "normalizers"):
                card[part][code] = card[part].pop("es")
            del card["pairs"]["en--es"], card["pairs"]["es--fr"]
        with pytest.raises(FormatError, match=r"card.json: is damaged"):
            load_space(folder)


class TestOtherThings:
    def test_a_space_is_no_alignment(self, saved):
        with pytest.raises(InputError, match=r"is a space of en, es, fr.*say which: --from and --to"):
            isolex.load(saved)
        with pytest.raises(FormatError, match=r"is a space of languages, expected an alignment of two"):
            load_card(saved)

    def test_a_folder_without_a_card(self, tmp_path):
        with pytest.raises(FormatError, match=r"is no space: it holds no card.json"):
            load_space(tmp_path)

    def test_no_folder(self, tmp_path):
        with pytest.raises(InputError, match="no such folder of a space; give what isolex space wrote"):
            load_space(tmp_path / "none")

    def test_a_card_of_something_else(self, tmp_path):
        (tmp_path / "card.json").write_text('{"format": "isolex-index"}')
        with pytest.raises(FormatError, match="is not the card of an isolex space"):
            load_space(tmp_path)


def sign(folder: Path, name: str) -> None:
    """Let the card hold the digest that the file has now."""
    with changed(folder) as card:
        card["files"][name] = digest((folder / name).read_bytes())


class changed:
    """The card of a folder, written back with what the block made of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "card.json"

    def __enter__(self) -> dict:
        self.card = json.loads(self.path.read_text())
        return self.card

    def __exit__(self, *_: object) -> None:
        self.path.write_text(json.dumps(self.card))
