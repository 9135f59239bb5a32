"""The generations of a dictionary, each a folder: how the next one is fitted, and the last one kept."""

import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path

from isolex.alignment import LanguagePair, load
from isolex.errors import InputError, IsolexError, IsolexWarning
from isolex.processes import command_of
from isolex.reranking import RerankedDictionary, load_reranked

_FOLDER = "generation-{}"


class Generations:
    """Fits generations in a process of their own, and has the last one read.

    Args:
        folder: Where they are kept.
        alignment: The folder of what they begin with.
        pair: Source and target language, where that is a space.
        log: The file of the decisions that they learn from.
        seed: Of everything random.
    """

    def __init__(
        self, folder: Path, *, alignment: Path, pair: LanguagePair | None, log: Path, seed: int
    ) -> None:
        self._folder, self._alignment, self._pair, self._log, self._seed = folder, alignment, pair, log, seed
        self._fit: subprocess.Popen[str] | None = None
        self._closed = False

    def close(self) -> None:
        """Give up a fit that runs, and begin none any more."""
        self._closed = True
        if self._fit is not None:
            self._fit.kill()

    def fit(self, number: int) -> tuple[int, RerankedDictionary]:
        """The last event that a new generation learnt from, and its dictionary.

        Raises:
            InputError: The process failed; with what it said.
        """
        order = {
            "parent": os.getpid(),
            "alignment": str(self._alignment),
            "pair": self._pair,
            "log": str(self._log),
            "output": str(self._of(number)),
            "seed": self._seed,
        }
        self._fit = subprocess.Popen(
            command_of("isolex.review.fitting", json.dumps(order)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        if self._closed:  # while it was starting
            self._fit.kill()
        output, complaints = self._fit.communicate()
        if self._fit.returncode != 0:
            told = complaints.strip().splitlines() or [f"ended with status {self._fit.returncode}"]
            raise InputError(told[-1], where="learning")
        dictionary = self.kept(number)
        if dictionary is None:
            raise InputError("left no dictionary", where="learning")
        return int(output), dictionary

    def kept(self, number: int) -> RerankedDictionary | None:
        """A generation that was saved; None where there is none that can be used."""
        folder = self._of(number)
        try:
            return load_reranked(folder, load(folder, device="cpu")) if folder.is_dir() else None
        except IsolexError as error:
            warnings.warn(f"generation {number} is not used: {error}", IsolexWarning, stacklevel=2)
            return None

    def keep(self, number: int) -> None:
        """Remove all but one, which took their place."""
        for folder in self._folder.glob(_FOLDER.format("*")):
            if folder != self._of(number):
                shutil.rmtree(folder, ignore_errors=True)

    def _of(self, number: int) -> Path:
        return self._folder / _FOLDER.format(number)
