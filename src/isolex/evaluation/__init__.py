"""Honest scores: named protocols, intervals, baselines, paired tests, leaks."""

from isolex.evaluation.bli import evaluate
from isolex.evaluation.metrics import PairedTest
from isolex.evaluation.protocols import PROTOCOLS, BLIProtocol
from isolex.evaluation.result import PRECISIONS, Answer, BLIResult, FrequencyBin

__all__ = [
    "PRECISIONS",
    "PROTOCOLS",
    "Answer",
    "BLIProtocol",
    "BLIResult",
    "FrequencyBin",
    "PairedTest",
    "evaluate",
]
