"""isolex: align word-vector spaces across languages, and make dictionaries from them.

en, es, train, test = isolex.sample()
alignment = isolex.align(en, es, train)
alignment.translate("cat")
isolex.evaluate(alignment, test).precision(1)
"""

import isolex_command as _command  # noqa: F401 - first: from here on Ctrl-C ends `python -m isolex` in one line
from isolex.waiting import short_waits

with short_waits():
    import torch as _torch  # noqa: F401

from isolex._version import __version__
from isolex.alignment import Alignment, InducedLexicon, load
from isolex.diagnosis import Diagnosis, diagnose
from isolex.errors import InputError, IsolexError, IsolexWarning
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
