"""Starts the command `isolex`.

It stands beside the package, since importing anything inside takes the second or two of importing torch:
Ctrl-C in that time would show Python's traceback.
"""

import sys

INTERRUPTED = "isolex: interrupted; output files are as they were"
EXIT_INTERRUPTED = 130


def main() -> None:
    """Import the command line and run it; exit with its status."""
    try:
        from isolex.cli import main as run  # noqa: PLC0415

        run()
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)
