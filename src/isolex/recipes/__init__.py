"""Complete methods by name, and `align`, which runs everything in one call."""

from isolex.recipes.aligning import align
from isolex.recipes.choosing import closed_forms, words_alike
from isolex.recipes.methods import METHODS, Method, check_outputs, check_supervision, learns_from_itself
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
    "learns_from_itself",
    "solver_of",
    "words_alike",
]
