<<<<<<< HEAD
"""`python -m benchmarks translate`: time and memory of one answer of a big alignment."""
=======
"""`python -m benchmarks translate`: what translating one word costs."""
>>>>>>> sides

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
<<<<<<< HEAD
=======
from typing import Any
>>>>>>> sides

import click
from rich.console import Console

<<<<<<< HEAD
from benchmarks.commands.reports import Report
from isolex.cli.console import emit, table, working
from isolex.cli.options import json_option
from isolex.cli.outputs import Command

DIMENSION = 300
SEEDS = 5_000


def save_alignment(folder: Path, words: int) -> None:
    """Of a planted rotation, with stored vectors and made-up neighbourhoods, which only order answers.

    In a process of its own: the memory of the process that measures counts as that of those it starts.
    """
    import numpy as np
    import torch

    from isolex.alignment import Alignment, Card, Side, SideCard
    from isolex.lexicon import Lexicon
    from isolex.mapping import Problem, Procrustes
    from isolex.normalize import Normalizer
    from isolex.vectors import Vectors

    rng = np.random.default_rng(0)
    x = rng.standard_normal((words, DIMENSION), dtype=np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    turn, _ = np.linalg.qr(rng.standard_normal((DIMENSION, DIMENSION)))
    z = x @ turn.astype(np.float32)
    z += 0.3 / DIMENSION**0.5 * rng.standard_normal(z.shape, dtype=np.float32)
    first, second = (
        Side.fitted(
            Vectors([f"{letter}{row}" for row in range(words)], rows, language=language), Normalizer()
        )
        for letter, rows, language in (("s", x, "aa"), ("t", z, "bb"))
    )
    seeds = Lexicon((f"s{row}", f"t{row}") for row in range(min(SEEDS, words)))
    mapping = Procrustes().solve(Problem.of(first, second, seeds.index(first.vectors, second.vectors)))
    Alignment(
        first.mapped(mapping.source),
        second.mapped(mapping.target),
        seeds=seeds,
        card=Card("procrustes", {}, SideCard.of(first.vectors), SideCard.of(second.vectors)),
        neighbourhoods=(torch.zeros(words), torch.zeros(words)),
    ).save(folder)


def used(arguments: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Processor and wall-clock seconds, and MB at the peak, of one run of Python."""
=======
from isolex.cli.console import emit, table
from isolex.cli.options import json_option
from isolex.cli.outputs import Command

MAKER = Path(__file__).parents[1] / "saved_alignment.py"
FIGURES = ("processor_s", "wall_s", "peak_mb")


def used(arguments: list[str]) -> dict[str, float]:
    """Processor and wall-clock seconds, and MB at the peak, of one run of Python."""
    # Otherwise isolex would be compiled anew each time.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
>>>>>>> sides
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment)
    _, status, resources = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
<<<<<<< HEAD
    if status:
        raise SystemExit(f"python {' '.join(arguments)} failed")
    # macOS counts bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {
        "processor_s": resources.ru_utime + resources.ru_stime,
        "wall_s": seconds,
        "peak_mb": resources.ru_maxrss / unit,
    }


@click.command("translate", cls=Command)
@click.option("--words", type=click.IntRange(min=1), default=100_000, show_default=True, help="Words a side.")
@click.option(
    "--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Runs of each, by turns."
)
@json_option
def translate(words: int, runs: int, as_json: bool) -> None:
    """Time and memory of `isolex translate` for one word, beside what importing torch takes.

    The alignment is one of two planted spaces, saved in a temporary folder. Seconds of processor and of
    wall-clock time, and MB at the peak, the least of several runs in processes of their own.

    \b
    Examples:
      python -m benchmarks translate --words 20000 --runs 2
    """
    with tempfile.TemporaryDirectory() as folder, working("measuring"):
        saved = Path(folder) / "aa-bb"
        make = f"from benchmarks.commands.translate import *; save_alignment(Path({str(saved)!r}), {words})"
        subprocess.run([sys.executable, "-c", make], check=True)
        commands = {
            "import torch": ["-c", "import torch"],
            "isolex translate": ["-m", "isolex", "translate", str(saved), "s7"],
        }
        # The first run of each also finds files that are not in memory, and writes what Python has compiled.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        turns = [
            {name: used(command, environment) for name, command in commands.items()} for _ in range(runs + 1)
        ]
    least = {
        name: {figure: round(min(turn[name][figure] for turn in turns[1:]), 3) for figure in turns[0][name]}
        for name in commands
    }
    torch_alone, asked = least.values()
    report: Report = {
=======
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    # macOS counts bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    taken = resources.ru_utime + resources.ru_stime, seconds, resources.ru_maxrss / unit
    return dict(zip(FIGURES, taken, strict=True))


@click.command("translate", cls=Command)
@click.option(
    "--words", type=click.IntRange(min=10), default=100_000, show_default=True, help="Words a side."
)
@click.option(
    "--runs", type=click.IntRange(min=1), default=10, show_default=True, help="Runs of each, by turns."
)
@json_option
def translate(words: int, runs: int, as_json: bool) -> None:
    """Time and memory of translating one word by a saved alignment.

    Two spaces of 300 dimensions that are the same but for a rotation and some noise, aligned by Procrustes
    and saved. Beside isolex translate stands what importing torch takes. Seconds and MB are the least of
    several runs in processes of their own.

    \b
    Examples:
      python -m benchmarks translate --words 500 --runs 1
    """
    with tempfile.TemporaryDirectory() as folder:
        saved = str(Path(folder) / "aa-bb")
        # By another process, since the memory of one that starts others counts as theirs.
        subprocess.run([sys.executable, str(MAKER), saved, str(words)], check=True)
        commands = {
            "import torch": ["-c", "import torch"],
            "isolex translate": ["-m", "isolex", "translate", saved, "s7"],
        }
        # The first run of each also finds files that are not in memory, and writes what Python has compiled.
        turns = [{name: used(command) for name, command in commands.items()} for _ in range(runs + 1)]
    least = {
        name: {figure: round(min(turn[name][figure] for turn in turns[1:]), 3) for figure in FIGURES}
        for name in commands
    }
    alone, asked = least.values()
    over = {figure: round(asked[figure] - alone[figure], 3) for figure in FIGURES}
    report = {
>>>>>>> sides
        "benchmark": "translate",
        "words": words,
        "runs": runs,
        "least": least,
<<<<<<< HEAD
        "over_torch": {name: round(asked[name] - torch_alone[name], 3) for name in asked},
=======
        "over_torch": over,
>>>>>>> sides
    }
    emit(as_json, report, lambda console: _render(console, report))


<<<<<<< HEAD
def _render(console: Console, report: Report) -> None:
    rows = report["least"] | {"over import torch": report["over_torch"]}
    body = [[name, *(f"{value:.3f}" for value in figures.values())] for name, figures in rows.items()]
    columns = ["command", "processor seconds", "wall-clock seconds", "peak MB"]
    console.print(table(f"{report['words']:,} words a side", columns, body))
=======
def _render(console: Console, report: dict[str, Any]) -> None:
    rows = report["least"] | {"over torch": report["over_torch"]}
    body = [[name, *(f"{row[figure]:.2f}" for figure in FIGURES)] for name, row in rows.items()]
    title = f"{report['words']:,} words a side"
    console.print(table(title, ["command", "processor s", "wall-clock s", "peak MB"], body))
>>>>>>> sides
