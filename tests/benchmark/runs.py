"""Runs made by hand."""

from isolex.benchmark import WeakRun


def weak_run(*, lead: float = 50.0, **others) -> WeakRun:
    """A good one, unless told otherwise."""
    fields = {
        "pair": "xx-yy",
        "spaces": "all words",
        "method": "unsupervised",
        "supervision": "none",
        "seed": 0,
        "status": "aligned",
        "forward": 50.0,
        "backward": 50.0,
        "supervised_forward": 50.0,
        "supervised_backward": 50.0,
        "seconds": 1.0,
        "evidence": {"agreement": lead + 5, "null_agreement": 5},
    }
    return WeakRun(**fields | others)
