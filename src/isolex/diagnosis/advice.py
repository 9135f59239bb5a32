"""Advice on two spaces, with the evidence for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isolex.diagnosis.findings import LexiconFindings
from isolex.diagnosis.health import SpaceHealth
from isolex.judging import FEW_WORDS, Expectation, HeldOut
from isolex.retrieval import Hubness

# Points of P@1 that are worth advice, and that more pairs must still bring.
_WORTH = 1.0
_RISING = 1.5
# What counts as about half of the pairs.
_HALF = 0.6
_SMALL_VOCABULARY = 5_000
_POOR_PERCENT = 10.0
_HUBBY = 0.3
_DAMAGED_PERCENT = 1.0
# Share of the pairs under which a lexicon is more likely wrong than just bigger than the vocabularies.
_LOST = 0.1


@dataclass(frozen=True)
class Advice:
    """One piece of advice, and the reason for it."""

    say: str
    because: str


def advise(
    health: Sequence[SpaceHealth],
    lexicon: LexiconFindings | None,
    hubness: Mapping[str, Hubness],
    expectation: Expectation | None,
) -> list[Advice]:
    """The advice that follows from the findings, most important first."""
    made = [*_lost_pairs(lexicon), _method(lexicon)]
    if lexicon is not None:
        made += [*_normalization(lexicon), *_more_pairs(lexicon), *_errors(lexicon)]
    return made + _more_text(health, expectation) + _hubs(hubness) + _damage(health)


def _lost_pairs(lexicon: LexiconFindings | None) -> list[Advice]:
    if lexicon is None or lexicon.found > _LOST * lexicon.pairs:
        return []
    return [
        Advice(
            "Check that the lexicon is for these two languages, in this order, and in the same letter case",
            f"only {lexicon.found:,} of its {lexicon.pairs:,} pairs have both words in the vocabularies",
        )
    ]


def _method(lexicon: LexiconFindings | None) -> Advice:
    if lexicon is None:
        return Advice(
            "Find a seed lexicon, even of 25 pairs; without one, use --unsupervised and heed its verdict",
            "only known translations can show whether an alignment is right, and how good it is",
        )
    if lexicon.words < FEW_WORDS:
        return Advice(
            "Use --method auto, the default",
            f"{lexicon.words:,} seed words are few, and with so few it uses self-learning to find more pairs",
        )
    best = max(lexicon.held_out, key=lambda name: lexicon.held_out[name].percent)
    others = ", ".join(f"{name} {_percent(f)}" for name, f in lexicon.held_out.items() if name != best)
    advice = f"Use {best} if you want no self-learning; without --method, align also tries self-learning"
    rotation, free = lexicon.held_out.get("procrustes"), lexicon.held_out["least-squares"]
    if rotation is not None and free.percent > rotation.interval[1]:
        others += "; a free linear map does better than a rotation, so the shapes of the two spaces differ"
    return Advice(advice, f"its P@1 on held-out seed words is {_percent(lexicon.held_out[best])} ({others})")


def _normalization(lexicon: LexiconFindings) -> list[Advice]:
    plain = lexicon.held_out["vecmap"]
    gain = lexicon.iterative.percent - plain.percent
    if not gain > _WORTH:
        return []
    return [
        Advice(
            "Normalise iteratively: --normalize unit,iterative",
            f"P@1 on held-out words is then {_percent(lexicon.iterative)}, and {_percent(plain)} otherwise",
        )
    ]


def _more_pairs(lexicon: LexiconFindings) -> list[Advice]:
    if not lexicon.curve:
        return []
    last = lexicon.curve[-1]
    half = [point for point in lexicon.curve if point.pairs <= _HALF * last.pairs]
    if not half:
        return []
    before = half[-1]
    gain = last.found.percent - before.found.percent
    evidence = (
        f"P@1 is {_percent(before.found)} with {before.pairs:,} pairs and {_percent(last.found)} with "
        f"{last.pairs:,}"
    )
    if gain >= _RISING:
        return [Advice("Collect more seed pairs for vecmap; self-learning may do without them", evidence)]
    return [Advice("More seed pairs would help vecmap only a little", evidence)]


def _errors(lexicon: LexiconFindings) -> list[Advice]:
    if lexicon.ranked is None:
        return []
    count = lexicon.ranked.suspects(10**9, rank=1_000).numel()
    if count <= 0.02 * lexicon.found:
        return []
    return [
        Advice(
            "Look through the seed pairs that disagree with the rest of the lexicon",
            f"for {count:,} of {lexicon.found:,} pairs, an alignment made without the pair ranks the "
            "translation below 1,000 in both directions",
        )
    ]


def _more_text(health: Sequence[SpaceHealth], expectation: Expectation | None) -> list[Advice]:
    words = [one.words for one in health]
    if min(words) < _SMALL_VOCABULARY:
        return [
            Advice(
                "Train on more text, or keep more words",
                f"the smaller vocabulary has only {min(words):,} words, so it lacks most translations",
            )
        ]
    if expectation is not None and expectation.percent < _POOR_PERCENT:
        return [
            Advice(
                "Train the vectors of the weaker language on more text; no method makes up for poor vectors",
                f"spaces like these reached a P@1 of {expectation.low:.0f} to {expectation.high:.0f} %",
            )
        ]
    return []


def _hubs(hubness: Mapping[str, Hubness]) -> list[Advice]:
    if not {"nn", "csls"} <= hubness.keys() or hubness["nn"].robin_hood < _HUBBY:
        return []
    before, after = hubness["nn"].robin_hood, hubness["csls"].robin_hood
    return [
        Advice(
            "Search by CSLS, not by plain cosine",
            "by cosine, a few words (hubs) are the answer to very many others: to spread the answers evenly, "
            f"{100 * before:.0f} % of them would have to change; by CSLS, {100 * after:.0f} %",
        )
    ]


def _damage(health: Sequence[SpaceHealth]) -> list[Advice]:
    made = []
    for side, one in zip(("source", "target"), health, strict=True):
        bad = one.zero_rows + one.duplicate_rows
        if 100 * bad > _DAMAGED_PERCENT * one.words:
            made.append(
                Advice(
                    f"Check the {side} vectors",
                    f"{one.zero_rows:,} words have none, {one.duplicate_rows:,} have that of an earlier word",
                )
            )
    return made


def _percent(found: HeldOut) -> str:
    return f"{found.percent:.1f} %"
