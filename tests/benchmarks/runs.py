"""Runs made by hand."""

from benchmarks.weak import WeakRun
from isolex.judging import Evidence


def evidence(agreement: float, null_agreement: float) -> dict[str, float]:
    """What a verdict rests on, by the two figures that count."""
    return Evidence(agreement, null_agreement, 0.5, 0.4, 50.0, 5.0).to_dict()


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
        "evidence": evidence(lead, 0),
    }
    return WeakRun(**fields | others)
