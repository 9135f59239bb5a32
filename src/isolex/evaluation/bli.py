"""Bilingual lexicon induction: how many test words an alignment translates correctly, by a named protocol."""

from typing import Literal

import torch
from jaxtyping import Int
from torch import Tensor

from isolex.alignment import Alignment, AlignmentLike, as_alignment
from isolex.evaluation.protocols import BLIProtocol, as_protocol
from isolex.evaluation.result import PRECISIONS, Answer, BLIResult
from isolex.lexicon import Coverage, Lexicon, LexiconLike, as_lexicon, find_leaks, index_checked
from isolex.names import look_up
from isolex.retrieval import Criterion, Index


def evaluate(
    alignment: AlignmentLike,
    lexicon: LexiconLike,
    *,
    protocol: str | BLIProtocol = "muse",
    criterion: str | Criterion = "csls",
    direction: Literal["forward", "backward"] = "forward",
    train: LexiconLike | None = None,
) -> BLIResult:
    """Score an alignment on a test lexicon; answers may be any word of the whole vocabulary.

    Args:
        alignment: The alignment, or the folder that it is saved in.
        lexicon: Test pairs, or a file of them. The source word comes first, also for `backward`.
        protocol: `muse`, `strict`, `xling`, or a protocol object.
        criterion: `csls`, `nn`, `isf`, or a criterion object.
        direction: `forward` asks for target words, `backward` for source words.
        train: Training pairs that are compared with the test for leaks, or a file of them; by default the
            pairs that the alignment was made from, if there are any.

    Returns:
        The scores, with every answer.

    Raises:
        InputError: A name is unknown, or no test pair has both words in the vocabularies.
    """
    return evaluated(
        alignment, lexicon, protocol=protocol, criterion=criterion, direction=direction, train=train
    )


def evaluated(
    alignment: AlignmentLike,
    lexicon: LexiconLike,
    *,
    protocol: str | BLIProtocol,
    criterion: str | Criterion,
    direction: Literal["forward", "backward"] = "forward",
    train: LexiconLike | None = None,
    told: bool = False,
) -> BLIResult:
    """The same as `evaluate`; `told` is whether it was said already that the lexicon hardly fits."""
    protocol = as_protocol(protocol)
    lexicon = as_lexicon(lexicon, what="test lexicon")
    alignment = as_alignment(alignment)
    known = train is not None or len(alignment.seeds) > 0
    train = alignment.seeds if train is None else as_lexicon(train, what="training lexicon")
    if look_up(direction, {"forward": False, "backward": True}, "direction"):
        alignment, lexicon, train = alignment.reversed(), lexicon.reversed(), train.reversed()
    alignment = alignment.head(protocol.vocabulary)
    indexed = index_checked(lexicon, alignment.source, alignment.target, what="test lexicon", told=told)
    pairs = torch.from_numpy(indexed.pairs).to(alignment.device)
    answers = _answers(alignment, alignment.index(criterion), pairs, protocol)
    if protocol.missing == "wrong":
        answers += _missing(lexicon, indexed.coverage, alignment, protocol)
    return BLIResult(
        protocol=protocol,
        criterion=criterion if isinstance(criterion, str) else type(criterion).__name__,
        direction=direction,
        coverage=indexed.coverage.sources_percent,
        answers=tuple(answers),
        leaks=find_leaks(train, lexicon) if known else None,
        without_vector=indexed.coverage.without_vector,
    )


def _answers(
    alignment: Alignment, index: Index, pairs: Int[Tensor, "p 2"], protocol: BLIProtocol
) -> list[Answer]:
    """The answers to every unit whose words are both in the vocabularies."""
    x, _ = alignment.shared
    asked, place = pairs[:, 0].unique(return_inverse=True)
    found = index.search(x[asked], max(PRECISIONS))
    ranks, places = index.ranks(x[pairs[:, 0]], pairs[:, 1]).tolist(), place.tolist()
    source, target = alignment.source.words, alignment.target.words
    predictions = [
        tuple((target[key], score) for key, score in zip(keys, scores, strict=True))
        for keys, scores in zip(found.indices.tolist(), found.scores.tolist(), strict=True)
    ]
    units: dict[tuple[int, int], list[int]] = {}
    rows = pairs.tolist()
    for number, (row, key) in enumerate(rows):
        units.setdefault((row, key if protocol.unit == "pair" else 0), []).append(number)
    answers = []
    for (row, _), numbers in units.items():
        gold = tuple(target[rows[number][1]] for number in numbers)
        rank = min(ranks[number] for number in numbers)
        answers.append(Answer(source[row], gold, rank, row + 1, predictions[places[numbers[0]]]))
    return answers


def _missing(
    lexicon: Lexicon, coverage: Coverage, alignment: Alignment, protocol: BLIProtocol
) -> list[Answer]:
    """Wrong answers for the units that have a word outside the vocabularies."""
    no_source, no_target = set(coverage.missing_source), set(coverage.missing_target)
    units: list[tuple[str, tuple[str, ...]]]
    if protocol.unit == "pair":
        units = [(word, (gold,)) for word, gold in lexicon if word in no_source or gold in no_target]
    else:
        units = [
            (word, golds)
            for word, golds in lexicon.targets_of.items()
            if word in no_source or no_target.issuperset(golds)
        ]
    rows = (alignment.source.id(word) for word, _ in units)
    return [
        Answer(word, gold, None, None if row is None else row + 1, ())
        for (word, gold), row in zip(units, rows, strict=True)
    ]
