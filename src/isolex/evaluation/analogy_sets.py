"""Questions "a is to b as c is to what?", with their answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from isolex.errors import FormatError, InputError
from isolex.evaluation.set_files import Unicode, read_set_lines
from isolex.lexicon.words import counted


class Question(NamedTuple):
    """a is to b as c is to d, and the section of the set that it stands in ("" if there are none)."""

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
        name: What results are labelled with.

    Raises:
        InputError: There are no questions, or one is not four words.

    Examples:
        >>> from isolex.evaluation import AnalogySet, Question
        >>> len(AnalogySet([Question("man", "woman", "king", "queen", "family")]))
        1
    """

    questions: Sequence[Question]
    name: str = "questions"

    def __post_init__(self) -> None:
        given = tuple(self.questions)
        if not given:
            raise InputError("holds no questions, expected at least one", where=self.name)
        for question in given:
            if not _is_question(question):
                raise InputError(
                    f"got {question!r}, expected four words, and perhaps a section", where=self.name
                )
        object.__setattr__(self, "questions", tuple(Question(*question) for question in given))

    @classmethod
    def read(cls, path: str | Path, *, unicode: Unicode = "nfc") -> "AnalogySet":
        """Read the layout of Google's questions-words, or four plain columns.

        A line is a, b, c, d, parted by blanks, or by tabs if it holds one. ": name" begins a section; lines
        that begin with "//" or "# " are remarks. The file is UTF-8 and may be compressed.

        Args:
            path: The file; its name becomes the name of the set.
            unicode: "nfc" brings words to Unicode NFC, "keep" leaves them as they are.

        Raises:
            InputError: The file cannot be read.
            FormatError: A line holds another number of words; the message has its number.
        """
        section, questions = "", []
        for number, line in read_set_lines(path, unicode):
            if line.startswith(":"):
                section = line[1:].strip()
            elif not line.startswith(("//", "# ")):
                words = [word.strip() for word in (line.split("\t") if "\t" in line else line.split())]
                if len(words) != 4 or not all(words):
                    raise FormatError(
                        f"got {counted(len(words), 'word')}, expected 4: a is to b as c is to d",
                        where=f"{path}, line {number}",
                        fix="mend or remove the line",
                    )
                a, b, c, d = words
                questions.append(Question(a, b, c, d, section))
        if not questions:
            raise FormatError("holds no questions", where=path, fix="give four words a line")
        return cls(questions, Path(path).name)

    def __len__(self) -> int:
        return len(self.questions)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)


def _is_question(given: object) -> bool:
    match given:
        case (str(), str(), str(), str()) | (str(), str(), str(), str(), str()):
            return all(word.strip() for word in given[:4])
    return False
