"""Methods scored on language pairs: the one runner for "align and evaluate", whose results are kept."""

from isolex.scoring.jobs import MethodJobs, gather_scores, method_jobs
from isolex.scoring.results import Cell, MethodScore, ResultsFile
from isolex.scoring.runner import check_methods, chosen_pairs, directed, score_methods
from isolex.scoring.task import BLITask

__all__ = [
    "BLITask",
    "Cell",
    "MethodJobs",
    "MethodScore",
    "ResultsFile",
    "check_methods",
    "chosen_pairs",
    "directed",
    "gather_scores",
    "method_jobs",
    "score_methods",
]
