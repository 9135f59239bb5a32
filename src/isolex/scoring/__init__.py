"""Methods scored on language pairs: the one runner for "align and evaluate", whose results are kept."""

from isolex.scoring.jobs import gather_scores, method_jobs
from isolex.scoring.results import Cell, MethodScore, ResultsFile
from isolex.scoring.runner import check_methods, chosen_pairs, directed, score_methods
from isolex.scoring.task import BLITask

__all__ = [
    "BLITask",
    "Cell",
    "MethodScore",
    "ResultsFile",
    "check_methods",
    "chosen_pairs",
    "directed",
    "gather_scores",
    "method_jobs",
    "score_methods",
]
