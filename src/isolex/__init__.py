"""isolex: align word-vector spaces across languages, and make dictionaries from them.

en, es, train, test = isolex.sample()
alignment = isolex.align(en, es, train)
alignment.translate("cat")
isolex.evaluate(alignment, test).precision(1)
"""

import isolex_command as _command  # noqa: F401 - first: from here on Ctrl-C ends `python -m isolex` in one line

# isort: split
import importlib as _importlib
import sys as _sys
import typing as _typing

from isolex._version import __version__
from isolex.errors import InputError, IsolexError, IsolexWarning
from isolex.threads import watch_for_torch as _watch_for_torch

if _typing.TYPE_CHECKING:
    from isolex.alignment import Alignment, InducedLexicon, Space, load, load_space
    from isolex.diagnosis import Diagnosis, diagnose
    from isolex.dictionary import make_dictionary
    from isolex.evaluation import (
        BLIProtocol,
        BLIResult,
        SpaceResult,
        evaluate,
        evaluate_analogies,
        evaluate_similarity,
        evaluate_space,
    )
    from isolex.interchange import export
    from isolex.lexicon import Lexicon, find_leaks
    from isolex.mapping import (
        CCA,
        RCSLS,
        Adversarial,
        Annealing,
        Bilinear,
        Bootstrapping,
        Contrastive,
        GeneralizedProcrustes,
        GeoMM,
        GromovWasserstein,
        Joint,
        JointVecMap,
        Known,
        LeastSquares,
        Procrustes,
        SelfLearning,
        VecMap,
        WassersteinProcrustes,
    )
    from isolex.normalize import Normalizer
    from isolex.recipes import METHODS, align, align_space
    from isolex.reranking import RerankedDictionary, RerankSettings, load_reranked, rerank, rerank_pair
    from isolex.samples import sample, sample_space
    from isolex.training import PPMI, SkipGram, train
    from isolex.transfer import (
        DocumentIndex as DocumentIndex,
    )
    from isolex.transfer import (
        TextEncoder as TextEncoder,
    )
    from isolex.transfer import (
        evaluate_documents as evaluate_documents,
    )
    from isolex.transfer import (
        evaluate_sentences as evaluate_sentences,
    )
    from isolex.vectors import Vectors

# Without the names of `transfer`, so that `from isolex import *` asks for no extra.
__all__ = [
    "CCA",
    "METHODS",
    "PPMI",
    "RCSLS",
    "Adversarial",
    "Alignment",
    "Annealing",
    "BLIProtocol",
    "BLIResult",
    "Bilinear",
    "Bootstrapping",
    "Contrastive",
    "Diagnosis",
    "GeneralizedProcrustes",
    "GeoMM",
    "GromovWasserstein",
    "InducedLexicon",
    "InputError",
    "IsolexError",
    "IsolexWarning",
    "Joint",
    "JointVecMap",
    "Known",
    "LeastSquares",
    "Lexicon",
    "Normalizer",
    "Procrustes",
    "RerankSettings",
    "RerankedDictionary",
    "SelfLearning",
    "SkipGram",
    "Space",
    "SpaceResult",
    "VecMap",
    "Vectors",
    "WassersteinProcrustes",
    "__version__",
    "align",
    "align_space",
    "diagnose",
    "evaluate",
    "evaluate_analogies",
    "evaluate_similarity",
    "evaluate_space",
    "export",
    "find_leaks",
    "load",
    "load_reranked",
    "load_space",
    "make_dictionary",
    "rerank",
    "rerank_pair",
    "sample",
    "sample_space",
    "train",
]

# Most rooms need torch, which takes a second or two to import: they are opened when they are asked for.
_ROOMS = {
    "alignment": ("Alignment", "InducedLexicon", "Space", "load", "load_space"),
    "arrays": (),
    "datasets": (),
    "diagnosis": ("Diagnosis", "diagnose"),
    "dictionary": ("make_dictionary",),
    "explorer": (),
    "evaluation": (
        "BLIProtocol",
        "BLIResult",
        "SpaceResult",
        "evaluate",
        "evaluate_analogies",
        "evaluate_similarity",
        "evaluate_space",
    ),
    "files": (),
    "fleet": (),
    "interchange": ("export",),
    "judging": (),
    "lexicon": ("Lexicon", "find_leaks"),
    "linalg": (),
    "pairwise": (),
    "mapping": (
        "CCA",
        "RCSLS",
        "Adversarial",
        "Annealing",
        "Bilinear",
        "Bootstrapping",
        "Contrastive",
        "GeneralizedProcrustes",
        "GeoMM",
        "GromovWasserstein",
        "Joint",
        "JointVecMap",
        "Known",
        "LeastSquares",
        "Procrustes",
        "SelfLearning",
        "VecMap",
        "WassersteinProcrustes",
    ),
    "names": (),
    "normalize": ("Normalizer",),
    "progress": (),
    "recipes": ("METHODS", "align", "align_space"),
    "reranking": ("RerankSettings", "RerankedDictionary", "load_reranked", "rerank", "rerank_pair"),
    "review": (),
    "retrieval": (),
    "samples": ("sample", "sample_space"),
    "scoring": (),
    "saved": (),
    "streams": (),
    "tables": (),
    "text": (),
    "training": ("PPMI", "SkipGram", "train"),
    "transfer": ("DocumentIndex", "TextEncoder", "evaluate_documents", "evaluate_sentences"),
    "vectors": ("Vectors",),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}

_watch_for_torch()


def __getattr__(name: str) -> _typing.Any:
    if name in _ROOMS:
        return _importlib.import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}", name=name, obj=_sys.modules[__name__]
        )
    value = getattr(_importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS, *_HOMES})
