"""isolex: align word-vector spaces across languages, and make dictionaries from them.

en, es, train, test = isolex.sample()
alignment = isolex.align(en, es, train)
alignment.translate("cat")
isolex.evaluate(alignment, test).precision(1)
"""

import isolex_command as _command  # noqa: F401 - first: from here on Ctrl-C ends `python -m isolex` in one line

# isort: split
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from isolex._version import __version__
from isolex.errors import InputError, IsolexError, IsolexWarning
from isolex.waiting import short_waits_of as _short_waits_of

if TYPE_CHECKING:
    from isolex.alignment import Alignment, InducedLexicon, load
    from isolex.diagnosis import Diagnosis, diagnose
    from isolex.evaluation import BLIProtocol, BLIResult, evaluate, evaluate_analogies, evaluate_similarity
    from isolex.interchange import export
    from isolex.lexicon import Lexicon, find_leaks
    from isolex.normalize import Normalizer
    from isolex.recipes import METHODS, align
    from isolex.samples import sample
    from isolex.vectors import Vectors

__all__ = [
    "METHODS",
    "Alignment",
    "BLIProtocol",
    "BLIResult",
    "Diagnosis",
    "InducedLexicon",
    "InputError",
    "IsolexError",
    "IsolexWarning",
    "Lexicon",
    "Normalizer",
    "Vectors",
    "__version__",
    "align",
    "diagnose",
    "evaluate",
    "evaluate_analogies",
    "evaluate_similarity",
    "export",
    "find_leaks",
    "load",
    "sample",
]

# Most rooms need torch, which takes a second or two to import: they are opened when they are asked for.
_ROOMS = {
    "alignment": ("Alignment", "InducedLexicon", "load"),
    "arrays": (),
    "diagnosis": ("Diagnosis", "diagnose"),
    "evaluation": ("BLIProtocol", "BLIResult", "evaluate", "evaluate_analogies", "evaluate_similarity"),
    "files": (),
    "interchange": ("export",),
    "judging": (),
    "lexicon": ("Lexicon", "find_leaks"),
    "linalg": (),
    "mapping": (),
    "names": (),
    "normalize": ("Normalizer",),
    "progress": (),
    "recipes": ("METHODS", "align"),
    "retrieval": (),
    "samples": ("sample",),
    "saved": (),
    "streams": (),
    "tables": (),
    "vectors": ("Vectors",),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}

_short_waits_of("torch")


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}", name=name, obj=sys.modules[__name__]
        )
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS, *_HOMES})
