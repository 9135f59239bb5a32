import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.fuzz import mutations
from tests.fuzz.trial import problem

ROOT = Path(__file__).parents[2]


def fuzz(*arguments: object) -> subprocess.CompletedProcess[str]:
    """In a process of its own, whose memory is limited."""
    command = [sys.executable, "-m", "tests.fuzz", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_short_run_finds_nothing(tmp_path):
    done = fuzz("--inputs", 150, "--seconds", 300, "--seed", 3, "--findings", tmp_path / "findings")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("150 inputs (")
    assert done.stdout.endswith("0 findings, seed 3\n")


def test_a_finding_is_run_again(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.vec").write_text("a 1 2\nb 3 4\n")
    finding = {"command": ["info", "a.vec", "--json"], "wrong": "it was"}
    (tmp_path / "finding.json").write_text(json.dumps(finding))
    done = fuzz("--replay", tmp_path)
    assert (done.returncode, done.stdout) == (0, "isolex info a.vec --json: nothing wrong\n")


class TestJudging:
    """What the fuzzer must notice is noticed."""

    @pytest.fixture
    def told(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)

        def judge(does, *command: str) -> str | None:
            monkeypatch.setattr("tests.fuzz.trial.run", does)
            return problem(command or ("info", "a", "--json"))

        return judge

    def test_nothing(self, told):
        def fine(_):
            print('{"a": null}')
            print("isolex: warning: something", file=sys.stderr)
            return 0

        assert told(fine) is None

    def test_an_exception(self, told):
        assert "ZeroDivisionError" in told(lambda _: 1 / 0)
        assert "SystemExit" in told(lambda _: sys.exit(0))

    def test_an_exit_status(self, told):
        assert told(lambda _: 3) == "exit status 3"
        assert "exit status 2, but" in told(lambda _: 2)

    @pytest.mark.parametrize("text", ["", "{", '{"a": NaN}', "[1e3, -Infinity]", "{} {}"])
    def test_no_json(self, told, text):
        def bad(_):
            print(text)
            return 0

        assert "no JSON" in told(bad)

    def test_an_answer_without_a_score(self, told):
        def bad(_):
            print('{"answers": [{"word": "a", "score": null}]}')
            return 0

        assert "an answer without a score" in told(bad)

    def test_a_traceback_in_words(self, told):
        def bad(_):
            print("Traceback (most recent call last):", file=sys.stderr)
            return 1

        assert "traceback" in told(bad)

    def test_a_hang(self, told, monkeypatch):
        monkeypatch.setattr("tests.fuzz.trial.SECONDS", 1)

        def bad(_):
            while True:
                pass

        assert "ran for more than 1 s" in told(bad)

    def test_nan_in_a_file(self, told):
        def bad(_):
            Path("out.jsonl").write_text('{"score": NaN}\n')
            print("{}")
            return 0

        assert "wrote what is not right" in told(bad)


class TestMutations:
    def test_every_field_of_a_card(self):
        made = {own() for own in mutations.fields('{"a": 1, "b": {"c": ["x"]}}')}
        assert {b'{"a": NaN, "b": {"c": ["x"]}}', b'{"a": 1, "b": {"c": [NaN]}}', b"NaN"} <= made
        assert {b'{"b": {"c": ["x"]}}', b'{"a": 1, "b": {}}'} <= made  # gone
        assert b'{"a": 1, "a": "x", "b": {"c": ["x"]}}' in made  # twice

    def test_a_packed_file_is_read_by_the_library(self):
        from safetensors.numpy import load

        tensors = {"a": np.ones((2, 3), np.float32), "b": np.arange(3)}
        made = load(mutations.pack(tensors, {"key": "value"}))
        for name, tensor in tensors.items():
            np.testing.assert_array_equal(made[name], tensor)

    def test_every_number_of_an_array(self):
        made = [own() for own in mutations.arrays(np.zeros((2, 2), np.float32))]
        assert any(np.isnan(array.astype(float)).any() for array in made)
        assert {(2, 2), (4,), (1, 2, 2), (1, 2), (0, 2), ()} <= {array.shape for array in made}
