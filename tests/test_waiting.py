import os
import subprocess
import sys

import pytest

from isolex.waiting import short_waits


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_is_as_it_was_afterwards():
    with short_waits():
        assert os.environ["GOMP_SPINCOUNT"] == "1000"
    assert "GOMP_SPINCOUNT" not in os.environ
    with pytest.raises(KeyError), short_waits():
        raise KeyError
    assert "GOMP_SPINCOUNT" not in os.environ


@pytest.mark.parametrize("name", ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"])
def test_what_the_user_says_counts(monkeypatch, name):
    monkeypatch.setenv(name, "7")
    with short_waits():
        assert {key: os.environ.get(key) for key in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")} == {
            **dict.fromkeys(("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")),
            name: "7",
        }
    assert os.environ[name] == "7"


def test_importing_isolex_leaves_the_environment_alone():
    code = "import os; before = dict(os.environ); import isolex; assert dict(os.environ) == before"
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))
