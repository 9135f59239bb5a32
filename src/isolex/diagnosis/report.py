"""`diagnose`: examine two spaces before or after they are aligned, and give advice."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from isolex.alignment import Alignment, AlignmentLike, as_alignment
from isolex.choices import COMPARED_WORDS
from isolex.diagnosis.advice import Advice, advise
from isolex.diagnosis.findings import COMPARED, VOCABULARY, LexiconFindings, frequent, lexicon_findings
from isolex.diagnosis.flat_map import Places, places
from isolex.diagnosis.health import PairHealth, SpaceHealth, pair_health, space_health
from isolex.diagnosis.measures import PAIRED, as_problem, measures_of, prediction_measures
from isolex.diagnosis.prediction import EXPLANATION, shipped_model
from isolex.given import whole_number
from isolex.judging import FEW_WORDS, Expectation
from isolex.lexicon import LexiconLike, as_lexicon
from isolex.mapping import Problem
from isolex.retrieval import CSLS, Criterion, Hubness, InvertedSoftmax, NearestNeighbour, hubness_of
from isolex.vectors import Vectors, VectorsLike, as_vectors

_TOP = 10


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """The findings of `diagnose`.

    Attributes:
        source: The source vectors.
        target: The target vectors.
        health: Health of the source space and of the target space.
        together: What the two vocabularies have in common.
        measures: Measures of isomorphism by name; see `MEASURES`.
        lexicon: What the seed pairs show; None without a lexicon.
        aligned: A description of the alignment that `hubness` and `places` belong to; None without one.
        hubness: Hubness by criterion; empty without an alignment.
        places: Frequent words of both sides on a flat map of the shared space; None without an alignment.
        expectation: The P@1 to expect of a supervised alignment; None with fewer than 200 seed words.
        advice: What to do, most important first.
        compared: Number of most frequent words that the measures of isomorphism compared.
        seconds: Seconds that the diagnosis took.
    """

    source: Vectors
    target: Vectors
    health: tuple[SpaceHealth, SpaceHealth]
    together: PairHealth
    measures: Mapping[str, float]
    lexicon: LexiconFindings | None
    aligned: str | None
    hubness: Mapping[str, Hubness]
    places: Places | None
    expectation: Expectation | None
    advice: Sequence[Advice]
    compared: int
    seconds: float

    def __repr__(self) -> str:
        expected = "" if self.expectation is None else f", P@1 to expect {self.expectation.percent:.0f} %"
        return f"<Diagnosis: {self.source!r} → {self.target!r}{expected}>"

    def to_dict(self) -> dict[str, Any]:
        """The findings as plain JSON values; the report page is made from them."""
        measures = {name: _rounded(value) for name, value in self.measures.items()}
        of_pairs = {name: measures.pop(name) for name in PAIRED if name in measures}
        names = [side.language or name for side, name in ((self.source, "source"), (self.target, "target"))]
        together = self.together.to_dict()
        rank_correlation = together.pop("rank_correlation")
        return {
            **{
                side: {"name": name, **found.to_dict()}
                for side, name, found in zip(("source", "target"), names, self.health, strict=True)
            },
            "together": {**together, "words_compared": self.compared, **measures},
            "lexicon": None
            if self.lexicon is None
            else self.lexicon.to_dict(self.source, self.target)
            | {"rank_correlation": rank_correlation, **of_pairs, "map": self._map()},
            "hubness": self._hubs(),
            "prediction": None
            if self.expectation is None
            else self.expectation.to_dict() | {"explanation": EXPLANATION},
            "advice": [asdict(one) for one in self.advice],
            "seconds": self.seconds,
        }

    def _hubs(self) -> dict[str, Any] | None:
        if not self.hubness:
            return None
        criteria = {name: _hubs_json(found, self.target) for name, found in self.hubness.items()}
        return {"alignment": self.aligned, "k": next(iter(self.hubness.values())).k, "criteria": criteria}

    def _map(self) -> dict[str, Any] | None:
        if self.places is None:
            return None
        sides = (("source", self.source, self.places.source), ("target", self.target, self.places.target))
        words = [(vectors.words[row], side) for side, vectors, rows in sides for row in rows]
        points = [
            {"word": word, "side": side, "x": round(x, 4), "y": round(y, 4)}
            for (word, side), (x, y) in zip(words, self.places.at.tolist(), strict=True)
        ]
        return {"points": points, "pairs": [list(pair) for pair in self.places.pairs]}


def diagnose(
    source: VectorsLike,
    target: VectorsLike,
    lexicon: LexiconLike | None = None,
    *,
    alignment: AlignmentLike | None = None,
    words: int = COMPARED_WORDS,
    seed: int = 0,
    device: str | torch.device | None = None,
) -> Diagnosis:
    """Will these spaces align, did they, and why not?

    Without a lexicon, the diagnosis has the health of the data and measures of isomorphism. With a lexicon,
    it also has held-out accuracy, the P@1 to expect, a learning curve, seed pairs that are probably wrong,
    and hubs. It takes seconds for 5,000 words a side, and a minute for 40,000.

    Args:
        source: Source vectors, or a file of them.
        target: Target vectors, or a file of them.
        lexicon: Seed pairs, or a file of them.
        alignment: The alignment, or the folder of one, whose hubs are counted; by default that of VecMap on
            the lexicon.
        words: Number of most frequent words that the measures of isomorphism compare.
        seed: Seed of everything random.
        device: Where to compute; by default a GPU if there is one.

    Raises:
        InputError: Empty vectors, or a lexicon without a pair in both vocabularies.

    Examples:
        >>> import isolex
        >>> en, es, train, test = isolex.sample()
        >>> found = isolex.diagnose(en.head(1000), es.head(1000), train)
        >>> found.measures["relational_similarity"] > 0.2
        True
    """
    start = time.perf_counter()
    whole_number(words, "words", where="diagnose")
    source, target = as_vectors(source, what="source"), as_vectors(target, what="target")
    lexicon = None if lexicon is None else as_lexicon(lexicon)
    alignment = None if alignment is None else as_alignment(alignment, device=device)
    health = space_health(source), space_health(target)
    source, target = source.without_zeros(), target.without_zeros()
    problem = as_problem(source, target, lexicon, device=device)
    head = frequent(problem)
    measures = measures_of(problem, words=words)
    findings = None if lexicon is None else lexicon_findings(source, target, lexicon, head, seed)
    space = _shared_space(head, alignment, findings)
    spread = {} if space is None else _hubness(*space)
    expectation = _expectation(problem, measures, findings)
    return Diagnosis(
        source,
        target,
        health,
        pair_health(source, target, problem.pairs if lexicon is not None else None),
        measures,
        findings,
        _name(alignment, findings),
        spread,
        None if space is None else places(*space, head.pairs, (source, target)),
        expectation,
        advise(health, findings, spread, expectation),
        min(words, len(source), len(target)),
        round(time.perf_counter() - start, 2),
    )


def _shared_space(
    problem: Problem, alignment: Alignment | None, findings: LexiconFindings | None
) -> tuple[Tensor, Tensor] | None:
    if alignment is not None:
        return alignment.head(VOCABULARY).shared
    if findings is None or problem.pairs.shape[0] == 0:
        return None
    return COMPARED["vecmap"].solve(problem).apply(problem.x, problem.z)


def _name(alignment: Alignment | None, findings: LexiconFindings | None) -> str | None:
    if alignment is not None:
        return f"the given alignment ({alignment.card.method}, {alignment.card.status})"
    return None if findings is None else "vecmap on the lexicon"


def _hubness(x: Float[Tensor, "n d"], z: Float[Tensor, "m d"]) -> dict[str, Hubness]:
    criteria: dict[str, Criterion] = {"nn": NearestNeighbour(), "csls": CSLS(), "isf": InvertedSoftmax()}
    return {name: hubness_of(criterion.index(x, z), x) for name, criterion in criteria.items()}


def _expectation(
    problem: Problem, measures: Mapping[str, float], findings: LexiconFindings | None
) -> Expectation | None:
    """None without seed words enough: a few, or the shapes of two spaces alone, hardly tell."""
    held_out = None if findings is None else findings.held_out["vecmap"]
    if held_out is None or findings is None or findings.words < FEW_WORDS:
        return None
    return shipped_model().expect(prediction_measures(problem, dict(measures), held_out.percent))


def _hubs_json(found: Hubness, target: Vectors) -> dict[str, Any]:
    counts, keys = found.counts.unique(return_counts=True)
    figures = ("skewness", "robin_hood", "gini", "hub_occurrence", "anti_hub_share")
    return {
        **{name: round(getattr(found, name), 4) for name in figures},
        "top": [{"word": target.words[key], "count": count} for key, count in found.top(_TOP)],
        "distribution": [list(pair) for pair in zip(counts.tolist(), keys.tolist(), strict=True)],
    }


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")
