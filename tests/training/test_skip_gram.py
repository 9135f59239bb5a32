import json
import os
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

from isolex.errors import InputError, IsolexError, MissingExtraError
from isolex.progress import listening, stopping, together
from isolex.text import Corpus
from isolex.training import SkipGram, fasttext_process
from isolex.training.skip_gram import _followed
from isolex.vectors import Vectors

from .made_up import corpus, sentences, topic_found

pytest.importorskip("fasttext")
QUICK = SkipGram(dimension=16, epochs=5, buckets=500)


def test_words_of_a_topic_are_near_each_other():
    assert topic_found(replace(QUICK, epochs=60, longest=0).train(corpus())) > 0.8


def test_the_same_corpus_gives_the_same_vectors():
    first, second = (QUICK.train(corpus(), language="xx") for _ in range(2))
    assert first.fingerprint == second.fingerprint
    assert first.language == "xx"
    assert sorted(first.words) == sorted(corpus().words)


def test_it_answers_for_words_that_are_not_there():
    vectors = QUICK.train(corpus())
    assert np.abs(vectors.from_subwords("t1w99")).max() > 0
    assert replace(QUICK, longest=0).train(corpus()).subwords is None


def test_a_model_is_written_for_others(tmp_path):
    vectors = QUICK.train_model(corpus(), tmp_path / "model.bin")
    again = Vectors.read(tmp_path / "model.bin")
    np.testing.assert_array_equal(again.vector("t1w1"), vectors.vector("t1w1"))
    assert "</s>" not in vectors


def test_an_interrupt_ends_the_process(monkeypatch):
    made = []

    class Watched(subprocess.Popen):
        def __init__(self, *given, **options):
            super().__init__(*given, **options)
            made.append(self)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("isolex.training.skip_gram.subprocess.Popen", Watched)
    monkeypatch.setattr("isolex.training.skip_gram._followed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace(QUICK, epochs=100_000).train(corpus())
    assert made[0].wait(timeout=30) != 0


def test_it_ends_when_what_runs_beside_it_has_failed():
    def failing():
        raise IsolexError("the other one")

    with pytest.raises(IsolexError, match="the other one"):
        together([lambda: replace(QUICK, epochs=100_000).train(corpus()), failing])


class Counters:
    """How far each loop is."""

    def __init__(self) -> None:
        self.done: dict[str, int] = {}

    def start(self, label: str, total: int) -> object:
        self.done[label] = 0
        return label

    def advance(self, loop: object) -> None:
        self.done[str(loop)] += 1

    def note(self, loop: object, text: str) -> None: ...

    def finish(self, loop: object) -> None: ...


@pytest.mark.parametrize(
    "threads",
    [
        pytest.param(
            1, marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of reading")
        ),
        2,
    ],
)
def test_counters_move_while_it_trains(threads):
    """Both are stopped as soon as both have moved; what tells at its end only has got to 100 by then."""
    counters, long = Counters(), replace(QUICK, epochs=2000, threads=threads)

    def both_move() -> bool:
        return len(counters.done) == 2 and min(counters.done.values()) > 0

    calls = [lambda code=code: long.train(corpus(), language=code) for code in ("xx", "yy")]
    with listening(counters), stopping(both_move), pytest.raises(KeyboardInterrupt):
        together(calls)
    assert counters.done.keys() == {"training xx", "training yy"}
    assert all(0 < done < 100 for done in counters.done.values())


def test_without_a_figure_there_is_no_counter():
    code = "import sys; print('Read 0M words', 'the end', sep='\\r', file=sys.stderr)"
    counters = Counters()
    with (
        listening(counters),
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) as process,
    ):
        assert _followed(process, "training xx") == "the end"
    assert counters.done == {}


def test_where_nobody_tells_of_reading_no_figure_is_written(monkeypatch, tmp_path, capfd):
    """The empty lines are there so that whoever reads them can look whether to stop."""
    monkeypatch.setattr(fasttext_process, "_IO", str(tmp_path / "none"))
    monkeypatch.setattr(fasttext_process, "_EVERY", 0.01)
    text = tmp_path / "text"
    text.write_text("a word\n")
    with fasttext_process._telling(str(text), {"thread": 1, "epoch": 5}):
        time.sleep(0.2)
    assert set(capfd.readouterr().err) == {"\n"}


def test_a_failure_is_told(monkeypatch):
    monkeypatch.setattr(SkipGram, "library_settings", lambda _: {"nonsense": 1})
    with pytest.raises(IsolexError, match=r"fastText failed \(.*nonsense"):
        QUICK.train(corpus())


def test_no_word_is_a_label_or_parted():
    odd = ["\x01x", "__label__y", "\x7f", "\u2003z"]  # of blanks, fastText knows those of ASCII alone
    found = QUICK.train(Corpus.of([[*sentence, *odd] for sentence in sentences()]))
    assert sorted(found.words) == sorted([*corpus().words, *odd])
    with pytest.raises(
        InputError, match=r"SkipGram: the word 'New York' holds a blank.*; join its parts with _"
    ):
        QUICK.train(Corpus.of([["New York", "is"]]))


def test_half_a_model_is_told(monkeypatch, tmp_path):
    """On a full disk fastText leaves half a model, and says nothing."""

    def cut(process, _):
        process.wait()
        path = tmp_path / "model.bin"
        path.write_bytes(path.read_bytes()[:-100])
        return ""

    monkeypatch.setattr("isolex.training.skip_gram._followed", cut)
    with pytest.raises(
        IsolexError, match=r"training: fastText wrote an incomplete model; make sure that there is room"
    ):
        QUICK.train_model(corpus(), tmp_path / "model.bin")


def test_no_room_for_the_sentences(monkeypatch, tmp_path):
    monkeypatch.setattr("isolex.training.skip_gram.TemporaryDirectory", lambda: nullcontext("/dev/full"))
    with pytest.raises(InputError, match=r"sentences\.txt: cannot be written \(.*\); .*TMPDIR"):
        QUICK.train_model(corpus(), tmp_path / "model.bin")


@pytest.mark.parametrize(
    "setting",
    [{"dimension": 0}, {"window": 0}, {"epochs": 0}, {"longest": -1}, {"rate": 0.0}, {"threads": 0}],
)
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(InputError):
        replace(QUICK, **setting)


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("isolex.training.skip_gram.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"isolex\[train\]"):
        QUICK.train(corpus())


def test_the_other_process_needs_no_more_than_the_library():
    code = "import isolex.training.fasttext_process as m; print(m.main.__name__)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_a_trainer_that_is_killed_takes_the_library_with_it(tmp_path):
    """The parent is killed outright, so it cannot see to it itself; the pipe closes when both have ended."""
    child = (
        "import os\n"
        "from isolex.processes import end_with_parent\n"
        "end_with_parent(os.getppid())\n"
        "print('there', flush=True)\n"
        "import time; time.sleep(300)\n"
    )
    starting = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])\n"
    with subprocess.Popen([sys.executable, "-c", starting], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == "there\n"
        parent.kill()
        assert parent.stdout.read() == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_a_trainer_that_was_killed_before_the_library_had_begun_leaves_nothing_either():
    """The parent that the order names is another process, as where it has ended already."""
    order = json.dumps({"text": "none", "model": "none", "settings": {}, "parent": os.getpid() + 1})
    process = [sys.executable, "-m", "isolex.training.fasttext_process", order]
    ended = subprocess.run(process, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == ""
