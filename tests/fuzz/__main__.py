"""`python -m tests.fuzz`: damage files until the time is up, or run one finding again."""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch

from tests.fuzz import mutations
from tests.fuzz.material import Subject, make
from tests.fuzz.trial import limit_memory, problem

_SYSTEMATIC = 0.6  # of the inputs; the others are random


def main() -> int:
    """Exit status: 0 without findings, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long (60)")
    parser.add_argument("--inputs", type=int, help="how many inputs at most")
    parser.add_argument("--seed", type=int, default=0, help="of everything random (0)")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="folder for findings")
    parser.add_argument("--replay", type=Path, help="a folder in it: run that finding again")
    given = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="isolex-fuzz-") as temporary:
        if given.replay is not None:
            return _replay(given.replay.resolve(), Path(temporary))
        return _fuzz(given, Path(temporary))


def _fuzz(given: argparse.Namespace, temporary: Path) -> int:
    findings, material, work = given.findings.resolve(), temporary / "material", temporary / "work"
    material.mkdir()
    subjects = make(material)
    shutil.copytree(material, work)
    os.chdir(work)
    limit_memory()
    tried: Counter[str] = Counter()
    found, end = 0, time.monotonic() + given.seconds
    for subject, command, damaged in _inputs(subjects, material, random.Random(given.seed)):
        if time.monotonic() > end or tried.total() == given.inputs:
            break
        _restore(material)
        Path(subject.path).write_bytes(damaged)
        if subject.path.endswith("confidence.safetensors"):
            mutations.belong_together(Path("A"))
        tried[subject.kind] += 1
        wrong = problem(command)
        if wrong is not None:
            found += 1
            folder = findings / f"{given.seed}-{tried.total()}"
            _keep(folder, command, wrong)
            print(f"{folder}: isolex {' '.join(command)}: {wrong}", file=sys.stderr)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(tried.items()))
    print(f"{tried.total():,} inputs ({kinds}), {found} findings, seed {given.seed}")
    os.chdir(findings.parent)
    return 1 if found else 0


def _inputs(
    subjects: list[Subject], material: Path, rng: random.Random
) -> Iterator[tuple[Subject, tuple[str, ...], bytes]]:
    """Without end: all fields and tensors in a random order, over and over, and random ones between."""
    every = [(subject, own) for subject in subjects for own in mutations.systematic(material / subject.path)]
    by_kind = {kind: [one for one in subjects if one.kind == kind] for kind in {one.kind for one in subjects}}
    kinds, left = sorted(by_kind), []
    while True:
        if every and rng.random() < _SYSTEMATIC:
            left = left or rng.sample(every, len(every))
            subject, damage = left.pop()
            damaged = damage()
        else:
            subject = rng.choice(by_kind[rng.choice(kinds)])
            change = rng.choice((mutations.lines, mutations.bytes_of))
            damaged = change((material / subject.path).read_bytes(), rng)
        yield subject, rng.choice(subject.commands), damaged


def _restore(material: Path) -> None:
    """The working directory as it was before the last input."""
    for output in Path().glob("out*"):
        shutil.rmtree(output) if output.is_dir() else output.unlink()
    for whole in material.iterdir():
        if whole.is_dir():
            shutil.rmtree(whole.name, ignore_errors=True)
            shutil.copytree(whole, whole.name)
        else:
            shutil.copyfile(whole, whole.name)


def _keep(folder: Path, command: tuple[str, ...], wrong: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(".", folder / "work", ignore=shutil.ignore_patterns("out*"))
    (folder / "finding.json").write_text(json.dumps({"command": command, "wrong": wrong}, indent=2))


def _replay(folder: Path, temporary: Path) -> int:
    command = json.loads((folder / "finding.json").read_text())["command"]
    shutil.copytree(folder / "work", temporary / "work")
    os.chdir(temporary / "work")
    limit_memory()
    wrong = problem(command)
    os.chdir("/")
    print(f"isolex {' '.join(command)}: {wrong or 'nothing wrong'}")
    return 0 if wrong is None else 1


if __name__ == "__main__":
    sys.exit(main())
