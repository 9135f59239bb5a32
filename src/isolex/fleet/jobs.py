"""A job: a result that follows from files and settings alone, and whose identity is a digest of these."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, Literal, Protocol, TypeAlias, cast

from isolex._version import __version__
from isolex.files import digest

OutcomeStatus: TypeAlias = Literal["done", "failed", "out of memory"]


class JobWork(Protocol):
    """What a job does: it writes one file, and nothing else."""

    def __call__(self, output: Path, settings: Mapping[str, Any]) -> None:
        """Write the result.

        Args:
            output: A file that is there, and empty.
            settings: Plain JSON values, paths of inputs among them.
        """
        ...


def named(work: JobWork) -> str:
    """A function by the name under which every process finds it, for `Job.work`."""
    function = cast(FunctionType, work)
    return f"{function.__module__}:{function.__name__}"


@dataclass(frozen=True)
class Job:
    """One result to make.

    Attributes:
        name: File name of the result in the folder.
        work: The function that makes it, as `package.module:function`, so that every process finds it.
        settings: Its arguments, plain JSON values.
        inputs: By name, digests of everything that the result depends on.
        places: By name, paths of the inputs and other arguments, which may change while the result stays the
            same.
        together: Adjacent jobs with the same name here go to one worker, because they read the same files.
    """

    name: str
    work: str
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    places: Mapping[str, Any] = field(default_factory=dict)
    together: str = ""

    @property
    def key(self) -> str:
        """Its identity: a digest of the release, the function, the settings and the inputs."""
        parts = [__version__, self.work, dict(self.settings), dict(self.inputs)]
        return digest(json.dumps(parts, ensure_ascii=True, sort_keys=True).encode())

    def run(self, output: Path) -> None:
        """Write the result into a file."""
        module, function = self.work.split(":")
        work = cast(JobWork, getattr(import_module(module), function))
        work(output, {**self.settings, **self.places})


@dataclass(frozen=True)
class JobOutcome:
    """How a job ended.

    Attributes:
        name: Of the job.
        status: `failed` is an error in its input, which another try would not change.
        told: The error, in a line.
        seconds: How long it took.
        warned: What it warned of.
    """

    name: str
    status: OutcomeStatus
    told: str = ""
    seconds: float = 0.0
    warned: tuple[str, ...] = ()
