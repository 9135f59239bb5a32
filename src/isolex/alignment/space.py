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
    """What a space keeps of two of its languages, beside what each of them has.

    Attributes:
        seeds: Their lexicon, as far as both vocabularies have it.
        neighbourhoods: Of the words of the first and of the second; None if nobody asked for them yet.
    """

    seeds: Lexicon = field(default_factory=lambda: Lexicon([]))
    neighbourhoods: tuple[Tensor, Tensor] | None = None


class Lazy(Mapping[K, V]):
    """Values that are each made when they are first asked for, and kept. Threads may share it."""

    def __init__(self, makers: Mapping[K, Callable[[], V]]) -> None:
        self._makers, self._made = dict(makers), dict[K, V]()
        self._lock = threading.RLock()

    def __getitem__(self, key: K) -> V:
        with self._lock:
            if key not in self._made:
                self._made[key] = self._makers[key]()
            return self._made[key]

    def forget(self, *, but: Container[K]) -> None:
        """Make what was made anew when it is asked for again, but for some."""
        with self._lock:
            self._made = {key: value for key, value in self._made.items() if key in but}

    def also(self, more: Mapping[K, V]) -> "Lazy[K, V]":
        """The same and some that are made."""
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
    """Many languages in one space: `pair` gives the alignment of any two, with all that one can do.

    Made by `isolex.align_space`, `isolex.load_space` or `Space.of`. Languages are read when they are first
    needed, and rows stay in their files until then, so that a space of a hundred languages opens at once.
    Threads may share a space.

    Args:
        sides: The languages by code, each mapped into the space.
        links: By pair of codes, the earlier language first, what is kept of two languages.
        card: Its card.
        joint: The joint solution, whose placements stand in the order of the languages, or what makes it;
            None for a space that was made otherwise, and cannot take in another language.

    Attributes:
        sides: The languages by code.
        card: How it was made, and how good each pair is.
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
        """An alignment as a space of two languages, whose pair it is.

        They go by the codes on its card, or are called source and target where it has none or one for both.
        No other language can join them, since the joint solver did not make them.
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
        """The joint solution, by which another language can join; None if there is none."""
        return self._joint() if callable(self._joint) else self._joint

    def link(self, source: str, target: str) -> Link:
        """What is kept of two languages, the earlier one first."""
        return self._links[source, target] if (source, target) in self._links else Link()

    def links(self) -> Iterator[tuple[LanguagePair, Link]]:
        """What is kept of each pair of languages that has something, with what was made meanwhile."""
        for pair in combinations(self.languages, 2):
            link, made = self.link(*pair), self._known_neighbourhoods(pair)
            if pair in self._links or made is not None:
                yield pair, link if made is None else replace(link, neighbourhoods=made)

    def pair(self, source: str, target: str) -> Alignment:
        """The alignment of two of the languages; the few that were used last are kept, for both directions.

        Raises:
            InputError: A language is not in the space, or it is the same one twice.

        Warns:
            IsolexWarning: The pair failed; told once.
        """
        for language in (source, target):
            self._check(language)
        if source == target:
            raise InputError(f"got {source} twice, expected two languages", where="pair")
        self._tell_of_failure((source, target))
        return self.aligned(source, target)

    def aligned(self, source: str, target: str) -> Alignment:
        """As `pair`, of two languages that are known to be in it, without a word of a failure."""
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
            words: A word of the source language, or several.
            source: The source language.
            target: A language or several; None for all others.
            k: Answers a word and language.
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
        """The k nearest words among those of all other languages: language, word and score, best first.

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
        """The space with more languages; those that are there stay as they are, bit by bit.

        Args:
            vectors: By code of each language that joins, its vectors or a file of them.
            lexicons: By pair of codes, a lexicon or a file of one: of each language that joins with one that
                is there, or joined before it.
            seed: Of the held-out words.
            check: Judge the new pairs by held-out words.

        Raises:
            InputError: A code that is there already, no lexicon with a language of the space, or the space
                was not made by the joint solver.
        """
        from isolex.alignment.joining import join  # noqa: PLC0415 - it makes spaces, too

        return join(self, vectors, lexicons, seed=seed, check=check)

    def release(self, *kept: str) -> None:
        """Let go of what is in memory of all languages but some; it is read again when it is asked for.

        Whoever passes over all pairs of many languages calls this in between, so that memory stays flat.

        Args:
            kept: Codes of the languages that are needed further.
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
        """The space with one more side, which nobody checks to be in it."""
        return Space(
            Lazy[str, Side]({}).also(self.sides).also({code: side}),
            Lazy[LanguagePair, Link]({}).also(self._links).also(links),
            card,
            joint=joint,
        )

    def save(self, path: str | Path) -> None:
        """Write the space as a folder of safetensors and a JSON card, atomically; nothing is pickled.

        All languages are in it with their vectors. The neighbourhoods of CSLS are made for all pairs of up to
        ten languages, and of more languages for pairs that have a lexicon; those of other pairs are kept if
        somebody has asked for them.

        Args:
            path: The folder; a space that stands there is replaced only when the new one is whole.

        Raises:
            InputError: The folder holds something else or cannot be written, or a language has a code that
                names no file.
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
        return Card(
            method=own.method,
            settings=own.settings,
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
