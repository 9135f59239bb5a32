"""`python -m benchmarks translate`: the cost of translating one word."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from isolex.cli.console import emit, table
from isolex.cli.options import json_option
from isolex.cli.outputs import Command

MAKER = Path(__file__).parents[1] / "saved_alignment.py"
FIGURES = ("processor_s", "wall_s", "peak_mb")


def used(arguments: list[str]) -> dict[str, float]:
    """Processor and wall-clock seconds, and MB at the peak, of one run of Python."""
    # Otherwise isolex would be compiled anew each time.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment)
    _, status, resources = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    # macOS counts bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    taken = resources.ru_utime + resources.ru_stime, seconds, resources.ru_maxrss / unit
    return dict(zip(FIGURES, taken, strict=True))


@click.command("translate", cls=Command)
@click.option(
    "--words", type=click.IntRange(min=10), default=100_000, show_default=True, help="Words of each side."
)
@click.option(
    "--runs", type=click.IntRange(min=1), default=10, show_default=True, help="Runs of each program, in turn."
)
@json_option
def translate(words: int, runs: int, as_json: bool) -> None:
    """Time and memory of translating one word by a saved alignment.

    Two spaces of 300 dimensions that are the same but for a rotation and some noise, aligned by Procrustes
    and saved. The report compares isolex translate with importing torch. Seconds and MB are the least of
    several runs in separate processes.

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
        "benchmark": "translate",
        "words": words,
        "runs": runs,
        "least": least,
        "over_torch": over,
    }
    emit(as_json, report, lambda console: _render(console, report))


def _render(console: Console, report: dict[str, Any]) -> None:
    rows = report["least"] | {"over torch": report["over_torch"]}
    body = [[name, *(f"{row[figure]:.2f}" for figure in FIGURES)] for name, row in rows.items()]
    title = f"{report['words']:,} words a side"
    console.print(table(title, ["command", "processor s", "wall-clock s", "peak MB"], body))
