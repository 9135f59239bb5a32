"""How many answers of an alignment are probably right, where no seed word can tell."""

from functools import cache

from isolex.judging.expectation import Expectation, Model, read_model
from isolex.judging.restarts import Evidence

# The gains of criterion and cycle over a null, and the size of the vocabulary, make it no surer.
FEATURES = ("agreement_lead", "null_agreement")


def estimate(evidence: Evidence) -> Expectation:
    """The share of frequent words whose first answers are probably right, by restarts and a null.

    It is P@1 on the words of MUSE's dictionaries that are among the 5,000 most frequent ones of either side,
    the mean of both directions, as alignments with such evidence have had it.
    """
    return shipped_estimate().expect(estimate_measures(evidence))


def estimate_measures(evidence: Evidence) -> dict[str, float]:
    """What an estimate is made from."""
    return {"agreement_lead": max(evidence.lead, 0.0), "null_agreement": evidence.null_agreement}


@cache
def shipped_estimate() -> Model:
    """The model that comes with isolex; see `estimate.json`."""
    return read_model("isolex.judging", "estimate.json")
