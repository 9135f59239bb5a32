"""Commands killed at random moments: the output is old or new, and the next run leaves no trace."""

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.kills.commands import COMMANDS, Killed, child, copied, finished

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
PATIENCE = 60  # seconds that no command takes

# Steps on the disk, as Python's audit tells of them.
EVENTS = {
    "open",
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.scandir",
    "os.listdir",
    "os.chmod",
    "os.truncate",
}


class Prepared(NamedTuple):
    """A command that is to be killed.

    Attributes:
        name: Its name.
        killed: What it is.
        folder: Where its inputs and its older output are.
        before: Value of the older output.
        after: Value of its own.
        files: What stands there when it is done.
        seconds: That it takes.
        steps: On the disk, that it takes.
    """

    name: str
    killed: Killed
    folder: Path
    before: str
    after: str
    files: set[str]
    seconds: float
    steps: int


def prepared(base: Path, place: Path) -> list[Prepared]:
    """Every command, run once without being killed."""
    made = []
    for name, killed in COMMANDS.items():
        folder = copied(base, place / name.replace(" ", ""))
        log = place / "log"
        _done(child(killed.old, folder, log), name, log)
        before = _value(killed, folder)
        copy = copied(folder, place / "copy")
        steps, start = place / "steps", time.perf_counter()
        counted = lambda steps=steps: _count(steps)  # noqa: E731
        _done(child(killed.new, copy, log, before=counted), name, log)
        seconds = time.perf_counter() - start
        after = _value(killed, copy)
        if before == after or "unreadable" in before + after:
            raise SystemExit(f"{name}: nothing is tried with {before} before and {after} after")
        files, count = _listing(copy), len(steps.read_bytes())
        made.append(Prepared(name, killed, folder, before, after, files, seconds, count))
    return made


def kill(command: Prepared, place: Path, random_: random.Random) -> Iterator[str]:
    """Kill it once; what is wrong then."""
    number = random_.choice(SIGNALS)
    folder, log = copied(command.folder, place / "killed"), place / "log"
    inputs = _inputs(folder, command)
    if random_.random() < 0.5:
        step = random_.randint(max(1, command.steps - 60), command.steps)
        moment = f"step {step} of {command.steps}"
        process = child(command.killed.new, folder, log, before=lambda: _stop_at(step, number))
    else:
        delay = random_.uniform(0, 1.1 * command.seconds)
        moment = f"{delay:.3f} s"
        process = child(command.killed.new, folder, log)
        _after(delay, process, number)
    status = finished(process)
    said = log.read_text(encoding="utf-8", errors="replace")
    told = f"{command.name} by {signal.Signals(number).name} at {moment}, status {status}"
    value = _value(command.killed, folder)
    if value not in (command.before, command.after):
        yield f"{told}: the output is neither the old nor the new one: {value}"
    if number == signal.SIGKILL:
        if status not in (0, -signal.SIGKILL):
            yield f"{told}: expected that it is killed"
    else:
        yield from (f"{told}: {wrong}" for wrong in _misled(status, number, said, value, command))
        if left := _hidden(folder):
            yield f"{told}: it left {left}"
    if _inputs(folder, command) != inputs:
        yield f"{told}: an input was changed"
    status = finished(child(command.killed.new, folder, log))
    if status != 0:
        said = log.read_text(encoding="utf-8", errors="replace")
        yield f"{told}: the next run ends with {status}: {said}"
    elif (value := _value(command.killed, folder)) != command.after:
        yield f"{told}: the next run makes {value}"
    if (files := _listing(folder)) != command.files:
        yield f"{told}: after the next run there are {sorted(files ^ command.files)}"


def _misled(status: int, number: int, said: str, value: str, command: Prepared) -> Iterator[str]:
    """What is wrong with what was said by a run that was asked to end."""
    if "Traceback" in said or "Exception ignored" in said:
        yield f"it shows {said}"
    if status == 0:
        if value != command.after:
            yield "it says that it is done, and is not"
        return
    if status != 128 + number:
        yield f"expected status {128 + number}: {said}"
    lines = [line for line in said.splitlines() if line.startswith("isolex: ") and "warning" not in line]
    if len(lines) != 1:
        yield f"expected one line: {said}"
    elif "as they were" in lines[0] and value != command.before:
        yield f"the output is new: {said}"


def _value(killed: Killed, folder: Path) -> str:
    """Of the output, found in another process; what that says if it cannot be read."""
    log = folder.parent / "value"

    def tell() -> None:
        print(killed.value())
        sys.exit(0)

    status = finished(child((), folder, log, work=tell))
    said = log.read_text(encoding="utf-8", errors="replace").strip()
    return said if status == 0 else f"unreadable ({said})"


def _done(process: int, name: str, log: Path) -> None:
    if (status := finished(process)) != 0:
        raise SystemExit(
            f"{name} ends with {status} though nobody kills it: {log.read_text(encoding='utf-8')}"
        )


def _after(delay: float, process: int, number: int) -> None:
    time.sleep(delay)
    os.kill(process, number)  # not waited for yet, so its number is its own, even if it has ended
    timer = threading.Timer(PATIENCE, os.kill, (process, signal.SIGKILL))
    timer.daemon = True


def _on_disk(do: Callable[[], None]) -> None:
    """Do something at each step on the disk that this process takes in its main thread."""
    folder, process = str(Path.cwd()), os.getpid()

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event in EVENTS and os.getpid() == process:
            path = arguments[0]
            if isinstance(path, int) or not str(path).startswith("/") or str(path).startswith(folder):
                do()

    sys.addaudithook(heard)


def _count(place: Path) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    _on_disk(lambda: os.write(descriptor, b"."))


def _stop_at(step: int, number: int) -> None:
    steps = iter(range(step))

    def stop() -> None:
        if next(steps, None) == step - 1:
            os.kill(os.getpid(), number)

    _on_disk(stop)


def _listing(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _hidden(folder: Path) -> list[str]:
    return sorted(name for name in _listing(folder) if "/." in f"/{name}")


def _inputs(folder: Path, command: Prepared) -> dict[str, bytes]:
    """What the command reads: all that stood there and that its own output is not."""
    output = (
        command.killed.new[command.killed.new.index("-o") + 1]
        if "-o" in command.killed.new
        else command.killed.new[2]
    )
    parts = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("confidence."))
    return {
        name: path.read_bytes()
        for path in parts
        if (name := str(path.relative_to(folder))).split("/")[0] != output and "/." not in f"/{name}"
    }
