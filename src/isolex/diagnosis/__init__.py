"""How alike two spaces are, before and after they are aligned: measures on matrices and id pairs.

Rows are taken as they are given unless a measure says that it brings them to unit length. A zero row (a word
without a vector) has cosine 0 with everything: leave such rows out before measuring. Knows no words.
"""

from isolex.diagnosis.distances import gromov_hausdorff_bound
from isolex.diagnosis.graphs import eigenvector_similarity, eigenvector_similarity_ascending
from isolex.diagnosis.hubness import Hubness, hubness, hubness_of
from isolex.diagnosis.paired import procrustes_residual, relational_similarity
from isolex.diagnosis.spectra import (
    condition_harmonic_mean,
    condition_number,
    effective_condition_harmonic_mean,
    effective_condition_number,
    isotropy,
    mean_norm,
    singular_value_gap,
)

__all__ = [
    "Hubness",
    "condition_harmonic_mean",
    "condition_number",
    "effective_condition_harmonic_mean",
    "effective_condition_number",
    "eigenvector_similarity",
    "eigenvector_similarity_ascending",
    "gromov_hausdorff_bound",
    "hubness",
    "hubness_of",
    "isotropy",
    "mean_norm",
    "procrustes_residual",
    "relational_similarity",
    "singular_value_gap",
]
