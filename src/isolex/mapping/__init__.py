"""Solvers: from two matrices and seed pairs to one linear map a side. Knows no words."""

from isolex.mapping.linear import CCA, LeastSquares, Procrustes
from isolex.mapping.problem import Mapping, Problem, Solver
from isolex.mapping.rcsls import RCSLS
from isolex.mapping.validation import HeldOut, cross_validate, judge, null_problem
from isolex.mapping.vecmap import VecMap

__all__ = [
    "CCA",
    "RCSLS",
    "HeldOut",
    "LeastSquares",
    "Mapping",
    "Problem",
    "Procrustes",
    "Solver",
    "VecMap",
    "cross_validate",
    "judge",
    "null_problem",
]
