"""Check that what would be released can be: `make release-check`, before a version is published.

Builds the source archive, and from that the wheel; checks their metadata and what the wheel holds; and runs
`isolex demo` from the wheel in an empty environment, outside of the repository, for the oldest and the newest
Python on the PATH. All failures are listed at the end, and the exit status is then 1. Nothing is published,
and nothing is left but `dist/`.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from email.message import Message
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
LICENCES = ("LICENSE", "NOTICE")
DIST_INFO = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", *(f"licenses/{name}" for name in LICENCES))
IN_SOURCES = ("README.md", "CHANGELOG.md", "pyproject.toml", "PKG-INFO", *LICENCES)
MOST_SECONDS = 3600


def say(text: str) -> None:
    """One line of progress."""
    print(f"release-check: {text}", flush=True)


def run(command: Sequence[str | Path], cwd: Path = ROOT) -> str | None:
    """Run a command without the repository on its path; why it failed, in one line, or None."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    shown = " ".join(Path(part).name if os.sep in str(part) else str(part) for part in command)
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"`{shown}` took more than {MOST_SECONDS} seconds"
    if done.returncode == 0:
        return None
    last = " ".join((done.stderr.strip() or done.stdout.strip()).split())[-600:]
    return f"`{shown}` ended with status {done.returncode}: {last}"


def version(root: Path = ROOT) -> str:
    """The version, from the one place where it stands."""
    text = (root / "src" / "isolex" / "_version.py").read_text(encoding="utf-8")
    (found,) = re.findall(r'^__version__ = "([^"]+)"$', text, re.M)
    return str(found)


def expected_files(root: Path = ROOT) -> set[str]:
    """What the wheel holds beside its metadata: everything below `src`, which is code and its data."""
    source = root / "src"
    made = ("__pycache__", ".egg-info", ".pyc", ".pyo")
    paths = [path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()]
    return {path for path in paths if not any(part.endswith(made) for part in path.split("/"))}


def wheel_failures(wheel: Path, root: Path = ROOT) -> Iterator[str]:
    """What the wheel lacks, has too much, or says wrongly of itself."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        info = f"isolex-{version(root)}.dist-info"
        expected = expected_files(root) | {f"{info}/{name}" for name in DIST_INFO}
        missing, more = sorted(expected - names), sorted(names - expected)
        if missing:
            yield f"the wheel lacks {_some(missing)}"
        if more:
            yield f"the wheel holds what it should not: {_some(more)}"
        if f"{info}/METADATA" in names:
            text = archive.read(f"{info}/METADATA").decode("utf-8")
            yield from metadata_failures(Parser().parsestr(text), version(root))


def metadata_failures(metadata: Message, expected_version: str) -> Iterator[str]:
    """Fields of the metadata with another value than expected."""
    fields = {
        "Name": "isolex",
        "Version": expected_version,
        "License-Expression": "Apache-2.0",
        "Requires-Python": f">={VERSIONS[0]}",
        "Description-Content-Type": "text/markdown",
    }
    for field, value in fields.items():
        if metadata[field] != value:
            yield f"the metadata have {field} {metadata[field]!r}, expected {value!r}"
    if sorted(metadata.get_all("License-File", [])) != sorted(LICENCES):
        yield f"the metadata name other licence files than {', '.join(LICENCES)}"


def source_failures(archive: Path) -> Iterator[str]:
    """What the source archive lacks."""
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    missing = sorted({*IN_SOURCES, *(f"src/{name}" for name in expected_files())} - names)
    if missing:
        yield f"the source archive lacks {_some(missing)}"


def version_failures(root: Path = ROOT) -> Iterator[str]:
    """Other places that tell a version, if it is another one."""
    here = version(root)
    cited = re.findall(r"^version: *['\"]?([^'\"\s]+)", (root / "CITATION.cff").read_text("utf-8"), re.M)
    if cited != [here]:
        yield f"CITATION.cff has version {', '.join(cited) or 'none'}, src/isolex/_version.py has {here}"
    if f"## [{here}]" not in (root / "CHANGELOG.md").read_text("utf-8"):
        yield f"CHANGELOG.md has no heading ## [{here}]"


def relative_links(readme: str) -> tuple[list[str], list[str]]:
    """Images and links of the README that work in the repository, and not on a package index."""
    found = re.findall(r"(!?)\[[^\]]*\]\(([^)\s]+)", readme)
    relative = [(mark, place) for mark, place in found if not re.match(r"https?://|#|mailto:", place)]
    return [place for mark, place in relative if mark], [place for mark, place in relative if not mark]


def pythons() -> dict[str, str]:
    """Pythons on the PATH that start, by version."""
    found = {}
    for name in VERSIONS:
        program = shutil.which(f"python{name}")
        if program and run([program, "-c", "import venv, ensurepip"], Path(tempfile.gettempdir())) is None:
            found[name] = program
    return found


def demo_failure(program: str, wheel: Path) -> str | None:
    """Install the wheel into an empty environment of a Python, and run the demo; why not, or None."""
    with tempfile.TemporaryDirectory(prefix="isolex-release-") as made:
        folder = Path(made)
        scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
        pip = [scripts / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        constrained = ["--constraint", ROOT / "constraints.txt"]
        steps: list[list[str | Path]] = [
            [program, "-m", "venv", folder / "env"],
            [*pip, *constrained, "torch"],  # first, as in the Makefile
            [*pip, *constrained, wheel],
            [scripts / "python", "-m", "pip", "check"],
            [scripts / "isolex", "--version"],
            [scripts / "isolex", "demo"],
        ]
        for step in steps:
            if (failure := run(step, folder)) is not None:
                return failure
        dictionary = folder / "isolex-demo" / "en-es.tsv"
        if not dictionary.is_file() or not dictionary.stat().st_size:
            return "`isolex demo` left no dictionary"
    return None


def build(folder: Path) -> tuple[list[str], Path | None]:
    """The source archive, the wheel that is built from it, and what is wrong with either."""
    say("building the source archive, and the wheel from it")
    if (failure := run([sys.executable, "-m", "build", "--outdir", folder])) is not None:
        return [failure], None
    (archive,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    failures = [*version_failures(), *source_failures(archive), *wheel_failures(wheel)]
    say("checking the metadata, and that the README renders")
    if (failure := run([sys.executable, "-m", "twine", "check", "--strict", archive, wheel])) is not None:
        failures.append(failure)
    return failures, wheel


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what fails; the exit status."""
    parser = argparse.ArgumentParser(description="Check that isolex can be released.")
    parser.add_argument("--no-demo", action="store_true", help="do not install the wheel and run the demo")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="isolex-dist-") as folder:
        failures, wheel = build(Path(folder))
        if wheel is not None and not chosen.no_demo:
            found = pythons()
            say(f"found on the PATH: {', '.join(f'Python {name}' for name in found) or 'no Python'}")
            if not found:
                failures.append(f"no Python of {', '.join(VERSIONS)} is on the PATH")
            names = list(found)
            for name in dict.fromkeys([*names[:1], *names[-1:]]):
                say(f"running the demo from the wheel with Python {name}; this takes some minutes")
                if (failure := demo_failure(found[name], wheel)) is not None:
                    failures.append(f"Python {name}: {failure}")
        if not failures:
            (ROOT / "dist").mkdir(exist_ok=True)
            for path in Path(folder).iterdir():
                shutil.copy2(path, ROOT / "dist" / path.name)
    images, links = relative_links((ROOT / "README.md").read_text("utf-8"))
    if images or links:
        say(
            f"note: the README has {len(images)} images and {len(links)} links with relative addresses; "
            "they work in the repository, and not on a package index"
        )
    for failure in failures:
        print(f"release-check: FAILED: {failure}", file=sys.stderr)
    say(f"{len(failures)} failures" if failures else f"isolex {version()} can be released; it is in dist/")
    return 1 if failures else 0


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


if __name__ == "__main__":
    sys.exit(main())
