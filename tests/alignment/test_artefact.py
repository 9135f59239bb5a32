import json
import os
import pickle
import shutil
import subprocess
import sys
import unicodedata
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from isolex import load
from isolex.alignment import Alignment
from isolex.errors import FormatError, InputError, IsolexWarning, MismatchError
from isolex.lexicon import Lexicon
from isolex.retrieval import CSLS
from isolex.vectors import Vectors
from isolex.vectors.ngrams import NgramVectors

from ..spaces import alignment_of, gaussian, numbered, one_hot, planted, rotation

FILES = {"card.json", "alignment.safetensors", "seeds.tsv", "source.safetensors", "target.safetensors"}


def make(seed: int = 3, steps: tuple[str, ...] = ("unit", "center", "unit-dim", "unit")) -> Alignment:
    source, target, lexicon = planted(120, 20, seed=seed)
    turn, down = rotation(20, seed), rotation(20, 9)[:, :15]
    return alignment_of(
        source, target, seeds=Lexicon(lexicon.pairs[:60]), maps=(turn @ down, down), steps=steps
    )


@pytest.fixture(scope="module")
def alignment():
    return make()


@pytest.fixture
def folder(alignment, tmp_path):
    alignment.save(tmp_path / "made")
    return tmp_path / "made"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_saved_is_loaded(alignment, folder):
    loaded = load(folder)
    assert loaded.card == alignment.card
    assert loaded.seeds == alignment.seeds
    assert list(loaded.source.words) == list(alignment.source.words)
    np.testing.assert_array_equal(loaded.target.matrix, alignment.target.matrix)
    for one, two in zip(loaded.normalizers, alignment.normalizers, strict=True):
        assert (one.steps, one.dimension, one.zero_rows) == (two.steps, two.dimension, two.zero_rows)
    for one, two in zip(loaded.shared, alignment.shared, strict=True):
        assert torch.equal(one, two)
    assert loaded.reversed().translate("t5") == alignment.reversed().translate("t5")


PRINT_TRANSLATIONS = """
import json, sys, isolex
alignment = isolex.load(sys.argv[1])
words = json.loads(sys.argv[2])
print(json.dumps([alignment.translate(words, criterion=name) for name in ("csls", "nn", "isf")]))
"""


def test_another_process_translates_the_same(alignment, folder):
    words = ["s1", "s7", "s119"]
    expected = [alignment.translate(words, k=5, criterion=criterion) for criterion in ("csls", "nn", "isf")]
    command = [sys.executable, "-c", PRINT_TRANSLATIONS, str(folder), json.dumps(words)]
    environment = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    # JSON holds every bit of a number, so this is equality to the last one.
    assert json.loads(done.stdout) == json.loads(json.dumps(expected))


def test_the_folder_is_whole_and_readable_by_all(folder):
    assert set(contents(folder)) == FILES
    # As `open` and `mkdir` would have made them, not the private files that temporary ones are.
    plain = folder.parent / "plain"
    plain.write_text("")
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {plain.stat().st_mode & 0o777}
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_nothing_is_pickled(alignment, folder, tmp_path, monkeypatch):
    def forbidden(*_, **__):
        raise AssertionError("pickle was used")

    for module, names in (
        (pickle, ("dump", "dumps", "load", "loads", "Pickler", "Unpickler")),
        (torch, ("save", "load")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, forbidden)
    alignment.save(tmp_path / "again")
    assert load(tmp_path / "again").translate("s1") == alignment.translate("s1")
    for data in contents(folder).values():
        assert not data.startswith((b"\x80", b"PK"))


def test_loading_does_not_run_the_costly_half_again(folder, monkeypatch):
    expected = load(folder).translate("s2")
    monkeypatch.setattr(CSLS, "neighbourhoods", lambda *_: pytest.fail("searched again"))
    assert load(folder).translate("s2") == expected


def test_the_card_is_plain_json(alignment, folder):
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert (card["format"], card["version"], card["method"]) == ("isolex-alignment", 1, "by hand")
    assert card["source"]["fingerprint"] == alignment.source.fingerprint


def test_float16_vectors_stay_so(tmp_path):
    full = make()
    half = alignment_of(
        *(
            Vectors(v.words, v.matrix.astype(np.float16), language=v.language)
            for v in (full.source, full.target)
        ),
        maps=(full.mapping.source.numpy(), full.mapping.target.numpy()),
    )
    half.save(tmp_path / "half")
    loaded = load(tmp_path / "half")
    assert loaded.source.matrix.dtype == np.float16
    assert loaded.translate("s4") == half.translate("s4")
    with pytest.raises(MismatchError):
        load(tmp_path / "half", source=full.source)


def test_subwords_are_saved_with_the_vectors(tmp_path):
    made = make()
    made.source.subwords = NgramVectors(gaussian(50, 20, 4), 3, 6)
    expected = made.translate("unseen")
    made.save(tmp_path / "made")
    assert set(contents(tmp_path / "made")) == FILES
    loaded = load(tmp_path / "made")
    assert loaded.translate("unseen") == expected
    assert loaded.target.subwords is None
    loaded.head(40).save(tmp_path / "part")
    assert [word for word, _ in load(tmp_path / "part").translate("unseen", k=40)]


def test_words_keep_their_unicode_form(tmp_path):
    """Vectors that were read with unicode="keep" may hold words that NFC would make the same."""
    words = [unicodedata.normalize(form, "café") for form in ("NFC", "NFD")]
    vectors = one_hot([*words, "a"], [0, 1, 2], 3)
    seeds = Lexicon([(words[1], words[1]), ("a", "a")])
    alignment = alignment_of(vectors, vectors, seeds=seeds, steps=("unit",))
    alignment.save(tmp_path / "made")
    loaded = load(tmp_path / "made")
    assert list(loaded.source.words) == [*words, "a"]
    assert loaded.seeds == seeds
    assert loaded.translate(words[1])[0][0] == words[1]


def test_words_of_every_kind_survive(tmp_path):
    words = ['"', "# a", "New York", "#", "a\u00a0b", "ñ", "source", "1"]
    vectors = one_hot(words, range(8), 8)
    alignment = alignment_of(vectors, vectors, seeds=Lexicon(zip(words, words[::-1], strict=True)))
    alignment.save(tmp_path / "made")
    assert load(tmp_path / "made").seeds == alignment.seeds
    assert list(load(tmp_path / "made").source.words) == words


def test_an_alignment_may_have_no_seeds(tmp_path):
    source, target, _ = planted(50, 20)
    alignment_of(source, target).save(tmp_path / "made")
    assert len(load(tmp_path / "made").seeds) == 0
    assert not (tmp_path / "made" / "seeds.tsv").exists()


def test_seeds_keep_their_weights(tmp_path):
    source, target, _ = planted(50, 20)
    seeds = Lexicon([("s1", "t1"), ("s2", "t3")], [0.1, 2.0])
    alignment_of(source, target, seeds=seeds).save(tmp_path / "made")
    assert load(tmp_path / "made").seeds == seeds


# Other vectors than it was made for.


def changed_value(vectors: Vectors) -> Vectors:
    rows = np.array(vectors.matrix)
    rows[5, 5] = np.nextafter(rows[5, 5], np.float32(9))
    return Vectors(vectors.words, rows)


def other_word(vectors: Vectors) -> Vectors:
    return Vectors(["changed", *vectors.words[1:]], np.array(vectors.matrix))


def fewer(vectors: Vectors) -> Vectors:
    return vectors.head(119)


@pytest.mark.parametrize("change", [changed_value, other_word, fewer])
@pytest.mark.parametrize("side", ["source", "target"])
def test_other_vectors_are_refused_unless_asked_for(folder, alignment, side, change):
    vectors = change(getattr(alignment, side))
    with pytest.raises(MismatchError, match=f"these are not the {side} vectors") as caught:
        load(folder, **{side: vectors})
    assert "\n" not in str(caught.value)
    loaded = load(folder, **{side: vectors}, other_vectors=True)
    assert getattr(loaded, side) is vectors
    # Nothing of the old vocabulary is left in what was made of it.
    fresh = alignment.bind(**{side: vectors}, other_vectors=True)
    assert loaded.translate(loaded.source.words[9]) == fresh.translate(fresh.source.words[9])


def test_another_dimension_is_always_refused(folder):
    other = Vectors(numbered("s", 120), gaussian(120, 19, 0))
    for other_vectors in (False, True):
        with pytest.raises(MismatchError, match="source vectors have 19 dimensions, expected 20"):
            load(folder, source=other, other_vectors=other_vectors)


def test_a_bigger_vocabulary_is_taken(folder, alignment):
    old = alignment.source
    bigger = Vectors([*old.words, "new"], np.concatenate([old.matrix, gaussian(1, 20, 5)]))
    loaded = load(folder, source=bigger)
    assert loaded.translate("s3")[0][0] == alignment.translate("s3")[0][0]
    assert loaded.translate("new") == alignment.bind(bigger).translate("new")
    assert "new" in {word for word, _ in loaded.reversed().translate("t3", k=200)}


def test_the_same_vectors_from_elsewhere_are_taken(folder, alignment, tmp_path):
    alignment.source.write(tmp_path / "elsewhere.vec")
    loaded = load(folder, source=Vectors.read(tmp_path / "elsewhere.vec"))
    assert loaded.translate("s3") == alignment.translate("s3")


@pytest.mark.parametrize(
    "change", [lambda a: a.head(40), lambda a: a.bind(changed_value(a.source), other_vectors=True)]
)
def test_what_was_bound_to_other_vectors_is_loaded_with_them(alignment, tmp_path, change):
    bound = change(alignment)
    bound.save(tmp_path / "made")
    loaded = load(tmp_path / "made")
    assert loaded.translate(["s3", "s9"], k=40) == bound.translate(["s3", "s9"], k=40)
    assert (len(loaded.source), len(loaded.target)) == (len(bound.source), len(bound.target))


def test_what_was_bound_to_more_words_is_loaded_with_them(alignment, tmp_path):
    old = alignment.source
    bound = alignment.bind(Vectors([*old.words, "new"], np.concatenate([old.matrix, gaussian(1, 20, 5)])))
    bound.save(tmp_path / "made")
    loaded = load(tmp_path / "made")
    assert loaded.translate(["s3", "new"]) == bound.translate(["s3", "new"])
    assert loaded.reversed().translate("t3") == bound.reversed().translate("t3")


# By reference.


@pytest.fixture
def referring(tmp_path):
    made = make()
    for side, vectors in (("source", made.source), ("target", made.target)):
        vectors.write(tmp_path / f"{side}.vec")
    sides = [Vectors.read(tmp_path / f"{side}.vec", language="xx") for side in ("source", "target")]
    alignment = alignment_of(*sides, seeds=made.seeds)
    alignment.save(tmp_path / "made", vectors="reference")
    return alignment


def test_vectors_may_be_referred_to(referring, tmp_path):
    assert set(contents(tmp_path / "made")) == FILES - {"source.safetensors", "target.safetensors"}
    loaded = load(tmp_path / "made")
    assert loaded.translate("s3") == referring.translate("s3")
    assert loaded.source.language == "xx"


def test_vectors_outside_are_named_when_they_are_opened(referring, tmp_path):
    named = rf"made: its vectors are read from {tmp_path}/source\.vec and {tmp_path}/target\.vec$"
    with pytest.warns(IsolexWarning, match=named) as caught:
        load(tmp_path / "made")
    assert len(caught) == 1
    with pytest.warns(IsolexWarning, match=rf"are read from {tmp_path}/target\.vec$"):
        load(tmp_path / "made", source=referring.source)


def test_a_link_out_of_the_folder_is_named(folder, tmp_path, recwarn):
    load(folder)
    assert len(recwarn) == 0
    (folder / "source.safetensors").rename(tmp_path / "elsewhere.safetensors")
    (folder / "source.safetensors").symlink_to(tmp_path / "elsewhere.safetensors")
    with pytest.warns(IsolexWarning, match=r"are read from .*/elsewhere\.safetensors$"):
        load(folder)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin", "/"])
def test_a_reference_to_what_is_no_file_is_not_followed(referring, tmp_path, path):
    edit_side("source", path=path)(tmp_path / "made")
    with pytest.warns(IsolexWarning), pytest.raises(InputError, match=r"not a regular file|is a folder"):
        load(tmp_path / "made")


def test_the_file_of_a_copy_that_is_gone_is_named(folder, alignment, tmp_path, monkeypatch):
    edit_side("source", path="source.vec")(folder)
    (folder / "source.safetensors").unlink()
    with pytest.raises(InputError, match="its source vectors are not here"):
        load(folder)
    alignment.source.write(tmp_path / "source.vec")
    monkeypatch.chdir(tmp_path)
    with pytest.warns(IsolexWarning, match=rf"are read from {tmp_path}/source\.vec$"):
        load(folder)


@pytest.mark.parametrize("options", [{"dtype": "float16"}, {"unicode": "keep"}, {"vocabulary": ["s1", "t1"]}])
def test_vectors_that_plain_reading_would_not_give_are_not_referred_to(tmp_path, options):
    source, target, _ = planted(60, 20)
    source.write(tmp_path / "source.vec")
    target.write(tmp_path / "target.vec")
    sides = [Vectors.read(tmp_path / f"{side}.vec", **options) for side in ("source", "target")]
    with pytest.raises(InputError, match="save a copy"):
        alignment_of(*sides).save(tmp_path / "made", vectors="reference")


def test_only_the_rows_that_were_used_are_read(tmp_path):
    source, target, _ = planted(60, 20)
    source.write(tmp_path / "source.vec")
    target.write(tmp_path / "target.vec")
    sides = [Vectors.read(tmp_path / f"{side}.vec", limit=40) for side in ("source", "target")]
    alignment_of(*sides).save(tmp_path / "made", vectors="reference")
    assert len(load(tmp_path / "made").source) == 40


def test_vectors_that_are_gone_or_changed_are_told(referring, tmp_path):
    path = tmp_path / "target.vec"
    changed_value(referring.target).write(path)
    message = r"^[^:]*target\.vec: these are not the target vectors .*target\.vec, which has changed since\)"
    with pytest.raises(MismatchError, match=message):
        load(tmp_path / "made")
    path.unlink()
    with pytest.raises(
        InputError, match=r"its target vectors are not here: .*target\.vec; give them by --target"
    ):
        load(tmp_path / "made")
    assert load(tmp_path / "made", target=referring.target).translate("s3") == referring.translate("s3")


def test_vectors_from_no_file_cannot_be_referred_to(alignment, tmp_path):
    with pytest.raises(InputError, match="from no file to refer to; save a copy"):
        alignment.save(tmp_path / "made", vectors="reference")
    assert not (tmp_path / "made").exists()


def test_other_policies_are_told(alignment, tmp_path):
    with pytest.raises(InputError, match="did you mean 'copy'"):
        alignment.save(tmp_path / "made", vectors="copies")
    assert not (tmp_path / "made").exists()


# Interrupted and failing.


def fails(patch: pytest.MonkeyPatch, name: str, error: BaseException) -> None:
    def raising(*_, **__):
        raise error

    patch.setattr(name, raising)


def second_vectors_are_interrupted(patch: pytest.MonkeyPatch) -> None:
    write, calls = Vectors.write, []

    def interrupted(*args, **options):
        calls.append(args)
        if len(calls) % 2 == 0:
            raise KeyboardInterrupt
        write(*args, **options)

    patch.setattr(Vectors, "write", interrupted)


INTERRUPTIONS = {
    "matrices": lambda p: fails(p, "isolex.alignment.artefact.save", OSError(28, "No space left on device")),
    "seeds": lambda p: fails(p, "isolex.lexicon.Lexicon.write", RuntimeError("no")),
    "first vectors": lambda p: fails(p, "isolex.vectors.Vectors.write", KeyboardInterrupt()),
    "second vectors": second_vectors_are_interrupted,
    "card": lambda p: fails(p, "isolex.alignment.artefact.json_text", KeyboardInterrupt()),
}


@pytest.mark.parametrize("place", INTERRUPTIONS)
def test_a_save_that_fails_leaves_the_old_one(place, folder, monkeypatch):
    before = contents(folder)
    other = make(seed=8)
    with monkeypatch.context() as patch:
        INTERRUPTIONS[place](patch)
        with pytest.raises((InputError, RuntimeError, KeyboardInterrupt)):
            other.save(folder)
        with pytest.raises((InputError, RuntimeError, KeyboardInterrupt)):
            other.save(folder.parent / "new")
    assert contents(folder) == before
    assert list(folder.parent.iterdir()) == [folder]
    other.save(folder)
    assert contents(folder).keys() == before.keys()
    assert contents(folder) != before


def test_a_full_disk_is_told_in_one_line(folder, monkeypatch):
    INTERRUPTIONS["matrices"](monkeypatch)
    with pytest.raises(InputError, match="No space left on device") as caught:
        make(seed=8).save(folder)
    assert "\n" not in str(caught.value)


def test_a_folder_of_something_else_is_left_alone(alignment, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="holds other files"):
        alignment.save(tmp_path / "mine")
    assert contents(tmp_path / "mine") == {"thesis.txt": b"years of work"}
    with pytest.raises(InputError, match="is a file, expected a folder"):
        alignment.save(tmp_path / "mine" / "thesis.txt")


def test_saving_over_an_older_kind_leaves_none_of_its_files(referring, tmp_path):
    make().save(tmp_path / "made")
    assert set(contents(tmp_path / "made")) == FILES
    referring.save(tmp_path / "made", vectors="reference")
    assert set(contents(tmp_path / "made")) == FILES - {"source.safetensors", "target.safetensors"}


# Damaged.


def edit_card(**changes):
    def edit(folder: Path) -> None:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        card = {name: value for name, value in (card | changes).items() if value != "gone"}
        (folder / "card.json").write_text(json.dumps(card))

    return edit


def write_file(name: str, data: bytes):
    return lambda folder: (folder / name).write_bytes(data)


def cut(name: str, share: float):
    def shorten(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: int(share * len(data))])

    return shorten


def remove(name: str):
    return lambda folder: (folder / name).unlink()


def edit_tensors(**changes):
    def edit(folder: Path) -> None:
        tensors = load_file(folder / "alignment.safetensors") | changes
        kept = {name: tensor for name, tensor in tensors.items() if tensor is not None}
        save_file(kept, folder / "alignment.safetensors")

    return edit


DAMAGE = {
    "no card": (remove("card.json"), "is no alignment: it holds no card.json"),
    "no matrices": (remove("alignment.safetensors"), "holds no alignment.safetensors"),
    "no seeds": (remove("seeds.tsv"), "holds no seeds.tsv"),
    "card cut off": (cut("card.json", 0.5), "card.json: is damaged"),
    "card empty": (write_file("card.json", b""), "card.json: is damaged"),
    "card binary": (write_file("card.json", b"\xff\xfe\x00"), "card.json: is damaged"),
    "card a list": (write_file("card.json", b"[1, 2]"), "card.json: is not the card"),
    "card a number": (write_file("card.json", b"7"), "card.json: is not the card"),
    "card of another kind": (write_file("card.json", b'{"name": "web app"}'), "card.json: is not the card"),
    "later version": (edit_card(version=99), "has card version 99, expected 1"),
    "later version, other keys": (edit_card(version=99, normalizers="gone"), "has card version 99"),
    "no method": (edit_card(method="gone"), "card.json: is damaged .*method"),
    "no source": (edit_card(source="gone"), "card.json: is damaged .*source"),
    "side a list": (edit_card(target=[1]), "card.json: is damaged"),
    "no normalizers": (edit_card(normalizers="gone"), "is damaged .*normalizers"),
    "normalizers null": (edit_card(normalizers=None), "is damaged"),
    "normalizers a list": (edit_card(normalizers=[]), "is damaged"),
    "normalizer empty": (edit_card(normalizers={"source": {}, "target": {}}), "is damaged .*operations"),
    "matrices cut off": (cut("alignment.safetensors", 0.9), "is damaged"),
    "matrices cut at the start": (write_file("alignment.safetensors", b"\x10\x00"), "is damaged"),
    "matrices empty": (write_file("alignment.safetensors", b""), "is damaged"),
    "matrices a pickle": (write_file("alignment.safetensors", pickle.dumps({"map.source": 1})), "is damaged"),
    "no map": (edit_tensors(**{"map.target": None}), "is damaged .*map.target"),
    "no fitted vector": (edit_tensors(**{"normalizer.source.1": None}), "is damaged .*normalizer.source.1"),
    "map of another size": (edit_tensors(**{"map.source": torch.eye(15)}), "is damaged"),
    "neighbourhoods of others": (edit_tensors(**{"neighbourhoods.target": torch.ones(3)}), "is damaged"),
    "seeds no lexicon": (write_file("seeds.tsv", b"\x00\x01\x02"), "seeds.tsv"),
    "seeds empty": (write_file("seeds.tsv", b""), "seeds.tsv"),
    "vectors cut off": (
        cut("source.safetensors", 0.5),
        r"source.safetensors: is damaged \(it is cut off",
    ),
    "vectors empty": (write_file("target.safetensors", b""), "target.safetensors"),
}


def edit_side(side: str, **changes):
    def edit(folder: Path) -> None:
        card = json.loads((folder / "card.json").read_text())
        edit_card(**{side: card[side] | changes})(folder)

    return edit


def edit_normalizer(**changes):
    def edit(folder: Path) -> None:
        card = json.loads((folder / "card.json").read_text())
        card["normalizers"]["target"] |= changes
        edit_card(**card)(folder)

    return edit


def with_first(name: str, value: float):
    def edit(folder: Path) -> None:
        tensor = load_file(folder / "alignment.safetensors")[name].clone()
        tensor.view(-1)[0] = value
        edit_tensors(**{name: tensor})(folder)

    return edit


def cast(name: str, dtype: torch.dtype):
    def edit(folder: Path) -> None:
        tensor = load_file(folder / "alignment.safetensors")[name]
        edit_tensors(**{name: tensor.to(dtype)})(folder)

    return edit


MAP, NEAR, FITTED = "map.source", "neighbourhoods.target", "normalizer.source.1"
DAMAGE |= {
    "map NaN": (with_first(MAP, np.nan), "map.source holds NaN or infinite values"),
    "map infinite": (with_first(MAP, np.inf), "map.source holds NaN or infinite values"),
    "map float64": (cast(MAP, torch.float64), "map.source is of type F64, expected F32"),
    "map bfloat16": (cast(MAP, torch.bfloat16), "map.source is of type BF16, expected F32"),
    "map of whole numbers": (cast(MAP, torch.int64), "map.source is of type I64"),
    "map flat": (edit_tensors(**{MAP: torch.ones(20)}), "map.source has the sizes 20, expected 20 × some"),
    "maps into two spaces": (edit_tensors(**{MAP: torch.ones(20, 7)}), "sizes 20 × 15, expected 20 × 7"),
    "near NaN": (with_first(NEAR, np.nan), "neighbourhoods.target holds NaN"),
    "nearer than near": (with_first(NEAR, 1.5), "neighbourhoods.target holds 1.5, expected numbers from -1"),
    "near in columns": (edit_tensors(**{NEAR: torch.ones(120, 1)}), "sizes 120 × 1, expected 120"),
    "fitted to infinity": (with_first(FITTED, -np.inf), "normalizer.source.1 holds NaN or infinite values"),
    "fitted to others": (edit_tensors(**{FITTED: torch.ones(19)}), "has the sizes 19, expected 20"),
    "fitted in rows": (edit_tensors(**{FITTED: torch.ones(1, 20)}), "has the sizes 1 × 20, expected 20"),
    "unknown operation": (
        edit_normalizer(operations=["unit", "divide"]),
        'operations.1 is "divide", expected',
    ),
    "operations a text": (edit_normalizer(operations="unit"), 'operations is "unit", expected a list'),
    "unknown step": (
        edit_normalizer(steps=["unit", "whiten"]),
        'steps.1 is "whiten", expected unit or center',
    ),
    "normalizer of others": (edit_normalizer(dimension=19), "card.json do not belong together"),
    "normalizer of none": (
        edit_normalizer(dimension=None),
        "target.dimension is null, expected a whole number",
    ),
    "words a text": (edit_side("source", words="120"), 'source.words is "120", expected a whole number'),
    "words true": (edit_side("source", words=True), "source.words is true"),
    "words of all the world": (
        edit_side("source", words=10**12),
        "words is 1000000000000, expected .* to 1,000",
    ),
    "words of others": (
        edit_side("target", words=119),
        "neighbourhoods.target has the sizes 120, expected 119",
    ),
    "dimension none": (edit_side("target", dimension=0), "target.dimension is 0"),
    "dimension of others": (edit_side("target", dimension=19), "card.json do not belong together"),
    "fingerprint a number": (edit_side("source", fingerprint=5), "source.fingerprint is 5, expected text"),
    "language a list": (edit_side("source", language=["en"]), "source.language is a list, expected text"),
    "path with NUL": (edit_side("source", path="a\0b"), "source.path is .*, expected a path"),
    "status unknown": (edit_card(status="splendid"), 'status is "splendid", expected aligned or doubtful or'),
    "seed a fraction": (edit_card(seed=0.5), "seed is 0.5, expected a whole number"),
    "reasons a text": (edit_card(reasons="good"), 'reasons is "good", expected a list'),
    "scores a list": (edit_card(scores=[1]), "scores is a list, expected an object"),
    "scores NaN": (edit_card(scores={"p@1": float("nan")}), "it holds NaN, which is no JSON"),
    "trace of numbers": (edit_card(trace=[1, 2]), "trace.0 is 1, expected an object"),
    "steps of numbers": (edit_card(settings={"normalize": [1]}), "settings.normalize.0 is 1, expected text"),
    "versions of numbers": (edit_card(versions={"isolex": 1}), "versions.isolex is 1, expected text"),
    "no date": (edit_card(created="today"), 'created is "today", expected a date in ISO 8601'),
    "vectors elsewhere": (edit_card(vectors="moon"), 'vectors is "moon", expected copy or reference'),
    "seeds negative": (edit_card(seeds=-1), "seeds is -1"),
    "seeds more": (edit_card(seeds=61), "seeds.tsv: is damaged .*holds 60 of 61 pairs"),
    "version true": (edit_card(version=True), "has card version True, expected 1"),
    "long number": (write_file("card.json", b"9" * 5000), "holds a number of 5,000 digits"),
    "nested": (write_file("card.json", b"[" * 10**5), "is nested more than 64 deep"),
    "key twice": (write_file("card.json", b'{"format": 1, "format": 2}'), 'holds the key "format" twice'),
    "surrogate": (
        lambda folder: (
            edit_card(method="method")(folder)
            or (folder / "card.json").write_text(
                (folder / "card.json").read_text().replace('"method": "method"', '"method": "\\ud800"')
            )
        ),
        "method is not valid Unicode",
    ),
    "card a folder": (
        lambda folder: (folder / "card.json").unlink() or (folder / "card.json").mkdir(),
        "is no regular file",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_told_in_one_line(kind, folder):
    damage, message = DAMAGE[kind]
    damage(folder)
    with pytest.raises(FormatError, match=message) as caught:
        load(folder)
    assert "\n" not in str(caught.value)
    assert "made" in str(caught.value)


def test_what_a_later_release_adds_is_left_out(folder, alignment):
    edit_card(novelty={"a": [1]})(folder)
    edit_side("source", novelty=1)(folder)
    edit_tensors(novelty=torch.ones(3))(folder)
    edit_card(files={})(folder)
    assert load(folder).card == alignment.card


def test_what_may_be_missing_has_its_default(folder):
    gone = ("seed", "status", "reasons", "scores", "trace", "vectors", "seeds", "files")
    edit_card(**dict.fromkeys(gone, "gone"))(folder)
    loaded = load(folder)
    assert (loaded.card.status, loaded.card.reason) == ("unchecked", "its card does not say why")
    assert len(loaded.seeds) == 0


def test_numbers_that_json_has_not_are_saved_as_null(tmp_path):
    made = make()
    made.card.scores["p@1"] = float("nan")
    made.save(tmp_path / "made")
    assert load(tmp_path / "made").card.scores == {"p@1": None}


@pytest.mark.parametrize("path", ["/", ".", None])
def test_a_path_without_a_name_is_saved_as_none(folder, tmp_path, path):
    edit_side("source", path=path)(folder)
    load(folder).save(tmp_path / "again")
    assert load(tmp_path / "again").card.source.path is None


@pytest.mark.parametrize("name", ["alignment.safetensors", "seeds.tsv"])
def test_a_changed_file_is_told(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[-2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(
        FormatError, match=rf"{name}: is damaged \(it and card\.json do not belong together\)"
    ):
        load(folder)


def test_line_ends_of_another_system_are_no_damage(folder, alignment):
    (folder / "seeds.tsv").write_bytes((folder / "seeds.tsv").read_bytes().replace(b"\n", b"\r\n"))
    assert load(folder).seeds.pairs == alignment.seeds.pairs


def test_a_changed_row_is_told_wherever_it_is_used(folder):
    path = folder / "source.safetensors"
    data = bytearray(path.read_bytes())
    place = data.index(load(folder).source.matrix[7].tobytes())
    data[place] ^= 1
    path.write_bytes(data)
    message = r"source\.safetensors: is damaged \(rows 1 to 120 have changed since they were written\)"
    given = Vectors.read(path)
    made = (
        load(folder),
        load(folder, source=given, other_vectors=True),
        make().bind(given, other_vectors=True),
    )
    # Wherever that row is used; nobody reads all rows for an answer that needs none of them.
    uses = (
        lambda alignment: alignment.translate("s7"),
        lambda alignment: alignment.shared,
        lambda alignment: alignment.induce(),
        lambda alignment: alignment.sides[0].normalized(),
        lambda alignment: alignment.sides[0].aligned(),
        lambda alignment: alignment.save(folder.parent / "again"),
    )
    for alignment, use in product(made, uses):
        with pytest.raises(FormatError, match=message):
            use(alignment)


def test_a_pickle_is_not_run(folder):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (folder.parent / "sprung",))

    for name in ("alignment.safetensors", "source.safetensors", "card.json"):
        (folder / name).write_bytes(pickle.dumps(Trap()))
        with pytest.raises(FormatError):
            load(folder)
    assert not (folder.parent / "sprung").exists()


def test_vectors_of_a_copy_that_are_gone_are_told(folder):
    (folder / "source.safetensors").unlink()
    with pytest.raises(InputError, match="its source vectors are not here"):
        load(folder)


def test_vectors_of_another_alignment_in_the_folder_are_refused(folder, tmp_path):
    make(seed=8).save(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "source.safetensors", folder / "source.safetensors")
    with pytest.raises(MismatchError, match="these are not the source vectors"):
        load(folder)


def test_no_such_folder(folder):
    with pytest.raises(InputError, match="there is no such alignment folder; give what isolex align wrote"):
        load(folder.parent / "nowhere")
    with pytest.raises(InputError, match=r"card\.json: is a file, expected a folder with a saved alignment"):
        load(folder / "card.json")


def test_where_the_alignment_is_that_may_be_meant(tmp_path):
    """In a folder of work, beside the dictionary that was made there, and beside its review."""
    made = make()
    for folder in ("out.tsv.work", "aa-bb-review", "empty"):
        (tmp_path / folder).mkdir()
    made.save(tmp_path / "out.tsv.work" / "alignment")
    (tmp_path / "out.tsv").write_text("source\ttarget\n")
    for name in ("out.tsv.work", "out.tsv"):
        with pytest.raises(InputError, match=r"; give .*out\.tsv\.work/alignment$"):
            load(tmp_path / name)
    made.save(tmp_path / "aa-bb")
    made.save(tmp_path / "aa-bb-review" / "generation-3")
    with pytest.raises(InputError, match=r"holds no card\.json; give .*/aa-bb$"):
        load(tmp_path / "aa-bb-review")
    with pytest.raises(InputError, match=r"holds no card\.json; give what isolex align wrote with -o$"):
        load(tmp_path / "empty")


def test_a_device_that_is_not_there(folder):
    with pytest.raises(InputError, match="device 'warp' is not available"):
        load(folder, device="warp")


class TestOverItsOwnVectors:
    def test_saved_where_it_came_from(self, folder):
        """Memory-mapped vectors go on being what they were, and are written anew."""
        loaded = load(folder)
        before = loaded.source.matrix.copy()
        for view in (loaded, loaded.reversed(), loaded):
            view.save(folder)
        np.testing.assert_array_equal(loaded.source.matrix, before)
        np.testing.assert_array_equal(load(folder).source.matrix, before)

    def test_not_if_they_would_be_gone(self, folder):
        """By reference they would be lost for good; and of a part the rest."""
        before = contents(folder)
        target = Vectors.read(folder / "target.safetensors")
        part = Vectors.read(folder / "source.safetensors", limit=100)
        for source, vectors in ((Vectors.read(folder / "source.safetensors"), "reference"), (part, "copy")):
            with pytest.raises(InputError, match=r"made: holds .*source\.safetensors, the input"):
                alignment_of(source, target).save(folder, vectors=vectors)
        assert contents(folder) == before

    def test_a_link_in_the_folder_is_replaced_and_not_followed(self, alignment, folder, tmp_path):
        (tmp_path / "precious").write_text("mine")
        for name in FILES - {"card.json"}:
            (folder / name).unlink()
            (folder / name).symlink_to(tmp_path / "precious")
        alignment.save(folder)
        assert (tmp_path / "precious").read_text() == "mine"
        assert load(folder).card == alignment.card


@pytest.mark.parametrize("content", ["", "junk\n", "only one column\n"])
def test_damaged_seeds_are_called_so(tmp_path, content):
    source, target, lexicon = planted(30, 5)
    alignment_of(source, target, seeds=lexicon).save(tmp_path / "made")
    (tmp_path / "made" / "seeds.tsv").write_text(content)
    with pytest.raises(FormatError, match=r"seeds.tsv: is damaged \(.*; align again"):
        load(tmp_path / "made")
