"""Estimate how many answers of an alignment are right when there are too few seed words to test it."""

from functools import cache

from isolex.judging.expectation import Expectation, Model, read_model
from isolex.judging.restarts import Evidence

# The gains of criterion and cycle over a null, and the size of the vocabulary, make it no surer.
FEATURES = ("agreement_lead", "null_agreement")


def estimate(evidence: Evidence) -> Expectation:
    """Estimate the share of frequent words whose first answers are right, from restarts and a null.

    The estimate is the P@1 that earlier alignments with similar evidence had on the words of MUSE's
    dictionaries that are among the 5,000 most frequent ones of both sides, averaged over both directions.
    """
    return shipped_estimate().expect(estimate_measures(evidence))


def estimate_measures(evidence: Evidence) -> dict[str, float]:
    """The measures that the estimate is computed from."""
    return {"agreement_lead": max(evidence.lead, 0.0), "null_agreement": evidence.null_agreement}


@cache
def shipped_estimate() -> Model:
    """The model that comes with isolex; see `estimate.json`."""
    return read_model("isolex.judging", "estimate.json")
