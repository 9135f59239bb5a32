"""`Space`: any number of languages in one shared space, each pair of which is an alignment."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from isolex.alignment.alignment import Alignment, Translations
from isolex.alignment.card import Card
from isolex.alignment.side import Side
from isolex.alignment.space_card import SpaceCard
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.mapping import JointMapping
from isolex.mapping import Mapping as Maps
from isolex.names import look_up
from isolex.retrieval import Criterion

LanguagePair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Link:
    """What a space keeps of two of its languages, beside what each of them has.

    Attributes:
        seeds: Their lexicon, as far as both vocabularies have it.
        maps: Their own maps, where a lexicon of theirs corrects the shared space; None for those of all.
        neighbourhoods: Of the words of the first and of the second; None if nobody asked for them yet.
    """

    seeds: Lexicon = field(default_factory=lambda: Lexicon([]))
    maps: Maps | None = None
    neighbourhoods: tuple[Tensor, Tensor] | None = None


class Lazy(Mapping[str, Side]):
    """Sides by language, each read when it is first asked for, and kept. Threads may share it."""

    def __init__(self, makers: Mapping[str, Callable[[], Side]]) -> None:
        self._makers, self._made = dict(makers), dict[str, Side]()
        self._lock = threading.RLock()

    def __getitem__(self, language: str) -> Side:
        with self._lock:
            if language not in self._made:
                self._made[language] = self._makers[language]()
            return self._made[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class Space:
    """Many languages in one space: `pair` gives the alignment of any two, with all that one can do.

    Made by `isolex.align_space` or `isolex.load_space`. Languages are read when they are first needed, and
    rows stay in their files until then, so that a space of a hundred languages opens at once. Threads may
    share a space.

    Args:
        sides: The languages by code, each mapped into the space.
        links: By pair of codes, what is kept of two languages.
        joint: The joint solution, whose placements stand in the order of the languages; None for a space
            that was made otherwise, and cannot take in another language.
        card: Its card.

    Attributes:
        sides: The languages by code.
        joint: The joint solution.
        card: How it was made, and how good each pair is.
    """

    def __init__(
        self,
        sides: Mapping[str, Side],
        links: Mapping[LanguagePair, Link],
        card: SpaceCard,
        *,
        joint: JointMapping | None = None,
    ) -> None:
        self.sides, self.joint, self.card = sides, joint, card
        self._links = dict(links)
        self._alignments: dict[LanguagePair, Alignment] = {}
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"Space({', '.join(self.languages)}; {self.card.method})"

    def __len__(self) -> int:
        return len(self.sides)

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages."""
        return tuple(self.sides)

    @property
    def links(self) -> Mapping[LanguagePair, Link]:
        """What is kept of pairs of languages, with the neighbourhoods that were made meanwhile."""
        with self._lock:
            made = {pair: one.made_neighbourhoods for pair, one in self._alignments.items()}
            return self._links | {
                pair: Link(known.seeds, known.maps, found)
                for pair, found in made.items()
                if found is not None
                for known in [self._links.get(pair, Link())]
            }

    def pair(self, source: str, target: str) -> Alignment:
        """The alignment of two of the languages; made once, for both directions.

        Raises:
            InputError: A language is not in the space, or it is the same one twice.
        """
        for language in (source, target):
            self._check(language)
        if source == target:
            raise InputError(f"got {source} twice, expected two languages", where="pair")
        turned = (target, source) in self._links or (
            (source, target) not in self._links
            and self.languages.index(source) > self.languages.index(target)
        )
        key = (target, source) if turned else (source, target)
        with self._lock:
            if key not in self._alignments:
                self._alignments[key] = self._aligned(*key)
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

    def _targets(self, source: str, target: str | Sequence[str] | None) -> tuple[str, ...]:
        if target is None:
            return tuple(language for language in self.languages if language != source)
        return (target,) if isinstance(target, str) else tuple(target)

    def _check(self, language: str) -> None:
        look_up(language, dict.fromkeys(self.languages), "language of the space")

    def _aligned(self, source: str, target: str) -> Alignment:
        link = self._links.get((source, target), Link())
        first, second = self.sides[source], self.sides[target]
        if link.maps is not None:
            first, second = first.mapped(link.maps.source), second.mapped(link.maps.target)
        return Alignment(
            first,
            second,
            seeds=link.seeds,
            card=self._pair_card(source, target, len(link.seeds)),
            neighbourhoods=link.neighbourhoods,
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
