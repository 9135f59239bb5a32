"""Benchmarks that anyone can rerun on a folder of vectors and dictionaries."""

from isolex.benchmark.reference import REFERENCE_CRITERIA, REFERENCE_METHODS, ReferenceRow, run_reference

__all__ = ["REFERENCE_CRITERIA", "REFERENCE_METHODS", "ReferenceRow", "run_reference"]
