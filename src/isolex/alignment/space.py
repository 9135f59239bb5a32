"""`Space`: any number of languages in one shared space, each pair of which is an alignment."""

import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations, permutations
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from isolex.alignment.alignment import Alignment, Translations
from isolex.alignment.shown import space_html
from isolex.alignment.side import Side
from isolex.cards import Card
from isolex.cards.card import GIVEN_SEEDS
from isolex.cards.space_card import LanguageCard, PairCard, SpaceCard
from isolex.errors import InputError, IsolexWarning
from isolex.lexicon import Lexicon, LexiconLike
from isolex.mapping import JointMapping
from isolex.names import look_up
from isolex.retrieval import Criterion
from isolex.vectors import VectorsLike

LanguagePair = tuple[str, str]

FEW_LANGUAGES = 10
"""Of more languages, what passes over all pairs of words is done only where two have a lexicon."""

# Each holds rows of two languages.
_KEPT_PAIRS = 4
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class Link:
    """The data that a space keeps for two of its languages together.

    Attributes:
        seeds: The pairs of their lexicon that are in both vocabularies.
        neighbourhoods: Neighbourhoods of the words of the first and of the second language; None if they were
            not computed yet.
    """

    seeds: Lexicon = field(default_factory=lambda: Lexicon([]))
    neighbourhoods: tuple[Tensor, Tensor] | None = None


class Lazy(Mapping[K, V]):
    """A mapping that makes each value when it is first asked for, and keeps it. Threads may share it."""

    def __init__(self, makers: Mapping[K, Callable[[], V]]) -> None:
        self._makers, self._made = dict(makers), dict[K, V]()
        self._lock = threading.RLock()

    def __getitem__(self, key: K) -> V:
        with self._lock:
            if key not in self._made:
                self._made[key] = self._makers[key]()
            return self._made[key]

    def forget(self, *, but: Container[K]) -> None:
        """Forget all values except some; they are made again when they are asked for."""
        with self._lock:
            self._made = {key: value for key, value in self._made.items() if key in but}

    def also(self, more: Mapping[K, V]) -> "Lazy[K, V]":
        """The same mapping with additional values that are already made."""
        return Lazy(
            {
                **{key: partial(self.__getitem__, key) for key in self},
                **{key: partial(more.__getitem__, key) for key in more},
            }
        )

    def __contains__(self, key: object) -> bool:
        return key in self._makers

    def __iter__(self) -> Iterator[K]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class Space:
    """Many languages in one shared space; `pair` gives a full `Alignment` of any two of them.

    `isolex.align_space`, `isolex.load_space` and `Space.of` make spaces. A language is read when it is first
    needed, so that a space of a hundred languages opens at once. Threads may share a space.

    Args:
        sides: The languages by code, each mapped into the space.
        links: The data kept for two languages, by pair of codes, the earlier language first.
        card: The card of the space.
        joint: The joint solution, with its placements in the order of the languages, or a function that makes
            it. None for a space that was made in another way; no further language can be added to it.

    Attributes:
        sides: The languages by code.
        card: The card, which tells how the space was made and how good each pair is.
    """

    def __init__(
        self,
        sides: Mapping[str, Side],
        links: Mapping[LanguagePair, Link],
        card: SpaceCard,
        *,
        joint: JointMapping | Callable[[], JointMapping] | None = None,
    ) -> None:
        self.sides, self.card = sides, card
        self._links, self._joint = links, joint
        self._alignments: OrderedDict[LanguagePair, Alignment] = OrderedDict()
        self._neighbourhoods: dict[LanguagePair, tuple[Tensor, Tensor]] = {}
        self._told = set[frozenset[str]]()
        self._lock = threading.RLock()

    @classmethod
    def of(cls, alignment: "Alignment | str | Path") -> "Space":
        """A space of two languages from an alignment.

        The languages have the codes on the card of the alignment. They are called source and target if the
        card has no codes, or the same code for both. No other language can be added, because the alignment
        was not made by the joint solver.
        """
        from isolex.alignment.loading import as_alignment  # noqa: PLC0415 - it loads spaces, too

        alignment = as_alignment(alignment)
        card, count = alignment.card.over(alignment.source, alignment.target), len(alignment.seeds)
        source, target = card.source.language or "source", card.target.language or "target"
        codes = (source, target) if source != target else ("source", "target")
        pair = PairCard(card.status, card.reason)
        if count:
            pair = replace(pair, seeds=count, weight=1.0, origin="given")
        languages = {
            codes[0]: LanguageCard(card.source, card.status),
            codes[1]: LanguageCard(card.target, card.status, codes[0]),
        }
        made = cls(
            dict(zip(codes, alignment.sides, strict=True)),
            {codes: Link(alignment.seeds, neighbourhoods=alignment.known_neighbourhoods)},
            SpaceCard(
                card.method,
                card.settings,
                languages,
                {codes: pair},
                seed=card.seed,
                versions=card.versions,
                created=card.created,
            ),
        )
        made._alignments[codes] = alignment
        return made

    def __repr__(self) -> str:
        return f"Space({', '.join(self.languages)}; {self.card.method})"

    def _repr_html_(self) -> str:
        return space_html(self)

    def __len__(self) -> int:
        return len(self.sides)

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages."""
        return tuple(self.sides)

    @property
    def joint(self) -> JointMapping | None:
        """The joint solution, which is needed to add another language; None if there is none."""
        return self._joint() if callable(self._joint) else self._joint

    def link(self, source: str, target: str) -> Link:
        """The data kept for two languages, the earlier one first."""
        return self._links[source, target] if (source, target) in self._links else Link()

    def links(self) -> Iterator[tuple[LanguagePair, Link]]:
        """The data kept for each pair of languages that has any, including what was computed since."""
        for pair in combinations(self.languages, 2):
            link, made = self.link(*pair), self._known_neighbourhoods(pair)
            if pair in self._links or made is not None:
                yield pair, link if made is None else replace(link, neighbourhoods=made)

    def pair(self, source: str, target: str) -> Alignment:
        """The alignment of two of the languages; the most recent few are kept, for both directions.

        Raises:
            InputError: A language is not in the space, or both are the same.

        Warns:
            IsolexWarning: The verdict on the pair is `failed`; the warning is given once.
        """
        for language in (source, target):
            self._check(language)
        if source == target:
            raise InputError(f"got {source} twice, expected two languages", where="pair")
        self._tell_of_failure((source, target))
        return self.aligned(source, target)

    def aligned(self, source: str, target: str) -> Alignment:
        """Like `pair`, for two languages that are known to be in the space, without a warning."""
        order = self.languages
        turned = order.index(source) > order.index(target)
        key = (target, source) if turned else (source, target)
        with self._lock:
            if key not in self._alignments:
                self._alignments[key] = self._aligned(*key)
            self._alignments.move_to_end(key)
            while len(self._alignments) > _KEPT_PAIRS:
                # Rows of big vocabularies are many; what a pass over all pairs of words found is little.
                oldest = next(iter(self._alignments))
                if (found := self._known_neighbourhoods(oldest)) is not None:
                    self._neighbourhoods[oldest] = found
                del self._alignments[oldest]
            made = self._alignments[key]
        return made.reversed() if turned else made

    def translate(
        self,
        words: str | Sequence[str],
        source: str,
        target: str | Sequence[str] | None = None,
        *,
        k: int = 5,
        criterion: str | Criterion = "csls",
    ) -> "dict[str, Translations | list[Translations]]":
        """The k best words of each target language, as `Alignment.translate` gives them.

        Args:
            words: One word of the source language, or several.
            source: The source language.
            target: One target language, or several; None for all other languages.
            k: Number of answers for each word and language.
            criterion: See `Alignment.index`.

        Raises:
            InputError: A language is not in the space.
            UnknownWordError: The source language has no such word.
        """
        self._check(source)
        return {
            language: self.pair(source, language).translate(words, k=k, criterion=criterion)
            for language in self._targets(source, target)
        }

    def nearest(
        self, word: str, language: str, *, k: int = 10, criterion: str | Criterion = "csls"
    ) -> list[tuple[str, str, float]]:
        """The k nearest words of all other languages together, as (language, word, score), best first.

        Raises:
            InputError: The language is not in the space.
            UnknownWordError: The language has no such word.
        """
        found = self.translate(word, language, k=k, criterion=criterion)
        every = [(other, *answer) for other, answers in found.items() for answer in answers]
        return sorted(every, key=lambda one: -one[2])[:k]

    def add(
        self,
        vectors: Mapping[str, VectorsLike],
        lexicons: Mapping[LanguagePair, LexiconLike],
        *,
        seed: int = 0,
        check: bool = True,
    ) -> "Space":
        """Add languages to the space; the present languages stay exactly as they are.

        Args:
            vectors: Vectors, or a file of them, by code of each new language.
            lexicons: Lexicons, or files of them, by pair of codes. Each new language needs a lexicon with a
                language that is in the space or was added before it.
            seed: Seed of the choice of held-out words.
            check: Whether to judge the new pairs on held-out words.

        Returns:
            A new space; this one does not change.

        Raises:
            InputError: A code is already in the space, a new language has no lexicon with a language of the
                space, or the space was not made by the joint solver.
        """
        from isolex.alignment.joining import join  # noqa: PLC0415 - it makes spaces, too

        return join(self, vectors, lexicons, seed=seed, check=check)

    def release(self, *kept: str) -> None:
        """Free the memory of all languages except some; they are read again when they are needed.

        Call it now and then in a loop over all pairs of many languages, so that memory use does not grow.

        Args:
            kept: Codes of the languages that are still needed.
        """
        with self._lock:
            for pair in [pair for pair in self._alignments if not set(pair) <= set(kept)]:
                del self._alignments[pair]
            for pair in [pair for pair in self._neighbourhoods if not set(pair) <= set(kept)]:
                del self._neighbourhoods[pair]
        if isinstance(self.sides, Lazy):
            self.sides.forget(but=kept)
        if isinstance(self._links, Lazy):
            self._links.forget(but=set(permutations(kept, 2)))

    def extended(
        self,
        code: str,
        side: Side,
        links: Mapping[LanguagePair, Link],
        card: SpaceCard,
        joint: JointMapping,
    ) -> "Space":
        """The space with one more side; nothing checks that the side is in the space."""
        return Space(
            Lazy[str, Side]({}).also(self.sides).also({code: side}),
            Lazy[LanguagePair, Link]({}).also(self._links).also(links),
            card,
            joint=joint,
        )

    def save(self, path: str | Path) -> None:
        """Write the space as a folder of safetensors and a JSON card, atomically; nothing is pickled.

        The folder holds all languages with their vectors. With up to ten languages, it also holds the
        neighbourhoods of CSLS for all pairs. With more languages, it holds them for the pairs that have a
        lexicon, and for other pairs only if they were computed before.

        Args:
            path: The folder. A space that is already there is replaced only when the new one is complete.

        Raises:
            InputError: The folder holds something else or cannot be written, or the code of a language cannot
                be part of a file name.
        """
        from isolex.alignment.space_folder import save_space  # noqa: PLC0415 - it makes spaces, too

        save_space(self, path)

    def _targets(self, source: str, target: str | Sequence[str] | None) -> tuple[str, ...]:
        if target is None:
            return tuple(language for language in self.languages if language != source)
        return (target,) if isinstance(target, str) else tuple(target)

    def _check(self, language: str) -> None:
        look_up(language, dict.fromkeys(self.languages), "language of the space")

    def _known_neighbourhoods(self, pair: LanguagePair) -> tuple[Tensor, Tensor] | None:
        """Those of a pair, the earlier language first, if anybody has asked for them so far."""
        with self._lock:
            made = self._alignments.get(pair)
            if made is not None and made.known_neighbourhoods is not None:
                return made.known_neighbourhoods
            return self._neighbourhoods.get(pair) or self.link(*pair).neighbourhoods

    def _aligned(self, source: str, target: str) -> Alignment:
        link = self.link(source, target)
        return Alignment(
            self.sides[source],
            self.sides[target],
            seeds=link.seeds,
            card=self._pair_card(source, target, len(link.seeds)),
            neighbourhoods=self._known_neighbourhoods((source, target)),
        )

    def _tell_of_failure(self, pair: LanguagePair) -> None:
        """Warn, once a pair, that it is no alignment."""
        card, both = self.card.pair(*pair), frozenset(pair)
        if card.status == "failed" and both not in self._told:
            self._told.add(both)
            warnings.warn(
                f"{pair[0]}-{pair[1]} of the space failed ({card.reason}), so most of its answers are wrong",
                IsolexWarning,
                stacklevel=3,
            )

    def _pair_card(self, source: str, target: str, seeds: int) -> Card:
        """What is known of the pair, as the card of an alignment has it."""
        known, own = self.card.pair(source, target), self.card
        # Whoever takes seed pairs for a dictionary must know that nobody gave most of these.
        induced = {GIVEN_SEEDS: known.given_seeds} if known.origin == "induced" else {}
        return Card(
            method=own.method,
            settings=own.settings | induced,
            source=own.languages[source].vectors,
            target=own.languages[target].vectors,
            seed=own.seed,
            status=known.status,
            reasons=(known.reason,),
            scores={
                "held_out_p@1": {own.method: known.held_out},
                "held_out_words": known.words,
                "seed_pairs": seeds,
            },
            versions=own.versions,
            created=own.created,
        )
