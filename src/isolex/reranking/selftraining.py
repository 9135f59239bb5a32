"""Learning without seed pairs: from mutual pairs of the alignment, judged again by how words are written."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from isolex.reranking.evidence import Evidence
from isolex.reranking.learning import Labelled, cross_fitted, log_odds
from isolex.reranking.reranker import Ranked, Reranker
from isolex.reranking.settings import RerankSettings

# What tells a right pair from a wrong one and has had no part in the alignment.
FORM = ("strings", "characters")
# Of a CSLS score, in log-odds: so that the alignment decides where the form says little.
_CLOSENESS = 3.0


def judged_again(labelled: Labelled, settings: RerankSettings) -> Labelled:
    """New labels for the candidates of words whose mutual pairs are the labels so far.

    From mutual pairs alone, trees learn to believe the alignment, which chose them. So the first trees see
    nothing but the form of the words; what they say of words that were held out, with the CSLS scores of the
    alignments, chooses one candidate of each word, and that is the new label.
    """
    odds = log_odds(cross_fitted(labelled.only(FORM), settings))
    right = np.zeros(len(labelled.right), dtype=bool)
    right[labelled.pairs.best(odds + _CLOSENESS * _closeness(labelled))] = True
    return replace(labelled, right=right)


@dataclass(frozen=True, eq=False)
class Unsure:
    """The order of a reranker, without its confidences: they would be those of its own labels.

    Attributes:
        reranker: Learnt without seed pairs.
    """

    reranker: Reranker

    @property
    def evidence(self) -> Evidence:
        """Candidates and features."""
        return self.reranker.evidence

    def rank(self, rows: Int[np.ndarray, "w"]) -> Ranked:
        """Answers for source words, each asked once, in the order of their ids."""
        found = self.reranker.rank(rows)
        return replace(
            found,
            confidence=np.full_like(found.confidence, np.nan),
            none_right=np.full_like(found.none_right, np.nan),
        )


def _closeness(labelled: Labelled) -> Float[np.ndarray, "p"]:
    """Mean CSLS score over the alignments."""
    table = labelled.table
    scores = [name.startswith("alignment.") and name.endswith(".csls") for name in table.names]
    made: np.ndarray = table.values[:, scores].mean(axis=1)
    return made
