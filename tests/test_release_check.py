"""The checks before a release notice what is wrong; `make release-check` runs them in earnest."""

import importlib.util
import shutil
import sys
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import isolex

ROOT = Path(__file__).parent.parent
SPEC = importlib.util.spec_from_file_location("release_check", ROOT / "scripts" / "release_check.py")
check = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(check)


@pytest.fixture
def root(tmp_path) -> Path:
    package = tmp_path / "src" / "isolex"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__pycache__" / "a.pyc").write_bytes(b"")
    shutil.copy(ROOT / "src" / "isolex" / "_version.py", package)
    (package / "data.json").write_text("{}")
    return tmp_path


def metadata(**changes) -> str:
    fields = {
        "Name": "isolex",
        "Version": isolex.__version__,
        "License-Expression": "Apache-2.0",
        "Requires-Python": ">=3.10",
        "Description-Content-Type": "text/markdown",
    } | changes
    return "".join(f"{k}: {v}\n" for k, v in fields.items()) + "License-File: LICENSE\nLicense-File: NOTICE\n"


def wheel(folder: Path, *, without: str = "", more: tuple[str, ...] = (), text: str | None = None) -> Path:
    info = f"isolex-{isolex.__version__}.dist-info"
    names = [*check.expected_files(folder), *(f"{info}/{name}" for name in check.DIST_INFO), *more]
    with zipfile.ZipFile(folder / "a.whl", "w") as archive:
        for name in names:
            if name != without:
                archive.writestr(name, (text or metadata()) if name.endswith("METADATA") else "")
    return folder / "a.whl"


def test_a_wheel_that_is_right(root):
    assert check.expected_files(root) == {"isolex/_version.py", "isolex/data.json"}
    assert list(check.wheel_failures(wheel(root), root)) == []


def test_a_wheel_that_lacks_something(root):
    (failure,) = check.wheel_failures(wheel(root, without="isolex/data.json"), root)
    assert failure == "the wheel lacks isolex/data.json"


def test_a_wheel_with_tests(root):
    (failure,) = check.wheel_failures(wheel(root, more=("tests/test_a.py",)), root)
    assert failure == "the wheel holds what it should not: tests/test_a.py"


def test_metadata_of_another_version(root):
    found = list(check.wheel_failures(wheel(root, text=metadata(Version="9")), root))
    assert found == [f"the metadata have Version '9', expected '{isolex.__version__}'"]
    assert len(list(check.metadata_failures(Message(), "9"))) == 6


def test_one_version():
    assert check.version() == isolex.__version__
    assert list(check.version_failures()) == []


def test_another_version_in_the_citation(root):
    (root / "CITATION.cff").write_text("version: 9\n")
    (root / "CHANGELOG.md").write_text("# Changelog\n")
    found = list(check.version_failures(root))
    assert len(found) == 2
    assert found[0].startswith("CITATION.cff has version 9")


def test_relative_links():
    readme = "![a](docs/a.png) [b](docs/b.md) [c](https://c.org) ![d](https://d.org/d.png) [e](#e)"
    assert check.relative_links(readme) == (["docs/a.png"], ["docs/b.md"])


def test_why_a_command_failed(tmp_path):
    assert check.run([sys.executable, "-c", "pass"], tmp_path) is None
    failure = check.run([sys.executable, "-c", "raise SystemExit('no\\nway')"], tmp_path)
    assert failure.endswith("ended with status 1: no way")


def test_all_failures_are_listed(monkeypatch, capsys):
    monkeypatch.setattr(check, "build", lambda _: (["one thing", "another"], None))
    assert check.main([]) == 1
    told = capsys.readouterr()
    assert "FAILED: one thing\n" in told.err
    assert "FAILED: another\n" in told.err
    assert "2 failures" in told.out
