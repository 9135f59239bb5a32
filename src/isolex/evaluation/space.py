"""Score all pairs of languages of a space on test lexicons, in both directions."""

import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from isolex.alignment import LanguagePair, Space, SpaceCard, load_space
from isolex.errors import InputError, IsolexWarning
from isolex.evaluation.bli import evaluated
from isolex.evaluation.metrics import rounded
from isolex.evaluation.protocols import BLIProtocol, as_protocol
from isolex.evaluation.reach import WordGraph, unreachable
from isolex.evaluation.result import BLIResult
from isolex.files import atomic_file
from isolex.given import given_or_read, whole_number
from isolex.lexicon import Lexicon, LexiconLike, as_lexicon, index_checked
from isolex.names import look_up
from isolex.progress import track
from isolex.retrieval import Criterion, Hubness, hubness_of

TEST_ENDINGS = (".test.txt", ".test.tsv", ".txt", ".tsv")
"""How the test file of a direction `xx-yy` may end; the first that is there is taken."""
# Hubness is read off the answers to so many most frequent words, each with its k best.
HUB_QUERIES, HUB_ANSWERS = 10_000, 10


@dataclass(frozen=True, eq=False)
class DirectionScore:
    """One direction between two languages of a space.

    Attributes:
        source: Language of the test words.
        target: Language of the answers.
        result: The scores, with every answer; its leaks are those of the pair's own lexicon.
        distances: For each answer, the least number of training pairs, from any lexicons of the space, in a
            chain from the word to a right answer; None if no chain is short enough to count.
        hubness: How unevenly the 10 best answers to the 10,000 most frequent source words are spread.
    """

    source: str
    target: str
    result: BLIResult
    distances: tuple[int | None, ...] = field(repr=False)
    hubness: Hubness = field(repr=False)

    @cached_property
    def unreachable(self) -> BLIResult:
        """The result without the test units that training pairs give away."""
        return unreachable(self.result, self.distances)

    @property
    def reached(self) -> dict[int, int]:
        """Number of test units by the number of training pairs that lead to a right answer."""
        counts = Counter(distance for distance in self.distances if distance is not None)
        return dict(sorted(counts.items()))

    def to_dict(self) -> dict[str, Any]:
        """Every figure as plain JSON values, rates in percent, undefined ones as null."""
        rest, hubs = self.unreachable, self.hubness
        return {
            "source": self.source,
            "target": self.target,
            **self.result.to_dict(),
            "reached": {str(steps): count for steps, count in self.reached.items()},
            "unreachable": {
                "p@1": rounded(rest.precision()),
                "interval": [rounded(end) for end in rest.interval],
                "n": rest.n,
            },
            "hubness": {
                "skewness": round(hubs.skewness, 3),
                "robin_hood": round(hubs.robin_hood, 4),
                "hub_occurrence": round(hubs.hub_occurrence, 4),
                "anti_hub_share": round(hubs.anti_hub_share, 4),
            },
        }


@dataclass(frozen=True, eq=False)
class DirectionSummary:
    """The figures of one direction, without its answers, so small that thousands of them can be kept.

    Attributes:
        source: Language of the test words.
        target: Language of the answers.
        row: Every figure, as in `DirectionScore.to_dict`.
        precision: P@1 in percent, not rounded; nan if nothing was scored.
        unreachable: P@1 of the test units that training pairs do not give away, likewise.
    """

    source: str
    target: str
    row: Mapping[str, Any] = field(repr=False)
    precision: float
    unreachable: float

    @classmethod
    def of(cls, score: DirectionScore) -> "DirectionSummary":
        """The summary of a score."""
        precision, unreachable = score.result.precision(), score.unreachable.precision()
        return cls(score.source, score.target, score.to_dict(), precision, unreachable)

    @property
    def known(self) -> bool:
        """Whether most of the test units have their answers in a training lexicon of the two languages."""
        return bool(2 * self.row["reached"].get("1", 0) > self.row["n"] > 0)


@dataclass(frozen=True, eq=False)
class SpaceSummary:
    """The figures of a space, direction by direction.

    Attributes:
        languages: The languages in the order of the space.
        directions: The directions that have a test lexicon.
        steps: A test unit is called reachable if a chain of at most this many training pairs leads to a right
            answer.
    """

    languages: tuple[str, ...]
    directions: tuple[DirectionSummary, ...] = field(repr=False)
    steps: int

    def mean(self, *, unreachable: bool = False) -> float:
        """Mean P@1 over the directions, in percent; nan if none has a unit to score.

        Args:
            unreachable: Use only the test units that training pairs do not give away.
        """
        matrix = self.matrix(unreachable=unreachable)
        known = matrix[~np.isnan(matrix)]
        return float(known.mean()) if known.size else float("nan")

    def matrix(self, *, unreachable: bool = False) -> Float[np.ndarray, "n n"]:
        """P@1 in percent, from the language of the row to that of the column; nan without a score.

        Args:
            unreachable: Use only the test units that training pairs do not give away.
        """
        place = {language: at for at, language in enumerate(self.languages)}
        matrix = np.full((len(place), len(place)), np.nan)
        for one in self.directions:
            matrix[place[one.source], place[one.target]] = one.unreachable if unreachable else one.precision
        return matrix

    def to_dict(self) -> dict[str, Any]:
        """Every figure as plain JSON values, rates in percent, undefined ones as null."""
        first = self.directions[0].row
        return {
            "protocol": first["protocol"],
            "criterion": first["criterion"],
            "steps": self.steps,
            "languages": list(self.languages),
            "mean": {
                "p@1": rounded(self.mean()),
                "p@1_unreachable": rounded(self.mean(unreachable=True)),
            },
            "directions": [dict(one.row) for one in self.directions],
        }

    def write_page(self, path: str | Path) -> None:
        """Write the matrix as a heat map, with all figures below: one HTML file that loads nothing.

        Raises:
            InputError: The file cannot be written.
        """
        from isolex.evaluation.space_page import page  # noqa: PLC0415 - needed by few

        with atomic_file(path) as temporary:
            temporary.write_text(page(self.to_dict()), encoding="utf-8")


@dataclass(frozen=True, eq=False)
class SpaceResult:
    """Scores of a space, direction by direction.

    Attributes:
        languages: The languages in the order of the space.
        scores: Scores by (source, target), of the directions that have a test lexicon.
        steps: A test unit is called reachable if a chain of at most this many training pairs leads to a right
            answer.
    """

    languages: tuple[str, ...]
    scores: Mapping[LanguagePair, DirectionScore] = field(repr=False)
    steps: int

    def __repr__(self) -> str:
        return (
            f"<SpaceResult: P@1 {self.mean():.1f} %, of unreachable words "
            f"{self.mean(unreachable=True):.1f} %, means of {len(self.scores)} directions>"
        )

    @cached_property
    def summary(self) -> SpaceSummary:
        """The figures alone, without the answers."""
        rows = tuple(DirectionSummary.of(score) for score in self.scores.values())
        return SpaceSummary(self.languages, rows, self.steps)

    def mean(self, *, unreachable: bool = False) -> float:
        """See `SpaceSummary.mean`."""
        return self.summary.mean(unreachable=unreachable)

    def matrix(self, *, unreachable: bool = False) -> Float[np.ndarray, "n n"]:
        """See `SpaceSummary.matrix`."""
        return self.summary.matrix(unreachable=unreachable)

    def to_dict(self) -> dict[str, Any]:
        """See `SpaceSummary.to_dict`."""
        return self.summary.to_dict()

    def write_page(self, path: str | Path) -> None:
        """See `SpaceSummary.write_page`."""
        self.summary.write_page(path)


def evaluate_space(
    space: Space | str | Path,
    tests: str | Path | Mapping[LanguagePair, LexiconLike],
    *,
    protocol: str | BLIProtocol = "muse",
    criterion: str | Criterion = "csls",
    steps: int = 3,
) -> SpaceResult:
    """Score every direction between languages of a space that has a test lexicon.

    A space learns from many lexicons, so the training pairs can give a test pair away even if it is in none
    of the lexicons: if en–es has "cat, gato" and en–fr has "cat, chat", two training pairs lead from "gato"
    to "chat". These test words are counted separately, and each direction also has a score without them.

    Args:
        space: The space, or the folder that it is saved in.
        tests: A folder with a file for each direction, named `xx-yy.test.txt` or `xx-yy.txt`, or the same
            with `.tsv`; or test lexicons, or files of them, by (source, target).
        protocol: `muse`, `strict`, `xling`, or a protocol object.
        criterion: `csls`, `nn`, `isf`, or a criterion object.
        steps: A test unit is reachable if this many training pairs or fewer lead to a right answer.

    Raises:
        InputError: There is no test lexicon of two languages of the space, a test lexicon is of another
            language or has no pair in both vocabularies, or a name is unknown.

    Warns:
        IsolexWarning: Most test words of a direction have their answers in a training lexicon.

    Examples:
        >>> import isolex
        >>> en, es, train, test = isolex.sample()
        >>> space = isolex.align_space({"en": en, "es": es}, {("en", "es"): train}, check=False)
        >>> result = isolex.evaluate_space(space, {("en", "es"): test})
        >>> bool(result.matrix()[0, 1] > 50)
        True
    """
    steps = whole_number(steps, "steps", where="evaluate_space")
    protocol = as_protocol(protocol)
    space = given_or_read(
        space, Space, load_space, what="space", fix="make one: isolex.align_space(…), or isolex.load_space(…)"
    )
    lexicons = _read(space, tests)
    graph = WordGraph({pair: link.seeds for pair, link in space.links()})
    scores = {
        pair: score_direction(
            space, pair, lexicon, graph, protocol=protocol, criterion=criterion, steps=steps
        )
        for pair, lexicon in track(list(lexicons.items()), "evaluating pairs of languages")
    }
    result = SpaceResult(space.languages, scores, steps)
    if told := known_beforehand(space.card, result.summary):
        warnings.warn(told, IsolexWarning, stacklevel=2)
    return result


def find_tests(folder: str | Path, languages: tuple[str, ...]) -> dict[LanguagePair, Path]:
    """The test files of a folder, by direction.

    Raises:
        InputError: There is no test file.
    """
    folder = Path(folder)
    found = {}
    for source, target in permutations(languages, 2):
        files = (folder / f"{source}-{target}{ending}" for ending in TEST_ENDINGS)
        if (file := next((file for file in files if file.is_file()), None)) is not None:
            found[source, target] = file
    if not found:
        raise InputError(
            f"holds no test lexicon of two of the languages {', '.join(languages)}",
            where=folder,
            fix="name each file after its direction, such as en-es.test.txt or en-es.tsv",
        )
    return found


def _read(
    space: Space, tests: str | Path | Mapping[LanguagePair, LexiconLike]
) -> dict[LanguagePair, Lexicon]:
    """The test lexicons in the order of the space, all fit to be scored: to be known before the long work."""
    given = find_tests(tests, space.languages) if isinstance(tests, str | Path) else tests
    if not given:
        raise InputError("got none, expected at least one", where="test lexicons")
    for source, target in given:
        for language in (source, target):
            look_up(language, dict.fromkeys(space.languages), "language of the space")
        if source == target:
            raise InputError("is of one language, expected two", where=f"test lexicon {source}-{target}")
    lexicons = {}
    for source, target in permutations(space.languages, 2):
        if (source, target) in given:
            what = f"test lexicon {source}-{target}"
            lexicons[source, target] = lexicon = as_lexicon(given[source, target], what=what)
            index_checked(lexicon, space.sides[source].vectors, space.sides[target].vectors, what=what)
    return lexicons


def known_beforehand(card: SpaceCard, summary: SpaceSummary) -> str:
    """The warning that most test words of a direction are in a training lexicon; empty if they are not.

    Pairs that isolex induced itself do not count, because they were not given.
    """
    known = [
        f"{one.source}-{one.target}"
        for one in summary.directions
        if one.known and card.pair(one.source, one.target).origin != "induced"
    ]
    if not known:
        return ""
    return (
        f"most test words of {', '.join(known)} have their answers in a training lexicon of the space, "
        "so the scores do not show how good the space is on other words"
    )


def score_direction(
    space: Space,
    pair: LanguagePair,
    lexicon: Lexicon,
    graph: WordGraph,
    *,
    protocol: BLIProtocol,
    criterion: str | Criterion,
    steps: int,
) -> DirectionScore:
    """Score one direction; see `evaluate_space`.

    Args:
        space: The space.
        pair: Source and target.
        lexicon: Test pairs.
        graph: The training pairs of all lexicons of the space.
        protocol: How answers count.
        criterion: How answers are ranked.
        steps: A test unit is reachable if this many training pairs or fewer lead to a right answer.

    Raises:
        InputError: No test pair has both words in the vocabularies.
    """
    source, target = pair
    # Cut here, so that both the scores and hubness search one index.
    alignment = space.pair(source, target).head(protocol.vocabulary)
    result = evaluated(alignment, lexicon, protocol=protocol, criterion=criterion, told=True)
    distances = graph.distances(result, source, target, most=steps)
    asked = alignment.shared[0][:HUB_QUERIES]
    hubs = hubness_of(alignment.index(criterion), asked, k=HUB_ANSWERS)
    return DirectionScore(source, target, result, distances, hubs)
