r"""One tokenizer for two vocabularies: words stay whole, and languages apart where it is told which it is.

A tokenizer of the package `tokenizers` is a chain of simple steps, so this is how they do it:

* A word that is not there is nothing, rather than a token of its own that would pull the mean of a text. The
  model is BPE without merges, which looks a piece up, and failing that its characters. All its tokens begin
  with a mark that no text holds, so no character is ever found.
* Words that splitting at blanks and symbols would break (`don't`, `New York`, `c++`) are added tokens, which
  are looked for in the text before it is split.
* In a text that begins with a language's tag every piece is wrapped: `⟪es⟫el pan` becomes
  `⟪es▁el⟫⟪es▁ ⟫⟪es▁pan⟫`. If the other language has `pan` too, `⟪es▁pan⟫` is an added token. The other wraps
  are taken off again before the pieces are looked up. Each wrap begins where the last one ended (`\G`), so
  this takes time in proportion to the text.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from isolex.errors import InputError, MissingExtraError
from isolex.normalize import unit_rows
from isolex.vectors import Vectors

_PIECE = r"\w+"


class _Marks(NamedTuple):
    """Characters that no word holds: before each piece that is looked up, and around tags and wraps."""

    piece: str
    opening: str
    closing: str

    def tag(self, name: str) -> str:
        """What a text of this side begins with."""
        return f"{self.opening}{_letters(name)}{self.closing}"

    def bound(self, name: str) -> str:
        """What stands between two pieces: the end of a wrap and the beginning of the next."""
        return f"{self.closing}{self.opening}{_letters(name)}{self.piece}"


def _letters(name: str) -> str:
    """A name without hyphens: no word that splitting would break must be found in it."""
    return name.replace("-", "_")


_MARKS = (_Marks(*"▁⟪⟫"), _Marks(*"▂⟦⟧"), _Marks(*"▃⦅⦆"), _Marks(*"▄⦃⦄"))


@dataclass(frozen=True)
class Lookup:
    """A tokenizer and the row of each of its tokens.

    Attributes:
        tokenizer: A `tokenizers.Tokenizer`.
        rows: Row i is the vector of token i.
        tags: By the name of each side, what a text begins with that is to be read in its language.
    """

    tokenizer: Any
    rows: Float[np.ndarray, "tokens p"]
    tags: dict[str, str]


def lookup_of(aligned: Mapping[str, Vectors]) -> Lookup:
    """Both vocabularies in one; `aligned` has two, of one space, of unit length, by the names of the sides.

    A string of one side has its row. A string of both has, by itself, the direction halfway between its two
    rows, and under the tag of a language the row of that language.

    Raises:
        InputError: Words hold every mark that the tokenizer could use.
        MissingExtraError: The package tokenizers is not there.
    """
    try:
        import tokenizers  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError("exporting to sentence-transformers", "tokenizers", "tokenizers") from error
    sides = {name: _Strings.of(vectors) for name, vectors in aligned.items()}
    words, rows, shared = _together(*sides.values())
    marks = _unused_marks(words)
    tags = {name: marks.tag(name) for name in sides}
    steps = _Steps.of(tokenizers, words, tags, marks)
    broken = {word for word in words if not steps.keep(word)}
    plain = [row for row, word in enumerate(words) if word not in broken]
    odd = [row for row, word in enumerate(words) if word in broken]

    vocabulary = {f"{marks.piece}{words[row]}": token for token, row in enumerate(plain)}
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
    made.normalizer, made.pre_tokenizer = steps.normalizer, steps.splitter
    made.add_tokens([tokenizers.AddedToken(words[row], single_word=True, normalized=True) for row in odd])
    blocks = [rows[plain], rows[odd]]
    for name, side in sides.items():
        apart = [row for row, word in enumerate(side.words) if word in shared or word in broken]
        wrapped = (steps.wrap(tags[name], side.words[row]) for row in apart)
        made.add_tokens([tokenizers.AddedToken(token, normalized=True) for token in wrapped])
        blocks.append(side.rows[apart])
    return Lookup(made, np.concatenate(blocks), tags)


class _Strings(NamedTuple):
    """What of a side stands in the tokenizer: maybe nothing."""

    words: list[str]
    rows: Float[np.ndarray, "n p"]

    @classmethod
    def of(cls, side: Vectors) -> "_Strings":
        """All but words of nothing but blanks, which would be found between any two others."""
        kept = [row for row, word in enumerate(side.words) if not word.isspace()]
        return cls([side.words[row] for row in kept], side.matrix[kept])


def _together(source: _Strings, target: _Strings) -> tuple[list[str], Float[np.ndarray, "n p"], set[str]]:
    """The strings of both sides, each once; their rows; and which of them are on both."""
    places = {word: row for row, word in enumerate(source.words)}
    both = [(places[word], row) for row, word in enumerate(target.words) if word in places]
    new = [row for row, word in enumerate(target.words) if word not in places]
    rows = np.concatenate([source.rows, target.rows[new]])
    if both:
        here, there = np.array(both).T
        rows[here] = unit_rows(torch.from_numpy(source.rows[here] + target.rows[there])).numpy()
    words = [*source.words, *(target.words[row] for row in new)]
    return words, rows, {source.words[row] for row, _ in both}


def _unused_marks(words: Sequence[str]) -> _Marks:
    held = set().union(*words)
    for marks in _MARKS:
        if held.isdisjoint(marks):
            return marks
    raise InputError(
        f"words hold characters of each of {', '.join(map(''.join, _MARKS))}, which are to mark languages",
        where="words",
        fix="leave these words out",
    )


@dataclass(frozen=True)
class _Steps:
    """What happens to a text before its pieces are looked up.

    Attributes:
        normalizer: Unicode form, gaps after elisions, wraps, letter case.
        splitter: Takes wraps off, splits into runs of letters and single symbols, and marks each piece.
        marks: The marks in use.
    """

    normalizer: Any
    splitter: Any
    marks: _Marks

    @classmethod
    def of(
        cls, tokenizers: ModuleType, words: Sequence[str], tags: dict[str, str], marks: _Marks
    ) -> "_Steps":
        """The steps for a vocabulary; texts are brought to NFC or lower case if all of it is."""
        regex, split = tokenizers.Regex, tokenizers.pre_tokenizers.Split
        insert = tokenizers.normalizers.Replace  # what it replaces is empty here
        # `l'eau` becomes `l'▁eau`, for an added token such as `l'` is not looked for next to a letter.
        steps = [insert(regex(r"(?<=\w['’])(?=\w)"), marks.piece)]
        for name, tag in tags.items():
            bounds = regex(rf"(?:\A{tag}|\G(?!\A)(?:{_PIECE}|\s+|\S))\K")
            steps.append(insert(bounds, marks.bound(name)))
        if all(unicodedata.is_normalized("NFC", word) for word in words):
            steps.insert(0, tokenizers.normalizers.NFC())
        if all(word == word.lower() for word in words):
            steps.append(tokenizers.normalizers.Lowercase())
        every = "".join(marks)
        wraps = rf"{marks.opening}[^{every}]*[{marks.piece}{marks.closing}]|[{every}]"
        return cls(
            tokenizers.normalizers.Sequence(steps),
            tokenizers.pre_tokenizers.Sequence(
                [
                    split(regex(wraps), "removed"),
                    split(regex(rf"{_PIECE}|\S"), "removed", invert=True),
                    tokenizers.pre_tokenizers.Metaspace(marks.piece, prepend_scheme="always", split=False),
                ]
            ),
            marks,
        )

    def keep(self, word: str) -> bool:
        """Whether the word comes out of them as one piece."""
        pieces = self.splitter.pre_tokenize_str(self.normalizer.normalize_str(word))
        return [piece for piece, _ in pieces] == [f"{self.marks.piece}{word}"]

    def wrap(self, tag: str, word: str) -> str:
        """What a text under the tag holds for the word: `⟪es▁pan⟫`, or several such pieces."""
        text: str = self.normalizer.normalize_str(f"{tag}{word}")
        # Before it stand the tag and a closing bracket, which ends no wrap; behind it an opening one.
        return text[text.index(self.marks.closing) + 2 : text.rindex(self.marks.opening)]
