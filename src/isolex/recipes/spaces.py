"""`align_space`: make one space from the vectors of many languages and lexicons between some of them."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

import torch
from torch import Tensor

from isolex.alignment import (
    FEW_LANGUAGES,
    LanguageCard,
    LanguagePair,
    Link,
    PairCard,
    Side,
    SideCard,
    Space,
    SpaceCard,
    check_languages,
    lexicons_by_places,
    pair_card,
    together,
)
from isolex.arrays import pick_device
from isolex.cards.space_card import TRUSTED
from isolex.choices import Status
from isolex.errors import InputError, IsolexWarning
from isolex.fleet import Workplace
from isolex.given import whole_number
from isolex.judging import FEW_WORDS, JointChoice, choose_jointly
from isolex.lexicon import Lexicon, LexiconLike, found_seeds
from isolex.mapping import (
    GeneralizedProcrustes,
    GeoMM,
    Joint,
    JointSolver,
    JointVecMap,
    PlacePair,
    Problem,
    components,
)
from isolex.names import look_up
from isolex.normalize import DEFAULT_STEPS, Normalizer
from isolex.progress import track
from isolex.recipes.pair_links import PairWanted, link_pairs
from isolex.recipes.solver_settings import settings_of
from isolex.vectors import VectorsLike, usable_vectors

V = TypeVar("V")

# By name, the settings that are tried on held-out words; without a trial, the first is taken.
JOINT_METHODS: dict[str, tuple[JointSolver, ...]] = {
    "joint": (Joint(), *(Joint(ridge=ridge) for ridge in (0.3, 1.0, 10.0, 30.0))),
    "vecmap": (JointVecMap(),),
    "procrustes": (GeneralizedProcrustes(),),
    "geomm": (GeoMM(),),
}
_LEFT_OUT = "no lexicon links it to the space, and no alignment with it was judged aligned"
_NOBODY = "no lexicon links the two languages, and the pair was not checked"


@dataclass(frozen=True, eq=False)
class _Languages:
    """The languages by place, and what is known of pairs of them, the earlier one first.

    Attributes:
        codes: Their codes.
        sides: Each in its own space.
        rows: Their normalised rows.
        seeds: Pairs of words found in both vocabularies.
        problems: The same over the rows.
        verdicts: Of pairs that were aligned for want of seed words, what that was judged.
        induced: Pairs whose lexicon came out of such an alignment, or was enlarged by it; and how many of the
            lexicon's first pairs were given.
    """

    codes: list[str]
    sides: list[Side]
    rows: list[Tensor]
    seeds: dict[PlacePair, Lexicon] = field(default_factory=dict)
    problems: dict[PlacePair, Problem] = field(default_factory=dict)
    verdicts: dict[PlacePair, tuple[Status, str]] = field(default_factory=dict)
    induced: dict[PlacePair, int] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        vectors: Mapping[str, VectorsLike],
        lexicons: Mapping[LanguagePair, LexiconLike],
        normalizer: Normalizer,
        device: torch.device,
    ) -> "_Languages":
        """Read the given vectors and lexicons; each language is in its own space."""
        # The small files first: what is wrong with them should show before long work.
        given = lexicons_by_places(list(vectors), lexicons)
        sides = [
            Side.fitted(usable_vectors(one, what=code), normalizer, device=device)
            for code, one in track(list(vectors.items()), "reading vectors")
        ]
        made = cls(list(vectors), sides, [side.normalized() for side in sides])
        for pair, lexicon in given.items():
            made.add(pair, lexicon)
        return made

    def add(self, pair: PlacePair, lexicon: Lexicon) -> None:
        """Set the lexicon of a pair of languages, and replace the present one if there is one."""
        i, j = pair
        what = f"lexicon {self.codes[i]}-{self.codes[j]}"
        self.seeds[pair], indexed = found_seeds(
            lexicon, self.sides[i].vectors, self.sides[j].vectors, what=what
        )
        self.problems[pair] = Problem.over(self.rows[i], self.rows[j], indexed)

    def supplement(self, normalize: tuple[str, ...], seed: int, workplace: Workplace | None) -> None:
        """Induce lexicons by aligning pairs that have few seed words, or that no chain of lexicons connects.

        A pair that cannot be aligned counts as failed; its languages may still come in through other pairs.
        """
        weak = [pair for pair, one in self.problems.items() if one.pairs[:, 0].unique().numel() < FEW_WORDS]
        part_of = {
            at: number
            for number, part in enumerate(components(len(self.codes), self.problems))
            for at in part
        }
        every = combinations(range(len(self.codes)), 2)
        apart = [pair for pair in every if part_of[pair[0]] != part_of[pair[1]]]
        wanted = {
            (i, j): PairWanted(self.sides[i].vectors, self.sides[j].vectors, self.seeds.get((i, j)))
            for i, j in (*weak, *apart)
        }
        names = {pair: "-".join(self.codes[at] for at in pair) for pair in wanted}
        linked = link_pairs(
            {names[pair]: one for pair, one in wanted.items()},
            normalize=normalize,
            seed=seed,
            device=self.sides[0].device,
            workplace=workplace,
        )
        for pair, name in names.items():
            found, seeds = linked[name], wanted[pair].seeds
            if found.lexicon is not None:
                self.add(pair, found.lexicon if seeds is None else together(seeds, found.lexicon))
                self.induced[pair] = 0 if seeds is None else len(seeds)
            if found.lexicon is not None or seeds is not None:
                self.verdicts[pair] = found.status, found.reason

    def only(self, kept: list[int]) -> "_Languages":
        """Some of the languages."""
        place = {old: new for new, old in enumerate(kept)}

        def moved(known: Mapping[PlacePair, V]) -> dict[PlacePair, V]:
            return {(place[i], place[j]): one for (i, j), one in known.items() if i in place and j in place}

        return _Languages(
            [self.codes[at] for at in kept],
            [self.sides[at] for at in kept],
            [self.rows[at] for at in kept],
            moved(self.seeds),
            moved(self.problems),
            moved(self.verdicts),
            moved(self.induced),
        )


def align_space(
    vectors: Mapping[str, VectorsLike],
    lexicons: Mapping[LanguagePair, LexiconLike] | None = None,
    *,
    method: str | JointSolver = "joint",
    normalize: tuple[str, ...] = DEFAULT_STEPS,
    seed: int = 0,
    device: str | torch.device | None = None,
    check: bool = True,
    workplace: Workplace | None = None,
) -> Space:
    """Map the word vectors of many languages into one space.

    You may give lexicons between any pairs of languages: from one language to all others, in a chain, or
    between all pairs. More lexicons help every pair. If a lexicon is missing or has fewer than 200 words,
    isolex aligns the pair with the seeds that it has, and an alignment that succeeds gives a lexicon. A
    language that no lexicon links to the others is left out, and `space.card.left_out` says why.

    Every pair of languages has a status; read `space.card.pairs` before you use a pair.

    Args:
        vectors: Vectors, or files of them, by language code.
        lexicons: Lexicons, or files of them, by pair of codes (source, target); None for no lexicons.
        method: `joint`, the best method, whose ridge is chosen on held-out words; `vecmap`, which whitens and
            re-weights; `procrustes`, which only rotates; `geomm`, the published method; or a solver with your
            settings, such as `Joint(ridge=3)`.
        normalize: Normalisation steps, see `isolex.normalize.Normalizer`.
        seed: Seed of everything random.
        device: Where to compute; by default a GPU if there is one.
        check: Whether to choose settings and weigh lexicons on held-out words, and to give each pair a
            status. This costs some passes over all pairs of words. Without it, the ridge is that of
            `Joint()`, all lexicons count alike, and the statuses are `unchecked`, except for pairs that
            isolex has to align because they have too few seed words.
        workplace: Where jobs align the pairs that have few seed words or none, and keep their results for the
            next run; by default this process aligns them, and nothing is kept.

    Raises:
        InputError: Fewer than two languages, one code in two spellings, or an unknown method; a lexicon of a
            language that is not there, of a language with itself, or without a pair in both vocabularies; or
            no two of the languages could be aligned.

    Warns:
        IsolexWarning: A language is left out.

    Examples:
        >>> import isolex
        >>> en, es, train, test = isolex.sample()
        >>> space = isolex.align_space({"en": en, "es": es}, {("en", "es"): train})
        >>> [word for word, score in space.pair("es", "en").translate("gato", k=1)]
        ['cat']
    """
    if not isinstance(vectors, Mapping):
        raise InputError(f"got {type(vectors).__name__}, expected a dictionary by code", where="vectors")
    whole_number(seed, "seed", where="space", least=0)
    name, solvers = _solvers_of(method)
    check_languages(vectors)
    if len(vectors) < 2:
        raise InputError(
            f"got {', '.join(vectors) or 'none'}, expected at least two languages",
            where="languages",
            fix="for two languages you can also use isolex.align",
        )
    known = _Languages.read(vectors, lexicons or {}, Normalizer(normalize), pick_device(device))
    known.supplement(normalize, seed, workplace)
    kept = components(len(known.codes), known.problems)[0]
    if len(kept) < 2:
        raise InputError(
            "no two of the languages could be aligned",
            where="space",
            fix="give lexicons between them, or vectors trained on more text",
        )
    left_out = {code: _LEFT_OUT for at, code in enumerate(known.codes) if at not in kept}
    for code, why in left_out.items():
        warnings.warn(f"{code} is left out: {why}", IsolexWarning, stacklevel=2)
    known = known.only(kept)
    choice = _chosen(solvers, known, seed=seed, check=check)
    pairs = _pair_cards(choice, known)
    card = SpaceCard(
        name,
        {"solver": settings_of(choice.solver), "normalize": list(normalize)},
        _language_cards(known, pairs),
        pairs,
        seed=seed,
        left_out=left_out,
    )
    return Space(
        {
            code: side.mapped(matrix)
            for code, side, matrix in zip(known.codes, known.sides, choice.mapping.maps, strict=True)
        },
        {(known.codes[i], known.codes[j]): Link(seeds) for (i, j), seeds in known.seeds.items()},
        card,
        joint=choice.mapping,
    )


def _solvers_of(method: str | JointSolver) -> tuple[str, tuple[JointSolver, ...]]:
    """The name of a method, and the settings that are tried."""
    if isinstance(method, str):
        return method, look_up(method, JOINT_METHODS, "method of a space")
    if isinstance(method, type) or not hasattr(method, "solve"):
        raise InputError(f"got {method!r}, expected a name or a solver such as Joint()", where="method")
    return type(method).__name__, (method,)


def _chosen(solvers: Sequence[JointSolver], known: _Languages, *, seed: int, check: bool) -> JointChoice:
    if not check:
        return JointChoice.unchecked(solvers[0], len(known.codes), known.problems)
    # Judging is a pass over all pairs of words, as neighbourhoods are.
    few = len(known.codes) <= FEW_LANGUAGES
    asked = combinations(range(len(known.codes)), 2) if few else sorted(known.problems)
    return choose_jointly(solvers, known.rows, known.problems, asked=asked, seed=seed)


def _pair_cards(choice: JointChoice, known: _Languages) -> dict[LanguagePair, PairCard]:
    """What is known of each pair; an induced lexicon cannot vouch for itself, but its alignment's verdict."""
    cards = {}
    for pair in sorted(choice.held_out.keys() | known.problems.keys()):
        linked, induced = pair in known.problems, pair in known.induced
        verdict = known.verdicts.get(pair)
        if not linked and _by_induced(known, pair):
            verdict = "unchecked", _NOBODY
        cards[known.codes[pair[0]], known.codes[pair[1]]] = pair_card(
            choice,
            pair,
            verdict=verdict,
            seeds=len(known.seeds[pair]) if linked else 0,
            origin=("induced" if induced else "given") if linked else None,
            given_seeds=known.induced.get(pair, 0),
        )
    return cards


def _by_induced(known: _Languages, pair: PlacePair) -> bool:
    """Whether an induced lexicon is among those that link two languages through a third one."""
    legs = [
        {(min(end, middle), max(end, middle)) for end in pair}
        for middle in range(len(known.codes))
        if middle not in pair
    ]
    return any(leg <= known.problems.keys() and leg & known.induced.keys() for leg in legs)


def _language_cards(known: _Languages, pairs: Mapping[LanguagePair, PairCard]) -> dict[str, LanguageCard]:
    """The best verdict on a lexicon of each language, and by whom it came in: along the most trusted ones."""
    links = {pair: card for pair, card in pairs.items() if card.seeds}
    counts = {code: sum(code in pair for pair in links) for code in known.codes}
    by: dict[str, str | None] = {max(known.codes, key=lambda code: counts[code]): None}
    while len(by) < len(known.codes):
        best = max(
            (pair for pair in links if len(by.keys() & set(pair)) == 1), key=lambda pair: links[pair].trust
        )
        first, new = best if best[0] in by else best[::-1]
        by[new] = first
    return {
        code: LanguageCard(
            SideCard.of(side.vectors),
            min((card.status for pair, card in links.items() if code in pair), key=TRUSTED.index),
            by[code],
        )
        for code, side in zip(known.codes, known.sides, strict=True)
    }
