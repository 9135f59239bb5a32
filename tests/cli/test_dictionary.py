"""`isolex dictionary`."""

import io
import re
from dataclasses import replace

import pytest

from isolex import align
from isolex.cli.console import told_step
from isolex.lexicon import Lexicon
from isolex.progress import listening, step, track

from ..training.made_up import RING_SEEDS, write_text

pytestmark = pytest.mark.filterwarnings("ignore:.*tokens")
LANGUAGES = ("--source-language", "en", "--target-language", "es")
SECONDS = r" \(\d+\.\d+ s\)"


@pytest.fixture
def texts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # For as few words as here self-learning would take hundreds of rounds.
    monkeypatch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 20)
    first, second = (write_text(tmp_path / f"{code}.txt", seed) for code, seed in (("en", 1), ("es", 2)))
    Lexicon(list(zip(first, second, strict=True))[:RING_SEEDS]).write(tmp_path / "seeds.tsv")
    return tmp_path


def steps(result) -> list[str]:
    """What was told of steps, without the time that they took."""
    told = (line.removeprefix("isolex: ") for line in result.lines if " of 5: " in line)
    return [re.sub(SECONDS + "$", "", line) for line in told]


def test_steps_are_told_and_what_an_earlier_run_left(isolex, texts):
    given = ("dictionary", "en.txt", "es.txt", *LANGUAGES, "-o", "out.tsv", "--lexicon", "seeds.tsv")
    first = isolex(*given)
    assert first.status == 0
    assert steps(first) == [
        "1 and 2 of 5: training vectors of en and es",
        "3 of 5: aligning en and es",
        "4 of 5: reranking",
        "5 of 5: writing",
    ]
    assert "earlier run" not in first.out
    assert "what would help most: more text in en and es, which have 40,000 and 40,000 tokens" in first.out
    second = isolex(*given)
    assert steps(second) == [
        "1 of 5: en: vectors of an earlier run",
        "2 of 5: es: vectors of an earlier run",
        "3 of 5: alignment of an earlier run",
        "4 of 5: confidences of an earlier run",
        "5 of 5: writing",
    ]
    assert "en: 260 words from 40,000 tokens, vectors of an earlier run\n" in second.out
    assert "aligned (alignment of an earlier run): " in second.out
    told = isolex(*given, "--json").json
    assert (told["done"], told["kept"]) == ([], ["source", "target", "alignment", "confidences"])
    # The folder of work holds an alignment as any other.
    assert isolex("translate", "out.tsv.work/alignment", Lexicon.read("seeds.tsv").pairs[0][0]).status == 0


def test_a_failure_that_was_kept_is_told_as_one(isolex, texts, monkeypatch):
    def failing(first, second, pairs, *, seed):
        made = align(first, second, pairs, method="procrustes", check=False, seed=seed)
        made.card = replace(made.card, status="failed", reasons=("nothing fits",))
        return made

    monkeypatch.setattr("isolex.dictionary.making.align", failing)
    given = ("dictionary", "en.txt", "es.txt", *LANGUAGES, "-o", "out.tsv", "--lexicon", "seeds.tsv")
    first = isolex(*given)
    assert first.status == 1, first
    assert "\nfailed: nothing fits\nno dictionary was written\n" in first.out
    second = isolex(*given)
    assert second.status == 1
    assert "\nfailed (alignment of an earlier run): nothing fits\n" in second.out


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_bar_names_the_step_and_no_line_is_left(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", stream := Terminal())
    with told_step("2 of 5: training uk"):
        list(track(range(3), "training"))
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", stream.getvalue())
    assert "2 of 5: training uk" in shown
    assert "isolex:" not in shown
    # The loop fills the bar of the step: there is no other.
    assert shown.replace("2 of 5: training uk", "").count("training") == 0


def test_a_step_is_nothing_without_a_follower():
    with step("1 of 2: reading"), listening(None):
        assert list(track([1, 2], "reading")) == [1, 2]
