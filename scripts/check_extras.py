"""Check that isolex and all its extras can be installed from wheels, for every Python version it is for.

uv resolves them, because pip evaluates environment markers for the Python that runs it, whatever version it
is asked for. Only what packages say of themselves is fetched, no package.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
# Wheels alone need no Python of the version asked for, which uv would download to build others.
COMMAND = (
    *("pip", "compile", "pyproject.toml", "--all-extras", "--constraints", "constraints.txt"),
    *("--only-binary", ":all:", "--no-python-downloads", "--quiet", "--python-version"),
)
# What uv says when there is no answer, as opposed to an answer that there is no such package.
_UNREACHED = ("Failed to fetch", "not found in the cache", "error sending request")


def failure(uv: str, version: str, environment: Mapping[str, str]) -> str | None:
    """Why the extras cannot be installed for a Python version, in one line, or None if they can."""
    done = subprocess.run(
        [uv, *COMMAND, version],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return None
    if any(words in done.stderr for words in _UNREACHED):
        return "no package index can be reached, so the extras are not checked; try again with a network"
    reason = " ".join(done.stderr.partition("hint:")[0].split())
    return f"the extras cannot be installed for Python {version}: {reason}"


def main() -> int:
    """Print why, if a version fails; the exit status."""
    uv, environment = find_uv_bin(), dict(os.environ)
    if index := environment.get("PIP_INDEX_URL"):
        environment.setdefault("UV_DEFAULT_INDEX", index)
    with ThreadPoolExecutor(len(VERSIONS)) as threads:
        found = threads.map(lambda version: failure(uv, version, environment), VERSIONS)
        # Where no index answers, one line says it for all versions.
        failures = dict.fromkeys(why for why in found if why is not None)
    for why in failures:
        print(why, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
