"""`isolex align` with little or no supervision, what becomes of its folder, and Ctrl-C that keeps it."""

import json
import re
import signal
import subprocess
import sys

import pytest

from isolex import load
from isolex.lexicon import Lexicon
from isolex.mapping import Induction
from isolex.vectors import Vectors
from tests.shaped import columns_permuted, make_annealing_quick, shaped
from tests.spaces import numbered, planted

from .helpers import contents

UNSUPERVISED = ("align", "x.vec", "y.vec", "--unsupervised", "-o", "out")
WORDS = 200
HOPELESS = ("align", "x.vec", "hopeless.vec", "--unsupervised", "-o", "out")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    make_annealing_quick(monkeypatch)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shaped")
    x, y = shaped(WORDS, seed=4)
    for name, side in (("x", x), ("y", y), ("hopeless", columns_permuted(y))):
        side.write(folder / f"{name}.vec")
    Lexicon((f"s{i}", f"t{i}") for i in range(20)).write(folder / "seeds.tsv")
    Lexicon((f"s{i}", f"t{i}") for i in range(20, 120)).write(folder / "test.tsv")
    return folder


@pytest.fixture
def there(files, tmp_path, monkeypatch):
    """x.vec and y.vec, which align, hopeless.vec, which does not, and the working directory."""
    for file in files.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestUnsupervised:
    def test_json(self, isolex, there):
        result = isolex(*UNSUPERVISED, "--json")
        result.warns(None)
        report = result.json
        assert (report["status"], report["method"], report["alignment"]) == ("aligned", "unsupervised", "out")
        assert report["seconds"] > 0
        assert report["scores"]["seed_pairs"] == 0
        evidence = report["scores"]["evidence"]
        assert set(evidence) == {
            f"{null}{name}" for null in ("", "null_") for name in ("agreement", "criterion", "cycle")
        }
        assert evidence["agreement"] > 90 > evidence["null_agreement"]
        assert evidence["criterion"] > evidence["null_criterion"]
        assert f"the same first answer for {evidence['agreement']:.1f} % of" in report["reasons"][0]

    def test_text(self, isolex, there):
        result = isolex(*UNSUPERVISED)
        result.warns(None)
        first, reason, method, last = result.out.splitlines()
        assert first.startswith("aligned by unsupervised, no seed pairs, ")
        assert re.search(r"restart gives the same first answer for (9\d|100)\.\d % of", reason)
        assert method.strip() == "the method was unsupervised (from similarity distributions)"
        assert last == "alignment: out"

    def test_the_seed_reaches_the_card(self, isolex, there):
        assert isolex(*UNSUPERVISED, "--seed", 7, "--json").json["seed"] == 7
        assert load("out").card.seed == 7

    def test_an_impossible_pair_is_not_written(self, isolex, there):
        before = contents(there)
        result = isolex(*HOPELESS, "--json")
        assert result.status == 1
        assert (result.json["status"], result.json["alignment"]) == ("failed", None)
        (line,) = result.lines
        assert line.startswith("isolex: failed, nothing written: ")
        assert "the spaces did not align" in line
        assert "try a seed lexicon of 50 pairs, or vectors trained on more text" in line
        assert line.endswith("(--force writes it anyway)")
        assert contents(there) == before

    def test_force_writes_it_and_warns(self, isolex, there):
        result = isolex(*HOPELESS, "--force", "--json")
        result.warns("failed: .*the spaces did not align")
        assert (result.json["status"], result.json["alignment"]) == ("failed", "out")
        assert load("out").card.status == "failed"

    def test_a_method_that_needs_no_pairs_needs_no_flag(self, isolex, there):
        result = isolex(
            "align", "x.vec", "y.vec", "--method", "vecmap-unsupervised-cpu", "-o", "out", "--json"
        )
        result.warns(None)
        assert (result.json["status"], result.json["method"]) == ("aligned", "vecmap-unsupervised-cpu")

    def test_nor_does_one_that_finds_its_own(self, isolex, there):
        for side in ("x", "y"):
            Vectors(numbered("w", WORDS), Vectors.read(f"{side}.vec").matrix).write(f"{side}.vec")
        given = ("align", "x.vec", "y.vec", "--method", "vecmap-identical-cpu", "-o", "out", "--json")
        for options in ((), ("--identical",)):
            result = isolex(*given, *options)
            result.warns(None)
            assert result.json["scores"]["seed_pairs"] == WORDS

    def test_which_finds_none(self, isolex, there):
        before = contents(there)
        message = "not one pair is in both|share no identical strings"
        isolex("align", "x.vec", "y.vec", "--method", "vecmap-identical-cpu", "-o", "out").fails(message)
        assert contents(there) == before


CONTRADICTIONS = [
    (("--unsupervised", "--lexicon", "seeds.tsv"), "give exactly one of --lexicon, --identical, --numerals"),
    (("--unsupervised", "--identical"), "give exactly one of"),
    (("--numerals", "--identical"), "give exactly one of"),
    ((), "give exactly one of --lexicon, --identical, --numerals and --unsupervised; see: isolex align"),
    (("--method", "procrustes"), "method procrustes: needs seed pairs, got none; give a lexicon"),
    (
        ("--lexicon", "seeds.tsv", "--method", "vecmap-unsupervised"),
        "method vecmap-unsupervised: works without seed pairs, got a lexicon; leave the seed pairs out",
    ),
    (("--numerals", "--method", "unsupervised"), "method unsupervised: works without .*, got numerals"),
    (
        ("--unsupervised", "--method", "procrustes"),
        "--unsupervised contradicts --method procrustes, which uses seed pairs: drop one",
    ),
    (
        ("--lexicon", "seeds.tsv", "--method", "vecmap-identical"),
        "method vecmap-identical: finds its own seed of identical strings, got a lexicon",
    ),
    (
        ("--numerals", "--method", "vecmap-identical"),
        "method vecmap-identical: finds its own seed of identical strings, got numerals",
    ),
    (
        ("--unsupervised", "--method", "vecmap-identical"),
        "--unsupervised contradicts --method vecmap-identical, which uses identical strings: drop one",
    ),
    (("--method", "vecmap-unsupervized"), "unknown method .*; did you mean 'vecmap-unsupervised'"),
]


@pytest.mark.parametrize(
    ("options", "message"),
    CONTRADICTIONS,
    ids=[" ".join(options) or "nothing" for options, _ in CONTRADICTIONS],
)
def test_contradictions_are_told_before_anything_is_read(isolex, there, monkeypatch, options, message):
    def too_late(*_, **__):
        raise AssertionError("vectors were read first")

    monkeypatch.setattr(Vectors, "read", too_late)
    before = contents(there)
    isolex("align", "x.vec", "y.vec", "-o", "out", *options).fails(message)
    assert contents(there) == before


class TestNumerals:
    """Every seventh word of a cloud without any shape is a year, and languages agree on years.

    Other strings that both have are false friends.
    """

    def write(self, folder, *, agree: bool) -> None:
        source, target, pairs = planted(280, 20)
        year = {f"s{i}": str(1900 + i) for i in range(0, 280, 7)}
        there = dict(pairs)
        years = list(year.values())
        told = dict(zip(years, years if agree else years[1:] + years[:1], strict=True))
        named = {there[word]: told[number] for word, number in year.items()}
        friends = [number for number in range(280) if number % 7 in (1, 2)]
        for number, other in zip(friends, friends[1:] + friends[:1], strict=True):
            year[f"s{number}"], named[f"t{other}"] = f"friend{number}", f"friend{number}"
        Vectors([year.get(word, word) for word in source.words], source.matrix).write(folder / "x.vec")
        Vectors([named.get(word, word) for word in target.words], target.matrix).write(folder / "y.vec")
        Lexicon(pair for pair in pairs if pair[0] not in year).write(folder / "test.tsv")

    ALIGN = ("align", "x.vec", "y.vec", "--numerals", "--method", "self-learning", "-o", "out", "--json")

    def test_years_are_enough(self, isolex, there):
        self.write(there, agree=True)
        result = isolex(*self.ALIGN)
        result.warns(None)
        assert (result.json["status"], result.json["scores"]["seed_pairs"]) == ("aligned", 40)
        assert isolex("evaluate", "bli", "out", "test.tsv", "--json").json["p@1"] > 95

    def test_years_that_do_not_agree_are_not(self, isolex, there):
        self.write(there, agree=False)
        result = isolex(*self.ALIGN)
        assert result.status == 1
        assert result.json["status"] == "failed"
        assert result.json["scores"]["seed_pairs"] == 40

    def test_no_shared_numerals(self, isolex, there):
        isolex(*self.ALIGN).fails("share no numerals; give a lexicon by --lexicon, or --unsupervised")


@pytest.fixture(scope="module")
def saved(files, tmp_path_factory):
    """An unsupervised alignment."""
    with pytest.MonkeyPatch.context() as patch:
        make_annealing_quick(patch)
        from isolex import align

        folder = tmp_path_factory.mktemp("saved") / "made"
        align(files / "x.vec", files / "y.vec").save(folder)
    return folder


class TestWithoutSeeds:
    """The other commands on the folder of an alignment that has no seed pairs."""

    def test_there_is_no_file_of_seeds(self, saved):
        assert {file.name for file in saved.iterdir()} == {
            *("card.json", "alignment.safetensors", "source.safetensors", "target.safetensors")
        }

    def test_info(self, isolex, saved):
        result = isolex("info", saved, "--json")
        result.warns(None)
        card = result.json
        assert (card["kind"], card["status"], card["method"]) == ("alignment", "aligned", "unsupervised")
        assert card["scores"]["seed_pairs"] == 0
        isolex("info", saved).warns(None)

    @pytest.mark.parametrize("criterion", ["csls", "nn"])
    def test_translate(self, isolex, saved, criterion):
        for word, answer, options in (("s5", "t5", ()), ("t7", "s7", ("--reverse",))):
            result = isolex("translate", saved, word, "--criterion", criterion, *options, "--json")
            result.warns(None)
            assert result.json["translations"][0]["answers"][0]["word"] == answer

    def test_isf_has_no_pairs_to_be_fitted_on(self, isolex, saved):
        message = "the alignment has no seed pairs to fit the inverted softmax on; use csls"
        isolex("translate", saved, "s5", "--criterion", "isf").fails(message)
        isolex("translate", saved, "s5", "--criterion", "isf", "--reverse", "--json").fails(message)

    def test_lexicon(self, isolex, saved, tmp_path):
        result = isolex("lexicon", saved, "-o", tmp_path / "made.tsv", "--direction", "mutual", "--json")
        result.warns(None)
        assert result.json["entries"] > WORDS - 10

    def test_export(self, isolex, saved, tmp_path):
        result = isolex("export", saved, "-o", tmp_path / "exported", "--json")
        result.warns(None)
        x, y = (Vectors.read(file) for file in result.json["files"])
        assert len(x) == len(y) == WORDS
        assert float((x.matrix * y.matrix).sum(axis=1).mean()) > 0.95

    def test_evaluate(self, isolex, saved, files):
        result = isolex("evaluate", "bli", saved, files / "test.tsv", "--json")
        result.warns(None)


STOPPING = "isolex: stopping after this round with the best result so far; press Ctrl-C again to quit"
EARLY = "isolex: warning: doubtful: stopped early, before the result could be checked"


def interrupt_in_round(monkeypatch, *numbers: int) -> list[int]:
    """SIGINT in the middle of these rounds of self-learning, counted over all of its loops; the rounds."""
    rounds: list[int] = []
    induce = Induction.between

    def interrupting(*arguments, **options):
        rounds.append(len(rounds) + 1)
        if rounds[-1] in numbers:
            signal.raise_signal(signal.SIGINT)
        return induce(*arguments, **options)

    monkeypatch.setattr(Induction, "between", interrupting)
    return rounds


class TestKeepOnInterrupt:
    def test_the_best_so_far_is_written_and_doubted(self, isolex, there, monkeypatch):
        interrupt_in_round(monkeypatch, 5)
        result = isolex(*UNSUPERVISED, "--keep-on-interrupt", "--json")
        assert result.status == 0
        assert result.lines == [STOPPING, EARLY]
        assert (result.json["status"], result.json["alignment"]) == ("doubtful", "out")
        assert "evidence" not in result.json["scores"]
        alignment = load("out")
        assert alignment.card.status == "doubtful"
        # Five rounds of the first loop; of the second and of the last, the first.
        assert len(alignment.card.trace) == 7

    def test_the_handler_is_put_back(self, isolex, there, monkeypatch):
        before = signal.getsignal(signal.SIGINT)
        interrupt_in_round(monkeypatch, 5)
        isolex(*UNSUPERVISED, "--keep-on-interrupt")
        assert signal.getsignal(signal.SIGINT) is before

    def test_without_an_interrupt_it_changes_nothing(self, isolex, there):
        plain, kept = (isolex(*UNSUPERVISED, *more, "--json") for more in ((), ("--keep-on-interrupt",)))
        kept.warns(None)
        assert kept.json["scores"] == plain.json["scores"]

    def test_a_second_one_leaves(self, isolex, there, monkeypatch):
        before = contents(there)
        interrupt_in_round(monkeypatch, 5, 6)
        result = isolex(*UNSUPERVISED, "--keep-on-interrupt", "--json")
        assert (result.status, result.out) == (130, "")
        assert result.lines == [STOPPING, "isolex: interrupted; output files are as they were"]
        assert contents(there) == before

    def test_without_the_option_the_first_one_does(self, isolex, there, monkeypatch):
        before = contents(there)
        interrupt_in_round(monkeypatch, 5)
        result = isolex(*UNSUPERVISED, "--json")
        assert (result.status, result.out) == (130, "")
        assert result.lines == ["isolex: interrupted; output files are as they were"]
        assert contents(there) == before

    @pytest.mark.parametrize("share", [0.5, 0.85])
    def test_while_it_is_being_checked(self, isolex, there, monkeypatch, share):
        """In the restart, or in the run on spaces that cannot align: what was found by then is good."""
        rounds = interrupt_in_round(monkeypatch)
        isolex(*UNSUPERVISED)
        interrupt_in_round(monkeypatch, round(share * len(rounds)))
        result = isolex(*UNSUPERVISED, "--keep-on-interrupt", "--json")
        assert result.status == 0
        assert result.lines[0] == STOPPING
        assert result.json["alignment"] == "out"
        answers = isolex("translate", "out", "s5", "-k", 1, "--json").json["translations"][0]["answers"]
        assert answers[0]["word"] == "t5"


# Runs commands one after the other as the program does; in its third round each waits for its signals.
DRIVER = """
import json, signal, sys, time
from unittest import mock
from isolex.cli import main
from isolex.mapping import Induction

induce = Induction.between

def waiting(signals):
    rounds = []
    def wait(*arguments, **options):
        rounds.append(1)
        if len(rounds) == 3:
            for _ in range(signals):
                before, end = signal.getsignal(signal.SIGINT), time.monotonic() + 60
                print("there", flush=True)
                while signal.getsignal(signal.SIGINT) is before and time.monotonic() < end:
                    time.sleep(0.01)
        return induce(*arguments, **options)
    return wait

for signals, arguments in json.loads(sys.argv[1]):
    with mock.patch.object(Induction, "between", waiting(signals)):
        try:
            main(arguments)
        except SystemExit as stopped:
            print(stopped.code, flush=True)
"""

SIGNALLED = [
    (1, ("--keep-on-interrupt",), 0, [STOPPING, EARLY]),
    (2, ("--keep-on-interrupt",), 130, [STOPPING, "isolex: interrupted; output files are as they were"]),
    (1, (), 130, ["isolex: interrupted; output files are as they were"]),
]


def test_by_real_signals(there):
    jobs = [
        (
            signals,
            ["align", "x.vec", "y.vec", "--unsupervised", "-o", f"out{number}", "--threads", "1", *more],
        )
        for number, (signals, more, *_) in enumerate(SIGNALLED)
    ]
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, json.dumps(jobs)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        for signals, _, status, _ in SIGNALLED:
            for _ in range(signals):
                assert process.stdout.readline() == "there\n"
                process.send_signal(signal.SIGINT)
            told = iter(process.stdout.readline, "")
            assert next(line for line in told if line.strip().isdigit()) == f"{status}\n"
        lines = [line for line in process.stderr.read().splitlines() if line]
    assert lines == [line for *_, said in SIGNALLED for line in said]
    assert (there / "out0").is_dir()
    assert not (there / "out1").exists()
    assert not (there / "out2").exists()
