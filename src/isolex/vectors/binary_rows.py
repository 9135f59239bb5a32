"""Where the rows of word2vec binary begin and end, although a word may hold the blank that ends it.

A row is a word, a blank, d numbers of four bytes and, as word2vec writes it, a newline. gensim leaves the
newline out, and it also writes words that hold blanks. Taken to end at its first blank, such a word gives a
row of wrong numbers and, since the next row begins within this one, a next word with rubbish before it; from
then on all is right again, so that nothing at the end of the file tells. Every row is therefore proved:

- With newlines, a word ends at the first blank for which a newline stands behind the numbers.
- Without, a word ends at its first blank, unless all up to a later one could be text, too (one row in a
  hundred, by chance). Then the numbers decide: read from a wrong byte, their magnitudes are all over the
  place. Unless exactly one end makes sense, nobody can tell, and the file is refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

LONGEST_WORD = 1 << 10  # bytes in which blanks within a word are looked for
_SAMPLE = 100  # rows that tell whether newlines follow
_WIDEST = 40  # powers of two between the numbers of a row; letters that are taken for numbers are farther off
_LARGEST = (-20, 40)  # the power of two that the largest number of a row has
_FEWEST = 16  # numbers other than zero, without which the magnitudes of a row tell nothing
_FEWEST_IF_CALM = 3  # as many do where the numbers of other rows, so many at least, are about as large
_CALM = 8
# What could be more of a word and its blank; it holds all that is UTF-8, and is quick to refuse numbers.
_MAY_GO_ON = re.compile(
    rb"(?:[\x00-\x1f\x21-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})* "
)


class TangledError(Exception):
    """Nobody can tell where a row ends."""


@dataclass(frozen=True)
class Bounds:
    """Finds rows.

    Attributes:
        dimension: Numbers a row.
        newline: Whether a newline follows each row.
        fewest: Numbers other than zero, without which the magnitudes of a row tell nothing.
    """

    dimension: int
    newline: bool
    fewest: int = _FEWEST

    @classmethod
    def of(cls, buffer: bytes, rows: int, dimension: int, *, last: bool) -> "Bounds | None":
        """What the first of `rows` rows of a file tell; None if the buffer does not hold enough of them."""
        followed, plain = cls(dimension, True), cls(dimension, False, _FEWEST_IF_CALM)
        places, tangled = followed._places(buffer, rows, last)
        if not tangled:
            return followed if places or last else None
        places, _ = plain._places(buffer, rows, last)
        if len(places) < 2 and not last:  # what follows the first row is what tells
            return None
        # Perhaps newlines follow all the same, and one row is hopeless.
        begun = [buffer.startswith(b"\n", start) for start, _ in places[1:]]
        if begun and 2 * sum(begun) >= len(begun):
            return followed
        certain = [blank for start, blank in places if len(list(plain._blanks(buffer, start))) == 1]
        sense = [plain._makes_sense(buffer, blank + 1) for blank in certain]
        calm = sum(own is True for own in sense) >= _CALM and False not in sense
        return plain if calm else cls(dimension, False)

    def find(self, buffer: bytes, position: int, *, left: int, last: bool) -> tuple[int, int] | None:
        """The place of the blank that ends the word of the row at `position`, and of the next row.

        Args:
            buffer: Bytes of the file.
            position: Where the row begins.
            left: Rows from this one on, so that nothing need follow the last of them.
            last: The buffer ends where the file does. If not, a row is found only if the buffer holds what it
                takes to prove it.

        Returns:
            The two places, or None if the buffer ends too early.

        Raises:
            TangledError: No place makes sense, or more than one does.
        """
        first = buffer.find(b" ", position)
        end = first + 1 + 4 * self.dimension
        if first < 0 or end > len(buffer):
            return None
        found = first
        ends = self.newline and buffer[end : end + 1] == b"\n"
        if not (ends or (last and end == len(buffer))):
            if not last and len(buffer) < end + 2 * LONGEST_WORD:
                return None
            if self.newline:
                found = self._by_newline(buffer, self._blanks(buffer, position), left)
            elif _MAY_GO_ON.match(buffer, first + 1, position + LONGEST_WORD):
                found = self._by_numbers(buffer, list(self._blanks(buffer, position)), left)
        word = buffer[position:found]
        if b"\n" in word if self.newline else not _is_text(word):
            raise TangledError
        return found, (end if found == first else self._end(found)) + self.newline

    def _places(self, buffer: bytes, rows: int, last: bool) -> tuple[list[tuple[int, int]], bool]:
        """Where the first rows and the blanks in them are; whether they end at one that makes no sense."""
        places: list[tuple[int, int]] = []
        position = 0
        try:
            for left in range(rows, max(0, rows - _SAMPLE), -1):
                found = self.find(buffer, position, left=left, last=last)
                if found is None:
                    break
                places.append((position, found[0]))
                position = found[1]
        except TangledError:
            return places, True
        return places, False

    def _end(self, blank: int) -> int:
        return blank + 1 + 4 * self.dimension

    def _blanks(self, buffer: bytes, position: int) -> Iterator[int]:
        """The first blank, and later ones up to which all could be text."""
        blank = buffer.find(b" ", position)
        while blank >= 0:
            yield blank
            after, blank = blank, buffer.find(b" ", blank + 1, position + LONGEST_WORD)
            if blank < 0 or not _is_text(buffer[after + 1 : blank]):
                return

    def _by_newline(self, buffer: bytes, blanks: Iterator[int], left: int) -> int:
        for blank in blanks:
            end = self._end(blank)
            if buffer[end : end + 1] == b"\n" or (end == len(buffer) and left == 1):
                return blank
        raise TangledError

    def _by_numbers(self, buffer: bytes, blanks: Sequence[int], left: int) -> int:
        if len(blanks) > 1:
            blanks = [blank for blank in blanks if self._goes_on(buffer, self._end(blank), left)]
        if len(blanks) > 1:
            sense = [self._makes_sense(buffer, blank + 1) for blank in blanks]
            # A word as long as that may be most of what is taken for a row.
            hidden = blanks[-1] - blanks[0] > 2 * self.dimension
            blanks = (
                []
                if None in sense or hidden
                else [blank for blank, own in zip(blanks, sense, strict=True) if own]
            )
        if len(blanks) != 1:
            raise TangledError
        return blanks[0]

    def _goes_on(self, buffer: bytes, end: int, left: int) -> bool:
        """Whether a word follows, or behind the last row nothing at all."""
        if end > len(buffer):
            return False
        rest = buffer[end : end + LONGEST_WORD]
        blank = rest.find(b" ")
        return (left == 1 and not rest.strip(b"\n")) or (blank >= 0 and _is_text(rest[:blank]))

    def _makes_sense(self, buffer: bytes, start: int) -> bool | None:
        """Whether the numbers of a row are about as large as each other; None if they are too few to tell."""
        numbers = np.frombuffer(buffer, "<f4", self.dimension, start)
        if not np.isfinite(numbers).all():
            return False
        powers = np.frexp(numbers[numbers != 0])[1]
        if len(powers) < self.fewest:
            return None
        return bool(np.ptp(powers) <= _WIDEST and _LARGEST[0] <= powers.max() <= _LARGEST[1])


def _is_text(raw: bytes) -> bool:
    """Whether bytes are UTF-8; two zeros on end are part of a number."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return b"\0\0" not in raw
