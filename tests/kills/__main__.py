"""`python -m tests.kills`: kill, interrupt and crowd, and see whether anything is lost or wrongly told.

Counts are printed, and what was found; exit status 1 if anything was.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.kills.commands import child, finished, write_inputs
from tests.kills.crowd import crowd
from tests.kills.killing import kill, prepared
from tests.kills.starting import interrupt_start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of commands")
    parser.add_argument("--starts", type=int, default=20, help="interrupts of the program while it is loaded")
    parser.add_argument("--seconds", type=float, default=60, help="of two writers and a reader")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    random_, found = random.Random(given.seed), []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        base = place / "base"
        base.mkdir()
        log = place / "log"
        if finished(child((), base, log, work=lambda: write_inputs() or sys.exit(0))) != 0:
            print(log.read_text())
            return 1
        commands = prepared(base, place)
        counts: Counter[str] = Counter()
        start = time.perf_counter()
        for number in range(given.kills):
            command = commands[number % len(commands)]
            counts[command.name] += 1
            for problem in kill(command, place, random_):
                found.append(problem)
                print(f"FOUND {problem}", flush=True)
        print(f"{given.kills} kills in {time.perf_counter() - start:.0f} s: {dict(counts)}", flush=True)
        for problem in interrupt_start(given.starts, random_, place):
            found.append(problem)
            print(f"FOUND {problem}", flush=True)
        print(f"{given.starts} interrupts of the program itself", flush=True)
        if given.seconds:
            for problem in crowd(base, place, given.seconds):
                found.append(problem)
                print(f"FOUND {problem}", flush=True)
            print(f"{given.seconds:.0f} s of two writers and a reader", flush=True)
    print(f"{len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
