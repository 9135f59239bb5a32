"""The generations of a dictionary, each a folder: how the next one is fitted, and the last one kept."""

import json
import os
import shutil
import signal
import subprocess
import warnings
from pathlib import Path

from isolex.alignment import Alignment, LanguagePair, load
from isolex.cards.card import GIVEN_SEEDS
from isolex.errors import InputError, IsolexError, IsolexWarning
from isolex.files import digest
from isolex.processes import command_of
from isolex.reranking import RerankedDictionary, load_reranked
from isolex.review.log import asked_of_log
from isolex.saved import json_text

_FOLDER = "generation-{}"
# The return code of a process that Ctrl-C ended: minus the signal's number, and on Windows a status.
_BY_CTRL_C = (-signal.SIGINT, 0xC000013A)
UNFINISHED = ".unfinished"
"""At the end of the name of a generation's folder until all of it is there."""


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
            KeyboardInterrupt: Ctrl-C ended it.
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
            command_of("isolex.review.fitting", json.dumps(order), by_signal=True),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        if self._closed:  # while it was starting
            self._fit.kill()
        output, complaints = self._fit.communicate()
        if self._fit.returncode in _BY_CTRL_C:
            raise KeyboardInterrupt
        if self._fit.returncode != 0:
            told = complaints.strip().splitlines() or [f"ended with status {self._fit.returncode}"]
            raise InputError(told[-1], where="learning")
        dictionary = self.kept(number)
        if dictionary is None:
            raise InputError("left no dictionary", where="learning")
        return int(output), dictionary

    def kept(self, number: int) -> RerankedDictionary | None:
        """A generation that was saved; None where there is none that can be used."""
        return _kept(self._folder, number)

    def keep(self, number: int) -> None:
        """Remove all but one, which took their place, and what fits that were killed left."""
        for name in ("*", f"*{UNFINISHED}"):
            for folder in self._folder.glob(_FOLDER.format(name)):
                if folder != self._of(number):
                    shutil.rmtree(folder, ignore_errors=True)

    def _of(self, number: int) -> Path:
        return _place(self._folder, number)


def last_dictionary(folder: Path, log: Path, alignment: Alignment) -> RerankedDictionary | None:
    """The dictionary of the last generation, None before there is one; read also while others decide.

    Args:
        folder: Where generations are kept.
        log: The file of decisions.
        alignment: What reviewing began with.
    """
    base = base_digest(alignment)
    last = asked_of_log(log, lambda opened: opened.generation(base)) if log.is_file() else None
    return None if last is None else _kept(folder, last.number)


def base_digest(alignment: Alignment) -> str:
    """What tells an alignment that reviewing began with from another one."""
    card = alignment.card.to_dict()
    # Whoever gave its pairs, it is the same alignment; and logs hold digests without this setting.
    card["settings"].pop(GIVEN_SEEDS, None)
    return digest(json_text(card).encode())


def _kept(folder: Path, number: int) -> RerankedDictionary | None:
    place = _place(folder, number)
    try:
        return load_reranked(place, load(place, device="cpu")) if place.is_dir() else None
    except IsolexError as error:
        warnings.warn(f"generation {number} is not used: {error}", IsolexWarning, stacklevel=3)
        return None


def _place(folder: Path, number: int) -> Path:
    return folder / _FOLDER.format(number)
