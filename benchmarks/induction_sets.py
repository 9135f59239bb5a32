"""Test sets for reranked dictionaries: vocabularies, pairs to learn from, pairs to test with.

`muse` and `xling` are read from the folder; `cipher` is `muse` with the letters of the target language
exchanged for each other, so that nobody sees which strings are alike.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch

from benchmarks.spaces import known_pairs
from isolex.arrays import generator
from isolex.datasets import DataFolder
from isolex.lexicon import Lexicon
from isolex.names import look_up
from isolex.scoring import BLITask
from isolex.vectors import Vectors

INDUCTION_PAIRS = {
    "novels": {
        "muse": tuple(
            f"{a}-{b}" for a in ("en", "es", "fr", "de") for b in ("en", "es", "fr", "de") if a != b
        ),
        "xling": ("en-de", "en-fr", "de-fr"),
        "cipher": ("en-es",),
    },
    "web": {
        "muse": ("en-fr", "fr-en", "en-fi", "fi-en"),
        "xling": ("en-fr",),
        "cipher": ("en-fr",),
    },
}
"""Language pairs of each test set, by kind of vectors."""
DEFAULT_SETS = {"novels": ("muse", "xling", "cipher"), "web": ("muse",)}


def sets_and_pairs(
    sets: Sequence[str] = (), pairs: Sequence[str] = (), *, vectors: str = "novels"
) -> list[tuple[str, str]]:
    """The given sets, or `DEFAULT_SETS`, each with the given pairs, or those of `INDUCTION_PAIRS`.

    Pairs without sets are looked for in `muse`, and in the other sets where these have them.

    Args:
        sets: Test sets.
        pairs: Language pairs, `xx-yy`.
        vectors: Kind of vectors, `novels` or `web`, that sets and pairs are by default taken for.

    Raises:
        InputError: An unknown set.
    """
    known = INDUCTION_PAIRS[vectors]
    for name in sets:
        look_up(name, known, "test set")
    return [
        (name, pair)
        for name in sets or DEFAULT_SETS[vectors]
        for pair in pairs or known[name]
        if sets or name == "muse" or pair in known[name]
    ]


def read_task(folder: DataFolder, name: str, pair: str) -> BLITask:
    """The task of a test set and a language pair, out of the folder.

    Raises:
        InputError: A dictionary is missing.
    """
    task = BLITask.of(folder, pair)
    if name == "xling":
        stem = folder.path / "dictionaries" / "xling" / pair
        train, test = (
            Lexicon.read(stem.with_name(f"{pair}.{part}.tsv")) for part in ("train.freq.5k", "test.freq.2k")
        )
        return replace(task, train=train, test=test)
    return ciphered(task) if name == "cipher" else task


def with_seeds(task: BLITask, count: int | None, seed: int) -> BLITask:
    """The same with some of the training words, drawn at random, all pairs of a word together.

    Args:
        task: With pairs to learn from.
        count: As many pairs inside both vocabularies as come nearest to it from above; 0 for none, None for
            all.
        seed: Of the draw.
    """
    if count is None:
        return task
    if count == 0:
        return replace(task, train=None)
    targets: dict[str, list[str]] = {}
    for word, translation in known_pairs(task):
        targets.setdefault(word, []).append(translation)
    words = list(targets)
    drawn: list[tuple[str, str]] = []
    for place in torch.randperm(len(words), generator=generator(seed)).tolist():
        if len(drawn) >= count:
            break
        drawn += [(words[place], key) for key in targets[words[place]]]
    return replace(task, train=Lexicon(drawn))


def ciphered(task: BLITask) -> BLITask:
    """The letters of the target language exchanged for each other, in the same way everywhere."""
    letters = sorted({letter for word in task.target.words for letter in word if letter.isalpha()})
    # One cycle through all of them in random order, so that no letter stays what it was.
    order = torch.randperm(len(letters), generator=generator(0)).tolist()
    table = str.maketrans({letters[order[place]]: letters[order[place - 1]] for place in range(len(letters))})
    target = Vectors(
        [word.translate(table) for word in task.target.words], task.target.matrix, unicode="keep"
    )
    train = None if task.train is None else _with_targets(task.train, table)
    return replace(task, target=target, train=train, test=_with_targets(task.test, table))


def _with_targets(lexicon: Lexicon, table: dict[int, str]) -> Lexicon:
    return Lexicon((source, target.translate(table)) for source, target in lexicon)
