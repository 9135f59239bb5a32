"""Questions "a is to b as c is to what?", with their answers."""

from collections.abc import Iterator, Sequence
from dataclasses import InitVar, dataclass
from pathlib import Path
from typing import NamedTuple

from isolex.errors import FormatError, InputError
from isolex.evaluation.set_files import in_form, read_set_lines
from isolex.lexicon.words import counted
from isolex.tables import (
    BLANK,
    COMMA,
    SEMICOLON,
    TAB,
    Cells,
    Row,
    Separator,
    Unicode,
    cells_of,
    choose,
    tidy,
    trim,
    without_quotes,
)

_FIX = "give four words a line"


class Question(NamedTuple):
    """a is to b as c is to d, with the section of the set ("" if the set has no sections)."""

    a: str
    b: str
    c: str
    d: str
    section: str = ""


@dataclass(frozen=True)
class AnalogySet:
    """Analogy questions.

    Args:
        questions: At least one.
        name: Name of the set in results.
        unicode: "nfc" brings words to Unicode NFC, as in vectors; "keep" leaves them.

    Raises:
        InputError: There are no questions, or one is not four words.

    Examples:
        >>> from isolex.evaluation import AnalogySet, Question
        >>> len(AnalogySet([Question("man", "woman", "king", "queen", "family")]))
        1
    """

    questions: Sequence[Question]
    name: str = "questions"
    unicode: InitVar[Unicode] = "nfc"

    def __post_init__(self, unicode: Unicode) -> None:
        given = tuple(self.questions)
        if not given:
            raise InputError("holds no questions, expected at least one", where=self.name)
        for question in given:
            if not _is_question(question):
                raise InputError(
                    f"got {question!r}, expected four words, and perhaps a section", where=self.name
                )
        questions = (Question(*question) for question in given)
        object.__setattr__(self, "questions", tuple(_in_form(question, unicode) for question in questions))

    @classmethod
    def read(cls, path: str | Path, *, unicode: Unicode = "nfc") -> "AnalogySet":
        """Read a set in the layout of Google's questions-words, or in four plain columns.

        A line is a, b, c, d, separated by blanks, tabs, semicolons or commas; the whole file uses the same
        separator. ": name" begins a section; lines that begin with "//" or "# " are comments. Quotes are
        removed if all words of a column have them. The file is UTF-8 and may be compressed.

        Args:
            path: The file; its name becomes the name of the set.
            unicode: "nfc" brings words to Unicode NFC, without blanks and invisible characters at their ends;
                "keep" leaves them as they are.

        Raises:
            InputError: The file cannot be read.
            FormatError: A line holds another number of words; the message has its number.
        """
        lines = read_set_lines(path, expected="analogy questions", fix=_FIX)
        sections, section = {}, ""
        asked = []
        for number, line in lines:
            if line.startswith(":"):
                section = line[1:].strip()
            elif not line.startswith(("//", "# ")):
                asked.append((number, line))
                sections[number] = section
        questions = [Question(*_four(row, unicode, path), sections[row.line]) for row in _rows(asked)]
        if not questions:
            raise FormatError("holds no questions", where=path, fix=_FIX)
        return cls(questions, Path(path).name, unicode)

    def __len__(self) -> int:
        return len(self.questions)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)


def _is_question(given: object) -> bool:
    match given:
        case (str(), str(), str(), str()) | (str(), str(), str(), str(), str()):
            return all(word.strip() for word in given[:4])
    return False


def _in_form(question: Question, unicode: Unicode) -> Question:
    a, b, c, d = (in_form(word, unicode) for word in question[:4])
    return Question(a, b, c, d, question.section)


def _rows(lines: Sequence[tuple[int, str]]) -> list[Row]:
    texts = [line for _, line in lines]
    separator = choose(texts, (TAB, SEMICOLON, COMMA, BLANK), _is_row)
    if separator is None:
        separator = TAB if 2 * sum("\t" in text for text in texts) > len(texts) else BLANK
    return without_quotes([Row(number, cells_of(separator, line)) for number, line in lines], separator)


def _is_row(separator: Separator, cells: Cells) -> bool:  # noqa: ARG001 - one of all that `choose` asks
    return len(cells) == 4 and all(cells)


def _four(row: Row, unicode: Unicode, path: str | Path) -> tuple[str, str, str, str]:
    words = [tidy(cell, unicode) for cell in row.cells]
    if len(words) != 4 or not all(map(trim, words)):
        raise FormatError(
            f"got {counted(len(words), 'word')}, expected 4: a is to b as c is to d",
            where=f"{path}, line {row.line}",
            fix="mend or remove the line",
        )
    a, b, c, d = words
    return a, b, c, d
