"""Whole methods by name, and `align`, the short way through all of it."""

from isolex.recipes.aligning import align
from isolex.recipes.choosing import closed_forms
from isolex.recipes.methods import METHODS, Method, check_outputs, check_supervision
from isolex.recipes.solver_settings import solver_of
from isolex.recipes.spaces import JOINT_METHODS, align_space

__all__ = [
    "JOINT_METHODS",
    "METHODS",
    "Method",
    "align",
    "align_space",
    "check_outputs",
    "check_supervision",
    "closed_forms",
    "solver_of",
]
