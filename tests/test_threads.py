import os
import subprocess
import sys
from pathlib import Path

import pytest

from isolex.threads import compute_with, short_waits

SOURCE = Path(__file__).parent.parent / "src"


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


TELLS = "import os\nprint(os.environ.get('GOMP_SPINCOUNT'))\n"


@pytest.mark.parametrize(
    "code",
    ["import isolex, torch", "import isolex.vectors, torch", "import isolex, importlib.util as u\n"
     "assert u.find_spec('torch')\nimport torch"],
    ids=["by the program", "after a room", "looked for before"],
)  # fmt: skip
def test_torch_is_loaded_with_short_waits_whoever_imports_it(tmp_path, code):
    (tmp_path / "torch.py").write_text(TELLS)
    code += "\nimport os; print(os.environ.get('GOMP_SPINCOUNT'))"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["1000", "None"]


WRAPPED = """
import sys, isolex
from isolex.threads import compute_with
compute_with(2)
class Wrapped:
    def __init__(self, finder): self.find_spec = finder.find_spec
sys.meta_path[:] = map(Wrapped, sys.meta_path)
import torch
print(torch.get_num_threads())
"""


def test_a_tool_may_put_its_own_objects_in_the_place_of_finders(tmp_path):
    """Torch is still loaded with short waits, and computes with as many threads as were asked for."""
    module = f"{TELLS}def set_num_threads(count): global get_num_threads; get_num_threads = lambda: count\n"
    (tmp_path / "torch.py").write_text(module)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(SOURCE)])}
    done = subprocess.run(
        [sys.executable, "-c", WRAPPED], check=True, env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["1000", "2"]


def test_without_torch_python_says_so(tmp_path):
    code = "import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]\n"
    code += f"sys.path.append({str(SOURCE)!r})\nimport isolex\nimport torch"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'torch'"


def test_torch_computes_with_as_many_threads_as_were_asked_for_before_it_was_imported():
    code = "import sys\nfrom isolex.threads import compute_with\nfor count in (3, 2): compute_with(count)\n"
    code += "assert 'torch' not in sys.modules\nimport torch; print(torch.get_num_threads())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["2"]


def test_or_after_it_was():
    import torch

    before = torch.get_num_threads()
    try:
        compute_with(before + 1)
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)
