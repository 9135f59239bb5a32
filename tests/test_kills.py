import subprocess
import sys


def test_commands_that_are_killed_and_writers_that_meet():
    """A short run of what `make kills` does at length."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.kills", "--kills", "14", "--starts", "2", "--seconds", "3"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 findings" in done.stdout
