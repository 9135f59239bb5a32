"""Commands that serve a page: processes that print an address, and end by Ctrl-C."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

COMMAND = (sys.executable, "-c", "from isolex_command import main; main()")


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen, dict[str, Any]]]:
    """A command that serves, and what it printed."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*COMMAND, *arguments, "--no-browser", "--json"], env=environment, **pipes
    ) as process:
        try:
            line = process.stdout.readline()
            assert line.endswith("}\n"), process.stderr.read()
            yield process, json.loads(line)
        finally:
            if process.poll() is None:
                process.kill()


def ask(address: str, path: str, *, cookie: str = "", method: str = "GET") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request(method, path, headers={"Cookie": cookie} if cookie else {})
    return connection.getresponse()


def ended(process: subprocess.Popen) -> list[str]:
    """What it says when Ctrl-C ends it."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, ""), err
    return err.splitlines()
