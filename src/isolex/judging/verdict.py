"""What is said of an alignment: its status, the thresholds between one and the next, and the sentence why."""

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
    """The verdict by held-out seed words, and the sentence that explains it.

    Better than a space that cannot align means that the two intervals do not overlap. `failed`: no better,
    and surely below 10 %. `doubtful`: no better, below 10 %, or too few seed words to tell. `aligned`: the
    rest.
    """
    figures = f"P@1 on {found.words:,} held-out seed words {found}, a space that cannot align gives {null}"
    if found.words < MIN_WORDS:
        return "doubtful", f"only {found.words} seed words can be held out, too few to check the alignment"
    better = found.interval[0] > null.interval[1]
    if not better and found.interval[1] < USABLE_PERCENT:
        return (
            "failed",
            f"{figures}: the spaces did not align; check languages and lexicon, or give more text",
        )
    if not better:
        return "doubtful", f"{figures}: not clearly better; give more seed pairs"
    if found.percent < USABLE_PERCENT:
        return "doubtful", f"{figures}: weak; more seed pairs or vectors from more text would help"
    return "aligned", figures


def judge_evidence(evidence: Evidence, *, words: int | None = None) -> tuple[Verdict, str]:
    """The verdict by restarts, and the sentence that explains it.

    Args:
        evidence: What restarts and a null showed.
        words: Words of the smaller vocabulary, if known: among few, much agrees by chance.
    """
    right = estimate(evidence)
    figures = (
        f"an independent restart agrees on {evidence.agreement:.1f} % of the frequent words, in a space that "
        f"cannot align on {evidence.null_agreement:.1f} %; probably some {right.low:.0f} to "
        f"{right.high:.0f} % of their first answers are right"
    )
    advice = "try a seed lexicon of 50 pairs, or vectors from more text"
    if evidence.lead < FAILED_AGREEMENT:
        return "failed", f"{figures}: the spaces did not align; {advice}"
    if evidence.lead < ALIGNED_AGREEMENT:
        return "doubtful", f"{figures}: too little to rely on; {advice}"
    if words is not None and words < TELLING_WORDS:
        return "doubtful", f"{figures}: only {words} words, among which much agrees by chance"
    return "aligned", figures
