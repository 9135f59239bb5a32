import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from isolex import align
from isolex.errors import FormatError, InputError, MismatchError
from isolex.transfer import RANKINGS, DocumentIndex, Text, load_index, save_index
from tests.cli.helpers import contents
from tests.spaces import planted

from .conftest import DOCUMENTS

QUERIES = ["s12 s13", "s5", "unknown"]
ODD = [
    Text("d0", "d0 twice"),
    Text("", ""),
    Text("e\u0301", 'e\u0301 \u2028 t5\nt6\t"t7"'),
    Text("new\nline", " "),
]


@pytest.fixture
def aligned(saved_alignment, tmp_path) -> Path:
    return shutil.copytree(saved_alignment, tmp_path / "aa-bb")


@pytest.fixture
def saved(alignment, aligned, tmp_path) -> Path:
    save_index(DocumentIndex(DOCUMENTS, alignment), tmp_path / "index", aligned)
    return tmp_path / "index"


def every_score(index: DocumentIndex) -> list[np.ndarray]:
    return [index.scores(QUERIES, by=by) for by in RANKINGS]


def same(first: DocumentIndex, second: DocumentIndex) -> bool:
    return all((a == b).all() for a, b in zip(every_score(first), every_score(second), strict=True))


class TestRoundTrip:
    def test_scores_are_the_very_same(self, alignment, saved):
        loaded = load_index(saved)
        assert loaded.documents == tuple(DOCUMENTS)
        assert same(loaded, DocumentIndex(DOCUMENTS, alignment))

    def test_in_another_process(self, alignment, saved, tmp_path):
        code = (
            "import sys, numpy, torch; torch.set_num_threads(1)\n"
            "from isolex.transfer import RANKINGS, load_index\n"
            "index = load_index(sys.argv[1])\n"
            "numpy.save(sys.argv[2], [index.scores(sys.argv[3:], by=by) for by in RANKINGS])\n"
        )
        command = [sys.executable, "-c", code, saved, tmp_path / "scores.npy", *QUERIES]
        subprocess.run(command, check=True)
        assert (np.load(tmp_path / "scores.npy") == every_score(DocumentIndex(DOCUMENTS, alignment))).all()

    def test_reversed(self, alignment, aligned, tmp_path):
        documents = [Text("a", "s5 s6"), Text("b", "s7 s8")]
        index = DocumentIndex(documents, alignment.reversed(), translations=2)
        save_index(index, tmp_path / "index", aligned, reverse=True)
        loaded = load_index(tmp_path / "index")
        assert loaded.translations == 2
        assert loaded.search("t7", k=1)[0].document.id == "b"
        assert same(loaded, index)

    def test_any_text_and_id_comes_back(self, alignment, aligned, tmp_path):
        index = DocumentIndex([*DOCUMENTS, *ODD], alignment)
        save_index(index, tmp_path / "index", aligned)
        assert load_index(tmp_path / "index").documents == index.documents

    def test_others_may_read_it(self, saved, tmp_path):
        ordinary = tmp_path / "ordinary"
        ordinary.touch()
        files = [path for path in saved.rglob("*") if path.is_file()]
        assert {path.stat().st_mode for path in files} == {ordinary.stat().st_mode}

    def test_a_tokeniser_of_its_own_cannot_be_saved(self, alignment, aligned, tmp_path):
        index = DocumentIndex(DOCUMENTS, alignment, tokenizer=str.split)
        with pytest.raises(InputError, match="has a tokeniser of its own, which cannot be saved"):
            save_index(index, tmp_path / "index", aligned)
        assert not (tmp_path / "index").exists()


class TestItsAlignment:
    def test_moved(self, saved, aligned, alignment):
        moved = aligned.rename(aligned.with_name("moved"))
        with pytest.raises(InputError, match=r"its alignment is not at .*aa-bb any more; .* by --alignment"):
            load_index(saved)
        assert same(load_index(saved, alignment=moved), DocumentIndex(DOCUMENTS, alignment))

    def test_made_again(self, saved, aligned):
        source, target, pairs = planted()
        align(source, target, pairs, method="procrustes", check=False).save(aligned)
        with pytest.raises(MismatchError, match="made with another alignment than the one that is there"):
            load_index(saved)

    def test_other_vectors(self, saved, tmp_path):
        source, target, pairs = planted(seed=1)
        align(source, target, pairs, method="procrustes", check=False).save(tmp_path / "other")
        with pytest.raises(MismatchError, match="run isolex index again, or give the alignment by"):
            load_index(saved, alignment=tmp_path / "other")

    def test_the_alignment_in_the_other_direction(self, saved):
        card = json.loads((saved / "index.json").read_text())
        (saved / "index.json").write_text(json.dumps(card | {"reverse": True}))
        with pytest.raises(MismatchError):
            load_index(saved)


def cut(name: str):
    def damage(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


def write(name: str, text: str):
    return lambda folder: (folder / name).write_text(text)


def edit(**changes):
    def damage(folder: Path) -> None:
        card = json.loads((folder / "index.json").read_text()) | changes
        (folder / "index.json").write_text(json.dumps({k: v for k, v in card.items() if v != "gone"}))

    return damage


FILES = (
    *("index.json", "documents.jsonl", "rows.safetensors"),
    *(f"bm25/{name}.csc.index.npy" for name in ("data", "indices", "indptr")),
    *("bm25/vocab.index.json", "bm25/params.index.json"),
)
DAMAGE = {
    **{f"no {name}": lambda folder, name=name: (folder / name).unlink() for name in FILES},
    **{f"half of {name}": cut(name) for name in FILES},
    **{f"empty {name}": write(name, "") for name in FILES},
    "no documents": write("documents.jsonl", ""),
    "one document less": lambda folder: (folder / "documents.jsonl").write_text(
        "".join((folder / "documents.jsonl").read_text().splitlines(keepends=True)[1:])
    ),
    "documents without text": write("documents.jsonl", '{"id": "a"}\n' * 30),
    "no objects": write("documents.jsonl", "[]\n" * 30),
    **{f"a card without {key}": edit(**{key: "gone"}) for key in ("alignment", "reverse", "documents")},
    "another format": edit(format="isolex-alignment"),
    "another version": edit(version=99),
    "a list for a card": write("index.json", "[]"),
}


def edit_rows(**changes):
    def damage(folder: Path) -> None:
        path = folder / "rows.safetensors"
        tensors = load_file(path)
        save_file({name: changes.get(name, lambda x: x)(array) for name, array in tensors.items()}, path)

    return damage


def edit_terms(name: str, change):
    def damage(folder: Path) -> None:
        path = folder / "bm25" / f"{name}.csc.index.npy"
        np.save(path, change(np.load(path)))

    return damage


def edit_json(name: str, **changes):
    def damage(folder: Path) -> None:
        path = folder / "bm25" / f"{name}.index.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return damage


def with_first(value: float):
    def change(array: np.ndarray) -> np.ndarray:
        array = array.copy()
        array.reshape(-1)[0] = value
        return array

    return change


def two_in_one(bounds: np.ndarray) -> np.ndarray:
    """The first term has its own document and that of the second."""
    return np.r_[bounds[:1], bounds[2:3], bounds[2:]]


def both(*damages):
    return lambda folder: [damage(folder) for damage in damages]


UNSOUND = {
    "reverse a number": (edit(reverse=0), "reverse is 0, expected true or false"),
    "documents a text": (edit(documents="30"), 'documents is "30", expected a whole number'),
    "documents true": (edit(documents=True), "documents is true"),
    "no date": (edit(created="today"), 'created is "today", expected a date'),
    "one fingerprint": (edit(vectors=["sha256:0"]), "vectors has 1 items, expected 2"),
    "translations none": (edit(translations=0), "translations is 0, expected a whole number from 1"),
    "alignment a number": (edit(alignment=7), "alignment is 7, expected a path"),
    "NaN in the card": (edit(translations=float("nan")), "holds NaN, which is no JSON"),
    "a surrogate": (write("documents.jsonl", '{"id": "\\ud800", "text": ""}\n' * 30), "line 1: is damaged"),
    "an id of another kind": (
        write("documents.jsonl", '{"id": 1, "text": ""}\n' * 30),
        "id is 1, expected text",
    ),
    "rows NaN": (edit_rows(rows=with_first(np.nan)), "rows holds NaN"),
    "rows too long": (edit_rows(rows=lambda x: x * 0.9), "a row of another length than 1"),
    "rows float64": (edit_rows(rows=lambda x: x.astype(float)), "rows is of type F64, expected F32"),
    "rows of other spaces": (
        edit_rows(rows=lambda x: x[:, :9].copy()),
        "rows has the sizes 30 × 9, expected",
    ),
    "near to nothing": (edit_rows(neighbourhoods=with_first(np.inf)), "neighbourhoods holds NaN or infinite"),
    "nearer than near": (edit_rows(neighbourhoods=with_first(2)), "neighbourhoods holds 2, expected"),
    "scores infinite": (
        edit_terms("data", with_first(np.inf)),
        "scores hold NaN, or values under 0 or over 1,000,000",
    ),
    "scores NaN": (
        edit_terms("data", with_first(np.nan)),
        "scores hold NaN, or values under 0 or over 1,000,000",
    ),
    "scores too big": (
        edit_terms("data", with_first(-3e38)),
        "scores hold NaN, or values under 0 or over 1,000,000",
    ),
    "scores fewer": (edit_terms("data", lambda x: x[1:]), "scores and terms do not belong together"),
    "scores whole": (edit_terms("data", lambda x: x.astype(int)), "holds 1 dimensions of int64"),
    "scores pickled": (edit_terms("data", lambda x: x.astype(object)), "is no NumPy array"),
    "documents negative": (edit_terms("indices", with_first(-1)), "hold another number than 0 to 29"),
    "documents too high": (edit_terms("indices", with_first(30)), "hold another number than 0 to 29"),
    "a document twice": (
        both(edit_terms("indices", np.zeros_like), edit_terms("indptr", two_in_one)),
        "hold a document twice",
    ),
    "bounds from 1": (edit_terms("indptr", with_first(1)), "bounds of terms do not part the scores"),
    "bounds in disorder": (
        edit_terms("indptr", lambda x: np.r_[x[:1], x[1:-1][::-1], x[-1:]]),
        "do not part",
    ),
    "bounds a table": (edit_terms("indptr", lambda x: x[None]), "holds 2 dimensions"),
    "terms fewer than bounds": (edit_json("vocab", t5=10**6), "t5 is 1000000, expected a whole number"),
    "a term negative": (edit_json("vocab", t5=-1), "t5 is -1"),
    "terms alike": (edit_json("vocab", t5=0, t6=0), "terms hold a number twice"),
    "of more documents": (edit_json("params", num_docs=31), "num_docs is 31, expected 30"),
    "by no method": (edit_json("params", method="x"), 'method is "x", expected lucene'),
    "by a text": (edit_json("params", k1="1.5"), 'k1 is "1.5", expected a number'),
    "with more settings": (edit_json("params", more=1), "is not what bm25s reads"),
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_what_does_not_hold_is_told(saved, kind):
    damage, message = UNSOUND[kind]
    damage(saved)
    with pytest.raises(FormatError, match=f"is damaged .*{message}" if "line 1" not in message else message):
        load_index(saved)


def test_a_later_version_is_told(saved):
    edit(version=2)(saved)
    with pytest.raises(FormatError, match="version 1; run: pip install --upgrade isolex, or run isolex"):
        load_index(saved)


def test_what_a_later_release_adds_is_left_out(alignment, saved):
    edit(novelty=[1])(saved)
    edit_rows()(saved)
    assert same(load_index(saved), DocumentIndex(DOCUMENTS, alignment))


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_folder_is_told_in_one_line(saved, kind):
    DAMAGE[kind](saved)
    with pytest.raises(FormatError) as caught:
        load_index(saved)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(saved))
    assert "isolex index" in str(caught.value)


def test_what_is_no_index_at_all(saved, aligned):
    with pytest.raises(
        FormatError, match=r"aa-bb: is no index of documents: it holds no index\.json; make one"
    ):
        load_index(aligned)
    with pytest.raises(
        InputError, match=r"index\.json: is a file, expected an index of documents; give the fo"
    ):
        load_index(saved / "index.json")
    with pytest.raises(
        InputError, match=r"nowhere: there is no such folder, expected an index of documents; gi"
    ):
        load_index(saved.with_name("nowhere"))


@pytest.mark.parametrize("place", ["save", "save_terms", "json_text"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_save_that_fails_leaves_the_old_one(alignment, saved, monkeypatch, place, error):
    before, aligned = contents(saved.parent), saved.with_name("aa-bb")
    other = DocumentIndex(DOCUMENTS[:5], alignment)

    def fail(*_, **__):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(f"isolex.transfer.saved_index.{place}", fail)
        for path in (saved, saved.with_name("new")):
            with pytest.raises((KeyboardInterrupt, InputError), match=getattr(error, "strerror", None)):
                save_index(other, path, aligned)
    assert contents(saved.parent) == before
    save_index(other, saved, aligned)
    assert load_index(saved).documents == tuple(DOCUMENTS[:5])


def test_folders_of_something_else_are_left_alone(alignment, saved, aligned, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    before = contents(tmp_path)
    for path in (tmp_path / "mine", aligned, saved / "index.json"):
        with pytest.raises(InputError, match=r"holds other files|is a file, expected a folder"):
            save_index(DocumentIndex(DOCUMENTS[:5], alignment), path, aligned)
    assert contents(tmp_path) == before
