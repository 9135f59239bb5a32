"""One command on one damaged file: run in this process, and judged."""

import faulthandler
import io
import json
import re
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from isolex import load, load_space
from isolex.cards import is_space_folder
from isolex.cli.app import run
from isolex.errors import IsolexError
from isolex.scoring import ResultsFile
from isolex.transfer import load_index
from isolex.vectors import Vectors

SECONDS, BYTES = 20, 3 << 30
_SOME = 1 << 30  # memory that no small input needs


def limit_memory() -> None:
    """More than the limit beyond what the process has now is not to be had."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


class Hangs(BaseException):
    """Raised where a command still is after all its seconds."""


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(_signal: int, _frame: object) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    # Compiled code does not hear the alarm: then the process ends, and its folder stays.
    faulthandler.dump_traceback_later(2 * SECONDS, exit=True)
    try:
        yield
    finally:
        signal.alarm(0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


def problem(command: Sequence[str]) -> str | None:
    """What is wrong with what a command does in the working directory; None if nothing is."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace") for _ in range(2))
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    try:
        with _alarm(), redirect_stdout(out), redirect_stderr(err):
            status = _results(command[1]) if command[0] == "@results" else run(command)
    except Hangs:
        return f"ran for more than {SECONDS} s\n{traceback.format_exc()}"
    except BaseException:
        return f"raised\n{traceback.format_exc()}"
    if time.monotonic() - start > SECONDS:
        return f"ran for {time.monotonic() - start:.0f} s"
    if (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 > _SOME:
        return "took more than a gigabyte"
    told, said = (stream.detach().getvalue().decode() for stream in (_flushed(out), _flushed(err)))
    return _wrong_words(status, told, said, as_json="--json" in command) or (
        _wrong_files() if status == 0 else None
    )


def _flushed(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    return stream


def _results(path: str) -> int:
    try:
        rows = ResultsFile(path)
    except IsolexError as error:
        print(f"isolex: error: {error}", file=__import__("sys").stderr)
        return 2
    strict(json.dumps([rows.get(cell).to_dict() for cell in rows.found]))
    return 0


def _wrong_words(status: int, out: str, err: str, *, as_json: bool) -> str | None:  # noqa: PLR0911
    if status not in (0, 1, 2):
        return f"exit status {status}"
    if "Traceback" in err:
        return f"a traceback on stderr\n{err}"
    if "not enough memory" in err:
        return "wanted more memory than a small input can need"
    strange = [line for line in err.splitlines() if not line.startswith("isolex: ")]
    if strange:
        return f"said {strange[0][:200]!r}"
    if status == 2:
        errors = [line for line in err.splitlines() if line.startswith("isolex: error: ")]
        return None if len(errors) == 1 and not out else f"exit status 2, but: {out[:200]!r} {err[:500]!r}"
    if as_json:
        try:
            strict(out)
        except ValueError as error:
            return f"no JSON: {error}\n{out[:500]}"
        # Where a number was not finite there is null; an answer must have had one.
        if re.search(r'"(score|confidence|probability)": null', out):
            return f"an answer without a score\n{out[:500]}"
    return None


def _wrong_files() -> str | None:
    """What is written can be read, and holds no NaN."""
    try:
        for path in Path().glob("out*"):
            _read_back(path)
    except (IsolexError, ValueError) as error:
        return f"wrote what is not right: {error}"
    return None


def _read_back(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix in (".vec", ".bin", ".safetensors"):
            vectors = Vectors.read(path)
            vectors.tensor()
            if vectors.report is not None and any("finite" in reason for reason in vectors.report.skipped):
                raise ValueError(f"{path} holds NaN or infinite values")
        elif path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
                strict(line)
        elif path.is_file() and re.search(r"\t(nan|inf)\b", path.read_text(encoding="utf-8")):
            raise ValueError(f"{path} holds NaN or infinite values")
        elif (path / "card.json").exists():
            (load_space if is_space_folder(path) else load)(path)
        elif (path / "index.json").exists():
            load_index(path)


def strict(text: str) -> None:
    """Raise `ValueError` unless this is JSON as others read it."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    json.loads(text, parse_constant=refuse)
