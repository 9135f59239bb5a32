"""Time and memory of `isolex translate` for one word, beside what importing torch takes.

python benchmarks/translate.py [--words 100000] [--runs 10] [--json FILE]

Makes two spaces of random unit rows that are the same but for a rotation and some noise, and an alignment of
them by Procrustes without neighbourhoods to compute, saves it in a temporary folder, and asks it for a word.
Prints JSON: seconds of processor and of wall-clock time, and peak memory in MB, the least of several runs in
processes of their own, by turns.
"""

# ruff: noqa: PLC0415 - the memory of the process that measures counts as that of those it starts

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DIMENSION = 300
SEEDS = 5_000


def save_alignment(folder: Path, words: int) -> None:
    """Of a planted rotation, with stored vectors and made-up neighbourhoods, which only order answers."""
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
    sides = [
        Side.fitted(
            Vectors([f"{letter}{row}" for row in range(words)], rows, language=language), Normalizer()
        )
        for letter, rows, language in (("s", x, "aa"), ("t", z, "bb"))
    ]
    seeds = Lexicon((f"s{row}", f"t{row}") for row in range(min(SEEDS, words)))
    source, target = (side.vectors for side in sides)
    mapping = Procrustes().solve(Problem.of(*sides, seeds.index(source, target)))
    Alignment(
        sides[0].mapped(mapping.source),
        sides[1].mapped(mapping.target),
        seeds=seeds,
        card=Card("procrustes", {}, SideCard.of(source), SideCard.of(target)),
        neighbourhoods=(torch.zeros(words), torch.zeros(words)),
    ).save(folder)


def used(arguments: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Processor and wall-clock seconds, and MB at the peak, of one run of Python."""
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment)
    _, status, resources = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise SystemExit(f"python {' '.join(arguments)} failed")
    # macOS counts bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {
        "processor_s": resources.ru_utime + resources.ru_stime,
        "wall_s": seconds,
        "peak_mb": resources.ru_maxrss / unit,
    }


def main() -> None:
    """Measure, the commands by turns, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=int, default=100_000, help="Words a side.")
    parser.add_argument("--runs", type=int, default=10, help="Runs of each, by turns.")
    parser.add_argument("--json", type=Path, help="File to write the figures to, as well.")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make is not None:
        save_alignment(given.make, given.words)
        return
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "aa-bb"
        subprocess.run(
            [sys.executable, __file__, "--words", str(given.words), "--make", str(saved)], check=True
        )
        commands = {
            "import torch": ["-c", "import torch"],
            "isolex translate": ["-m", "isolex", "translate", str(saved), "s7"],
        }
        # The first run of each also finds files that are not in memory, and writes what Python has compiled.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        turns = [
            {name: used(command, environment) for name, command in commands.items()}
            for _ in range(given.runs + 1)
        ]
    least = {
        name: {figure: round(min(turn[name][figure] for turn in turns[1:]), 3) for figure in turns[0][name]}
        for name in commands
    }
    torch_alone, translate = least.values()
    result = {
        "benchmark": "translate",
        "words": given.words,
        "runs": given.runs,
        "least": least,
        "over_torch": {name: round(translate[name] - torch_alone[name], 3) for name in translate},
    }
    text = json.dumps(result, indent=2)
    print(text)
    if given.json is not None:
        given.json.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
