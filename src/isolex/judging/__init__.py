"""Judge whether two spaces really align, and choose the method that aligns them best.

With enough seed words, the verdict comes from held-out seed words; with few or none, it comes from
independent restarts. In both cases the result is compared with that of the same method on a space that cannot
align.
"""

from isolex.judging.expectation import (
    Expectation,
    Model,
    TrainingCase,
    leave_one_group_out,
    narrowest_constant,
    read_model,
)
from isolex.judging.held_out import HeldOut, cross_validate, dealt, null_problem, shuffled
from isolex.judging.joining import Joining
from isolex.judging.jointly import JointChoice, choose_jointly, composed
from isolex.judging.policy import Candidate, Choice, FurtherPairs, Refinement, choose
from isolex.judging.restarts import Evidence, agreement, gather
from isolex.judging.thresholds import FEW_WORDS
from isolex.judging.verdict import judge, judge_evidence

__all__ = [
    "FEW_WORDS",
    "Candidate",
    "Choice",
    "Evidence",
    "Expectation",
    "FurtherPairs",
    "HeldOut",
    "Joining",
    "JointChoice",
    "Model",
    "Refinement",
    "TrainingCase",
    "agreement",
    "choose",
    "choose_jointly",
    "composed",
    "cross_validate",
    "dealt",
    "gather",
    "judge",
    "judge_evidence",
    "leave_one_group_out",
    "narrowest_constant",
    "null_problem",
    "read_model",
    "shuffled",
]
