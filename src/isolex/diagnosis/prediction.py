"""Predict the P@1 of a supervised alignment from measures of the two spaces."""

from functools import cache

from isolex.judging import Model, read_model

EXPLANATION = (
    "P@1 that VecMap's supervised method (with CSLS) reached on spaces with similar measures, on words of "
    "medium frequency (MUSE's test dictionaries); it may differ for other vectors and dictionaries"
)

WITHOUT_LEXICON = (
    "words",
    "eigenvector_similarity",
    "singular_value_gap",
    "effective_condition_harmonic_mean",
    "gromov_hausdorff_bound",
)
WITH_LEXICON = ("held_out", "pairs", "relational_similarity", *WITHOUT_LEXICON)


@cache
def shipped_model() -> Model:
    """The model that comes with isolex; see `coefficients.json`."""
    return read_model("isolex.diagnosis", "coefficients.json")
