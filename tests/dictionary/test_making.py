"""From two texts to a dictionary, by steps that are kept."""

import shutil
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from isolex.dictionary import make_dictionary
from isolex.dictionary import making as module
from isolex.errors import InputError, IsolexError, IsolexWarning
from isolex.files import make_folder, working_alone
from isolex.lexicon import Lexicon
from isolex.training import PPMI, SkipGram
from isolex.vectors import Vectors
from tests.training.made_up import RING_SEEDS as SEEDS
from tests.training.made_up import write_text

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*tokens"),
    pytest.mark.usefixtures("small"),
]


# For as few words as here self-learning would take hundreds of rounds.
FEW_ROUNDS = ("isolex.mapping.annealing._MOST_ROUNDS", 20)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(*FEW_ROUNDS)


def write_texts(folder):
    """Two texts and seed pairs; the pairs that are left."""
    first, second = (write_text(folder / f"{code}.txt", seed) for code, seed in (("en", 1), ("es", 2)))
    pairs = list(zip(first, second, strict=True))
    Lexicon(pairs[:SEEDS]).write(folder / "seeds.tsv")
    return dict(pairs[SEEDS:])


@pytest.fixture
def texts(tmp_path):
    return tmp_path, write_texts(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a finished run, what it reported, and the pairs that are left."""
    folder = tmp_path_factory.mktemp("made")
    rest = write_texts(folder)
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(*FEW_ROUNDS)
        warnings.simplefilter("ignore", IsolexWarning)
        return folder, make(folder), rest


@pytest.fixture
def finished(made, tmp_path):
    """A copy of the finished run."""
    shutil.copytree(made[0], tmp_path, dirs_exist_ok=True)
    return tmp_path


def make(folder, **options):
    given = {"source_language": "en", "target_language": "es", "lexicon": folder / "seeds.tsv"}
    return make_dictionary(folder / "en.txt", folder / "es.txt", folder / "out.tsv", **(given | options))


def test_from_texts_to_confidences_and_nothing_twice(made, finished):
    _, report, rest = made
    folder = finished
    assert report.status == "aligned"
    assert report.confidences
    assert report.done == ("source", "target", "alignment", "confidences")
    found = Lexicon.read(folder / "out.tsv")
    asked = [rest[source] == target for source, target in found if source in rest]
    assert len(asked) > 20
    assert sum(asked) > 0.5 * len(asked)
    before = (folder / "out.tsv").read_bytes()
    (folder / "out.tsv").unlink()
    again = make(folder)
    assert again.done == ()
    assert (folder / "out.tsv").read_bytes() == before
    assert again.entries == report.entries
    # Another lexicon leaves the vectors as they are.
    Lexicon(list(Lexicon.read(folder / "seeds.tsv"))[:100]).write(folder / "seeds.tsv")
    assert make(folder).done == ("alignment", "confidences")


@pytest.mark.parametrize("step", ["align", "rerank", "write_entries"])
def test_an_interrupted_run_goes_on_and_ends_alike(made, texts, monkeypatch, step):
    folder, _ = texts
    expected = (made[0] / "out.tsv").read_bytes()

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            make(folder)
    assert not (folder / "out.tsv").exists()
    assert "source" not in make(folder).done
    assert (folder / "out.tsv").read_bytes() == expected


def test_vectors_are_taken_as_they_are(finished):
    folder = finished
    Vectors.read(folder / "out.tsv.work" / "source.safetensors").write(folder / "en.vec")
    report = make_dictionary(
        folder / "en.vec",
        folder / "es.txt",
        folder / "other.tsv",
        source_language="en",
        target_language="es",
        lexicon=folder / "seeds.tsv",
    )
    assert "source" not in report.done
    assert report.sides[0]["tokens"] is None
    assert (folder / "other.tsv").read_bytes() == (folder / "out.tsv").read_bytes()


def test_few_pairs_give_no_confidences(texts, monkeypatch):
    # Starts without any pair take minutes.
    monkeypatch.setattr("isolex.recipes.choosing.other_starts", lambda *_, **__: [])
    folder, _ = texts
    Lexicon(list(Lexicon.read(folder / "seeds.tsv"))[:30]).write(folder / "seeds.tsv")
    report = make(folder)
    assert not report.confidences
    if report.output is not None:
        assert len(Lexicon.read(folder / "out.tsv")) == report.entries
        assert "too few" in report.reason or "seed" in report.reason


def test_a_failed_alignment_writes_nothing(texts):
    folder, _ = texts
    rng = np.random.default_rng(0)
    seeds = list(Lexicon.read(folder / "seeds.tsv"))
    order = rng.permutation(len(seeds))
    Lexicon([(seeds[i][0], seeds[j][1]) for i, j in enumerate(order)]).write(folder / "seeds.tsv")
    report = make(folder)
    if report.status == "failed":
        assert report.output is None
        assert not (folder / "out.tsv").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"source_language": "englsh"}, "englsh"),
        ({"lexicon": "none.tsv"}, "none.tsv: there is no such file"),
    ],
)
def test_bad_input(texts, options, said):
    folder, _ = texts
    with pytest.raises(InputError, match=said):
        make(folder, **options)
    assert not list(folder.glob("out.tsv*"))


def test_one_text_for_both_languages(texts):
    folder, _ = texts
    with pytest.raises(InputError, match=r"en\.txt: is given for both languages; give the text"):
        make_dictionary(
            folder / "en.txt",
            folder / "en.txt",
            folder / "out.tsv",
            source_language="en",
            target_language="es",
        )


def test_one_language_for_both_texts_is_told(texts, monkeypatch):
    class Reached(Exception):
        pass

    def reached(*_, **__):
        raise Reached

    monkeypatch.setattr(module, "side_vectors", reached)
    folder, _ = texts
    with (
        pytest.warns(IsolexWarning, match="both languages are 'en'; if they are two"),
        pytest.raises(Reached),
    ):
        make(folder, target_language="eng")


def test_standard_input_is_not_taken(texts):
    folder, _ = texts
    with pytest.raises(
        InputError, match=r"dictionary: standard input cannot be used, .*; write it to a file"
    ):
        make_dictionary(
            "-", folder / "es.txt", folder / "out.tsv", source_language="en", target_language="es"
        )


def test_a_bad_text_is_told_before_the_other_is_trained_on(texts, monkeypatch):
    folder, _ = texts
    (folder / "es.txt").write_text("uno dos tres\n" * 3)
    monkeypatch.setattr(PPMI, "train", lambda *_, **__: pytest.fail("one of the texts was trained on"))
    with pytest.raises(InputError, match=r"es\.txt: 0 of 3 different words occur 5 times"):
        make(folder)


class Fails(SkipGram):
    """Trains the second language; the first fails when that is done."""

    def train(self, corpus, *, language=None):
        if language == "en":
            steps = Path("out.tsv.work") / "steps.json"
            while "target" not in steps.read_text():
                time.sleep(0.05)
            raise IsolexError("no room")
        return PPMI(dimension=20).train(corpus, language=language)


def test_what_was_trained_side_by_side_is_kept_when_the_other_fails_later(texts, monkeypatch):
    folder, _ = texts
    monkeypatch.chdir(folder)
    with pytest.raises(IsolexError, match="no room"):
        make(folder, trainer=Fails())
    kept = {path.name for path in (folder / "out.tsv.work").iterdir()}
    assert {"steps.json", "target.safetensors", "target.json"} == kept


def test_an_old_key_never_stands_beside_new_vectors(finished, monkeypatch):
    """Killed between new vectors and their key, with the first text back in its place."""
    folder = finished
    expected = (folder / "out.tsv").read_bytes()
    first = (folder / "en.txt").read_bytes()
    write_text(folder / "en.txt", 3)
    write = Vectors.write

    def killed(vectors, path, **options):
        write(vectors, path, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Vectors, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            make(folder)
    (folder / "en.txt").write_bytes(first)
    assert "source" in make(folder).done
    assert (folder / "out.tsv").read_bytes() == expected


@pytest.mark.parametrize("name", ["source.json", "target.safetensors", "alignment", "steps.json"])
def test_nothing_of_others_is_replaced_in_the_folder_of_work(texts, name):
    folder, _ = texts
    (folder / "mine").mkdir()
    (folder / "mine" / name).write_text('{"mine": "1"}')
    with pytest.raises(
        InputError, match=rf"mine: holds other files \({name}\), .*; choose an empty or a new"
    ):
        make(folder, work=folder / "mine")
    assert (folder / "mine" / name).read_text() == '{"mine": "1"}'
    assert [entry.name for entry in (folder / "mine").iterdir()] == [name]


def test_two_runs_do_not_share_a_folder_of_work(texts):
    folder, _ = texts
    with (
        working_alone(make_folder(folder / "work")),
        pytest.raises(InputError, match="work: another run works in this folder; wait for its end"),
    ):
        make(folder, work=folder / "work")
    assert list((folder / "work").iterdir()) == []


@pytest.mark.parametrize(
    ("output", "work", "said"),
    [
        ("en.txt", None, "en.txt: is the input"),
        ("seeds.tsv", None, "seeds.tsv: is the input"),
        ("texts/out.tsv", None, "out.tsv: lies in .*texts, and all files in that folder are read"),
        ("out.tsv", "texts", "texts: is the input"),
        ("out.tsv", "texts/work", "work: lies in .*texts, and all files in that folder are read"),
    ],
)
def test_no_output_among_the_inputs(texts, output, work, said):
    folder, _ = texts
    (folder / "texts").mkdir()
    (folder / "es.txt").rename(folder / "texts" / "es.txt")
    before = {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    with pytest.raises(InputError, match=said):
        make_dictionary(
            folder / "en.txt",
            folder / "texts",
            folder / output,
            source_language="en",
            target_language="es",
            lexicon=folder / "seeds.tsv",
            work=work and folder / work,
        )
    assert {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("out.csv", {}, "dictionaries are not written as .csv; use .tsv"),
        (
            "out.tei",
            {"lexicon": None},
            "tei files hold confidences, and without a lexicon there are none",
        ),
        ("out.tbx", {"lexicon": None}, "tbx files hold confidences"),
        ("out.tbx", {"target_language": "en"}, "got 'en' as both languages"),
        ("out.tsv", {"min_confidence": "0.5"}, "got min_confidence = '0.5', expected a number from 0 to 1"),
        ("out.tsv", {"seed": "0"}, "got seed = '0', expected a whole number"),
    ],
)
def test_what_cannot_be_written_is_told_before_the_long_work(texts, monkeypatch, name, options, said):
    def too_late(*_, **__):
        raise AssertionError("texts were read first")

    monkeypatch.setattr(module, "side_vectors", too_late)
    folder, _ = texts
    given = {"source_language": "en", "target_language": "es", "lexicon": folder / "seeds.tsv"} | options
    with pytest.raises(InputError, match=said):
        make_dictionary(folder / "en.txt", folder / "es.txt", folder / name, **given)
    assert not list(folder.glob("out.*"))
