"""The verdict on an alignment: its status, and the sentence that explains it."""

from typing import Literal, TypeAlias

from isolex.judging.estimate import estimate
from isolex.judging.held_out import HeldOut
from isolex.judging.restarts import Evidence
from isolex.judging.thresholds import (
    ALIGNED_AGREEMENT,
    FAILED_AGREEMENT,
    MIN_WORDS,
    TELLING_WORDS,
    USABLE_PERCENT,
)

Verdict: TypeAlias = Literal["aligned", "doubtful", "failed"]


def judge(found: HeldOut, null: HeldOut) -> tuple[Verdict, str]:
    """The verdict from held-out seed words, and the sentence that explains it.

    An alignment is clearly better than a space that cannot align if the interval of its P@1 lies above the
    other interval. The verdicts are:

    * `failed`: not clearly better, and the whole interval is below 10 %;
    * `doubtful`: not clearly better, P@1 below 10 %, or too few seed words to tell;
    * `aligned`: everything else.
    """
    figures = f"P@1 on {found.words:,} held-out seed words is {found}; a space that cannot align gives {null}"
    if found.words < MIN_WORDS:
        return (
            "doubtful",
            f"only {found.words} seed words can be held out, too few to check the alignment; "
            "give more seed pairs",
        )
    better = found.interval[0] > null.interval[1]
    if not better and found.interval[1] < USABLE_PERCENT:
        return (
            "failed",
            f"{figures}: the spaces did not align; check the languages and the lexicon, "
            "or train the vectors on more text",
        )
    if not better:
        return "doubtful", f"{figures}: the alignment is not clearly better; give more seed pairs"
    if found.percent < USABLE_PERCENT:
        return (
            "doubtful",
            f"{figures}: the alignment is weak; give more seed pairs, or vectors trained on more text",
        )
    return "aligned", figures


def judge_evidence(evidence: Evidence, *, words: int | None = None) -> tuple[Verdict, str]:
    """The verdict from restarts, and the sentence that explains it.

    Args:
        evidence: The agreement of restarts, and that of a null.
        words: Number of words in the smaller vocabulary, if known; among few words much agrees by chance.
    """
    right = estimate(evidence)
    figures = (
        f"an independent restart gives the same first answer for {evidence.agreement:.1f} % of the frequent "
        f"words (in a space that cannot align: {evidence.null_agreement:.1f} %); probably {right.low:.0f} to "
        f"{right.high:.0f} % of their first answers are right"
    )
    advice = "try a seed lexicon of 50 pairs, or vectors trained on more text"
    if evidence.lead < FAILED_AGREEMENT:
        return "failed", f"{figures}: the spaces did not align; {advice}"
    if evidence.lead < ALIGNED_AGREEMENT:
        return "doubtful", f"{figures}: too little agreement to rely on; {advice}"
    if words is not None and words < TELLING_WORDS:
        return "doubtful", f"{figures}: there are only {words} words, and among so few much agrees by chance"
    return "aligned", figures
