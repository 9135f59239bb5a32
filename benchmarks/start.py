"""Processor time of starting isolex, beside what Python needs for the libraries that any start would load.

python benchmarks/start.py [--runs 10]

Prints JSON: seconds of processor time (user and system), the least of several runs in processes of their own.
"""

import argparse
import json
import resource
import subprocess
import sys

COMMANDS = {
    "python": ("-c", "pass"),
    "imports": ("-c", "import click, numpy, orjson"),
    "import isolex": ("-c", "import isolex"),
    "isolex --help": ("-m", "isolex", "--help"),
    "isolex --version": ("-m", "isolex", "--version"),
    "isolex align --help": ("-m", "isolex", "align", "--help"),
    "usage error": ("-m", "isolex", "align", "--nothing"),
}


def processor_seconds(arguments: tuple[str, ...]) -> float:
    """Of one run of Python."""
    before = _children()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure, the commands by turns, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10, help="Runs of each, by turns.")
    runs = parser.parse_args().runs
    # The first run of each also finds files that are not in memory, and writes what Python has compiled.
    turns = [
        {name: processor_seconds(command) for name, command in COMMANDS.items()} for _ in range(runs + 1)
    ]
    seconds = {name: round(min(turn[name] for turn in turns[1:]), 3) for name in COMMANDS}
    ratio = round(seconds["isolex --help"] / seconds["imports"], 2)
    print(
        json.dumps(
            {"benchmark": "start", "runs": runs, "seconds": seconds, "help_over_imports": ratio}, indent=2
        )
    )


if __name__ == "__main__":
    main()
