"""`Explorer`: what the page asks of a saved alignment or space, as plain JSON values."""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from unicodedata import bidirectional, normalize

from isolex.alignment import Alignment, Side, load, load_space
from isolex.cards import is_space_folder
from isolex.errors import InputError, IsolexError
from isolex.explorer.completion import Completion
from isolex.explorer.flat import flat_map, kept_map
from isolex.explorer.health import health_of
from isolex.explorer.lookup import WordLookup
from isolex.given import whole_number
from isolex.reranking.reranked_dictionary import find_reranked
from isolex.review import Review
from isolex.tables import LANGUAGE_CODES, LANGUAGE_NAMES
from isolex.vectors import Vectors

_MOST_COMPLETIONS = 50
_SAMPLE = 300
_MAP_WORDS = 40_000


class Explorer:
    """A saved alignment or space, and perhaps the review of it.

    What takes long (the map, the diagnosis, counting hubs) is made by a thread of its own when it is first
    asked for, and kept. Threads may share an explorer.

    Args:
        path: The folder of an alignment or of a space.
        review: A review of it, whose generation is shown.

    Raises:
        InputError: There is no such folder.
        FormatError: It holds something else.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        review: Review | None = None,
    ) -> None:
        self.path, self.review = Path(path), review
        self._sides: Mapping[str, Side]
        self._alignment: Callable[[str, str], Alignment]
        self._is_space = is_space_folder(path)
        if self._is_space:
            space = load_space(path, device="cpu")
            self._sides, self._alignment = space.sides, space.pair
            self.languages: tuple[str, ...] = space.languages
        else:
            whole = load(path, device="cpu") if review is None else review.base
            self.languages = language_names(whole)
            self._sides = dict(zip(self.languages, whole.sides, strict=True))
            back = whole.reversed()
            self._alignment = lambda source, _: whole if source == self.languages[0] else back
        self._lock = Lock()
        self._completions: dict[str, Completion] = {}
        self._lookups: dict[tuple[str, str, int], WordLookup] = {}
        self._slow: dict[tuple[str, ...], Any] = {}
        self._directions = {code: _direction(self.vectors(code)) for code in self.languages}

    def vectors(self, language: str) -> Vectors:
        """Of a language.

        Raises:
            InputError: There is no such language.
        """
        if language not in self.languages:
            raise InputError(
                f"got the language {language[:40]!r}, expected one of {', '.join(self.languages)}",
                where="explorer",
            )
        return self._sides[language].vectors

    def about(self) -> dict[str, Any]:
        """What there is to be seen."""
        # Of a space, the verdict on the pair that is shown first.
        card = self._alignment(self.languages[0], self.languages[1]).card
        return {
            "title": self.path.resolve().name,
            "status": card.status,
            "reason": card.reason,
            "languages": [
                {
                    "code": code,
                    "name": _name(code),
                    "words": len(self.vectors(code)),
                    "direction": self._directions[code],
                }
                for code in self.languages
            ],
            "pairs": [[a, b] for a in self.languages for b in self.languages if a != b],
            "confidences": [list(pair) for pair in self._sure_pairs()],
        }

    def complete(self, language: str, prefix: str, *, limit: int = 12) -> dict[str, Any]:
        """Words that begin so, the most frequent first."""
        vectors = self.vectors(language)
        limit = min(whole_number(limit, "limit", where="explorer"), _MOST_COMPLETIONS)
        with self._lock:
            if language not in self._completions:
                self._completions[language] = Completion(vectors.words)
        found = self._completions[language].of(prefix, limit)
        return {"words": [{"word": vectors.words[row], "rank": row + 1} for row in found]}

    def word(self, source: str, target: str, word: str) -> dict[str, Any]:
        """All that is known of a word."""
        return {"source": source, "target": target} | self.lookup(source, target).word(normalize("NFC", word))

    def map(self, source: str, target: str) -> dict[str, Any]:
        """Both languages on a plane; `pending` until it is there."""
        return self._made(("map", source, target), lambda: self._map(source, target))

    def health(self, source: str, target: str) -> dict[str, Any]:
        """Verdict, hubs, accuracy by frequency and suspect pairs; `pending` until they are there."""
        # The other directions and pairs are the same in all generations.
        reviewed = self.review is not None and (source, target) == self.reviewed
        generation = self.review.generation.number if self.review is not None and reviewed else 0
        return self._made(("health", source, target, str(generation)), lambda: self._health(source, target))

    def lookup(self, source: str, target: str) -> WordLookup:
        """One direction, by the present generation of the dictionary."""
        self._check_pair(source, target)
        reviewed = self.review is not None and (source, target) == self.reviewed
        generation = self.review.generation.number if self.review is not None and reviewed else -1
        key = (source, target, generation)
        with self._lock:
            if key not in self._lookups:
                older = [one for one in self._lookups if one[:2] == key[:2]]
                self._lookups[key] = self._looked_up(source, target, reviewed=reviewed)
                for one in older:
                    del self._lookups[one]
            return self._lookups[key]

    @property
    def reviewed(self) -> tuple[str, str] | None:
        """The languages whose dictionary is reviewed."""
        if self.review is None:
            return None
        return self.review.pair or (self.languages[0], self.languages[1])

    def _check_pair(self, source: str, target: str) -> None:
        self.vectors(source), self.vectors(target)
        if source == target:
            raise InputError(f"got {source} twice, expected two languages", where="explorer")

    def _looked_up(self, source: str, target: str, *, reviewed: bool) -> WordLookup:
        if self.review is not None and reviewed:
            dictionary = self.review.proposals.dictionary
            return WordLookup(dictionary.alignment, self.review.proposals)
        alignment = self._alignment(source, target)
        if self._is_space or source != self.languages[0]:
            return WordLookup.of(alignment)
        return WordLookup.of(alignment, find_reranked(self.path, alignment))

    def _sure_pairs(self) -> list[tuple[str, str]]:
        pair = self.languages[0], self.languages[1]
        known = self.lookup(*pair).proposals is not None
        return list(dict.fromkeys(filter(None, (pair if known else None, self.reviewed))))

    def _map(self, source: str, target: str) -> dict[str, Any]:
        alignment = self.lookup(source, target).alignment
        kept = None if self._is_space or source != self.languages[0] else self.path
        found = (
            flat_map(alignment, words=_MAP_WORDS) if kept is None else kept_map(kept, alignment, _MAP_WORDS)
        )
        return {
            side: {
                "words": list(vectors.words[: len(places)]),
                "x": places[:, 0].round(4).tolist(),
                "y": places[:, 1].round(4).tolist(),
            }
            for side, vectors, places in (
                ("source", alignment.source, found.source),
                ("target", alignment.target, found.target),
            )
        }

    def _health(self, source: str, target: str) -> dict[str, Any]:
        lookup = self.lookup(source, target)
        lookup.hubs  # noqa: B018 - counted here, so that words can tell of them
        return health_of(lookup.alignment)

    def _made(self, key: tuple[str, ...], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        self._check_pair(*key[1:3])
        with self._lock:
            known = self._slow.get(key)
            if known is None:
                for older in [one for one in self._slow if one[:3] == key[:3]]:
                    del self._slow[older]
                self._slow[key] = known = {"pending": True}
                Thread(target=self._make, args=(key, make), daemon=True).start()
        if isinstance(known, IsolexError):
            raise known
        return dict(known)

    def _make(self, key: tuple[str, ...], make: Callable[[], dict[str, Any]]) -> None:
        made: Any
        try:
            made = make()
        except IsolexError as error:
            made = error
        except Exception as error:  # of any kind: else it would be said for ever that it is being made
            made = InputError(f"{key[0]} failed: {type(error).__name__}: {error}", where="explorer")
        with self._lock:
            self._slow[key] = made


def language_names(alignment: Alignment) -> tuple[str, str]:
    """What the page calls the languages of an alignment, which need not know them."""
    card = alignment.card
    first, second = card.source.language or "source", card.target.language or "target"
    return (first, second) if first != second else (f"{first} (source)", f"{second} (target)")


def _name(code: str) -> str:
    """The English name of a language, or its code."""
    known = LANGUAGE_CODES.get(code.lower())
    names = [name for name, other in LANGUAGE_NAMES.items() if other == known and known is not None]
    return names[0].title() if names else code


def _direction(vectors: Vectors) -> str:
    """Whether most of the frequent words are written from right to left."""
    first = [_strong(word) for word in vectors.words[:_SAMPLE]]
    right = sum(one in ("R", "AL") for one in first)
    return "rtl" if right > sum(one == "L" for one in first) else "ltr"


def _strong(word: str) -> str:
    """The direction of the first character that has one."""
    return next((found for found in map(bidirectional, word) if found in ("L", "R", "AL")), "")
