"""The P@1 to expect of a supervised alignment, from measures of the two spaces."""

from functools import cache

from isolex.judging import Model, read_model

EXPLANATION = (
    "P@1 of VecMap's supervised method by CSLS on words of middling frequency (MUSE's test dictionaries), "
    "as spaces with such measures have had it; other vectors and dictionaries may lie elsewhere"
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
