"""Benchmarks that anyone can rerun on a folder of vectors and dictionaries."""

from isolex.benchmark.diagnosis import (
    DiagnosisRow,
    as_case,
    correlations,
    hubness_rows,
    prediction,
    run_diagnosis,
    unsupervised_measures,
)
from isolex.benchmark.files_speed import run_files
from isolex.benchmark.muse import MuseRow, ResultsFile, directed, muse_pairs, run_muse
from isolex.benchmark.planted import PlantedRun, run_planted
from isolex.benchmark.reference import ReferenceRow, run_reference
from isolex.benchmark.speed import ratios, run_iteration, run_mapped, run_retrieval, run_scaling, to_json
from isolex.benchmark.systems import SYSTEMS, run_systems
from isolex.benchmark.timing import machine
from isolex.benchmark.verdict import Calibration, leave_one_pair_out, run_verdict
from isolex.benchmark.weak import WeakRun, run_semi_supervised, run_unsupervised

__all__ = [
    "SYSTEMS",
    "Calibration",
    "DiagnosisRow",
    "MuseRow",
    "PlantedRun",
    "ReferenceRow",
    "ResultsFile",
    "WeakRun",
    "as_case",
    "correlations",
    "directed",
    "hubness_rows",
    "leave_one_pair_out",
    "machine",
    "muse_pairs",
    "prediction",
    "ratios",
    "run_diagnosis",
    "run_files",
    "run_iteration",
    "run_mapped",
    "run_muse",
    "run_planted",
    "run_reference",
    "run_retrieval",
    "run_scaling",
    "run_semi_supervised",
    "run_systems",
    "run_unsupervised",
    "run_verdict",
    "to_json",
    "unsupervised_measures",
]
