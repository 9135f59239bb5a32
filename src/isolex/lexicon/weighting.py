"""What people should know of the weights of a lexicon before these count."""

import warnings
from collections.abc import Sequence

from isolex.errors import IsolexWarning
from isolex.lexicon.pairs import Lexicon

_COUNTS = 100


def weights_note(lexicon: Lexicon) -> str | None:
    """That a lexicon is weighted, with the range of its weights; None if it is not."""
    if not lexicon.weights:
        return None
    low, high = min(lexicon.weights), max(lexicon.weights)
    return f"the lexicon is weighted, from {low:g} to {high:g}; weights count in training"


def warn_of_weights(lexicon: Lexicon, *, what: str) -> None:
    """Tell of weights that look like something else, such as ranks or counts.

    Warns:
        IsolexWarning: All are whole numbers, and they ascend or some are large.
    """
    doubt = None if lexicon.weights is None else _doubt(lexicon.weights)
    if doubt is not None:
        warnings.warn(
            f"{what}: its weights look like {doubt}; take that column out of the file if they should not "
            "count, or in Python: Lexicon(lexicon.pairs)",
            IsolexWarning,
            stacklevel=4,
        )


def _doubt(weights: Sequence[float]) -> str | None:
    """What weights look like that are none, in words."""
    if len(set(weights)) <= 2 or not all(weight.is_integer() for weight in weights):
        return None
    if list(weights) == sorted(weights):
        return f"ranks, from {weights[0]:g} to {weights[-1]:g}, so the last would count most"
    if max(weights) >= _COUNTS:
        return f"counts or ranks, up to {max(weights):,.0f}"
    return None
