"""Add a language to a space; the other languages stay exactly where they are."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Any

from isolex.alignment.side import Side
from isolex.alignment.space import LanguagePair, Link, Space
from isolex.cards import SideCard
from isolex.cards.space_card import LanguageCard, PairCard, check_language
from isolex.choices import STEPS, Status
from isolex.errors import FormatError, InputError
from isolex.judging import Joining, JointChoice, choose_jointly
from isolex.lexicon import Lexicon, LexiconLike, as_lexicon, found_seeds
from isolex.mapping import (
    GeneralizedProcrustes,
    Joint,
    JointMapping,
    JointVecMap,
    PlacePair,
    PlacingSolver,
    Problem,
)
from isolex.normalize import Normalizer
from isolex.saved import WORDS, by_name, many, number, one_of, plain, record, sound, whole
from isolex.vectors import VectorsLike, usable_vectors

_SWEEPS = {"sweeps": whole(1, WORDS), "tolerance": number(0)}
# The solvers that can place another language, and their settings on a card.
_PLACING = {
    Joint: record({"ridge": number(0)} | _SWEEPS),
    JointVecMap: record(_SWEEPS),
    GeneralizedProcrustes: record(_SWEEPS),
}
_SETTINGS = record({"solver": by_name(plain), "normalize": many(one_of(*STEPS))})


def join(
    space: Space,
    vectors: Mapping[str, VectorsLike],
    lexicons: Mapping[LanguagePair, LexiconLike],
    *,
    seed: int = 0,
    check: bool = True,
) -> Space:
    """Add languages to the space, one after the other; see `Space.add`."""
    check_languages(vectors, there=space.languages)
    known = [*space.languages, *vectors]
    given = {(known[i], known[j]): one for (i, j), one in lexicons_by_places(known, lexicons).items()}
    for first, second in given:
        if second not in vectors:
            raise InputError(
                f"is between {first} and {second}, which are in the space already",
                where=f"lexicon {first}-{second}",
                fix="give lexicons of the languages that join",
            )
    waiting = dict(vectors)
    while waiting:
        code = next((one for one in waiting if _towards(one, given, space.languages)), None)
        if code is None:
            raise InputError(
                f"got no lexicon between {next(iter(waiting))} and a language of the space",
                where="lexicons",
                fix=f"give one with {', '.join(space.languages)}",
            )
        own = _towards(code, given, space.languages)
        space = _with(space, code, waiting.pop(code), own, seed=seed, check=check)
    return space


def _towards(
    code: str, lexicons: Mapping[LanguagePair, Lexicon], there: Container[str]
) -> dict[str, Lexicon]:
    """The lexicons that lead from languages that are there to one that is not, by the former."""
    found = {}
    for (first, second), lexicon in lexicons.items():
        if second == code and first in there:
            found[first] = lexicon
        elif first == code and second in there:
            found[second] = lexicon.reversed()
    return found


def _with(
    space: Space,
    code: str,
    vectors: VectorsLike,
    lexicons: Mapping[str, Lexicon],
    *,
    seed: int,
    check: bool,
) -> Space:
    """The space with one more language, whose lexicons lead from others to it."""
    joint, solver, normalizer = solution_of(space)
    others = sorted(lexicons, key=space.languages.index)
    device = space.sides[others[0]].device
    side = Side.fitted(usable_vectors(vectors, what=code), normalizer, device=device)
    rows = [*(space.sides[other].normalized() for other in others), side.normalized()]
    new, seeds, problems = len(others), dict[str, Lexicon](), dict[PlacePair, Problem]()
    for i, other in enumerate(others):
        what = f"lexicon {other}-{code}"
        seeds[other], indexed = found_seeds(
            lexicons[other], space.sides[other].vectors, side.vectors, what=what
        )
        problems[i, new] = Problem.over(rows[i], rows[new], indexed)
    places = [space.languages.index(other) for other in others]
    frozen = replace(joint, placements=tuple(joint.placements[place] for place in places))
    joining = Joining(frozen, solver)
    if check:
        choice = choose_jointly([joining], rows, problems, asked=list(problems), seed=seed)
    else:
        choice = JointChoice.unchecked(joining, len(rows), problems)
    links = {(other, code): Link(seeds[other]) for other in others}
    cards = {}
    for other, pair in zip(others, problems, strict=True):
        cards[other, code] = pair_card(choice, pair, seeds=len(seeds[other]), origin="given")
    best = max(others, key=lambda other: cards[other, code].trust)
    language = LanguageCard(SideCard.of(side.vectors), cards[best, code].status, best)
    card = replace(
        space.card,
        languages={**space.card.languages, code: language},
        left_out={other: why for other, why in space.card.left_out.items() if other != code},
        pairs={**space.card.pairs, **cards},
    )
    placement = choice.mapping.placements[-1]
    joint = replace(joint, placements=(*joint.placements, placement))
    return space.extended(code, side.mapped(placement.map), links, card, joint)


def pair_card(
    choice: JointChoice,
    pair: PlacePair,
    *,
    verdict: tuple[Status, str] | None = None,
    seeds: int = 0,
    origin: str | None = None,
    given_seeds: int = 0,
) -> PairCard:
    """The card of two languages, from the result of their test.

    Args:
        choice: The joint space with its test results.
        pair: Places of the two languages.
        verdict: A verdict that replaces that of the held-out words; None for no other verdict.
        seeds: Number of pairs of words in their lexicon.
        origin: Where the lexicon comes from; None without a lexicon.
        given_seeds: Of an induced lexicon, how many of its first pairs were given.
    """
    status, reason = verdict or choice.statuses.get(pair) or (PairCard.status, PairCard.reason)
    found = choice.held_out.get(pair)
    words = 0 if found is None else found.words
    return PairCard(
        status,
        reason,
        round(found.percent, 2) if found is not None and words else None,
        words,
        seeds,
        round(choice.weights.get(pair, 0.0), 4),
        origin,
        given_seeds,
    )


def solution_of(space: Space) -> tuple[JointMapping, PlacingSolver, Normalizer]:
    """The joint solution of the space, the solver that made it, and the normalisation of all vectors.

    Raises:
        InputError: The space was not made by the joint solver.
        FormatError: The card of the space is damaged.
    """
    joint = space.joint
    if joint is None:
        raise InputError(
            f"{space!r} is an alignment of two languages, which no other can join",
            where="space",
            fix="make a space of their vectors: isolex space, in Python isolex.align_space",
        )
    with sound("card of the space", "make the space again"):
        settings = _SETTINGS(space.card.settings)
        solver = _placing(settings["solver"])
    if solver is None:
        raise InputError(
            f"{space!r} was made by a method that no other language can join",
            where="space",
            fix="make it by joint, vecmap or procrustes",
        )
    return joint, solver, Normalizer(settings["normalize"])


def is_joint(space: Space) -> bool:
    """Whether the space has a joint solution, see `solution_of`.

    Raises:
        FormatError: Its card is damaged.
    """
    try:
        solution_of(space)
    except FormatError:
        raise
    except InputError:
        return False
    return True


def _placing(settings: dict[str, Any]) -> PlacingSolver | None:
    """The solver of a card; None if it cannot place another language."""
    name = settings.pop("name", None)
    for kind, declared in _PLACING.items():
        if kind.__name__ == name:
            made: PlacingSolver = kind(**declared(settings))
            return made
    return None


def check_languages(codes: Iterable[str], *, there: Iterable[str] = ()) -> None:
    """Raise `InputError` unless each code can be part of a file name and is given only once in any spelling.

    Args:
        codes: The codes that are given.
        there: The codes that a space already has.
    """
    present = {_plain(code): code for code in there}
    seen: dict[str, str] = {}
    for code in codes:
        check_language(code)
        known = {**present, **seen}.get(_plain(code))
        if known is not None:
            spelled = f"{code} twice" if known == code else f"{known} and {code}, which are one code"
            found = f"{code}, but {known} is in the space already" if _plain(code) in present else spelled
            raise InputError(f"got {found}", where="languages", fix="give each language once")
        seen[_plain(code)] = code


def _plain(code: str) -> str:
    return code.casefold().replace("_", "-")


def lexicons_by_places(
    codes: list[str], lexicons: Mapping[LanguagePair, LexiconLike]
) -> dict[PlacePair, Lexicon]:
    """The lexicons by places of languages, the earlier place first; both directions of a pair are merged.

    Raises:
        InputError: A lexicon names a language that is not there, the same language twice, or no pair of
            codes.
    """
    made: dict[PlacePair, Lexicon] = {}
    for pair, one in lexicons.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InputError(
                f"got {pair!r}, expected a pair of codes", where="lexicons", fix='as ("en", "es")'
            )
        source, target = pair
        what = f"lexicon {source}-{target}"
        for code in (source, target):
            if code not in codes:
                raise InputError(
                    f"got no vectors of {code}, only of {', '.join(codes)}",
                    where=what,
                    fix=f"add {code}=FILE, or leave the lexicon out",
                )
        if source == target:
            raise InputError("is of one language with itself", where=what)
        lexicon, key = as_lexicon(one, what=what), (codes.index(source), codes.index(target))
        if key[0] > key[1]:
            lexicon, key = lexicon.reversed(), key[::-1]
        made[key] = lexicon if key not in made else together(made[key], lexicon)
    return made


def together(first: Lexicon, second: Lexicon) -> Lexicon:
    """The pairs of both lexicons; there are weights only if one of the two has weights."""
    pairs = [*first.pairs, *second.pairs]
    if first.weights is None and second.weights is None:
        return Lexicon(pairs, case=first.case, languages=first.languages)
    weights = [w for one in (first, second) for w in (one.weights or [1.0] * len(one))]
    return Lexicon(pairs, weights, case=first.case, languages=first.languages)
