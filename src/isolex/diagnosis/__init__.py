"""How alike two spaces are, before and after they are aligned: measures on matrices and id pairs.

The measures use rows as they are given, unless a measure says that it scales them to unit length. A zero row
(a word without a vector) has cosine 0 with every other row, so leave zero rows out before measuring.
"""

from isolex.diagnosis.distances import gromov_hausdorff_bound
from isolex.diagnosis.findings import frequent
from isolex.diagnosis.graphs import eigenvector_similarity, eigenvector_similarity_ascending
from isolex.diagnosis.gromov_wasserstein import gromov_wasserstein_distance
from isolex.diagnosis.health import PairHealth, SpaceHealth, pair_health, space_health
from isolex.diagnosis.held_out_ranks import (
    CurvePoint,
    HeldOutPairs,
    first_answers,
    held_out_pairs,
    learning_curve,
    suspect_rank,
)
from isolex.diagnosis.measures import MEASURES, Measure, as_problem, measures_of, prediction_measures
from isolex.diagnosis.page import page
from isolex.diagnosis.paired import procrustes_residual, relational_similarity
from isolex.diagnosis.prediction import WITH_LEXICON, WITHOUT_LEXICON
from isolex.diagnosis.ranks import rank_correlation
from isolex.diagnosis.report import Diagnosis, diagnose
from isolex.diagnosis.spectra import (
    condition_harmonic_mean,
    condition_number,
    effective_condition_harmonic_mean,
    effective_condition_number,
    isotropy,
    mean_norm,
    singular_value_gap,
)
from isolex.retrieval import Hubness, hubness, hubness_of

__all__ = [
    "MEASURES",
    "WITHOUT_LEXICON",
    "WITH_LEXICON",
    "CurvePoint",
    "Diagnosis",
    "HeldOutPairs",
    "Hubness",
    "Measure",
    "PairHealth",
    "SpaceHealth",
    "as_problem",
    "condition_harmonic_mean",
    "condition_number",
    "diagnose",
    "effective_condition_harmonic_mean",
    "effective_condition_number",
    "eigenvector_similarity",
    "eigenvector_similarity_ascending",
    "first_answers",
    "frequent",
    "gromov_hausdorff_bound",
    "gromov_wasserstein_distance",
    "held_out_pairs",
    "hubness",
    "hubness_of",
    "isotropy",
    "learning_curve",
    "mean_norm",
    "measures_of",
    "page",
    "pair_health",
    "prediction_measures",
    "procrustes_residual",
    "rank_correlation",
    "relational_similarity",
    "singular_value_gap",
    "space_health",
    "suspect_rank",
]
