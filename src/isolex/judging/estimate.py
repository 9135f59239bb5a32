"""How many answers of an alignment are probably right, where no seed word can tell."""

from functools import cache

from isolex.judging.expectation import Expectation, Model, read_model
from isolex.judging.restarts import Evidence

FEATURES = ("agreement", "null_agreement", "criterion_gain", "cycle_gain")


def estimate(evidence: Evidence) -> Expectation:
    """The share of frequent words whose first answers are probably right, by restarts and a null.

    It is P@1 on the words of MUSE's dictionaries that are among the 5,000 most frequent ones of either side,
    the mean of both directions, as alignments with such evidence have had it.
    """
    return shipped_estimate().expect(estimate_measures(evidence))


def estimate_measures(evidence: Evidence) -> dict[str, float]:
    """What an estimate is made from."""
    return {
        "agreement": evidence.agreement,
        "null_agreement": evidence.null_agreement,
        "criterion_gain": evidence.criterion - evidence.null_criterion,
        "cycle_gain": (evidence.cycle - evidence.null_cycle) / 100,
    }


@cache
def shipped_estimate() -> Model:
    """The model that comes with isolex; see `estimate.json`."""
    return read_model("isolex.judging", "estimate.json")
