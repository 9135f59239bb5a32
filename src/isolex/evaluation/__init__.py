"""Honest scores: named protocols, intervals, baselines, paired tests, leaks; word similarity, analogies."""

from isolex.evaluation.analogy import (
    ANALOGY_METHODS,
    AnalogyAnswer,
    AnalogyResult,
    SectionScore,
    evaluate_analogies,
)
from isolex.evaluation.analogy_sets import AnalogySet, Question
from isolex.evaluation.bli import evaluate
from isolex.evaluation.metrics import PairedDifference, PairedTest
from isolex.evaluation.protocols import PROTOCOLS, BLIProtocol
from isolex.evaluation.ranking import RankingResult
from isolex.evaluation.result import PRECISIONS, Answer, BLIResult, FrequencyBin
from isolex.evaluation.similarity import UNKNOWN, ScoredPair, SimilarityResult, evaluate_similarity
from isolex.evaluation.similarity_sets import SimilaritySet
from isolex.evaluation.words import SIDES

__all__ = [
    "ANALOGY_METHODS",
    "PRECISIONS",
    "PROTOCOLS",
    "SIDES",
    "UNKNOWN",
    "AnalogyAnswer",
    "AnalogyResult",
    "AnalogySet",
    "Answer",
    "BLIProtocol",
    "BLIResult",
    "FrequencyBin",
    "PairedDifference",
    "PairedTest",
    "Question",
    "RankingResult",
    "ScoredPair",
    "SectionScore",
    "SimilarityResult",
    "SimilaritySet",
    "evaluate",
    "evaluate_analogies",
    "evaluate_similarity",
]
