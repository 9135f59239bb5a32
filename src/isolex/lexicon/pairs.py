"""The lexicon: word pairs of two languages."""

import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from isolex.errors import InputError, IsolexWarning
from isolex.given import share, whole_number
from isolex.lexicon.indexing import IndexedLexicon, index_pairs
from isolex.lexicon.lexicon_formats import Format
from isolex.lexicon.reading import check_choice, read_pairs
from isolex.lexicon.shared_strings import alike_pairs, identical_pairs, numeral_pairs
from isolex.lexicon.words import Languages, as_weight, counted, word_problem
from isolex.lexicon.writing import write_pairs
from isolex.tables import UNICODE, Unicode
from isolex.text.casing import CASES, Case, case_of
from isolex.vectors import VectorsLike, as_vectors


@dataclass(frozen=True, init=False, repr=False)
class Lexicon:
    """Unique (source word, target word) pairs, many-to-many, in order of first appearance. Immutable.

    A word may be a multiword entry ("ice cream"), but holds no tab, line break or other control character,
    and no space at either end. A lexicon may be empty. Two are equal if pairs, weights and case are.

    Args:
        pairs: The pairs. Of repeated ones (after `case`) the first is kept, with its weight.
        weights: One finite number of at least 0 for each of `pairs`, or None if all weigh the same.
        case: "keep" takes words as they are; "lower" lower-cases them; "fold" casefolds them *and* finds
            them in a vocabulary under any spelling there, the most frequent first.
        unicode: "nfc" brings words to Unicode NFC, as vectors are; "keep" leaves them.
        languages: Codes of the source and the target language, or None. They matter only for a change of
            case: in Turkish and Azerbaijani ("tr", "az") I becomes ı, and İ becomes i.

    Attributes:
        pairs: The unique pairs.
        weights: Their weights, or None.
        case: As given.
        languages: As given.
        path: The file that it was read from, for messages; None for any other.

    Raises:
        InputError: An item is not a pair of usable words, weights do not fit, or another argument is
            unknown.

    Warns:
        IsolexWarning: The case of words with the Turkish letter İ is changed, and no language is given.

    Examples:
        >>> lexicon = Lexicon([("cat", "gato"), ("cat", "gata"), ("ice cream", "helado")])
        >>> lexicon.sources
        ('cat', 'ice cream')
        >>> lexicon.targets_of["cat"]
        ('gato', 'gata')
        >>> ("gato", "cat") in lexicon.reversed()
        True
    """

    pairs: tuple[tuple[str, str], ...]
    weights: tuple[float, ...] | None
    case: Case
    languages: Languages = field(compare=False)
    path: Path | None = field(default=None, compare=False)

    def __init__(
        self,
        pairs: Iterable[tuple[str, str]],
        weights: Iterable[float] | None = None,
        *,
        case: Case = "keep",
        unicode: Unicode = "nfc",
        languages: Languages = (None, None),
    ) -> None:
        check_choice("case", case, tuple(CASES))
        check_choice("unicode", unicode, UNICODE)
        _check_languages(languages)
        checked = list(_checked_pairs(pairs))
        if unicode == "nfc":
            checked = [(unicodedata.normalize("NFC", s), unicodedata.normalize("NFC", t)) for s, t in checked]
        if case != "keep":
            _warn_of_dots(checked, languages)
        change_source, change_target = (case_of(case, language) for language in languages)
        cased = [(change_source(s), change_target(t)) for s, t in checked]
        first: dict[tuple[str, str], int] = {}
        for number, pair in enumerate(cased):
            first.setdefault(pair, number)
        if weights is not None:
            numbers = _checked_weights(weights, len(cased))
            weights = tuple(numbers[number] for number in first.values())
        object.__setattr__(self, "pairs", tuple(first))
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "case", case)
        object.__setattr__(self, "languages", languages)

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        case: Case = "keep",
        unicode: Unicode = "nfc",
        format: Format | None = None,
        languages: Languages = (None, None),
    ) -> "Lexicon":
        r"""Read a lexicon file, plain or compressed by gzip, bzip2, xz or zstd.

        Unless you name a format, isolex finds it from the content. If several fit, it takes the one that
        gives the same number of columns in every line:

        * "space": `source target`, separated by spaces or tabs, perhaps followed by a weight in every line
          (`source target probability`, as word aligners write it); no multiword entries.
        * "tsv": tab-separated, entries may hold spaces; a third column is a weight.
        * "csv": semicolon- or comma-separated, quoted as needed; a third column is a weight.
        * "jsonl": JSON Lines, lists `["house", "casa"]`, or objects with "source", "target" and perhaps
          "weight".

        isolex also recognises phrase tables (`house ||| casa ||| …`) and the output of R's `write.table`,
        with quotes and row numbers. These formats have no name here.

        Any format may begin with a header: a row with the names source and target, src and tgt (or trg), or
        word and translation. Other columns are ignored, except one named weight or probability. So the
        dictionaries that isolex writes (source, target, score, rank, mutual) are read back as plain pairs.
        Two languages, by their ISO codes or English names, are also a header if neither occurs again in its
        column. A warning tells of such a header, and of any header among pairs separated by spaces.

        A third column holds weights if all its values are numbers of at least 0, with a decimal point or
        comma. Otherwise it is left out with a warning. If only some lines have a weight, the others get 1.
        Quotes are removed if all words of a column have them.

        Blank lines are ignored, and so are remarks: lines that begin with "#" and hold no pair in the file's
        format ("#the #the" is a pair; in CSV every line that begins with "# " is a remark). Other lines
        without a pair are skipped, and repeated pairs are kept once. One `IsolexWarning` tells of all this.

        Args:
            path: The file, UTF-8 with or without byte-order mark, any line ends.
            case: As in `Lexicon`.
            unicode: "nfc" brings words to Unicode NFC, as readers of vectors do, without blanks and invisible
                characters at their ends; "keep" leaves them.
            format: One of the names above, or None to find out. If you name it, isolex guesses nothing: only
                names such as source and target make a header.
            languages: As in `Lexicon`.

        Raises:
            InputError: The file is missing, a folder or unreadable, or an argument is unknown.
            FormatError: The file is empty, damaged, or no lexicon (a web page, word vectors, binary).
            MissingExtraError: The file is zstd and the package for that is not installed.
        """
        pairs, weights = read_pairs(path, unicode=unicode, format=format)
        lexicon = cls(pairs, weights, case=case, unicode="keep", languages=languages)
        object.__setattr__(lexicon, "path", Path(path))
        return lexicon

    @classmethod
    def identical(cls, source: VectorsLike, target: VectorsLike, *, minimum_length: int = 1) -> "Lexicon":
        """Words that stand in both vocabularies, each paired with itself, in source frequency order.

        The result is empty if nothing is shared.

        Args:
            source: Source vocabulary, or a file of its vectors.
            target: Target vocabulary, likewise.
            minimum_length: Least number of characters; 4 or so leaves out chance matches of short words.
        """
        pairs = identical_pairs(as_vectors(source), as_vectors(target), minimum_length=minimum_length)
        return cls(pairs, unicode="keep")

    @classmethod
    def alike(cls, source: VectorsLike, target: VectorsLike, *, minimum_length: int = 4) -> "Lexicon":
        """Words of both vocabularies that are written alike, in any script, in source frequency order.

        Only letters and digits are compared, without letter case and accents, and other scripts are first
        converted to Latin letters: *Élève* pairs with *eleve*, *Москва* with *Moskva*. Of several words of
        one form, the most frequent one is used. Many pairs are names and loanwords, and some are false
        friends. The result is empty if nothing is shared.

        Args:
            source: Source vocabulary, or a file of its vectors.
            target: Target vocabulary, likewise.
            minimum_length: Least number of Latin letters and digits; short words are alike by chance.

        References:
            Søgaard et al. 2018, On the limitations of unsupervised bilingual dictionary induction.
        """
        pairs = alike_pairs(as_vectors(source), as_vectors(target), minimum_length=minimum_length)
        return cls(pairs, unicode="keep")

    @classmethod
    def numerals(cls, source: VectorsLike, target: VectorsLike) -> "Lexicon":
        """Numerals of both vocabularies, paired where digits and separators agree, in any digit script.

        A numeral is decimal digits (Unicode category Nd) with single inner "." or ",": 3, 1984, 1,000.5.
        "3" pairs with "3", "٣" and "३"; "1,000" does not with "1.000". The result may be empty.
        """
        return cls(numeral_pairs(as_vectors(source), as_vectors(target)), unicode="keep")

    @cached_property
    def targets_of(self) -> Mapping[str, tuple[str, ...]]:
        """The target words of every source word, both in lexicon order."""
        targets: dict[str, list[str]] = {}
        for source, target in self.pairs:
            targets.setdefault(source, []).append(target)
        return MappingProxyType({source: tuple(words) for source, words in targets.items()})

    @property
    def sources(self) -> tuple[str, ...]:
        """The different source words, in lexicon order."""
        return tuple(self.targets_of)

    def __getstate__(self) -> dict[str, Any]:
        # Without the look-up tables, which are made again where they are needed and cannot be pickled.
        return {own.name: getattr(self, own.name) for own in fields(self)}

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __contains__(self, pair: object) -> bool:
        return pair in self._members

    def __repr__(self) -> str:
        pairs = counted(len(self), "pair" if self.weights is None else "weighted pair")
        return f"<Lexicon: {pairs}, {counted(len(self.sources), 'source word')}>"

    def reversed(self) -> "Lexicon":
        """The same pairs from target to source, weights kept."""
        source, target = self.languages
        turned = ((t, s) for s, t in self.pairs)
        return Lexicon(turned, self.weights, case=self.case, unicode="keep", languages=(target, source))

    def cased(self, case: Case, *, languages: Languages = (None, None)) -> "Lexicon":
        """The same pairs in another letter case, which follows the languages; see `Lexicon`."""
        cased = Lexicon(self.pairs, self.weights, case=case, unicode="keep", languages=languages)
        object.__setattr__(cased, "path", self.path)
        return cased

    def index(self, source: VectorsLike, target: VectorsLike) -> IndexedLexicon:
        """Row ids of the pairs that stand in both vocabularies, with weights and coverage.

        With case "fold" a word finds the most frequent vocabulary word of any spelling. Otherwise it finds
        only itself, so lexicons read with "lower" need lower-cased vocabularies.
        """
        return index_pairs(
            self.pairs,
            self.weights,
            as_vectors(source),
            as_vectors(target),
            case=self.case,
            languages=self.languages,
        )

    def split(self, held_out: float, *, seed: int) -> "tuple[Lexicon, Lexicon]":
        """Split the lexicon at random by source word, so that no source word is on both sides.

        Args:
            held_out: Share of the source words to hold out, between 0 and 1; at least one word goes to
                either side.
            seed: The same seed splits the same lexicon in the same way.

        Returns:
            The kept and the held-out lexicon, each in the order of this one.

        Raises:
            InputError: `held_out` is not between 0 and 1, or there are fewer than two source words.
        """
        if not 0 < share(held_out, "held_out", where="lexicon") < 1:
            raise InputError(f"got held_out = {held_out}, expected a share between 0 and 1", where="lexicon")
        sources = self._shuffled_sources(seed, parts=2)
        count = min(max(round(held_out * len(sources)), 1), len(sources) - 1)
        return self._part(sources[count:]), self._part(sources[:count])

    def folds(self, k: int, *, seed: int) -> "Iterator[tuple[Lexicon, Lexicon]]":
        """Cross-validation by source word: `k` splits whose held-out sides together are the lexicon.

        Args:
            k: Number of folds, at least 2; their sizes in source words differ by at most one.
            seed: As in `split`.

        Returns:
            An iterator over (kept, held out).

        Raises:
            InputError: `k` is below 2, or there are fewer source words than folds.
        """
        whole_number(k, "k", where="folds", least=2)
        sources = self._shuffled_sources(seed, parts=k)
        held_out = (sources[fold::k] for fold in range(k))
        return ((self._part(set(sources).difference(words)), self._part(words)) for words in held_out)

    def write(self, path: str | Path) -> None:
        """Write JSON Lines (`.jsonl`), CSV (`.csv`, with a header) or else TSV, completely or not at all.

        TSV gets a header (source, target, weight) if there are weights, or if its first pair looks like a
        header. Reading the file back gives the same pairs and weights if the words are in NFC or read with
        `unicode="keep"`. Letter case is not changed. An empty lexicon cannot be read back.

        Raises:
            InputError: The folder is missing or cannot be written, or the ending is that of a compressed file
                or a JSON document.
        """
        write_pairs(self.pairs, self.weights, path)

    @cached_property
    def _members(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.pairs)

    def _shuffled_sources(self, seed: int, *, parts: int) -> list[str]:
        sources = self.sources
        if len(sources) < parts:
            raise InputError(
                f"has {counted(len(sources), 'source word')}, expected at least {parts} for {parts} parts",
                where="lexicon",
                fix="use a larger lexicon",
            )
        import torch  # noqa: PLC0415 - which reading and writing does without

        from isolex.arrays import generator  # noqa: PLC0415

        order = torch.randperm(len(sources), generator=generator(seed))
        return [sources[i] for i in order.tolist()]

    def _part(self, sources: Iterable[str]) -> "Lexicon":
        chosen = set(sources)
        numbers = [number for number, (source, _) in enumerate(self.pairs) if source in chosen]
        weights = None if self.weights is None else [self.weights[number] for number in numbers]
        pairs = (self.pairs[number] for number in numbers)
        return Lexicon(pairs, weights, case=self.case, unicode="keep", languages=self.languages)


def _checked_pairs(pairs: Iterable[object]) -> Iterator[tuple[str, str]]:
    for number, pair in enumerate(pairs):
        match pair:
            case (str(source), str(target)):
                problem = word_problem(source) or word_problem(target)
            case _:
                problem = "not two strings"
        if problem:
            raise InputError(
                f"pair {number} is {pair!r}: {problem}, expected (source word, target word)", where="lexicon"
            )
        yield source, target


def _check_languages(languages: object) -> None:
    match languages:
        case (str() | None, str() | None):
            return
    raise InputError(
        f"got {languages!r}, expected two codes or None: (source language, target language)",
        where="languages",
    )


def _warn_of_dots(pairs: Sequence[tuple[str, str]], languages: Languages) -> None:
    for side, name in enumerate(("source", "target")):
        word = next((pair[side] for pair in pairs if "İ" in pair[side]), None)
        if word is not None and languages[side] is None:
            warnings.warn(
                f"lexicon: {word!r} holds the letter İ, which Turkish and Azerbaijani turn to i, others to i "
                f"with another dot; tell the language of the {name} words, such as tr",
                IsolexWarning,
                stacklevel=3,
            )


def _checked_weights(weights: Iterable[float], count: int) -> list[float]:
    checked = []
    for number, given in enumerate(weights):
        weight = as_weight(given)
        if weight is None:
            raise InputError(
                f"weight {number} is {given!r}, expected a finite number of at least 0", where="weights"
            )
        checked.append(weight)
    if len(checked) != count:
        raise InputError(
            f"got {counted(len(checked), 'weight')} for {counted(count, 'pair')}, expected one each",
            where="weights",
        )
    return checked
