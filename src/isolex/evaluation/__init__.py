"""Evaluation: named protocols, intervals, baselines, paired tests, leaks; word similarity, analogies."""

from isolex.choices import ANALOGY_METHODS, EVALUATED_SIDES, UNKNOWN
from isolex.evaluation.analogy import (
    AnalogyAnswer,
    AnalogyResult,
    SectionScore,
    evaluate_analogies,
)
from isolex.evaluation.analogy_sets import AnalogySet, Question
from isolex.evaluation.bli import evaluate
from isolex.evaluation.metrics import PairedDifference, PairedTest
from isolex.evaluation.protocols import PROTOCOLS, BLIProtocol
from isolex.evaluation.ranked_lists import RankingResult
from isolex.evaluation.reach import WordGraph, unreachable
from isolex.evaluation.result import PRECISIONS, Answer, BLIResult, FrequencyBin
from isolex.evaluation.similarity import ScoredPair, SimilarityResult, evaluate_similarity
from isolex.evaluation.similarity_sets import SimilaritySet
from isolex.evaluation.space import (
    DirectionScore,
    DirectionSummary,
    SpaceResult,
    SpaceSummary,
    evaluate_space,
    find_tests,
)

__all__ = [
    "ANALOGY_METHODS",
    "EVALUATED_SIDES",
    "PRECISIONS",
    "PROTOCOLS",
    "UNKNOWN",
    "AnalogyAnswer",
    "AnalogyResult",
    "AnalogySet",
    "Answer",
    "BLIProtocol",
    "BLIResult",
    "DirectionScore",
    "DirectionSummary",
    "FrequencyBin",
    "PairedDifference",
    "PairedTest",
    "Question",
    "RankingResult",
    "ScoredPair",
    "SectionScore",
    "SimilarityResult",
    "SimilaritySet",
    "SpaceResult",
    "SpaceSummary",
    "WordGraph",
    "evaluate",
    "evaluate_analogies",
    "evaluate_similarity",
    "evaluate_space",
    "find_tests",
    "unreachable",
]
