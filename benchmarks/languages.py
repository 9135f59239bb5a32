"""Many languages in one space, beside what two languages, or English between them, give.

Test words of which training pairs give an answer away, by a path of at most two through other languages, are
counted apart: `unreachable` leaves them out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from itertools import combinations, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from benchmarks.measuring import alone, peak_bytes, timed
from benchmarks.spaces import PLANTED_COSINE, noisy
from isolex.alignment import Alignment, Card, LanguagePair, Side, SideCard, Space
from isolex.arrays import generator
from isolex.datasets import DataFolder
from isolex.evaluation import BLIResult, PairedTest, WordGraph, evaluate, unreachable
from isolex.files import digest
from isolex.lexicon import Lexicon
from isolex.linalg import polar_factor
from isolex.mapping import Problem, Procrustes, VecMap
from isolex.normalize import Normalizer
from isolex.progress import track
from isolex.recipes import align_space
from isolex.vectors import Vectors

LANGUAGES = ("en", "es", "fr", "de")
DISTANT = ("hu", "uk")
WORDS = 20_000
_PIVOT = "en"
# Longer paths give little away: among three lexicons nearly every frequent word is at three pairs' distance.
_STEPS = 2
_ADDED = "fr"


@dataclass(frozen=True, eq=False)
class Languages:
    """Vectors of some languages, and training pairs between some of them.

    Attributes:
        sides: By code, each in its own space.
        lexicons: Training pairs that both vocabularies have.
    """

    sides: Mapping[str, Side]
    lexicons: Mapping[LanguagePair, Lexicon]

    @classmethod
    def read(
        cls, folder: DataFolder, codes: Sequence[str], pairs: Iterable[LanguagePair], words: int
    ) -> "Languages":
        """Of a folder; each pair's training dictionary is taken."""
        pairs = list(pairs)
        for pair in pairs:
            folder.check("-".join(pair))
        vectors = {}
        for code in track(list(codes), "reading vectors"):
            pair = next(pair for pair in pairs if code in pair)
            vectors[code] = folder.vectors("-".join(pair))[pair.index(code)].head(words)
        sides = {code: Side.fitted(one, Normalizer()) for code, one in vectors.items()}
        found = {}
        for source, target in pairs:
            lexicon = folder.dictionary(f"{source}-{target}", "train")
            ids = lexicon.index(vectors[source], vectors[target]).pairs.tolist()
            found[source, target] = Lexicon(
                (vectors[source].words[row], vectors[target].words[key]) for row, key in ids
            )
        return cls(sides, found)

    @property
    def vectors(self) -> dict[str, Vectors]:
        """By code."""
        return {code: side.vectors for code, side in self.sides.items()}

    @cached_property
    def graph(self) -> WordGraph:
        """What all lexicons give away."""
        return WordGraph(self.lexicons)

    def problem(self, source: str, target: str) -> Problem:
        """Of a pair that has a lexicon."""
        first, second = self.sides[source], self.sides[target]
        lexicon = self.lexicons[source, target]
        return Problem.of(first, second, lexicon.index(first.vectors, second.vectors))

    def space(
        self, codes: Iterable[str] | None = None, *, star: bool = False, method: str = "joint"
    ) -> Space:
        """The space of some of the languages, or of all.

        Args:
            codes: Which.
            star: By the lexicons with English alone.
            method: As `align_space` takes it; only the joint solver's settings are tried on held-out words.
        """
        taken = list(self.sides if codes is None else codes)
        lexicons = {
            pair: lexicon
            for pair, lexicon in self.lexicons.items()
            if set(pair) <= set(taken) and (not star or _PIVOT in pair)
        }
        vectors = {code: self.vectors[code] for code in taken}
        return align_space(vectors, lexicons, method=method, check=method == "joint")

    def direct(self, source: str, target: str) -> Alignment:
        """By VecMap on the pair's own lexicon."""
        if (source, target) not in self.lexicons:
            return self.direct(target, source).reversed()
        mapping = VecMap().solve(self.problem(source, target))
        return self._alignment(source, target, mapping.source, mapping.target)

    def pivot(self, source: str, target: str, method: str) -> Alignment:
        """Each mapped into the English space by its own lexicon with English.

        Args:
            source: Any language but English.
            target: Likewise.
            method: `procrustes`, or `vecmap`, whose maps are composed: into the space that a language shares
                with English, and back by the inverse of the English map.
        """
        return self._alignment(
            source, target, *(self._into_english[method](code) for code in (source, target))
        )

    @cached_property
    def _into_english(self) -> dict[str, Callable[[str], torch.Tensor]]:
        known: dict[tuple[str, str], torch.Tensor] = {}

        def into(method: str, code: str) -> torch.Tensor:
            if (method, code) not in known:
                problem = self.problem(_PIVOT, code)
                if method == "procrustes":
                    turned = Problem(problem.z, problem.x, problem.pairs.flip(1))
                    known[method, code] = Procrustes().solve(turned).source
                else:
                    mapping = VecMap().solve(problem)
                    back = torch.linalg.pinv(mapping.source.double())
                    known[method, code] = (mapping.target.double() @ back).float()
            return known[method, code]

        return {method: partial(into, method) for method in ("procrustes", "vecmap")}

    def _alignment(self, source: str, target: str, first: torch.Tensor, second: torch.Tensor) -> Alignment:
        here, there = self.sides[source], self.sides[target]
        return Alignment(
            here.mapped(first),
            there.mapped(second),
            seeds=self.lexicons.get((source, target), Lexicon([])),
            card=Card("benchmark", {}, SideCard.of(here.vectors), SideCard.of(there.vectors)),
        )


@dataclass(frozen=True, eq=False)
class Scored:
    """What several systems say to one test lexicon.

    Attributes:
        pair: The languages.
        every: By system, the result on all test words.
        rest: By system, on those that no two training pairs lead to.
    """

    pair: LanguagePair
    every: dict[str, BLIResult]
    rest: dict[str, BLIResult] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        languages: Languages,
        pair: LanguagePair,
        test: Lexicon,
        systems: Mapping[str, Callable[[str, str], Alignment]],
    ) -> "Scored":
        """Ask every system."""
        scored = cls(pair, {name: evaluate(align(*pair), test) for name, align in systems.items()})
        first = next(iter(scored.every.values()))
        distances = languages.graph.distances(first, *pair, most=_STEPS)
        scored.rest.update({name: unreachable(one, distances) for name, one in scored.every.items()})
        return scored

    def row(self) -> dict[str, Any]:
        """P@1 of every system, in percent."""
        first, rest = next(iter(self.every.values())), next(iter(self.rest.values()))
        row: dict[str, Any] = {"pair": "-".join(self.pair), "n": first.n, "n_unreachable": rest.n}
        for name, result in self.every.items():
            row[_column(name)] = _rounded(result)
            row[f"{name}_unreachable"] = _rounded(self.rest[name])
        return row

    def gain(self, system: str, over: str) -> PairedTest:
        """The paired test of two systems on the unreachable words."""
        return self.rest[system].compare(self.rest[over])


def _column(system: str) -> str:
    return "direct_vecmap" if system == "direct" else system


def _rounded(result: BLIResult) -> float | None:
    return round(result.precision(), 2) if result.n else None


def mean(rows: Iterable[Mapping[str, Any]], key: str) -> float | None:
    """Of a figure over the rows that have it."""
    values = [row[key] for row in rows if row.get(key) is not None]
    return round(sum(values) / len(values), 2) if values else None


def means(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float | None]]:
    """Of every figure, over the pairs with and without English."""
    figures = list(dict.fromkeys(key for row in rows for key in row if key not in _OTHERS))
    groups = {
        "english": [row for row in rows if _PIVOT in row["pair"].split("-")],
        "others": [row for row in rows if _PIVOT not in row["pair"].split("-")],
    }
    return {name: {figure: mean(group, figure) for figure in figures} for name, group in groups.items()}


_OTHERS = ("pair", "n", "n_unreachable", "gain", "gain_interval", "status")


def run_pairs(data: Path, *, words: int = WORDS) -> dict[str, Any]:
    """Each pair of English, Spanish, French and German: direct, by the pivot, and in the joint space."""
    pairs = list(combinations(LANGUAGES, 2))
    folder = DataFolder(data)
    languages = Languages.read(folder, LANGUAGES, pairs, words)
    joint, star = languages.space(), languages.space(star=True)
    systems = {"direct": languages.direct, "joint": joint.pair, "star": star.pair}
    systems |= {name: languages.space(method=method).pair for name, method in OTHERS.items()}
    composed = {f"pivot_{method}": partial(languages.pivot, method=method) for method in PIVOTS}
    rows = []
    for pair in track(pairs, "scoring pairs"):
        test = folder.dictionary("-".join(pair), "test")
        asked = systems if _PIVOT in pair else systems | composed
        scored = Scored.of(languages, pair, test, asked)
        gain = scored.gain("joint", "direct")
        rows.append(
            scored.row()
            | {
                "gain": round(gain.difference, 2),
                "gain_interval": [round(end, 2) for end in gain.interval],
                "status": joint.card.pair(*pair).status,
            }
        )
    strongest = max(PIVOTS, key=lambda method: mean(rows, f"pivot_{method}") or 0.0)
    for row in rows:
        for ending in ("", "_unreachable"):
            row[f"pivot{ending}"] = row.get(f"pivot_{strongest}{ending}")
    return {
        "protocol": "muse",
        "criterion": "csls",
        "words": words,
        "steps": _STEPS,
        "pivot": strongest,
        "ridges": {"joint": _ridge(joint), "star": _ridge(star)},
        "rows": rows,
        "means": means(rows),
    }


PIVOTS = ("procrustes", "vecmap")
# Other methods for many languages, with their own settings; by system, as `align_space` calls them.
OTHERS = {"joint_vecmap": "vecmap", "geomm": "geomm"}


def _ridge(space: Space) -> float:
    """The one that held-out words chose."""
    return float(space.card.settings["solver"]["ridge"])


def run_more(data: Path, *, words: int = WORDS) -> dict[str, Any]:
    """Two distant languages in the space of four, and one that joins later."""
    folder = DataFolder(data)
    return {
        "protocol": "muse",
        "criterion": "csls",
        "words": words,
        "steps": _STEPS,
        **_distant(folder, words),
        "added": _added(folder, words),
    }


def _distant(folder: DataFolder, words: int) -> dict[str, Any]:
    """Hungarian and Ukrainian, which have dictionaries with English alone.

    Each direction is asked of a space with the training dictionaries of that direction: those of the other
    one hold many of the test pairs.
    """
    english = []
    for turned in (True, False):  # so that the last space is the one for the others
        own = [(code, _PIVOT) if turned else (_PIVOT, code) for code in DISTANT]
        languages = Languages.read(folder, [*LANGUAGES, *DISTANT], [*combinations(LANGUAGES, 2), *own], words)
        space = languages.space()
        for pair in own:
            test = folder.dictionary("-".join(pair), "test")
            scored = Scored.of(languages, pair, test, {"direct": languages.direct, "joint": space.pair})
            english.append(scored.row() | {"status": space.card.pair(*pair).status})
    english.sort(key=lambda row: [code in row["pair"] for code in DISTANT], reverse=True)
    systems: dict[str, Callable[[str, str], Alignment]] = {
        "joint": space.pair,
        **{f"pivot_{method}": partial(languages.pivot, method=method) for method in PIVOTS},
    }
    others = []
    for near in LANGUAGES[1:]:
        for code in DISTANT:
            test = composed_test(*(folder.dictionary(f"{_PIVOT}-{end}", "test") for end in (near, code)))
            for pair, gold in (((near, code), test), ((code, near), test.reversed())):
                scored = Scored.of(languages, pair, gold, systems)
                others.append(scored.row() | {"status": space.card.pair(*pair).status})
    return {"ridge": _ridge(space), "english": english, "others": others}


def composed_test(first: Lexicon, second: Lexicon) -> Lexicon:
    """Pairs of the targets of two lexicons that have a source word in common."""
    return Lexicon(
        dict.fromkeys(
            (left, right)
            for word, lefts in first.targets_of.items()
            for right in second.targets_of.get(word, ())
            for left in lefts
        )
    )


def _added(folder: DataFolder, words: int) -> dict[str, Any]:
    """French joins the space of the others: whether their files stay, and P@1 beside the joint solution."""
    pairs = list(combinations(LANGUAGES, 2))
    languages = Languages.read(folder, LANGUAGES, pairs, words)
    first = languages.space([code for code in LANGUAGES if code != _ADDED])
    joint = languages.space()
    own = {pair: lexicon for pair, lexicon in languages.lexicons.items() if _ADDED in pair}
    with TemporaryDirectory() as folder_name:
        place = Path(folder_name) / "space"
        first.save(place)
        before = file_digests(place)
        seconds, grown = timed(partial(first.add, {_ADDED: languages.vectors[_ADDED]}, own))
        grown.save(place)
        after = file_digests(place)
    changed = [name for name, known in before.items() if after.get(name) != known]
    rows = []
    for pair in own:
        test = folder.dictionary("-".join(pair), "test")
        scored = Scored.of(languages, pair, test, {"added": grown.pair, "joint": joint.pair})
        rows.append(scored.row())
    return {
        "language": _ADDED,
        "seconds": round(seconds, 1),
        "files_before": len(before),
        "files_after": len(after),
        "changed": changed,
        "rows": rows,
    }


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file, by name."""
    return {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())}


@dataclass(frozen=True)
class PlantedRun:
    """One space of many planted languages.

    Attributes:
        languages: How many.
        words: Of each.
        dimension: Of the vectors.
        seconds: To read and solve, without the making of the vectors and without checks.
        peak_gib: The most memory that the process held, with Python, torch and the vectors.
        recovered: Mean P@1 over some pairs of languages without a lexicon, of words in no lexicon.
        pairs: How many pairs of languages that was measured on.
    """

    languages: int
    words: int
    dimension: int
    seconds: float
    peak_gib: float
    recovered: float
    pairs: int


def run_planted(
    sizes: Sequence[int], *, words: int = 2_000, dimension: int = 300, cosine: float = PLANTED_COSINE
) -> Iterator[PlantedRun]:
    """Spaces that are one space, rotated, with noise; a star of lexicons; each size in its own process."""
    for size in track(list(sizes), "planted spaces"):
        yield PlantedRun(**alone(planted_space, size, words, dimension, cosine))


_TRAINED, _MOST_TRAINED, _ASKED = 0.75, 5_000, 10


def planted_languages(
    size: int, words: int, dimension: int, *, cosine: float = PLANTED_COSINE
) -> tuple[dict[str, Vectors], dict[LanguagePair, Lexicon]]:
    """Languages that are one space, rotated, with noise, and a star of lexicons of most words."""
    draws = generator(0)
    base = torch.randn(words, dimension, generator=draws)
    vectors = {}
    for number in range(size):
        turn = polar_factor(torch.randn(dimension, dimension, generator=draws)).float()
        rows = noisy(base, number + 1, cosine=cosine) @ turn
        code = f"l{number}"
        vectors[code] = Vectors([f"{code}w{row}" for row in range(words)], rows.numpy(), language=code)
    first, *others = vectors
    trained = range(min(int(_TRAINED * words), _MOST_TRAINED))
    lexicons = {
        (first, other): Lexicon((f"{first}w{row}", f"{other}w{row}") for row in trained) for other in others
    }
    return vectors, lexicons


def planted_test(source: str, target: str, words: int) -> Lexicon:
    """The pairs of two planted languages that no lexicon of the star holds."""
    return Lexicon((f"{source}w{row}", f"{target}w{row}") for row in range(int(_TRAINED * words), words))


def planted_space(size: int, words: int, dimension: int, cosine: float) -> dict[str, Any]:
    """The figures of `PlantedRun`, of this process."""
    vectors, lexicons = planted_languages(size, words, dimension, cosine=cosine)
    names = list(vectors)
    seconds, space = timed(partial(align_space, vectors, lexicons, check=False))
    # Neighbours in the list of languages: none of them is the middle of the star.
    asked = list(pairwise(names[1:]))[:_ASKED]
    peak = peak_bytes()
    right = []
    for source, target in asked:
        test = planted_test(source, target, words)
        right.append(evaluate(space.pair(source, target), test).precision())
    run = PlantedRun(
        size,
        words,
        dimension,
        round(seconds, 1),
        round(peak / 2**30, 2),
        round(sum(right) / len(right), 1) if right else float("nan"),
        len(asked),
    )
    return asdict(run)
