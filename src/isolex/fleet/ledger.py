"""The folder of the results: which are there, and which inputs each depends on."""

import json
from collections.abc import Iterable
from pathlib import Path

from isolex.errors import InputError
from isolex.files import atomic_file, file_digest, make_folder
from isolex.fleet.jobs import Job
from isolex.saved import json_text

NOTES = ".jobs"
_FILES = ("notes", "logs")


class Ledger:
    """Results in a folder, each with a note of its inputs.

    A result is made in a temporary file, moved to its place in one step, and then noted. So every noted
    result is complete. After a killed run, only results without a note are made again.

    Args:
        folder: The folder of results; made if it is missing.

    Raises:
        InputError: It cannot be used.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = make_folder(folder)
        self._notes, self.logs = (make_folder(self.folder / NOTES / name) for name in _FILES)

    def place(self, job: Job) -> Path:
        """Where the result of a job is, or will be."""
        return self.folder / job.name

    def log(self, job: Job) -> Path:
        """The log of a job."""
        return self.logs / f"{job.name}.log"

    def has(self, job: Job) -> bool:
        """Whether the result is there, whole, and follows from the same."""
        note = self._note_of(job.name)
        if note.get("key") != job.key:
            return False
        try:
            return bool(file_digest(self.place(job)) == note.get("digest"))
        except (InputError, OSError):
            return False

    def begin(self, job: Job) -> None:
        """Note that a result is to be made, so that one whose run was killed is known as ours."""
        if not self._note(job.name).exists():
            self._write(job.name, {})

    def note(self, job: Job, seconds: float) -> None:
        """Note that the result of a job is in its place, and how long it took."""
        found = file_digest(self.place(job))
        self._write(job.name, {"key": job.key, "digest": found, "seconds": round(seconds, 3)})

    def check(self, jobs: Iterable[Job]) -> None:
        """Raise `InputError` if a result would take the place of somebody else's file."""
        for job in jobs:
            place = self.place(job)
            if place.is_dir() or (place.exists() and not self._note(job.name).exists()):
                raise InputError(
                    "was not made by such a run, so it is not replaced",
                    where=place,
                    fix="move it away, or name another folder",
                )

    def seconds(self, job: Job) -> float | None:
        """How long the job took when its result was made; None if that is not known."""
        found = self._note_of(job.name).get("seconds")
        return float(found) if isinstance(found, int | float) else None

    def finished(self) -> int:
        """How many results were noted as whole, whatever they follow from."""
        return sum("key" in self._note_of(path.stem) for path in self._notes.glob("*.json"))

    def _note(self, name: str) -> Path:
        return self._notes / f"{name}.json"

    def _write(self, name: str, note: dict[str, object]) -> None:
        with atomic_file(self._note(name)) as file:
            file.write_text(json_text(note) + "\n", encoding="utf-8")

    def _note_of(self, name: str) -> dict[str, object]:
        try:
            found = json.loads(self._note(name).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
