"""Whole methods by name, and `align`, the short way through all of it."""

from isolex.recipes.aligning import align
from isolex.recipes.methods import METHODS, Method, check_supervision

__all__ = ["METHODS", "Method", "align", "check_supervision"]
