"""`make_dictionary`: train, align, judge, rerank and write."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from isolex.alignment import Alignment, load
from isolex.arrays import generator
from isolex.choices import MARKUP_FORMATS, Status
from isolex.dictionary.sides import SIDES, GivenSide, side_results, side_vectors
from isolex.dictionary.work import Step, Work, key
from isolex.errors import InputError, IsolexWarning
from isolex.files import check_file, check_outside_inputs, make_folder, working_alone
from isolex.given import share
from isolex.lexicon import Lexicon
from isolex.recipes import align
from isolex.reranking import Level, RerankedDictionary, rerank
from isolex.reranking.entry_files import check_languages, format_of, write_entries
from isolex.reranking.reranked_dictionary import find_reranked
from isolex.text import check_language, same_language
from isolex.training import Trainer, named_trainer
from isolex.vectors import Vectors

# Both sides, alignment, confidences, and the dictionary itself.
_STEP_COUNT = 5
_ALIGNMENT, _CONFIDENCES = "alignment", "confidences"
_ORDER = (*SIDES, _ALIGNMENT, _CONFIDENCES)
_RESULTS = (_ALIGNMENT, *(result for side in SIDES for result in side_results(side)))
# Fewer tokens make vectors that more text would help most.
_FEW_TOKENS = 2_000_000
_FEW_PAIRS = 1_000
# Where one side has more than so many times the tokens of the other, the other needs more first.
_UNEVEN = 2


@dataclass(frozen=True)
class DictionaryReport:
    """The result of `make_dictionary`.

    Attributes:
        output: The dictionary; None if the alignment failed, and nothing was written.
        work: Where the results of all steps are.
        entries: Number of entries in the dictionary.
        confidences: Whether entries have confidences.
        reason: Why it has confidences or not.
        status: The verdict on the alignment.
        verdict: The sentence that explains it.
        seeds: Pairs of the lexicon that both vocabularies have.
        sides: For each language, the number of words, and of tokens for texts.
        expected: By confidence, how many entries reach it, and the share of them that is probably right.
        advice: What would help most.
        done: Steps that this run made: source, target, alignment, confidences.
        kept: Steps whose results were there already, from an earlier run.
    """

    output: Path | None
    work: Path
    entries: int
    confidences: bool
    reason: str
    status: Status
    verdict: str
    seeds: int
    sides: tuple[dict[str, Any], dict[str, Any]]
    expected: tuple[Level, ...]
    advice: str
    done: tuple[str, ...]
    kept: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self) | {
            "output": None if self.output is None else str(self.output),
            "work": str(self.work),
            "expected": [level.to_dict() for level in self.expected],
        }


def make_dictionary(
    source: str | Path,
    target: str | Path,
    output: str | Path,
    *,
    source_language: str,
    target_language: str,
    lexicon: str | Path | None = None,
    min_confidence: float = 0.5,
    work: str | Path | None = None,
    trainer: str | Trainer = "auto",
    seed: int = 0,
) -> DictionaryReport:
    """Train, align, judge, rerank and write; only steps that an earlier run has not done.

    Args:
        source: A text, a folder of texts, or a file of vectors.
        target: Likewise.
        output: File for the dictionary; its name gives the format (.tsv, .jsonl, .tei, .tbx).
            TEI and TBX hold confidences, so they need a lexicon.
        source_language: Code of the source language.
        target_language: Code of the target language.
        lexicon: Known pairs. Without them, isolex aligns the languages unsupervised, and there are no
            confidences.
        min_confidence: Entries with a lower confidence are left out, if there are confidences.
        work: Folder for the results of all steps; by default beside the output.
        trainer: Trainer for texts, as for `isolex.train`.
        seed: Seed of random numbers.

    Raises:
        InputError: A file does not exist or cannot be used, a language is unknown, an output would replace an
            input, the output's format needs confidences and there are none, or the work folder belongs to
            another run or holds other files.
        FormatError: A file is neither text nor vectors.
        MissingExtraError: A package of the extras `train` or `rerank` is not installed.
    """
    output, source, target = Path(output), Path(source), Path(target)
    folder = Path(work if work is not None else output.with_name(output.name + ".work"))
    for place in (output, folder):
        check_outside_inputs(place, source, target, lexicon)
    chosen = named_trainer(trainer)
    generator(seed)  # so that a wrong one is told before the long work
    codes = source_language, target_language
    sides = [GivenSide(*side) for side in zip(SIDES, (source, target), codes, strict=True)]
    written = _Output.of(output, codes, min_confidence, with_lexicon=lexicon is not None)
    _check_two(source, target, source_language, target_language)
    with _workplace(folder):
        steps = Work(folder, _STEP_COUNT)
        steps.check({*SIDES, _ALIGNMENT}, _RESULTS)
        pairs = None if lexicon is None else Lexicon.read(lexicon, languages=codes)
        (first, first_side), (second, second_side) = side_vectors(steps, sides, chosen)
        alignment = _aligned(steps, first, second, pairs, seed)
        status, verdict = alignment.card.status, alignment.card.reason
        dictionary = None if status == "failed" else _reranked(steps, alignment)
        entries = 0 if dictionary is None else written.write(steps, dictionary)
    learnt, described = dictionary is not None and dictionary.learnt, (first_side, second_side)
    return DictionaryReport(
        output=None if dictionary is None else output,
        work=folder,
        entries=entries,
        confidences=learnt,
        reason=verdict if dictionary is None else dictionary.reason,
        status=status,
        verdict=verdict,
        seeds=len(alignment.seeds),
        sides=described,
        expected=tuple(dictionary.summary()) if dictionary is not None and learnt else (),
        advice=_advice(alignment, described),
        done=tuple(sorted(steps.done, key=_ORDER.index)),
        kept=tuple(steps.kept),
    )


def _check_two(source: Path, target: Path, *codes: str) -> None:
    """Raise `InputError` where both texts are one; warn where both languages are."""
    if source.exists() and target.exists() and source.samefile(target):
        raise InputError(
            "is given for both languages", where=source, fix="give the text or the vectors of the other one"
        )
    if same_language(codes[0]) == same_language(codes[1]):
        warnings.warn(
            f"both languages are {codes[0]!r}; if they are two, give the code of each",
            IsolexWarning,
            stacklevel=3,
        )


@contextmanager
def _workplace(folder: Path) -> Iterator[None]:
    """The folder of work, for this run alone; one that it made and left empty goes again."""
    there = folder.exists()
    with working_alone(make_folder(folder)):
        try:
            yield
        finally:
            if not there:
                with suppress(OSError):  # where there is something in it
                    folder.rmdir()


@dataclass(frozen=True)
class _Output:
    """Where and how the dictionary is written.

    Attributes:
        path: The file.
        format: As its name asks for.
        codes: Of both languages.
        min_confidence: Entries with a lower confidence are left out, if there are confidences.
    """

    path: Path
    format: str
    codes: tuple[str, str]
    min_confidence: float

    @classmethod
    def of(
        cls, path: Path, codes: tuple[str, str], min_confidence: float, *, with_lexicon: bool
    ) -> "_Output":
        """Raises `InputError`, before the long work, where it could not be written."""
        check_file(path)
        share(min_confidence, "min_confidence", where="dictionary")
        format = format_of(path)
        check_languages(format, codes)
        for code in codes:
            check_language(code)
        if format in MARKUP_FORMATS and not with_lexicon:
            raise InputError(
                f"{format} files hold confidences, and without a lexicon there are none",
                where=path,
                fix="give a lexicon, or write .tsv or .jsonl",
            )
        return cls(path, format, codes, min_confidence)

    def write(self, steps: Work, dictionary: RerankedDictionary) -> int:
        """Write it, by its mutual best answers where there are no confidences; the number of entries."""
        if not dictionary.learnt and self.format in MARKUP_FORMATS:
            raise InputError(
                f"is not written: {self.format} files hold confidences, and there are none "
                f"({dictionary.reason})",
                where=self.path,
                fix="write .tsv or .jsonl, which takes a moment: the results of all steps are kept",
            )
        with steps.telling("writing"):
            if not dictionary.learnt:
                return len(dictionary.alignment.induce("mutual").write(self.path, format=self.format))
            found = dictionary.entries(self.min_confidence)
            return len(write_entries(found, self.path, format=self.format, languages=self.codes))


def _aligned(steps: Work, first: Vectors, second: Vectors, pairs: Lexicon | None, seed: int) -> Alignment:
    saved = steps.folder / _ALIGNMENT
    known = None if pairs is None else [list(pairs.pairs), pairs.weights]
    came_from = key(first.fingerprint, second.fingerprint, known, seed)
    step = Step(_ALIGNMENT, came_from, (saved,), "alignment")
    if not steps.has(step):
        with steps.making(step, doing=f"aligning {first.language} and {second.language}"):
            align(first, second, pairs, seed=seed).save(saved)
            steps.made(step)
    return load(saved)


def _reranked(steps: Work, alignment: Alignment) -> RerankedDictionary:
    folder = steps.folder / _ALIGNMENT
    kept = find_reranked(folder, alignment)
    if kept is not None:
        steps.found(_CONFIDENCES, "confidences")
        return kept
    with steps.telling("reranking"):
        made = rerank(alignment)
    if made.learnt:
        steps.done.append(_CONFIDENCES)
        made.save(folder)
        # What is read back, so that a second run has the same.
        return find_reranked(folder, alignment) or made
    return made


def _advice(alignment: Alignment, sides: tuple[dict[str, Any], ...]) -> str:
    """What would help most, by what there is least of."""
    seeds = len(alignment.seeds)
    small = [side for side in sides if side["tokens"] is not None and side["tokens"] < _FEW_TOKENS]
    if not seeds:
        return "a lexicon of a few hundred pairs, which also gives confidences"
    if small:
        least, *others = sorted(small, key=lambda side: side["tokens"])
        if others and others[0]["tokens"] <= _UNEVEN * least["tokens"]:
            languages, tokens = zip(
                *((side["language"], f"{side['tokens']:,}") for side in small), strict=True
            )
            return f"more text in {' and '.join(languages)}, which have {' and '.join(tokens)} tokens"
        return f"more text in {least['language']}, which has {least['tokens']:,} tokens"
    if seeds < _FEW_PAIRS:
        return f"a larger lexicon: {seeds:,} pairs of this one are in both vocabularies"
    return "correcting the least sure entries, and giving them as a lexicon"
