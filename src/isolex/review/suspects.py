"""Pairs of the lexicon that look wrong."""

import torch

from isolex.alignment import AlignmentLike, as_alignment
from isolex.diagnosis import held_out_pairs
from isolex.diagnosis.findings import frequent
from isolex.mapping import Problem, VecMap

_MOST = 200
_FEWEST_WORDS = 20


def suspect_pairs(alignment: AlignmentLike) -> list[tuple[str, str]]:
    """Seed pairs that an alignment without their words puts at rank 100 or below both ways, worst first.

    None with fewer than 20 seed words, which tell too little. Cost: that of `held_out_pairs`.
    """
    alignment = as_alignment(alignment, device="cpu")
    source, target = alignment.sides
    found = alignment.seeds.index(source.vectors, target.vectors)
    rows = source.normalized().cpu(), target.normalized().cpu()
    problem = frequent(Problem(*rows, torch.from_numpy(found.pairs)))
    if problem.pairs[:, 0].unique().numel() < _FEWEST_WORDS:
        return []
    ranked = held_out_pairs(VecMap(), problem)
    words = source.vectors.words, target.vectors.words
    pairs = ranked.pairs[ranked.suspects(_MOST)].tolist()
    return [(words[0][row], words[1][key]) for row, key in pairs]
