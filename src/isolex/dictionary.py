"""`make_dictionary`: from two texts, or vectors, to a dictionary with confidences, by steps that are kept.

Each step leaves its result in a folder of work and a key of all that it came from. A run does only what is
missing, or came from something else, so one that was killed goes on, and ends with the same bytes.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from isolex._version import __version__
from isolex.alignment import Alignment, load
from isolex.arrays import generator
from isolex.choices import MARKUP_FORMATS, Status
from isolex.errors import FormatError, InputError
from isolex.files import (
    atomic_file,
    check_file,
    check_outside_inputs,
    digest,
    file_digest,
    make_folder,
    working_alone,
)
from isolex.given import share
from isolex.lexicon import Lexicon
from isolex.progress import step as progress_step
from isolex.recipes import align
from isolex.reranking import Level, RerankedDictionary, rerank
from isolex.reranking.entry_files import check_languages, format_of, write_entries
from isolex.reranking.reranked_dictionary import find_reranked
from isolex.saved import WORDS, json_text, read_json, record, sound, whole
from isolex.text import Segmenter, check_language, text_sources
from isolex.training import Prepared, Trainer, named_trainer, trainer_for, write_card
from isolex.vectors import Vectors, identify

_STEPS = "steps.json"
_SIDES = ("source", "target")
# Both sides, alignment, confidences, and the dictionary itself.
_STEP_COUNT = 5
_ALIGNMENT = "alignment"
_RESULTS = (_ALIGNMENT, *(side + ending for side in _SIDES for ending in (".safetensors", ".json")))
# Fewer tokens make vectors that more text would help most.
_FEW_TOKENS = 2_000_000
_FEW_PAIRS = 1_000
# Where one side has more than so many times the tokens of the other, the other needs more first.
_UNEVEN = 2
# What is needed of the card of a training.
_CARD = record({"corpus": record({"tokens": whole(0, WORDS**2)})})
_AGAIN = "remove the folder of work, and run this again"


@dataclass(frozen=True)
class DictionaryReport:
    """What came of it.

    Attributes:
        output: The dictionary; None if the alignment failed, and nothing was written.
        work: Where the results of all steps are.
        entries: How many the dictionary has.
        confidences: Whether each entry says how probable it is.
        reason: Why it has confidences, or none.
        status: The verdict on the alignment.
        verdict: The sentence that explains it.
        seeds: Pairs of the lexicon that both vocabularies have.
        sides: Of either language: words, and for texts the tokens.
        expected: By confidence, how many entries have at least that, and what share of them is right.
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


@dataclass(frozen=True, eq=False)
class _Work:
    """Results of steps in a folder, each with the key of what it came from."""

    folder: Path
    done: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    _told: list[str] = field(default_factory=list)

    def told(self, name: str) -> AbstractContextManager[object]:
        """The context of the next step, of which whoever follows is told."""
        self._told.append(name)
        return progress_step(f"{len(self._told)} of {_STEP_COUNT}: {name}")

    def found(self, step: str, what: str) -> None:
        """Note that the result of a step is there already."""
        self.kept.append(step)
        with self.told(f"{what} of an earlier run"):
            pass

    def made(
        self, step: str, key: str, results: Sequence[Path], make: Callable[[], None], *, doing: str, what: str
    ) -> None:
        """Make the results of a step, unless they are there and came from the same.

        Args:
            step: Its name in the folder.
            key: What the results come from.
            results: Their places.
            make: Makes them.
            doing: What whoever follows is told meanwhile.
            what: What the results are called.
        """
        if self._keys().get(step) == key and all(result.exists() for result in results):
            self.found(step, what)
            return
        others = {name: old for name, old in self._keys().items() if name != step}
        if others != self._keys() or not (self.folder / _STEPS).exists():
            # Should this be killed while it replaces results, the old key must not stand beside new ones.
            self._note(others)
        with self.told(doing):
            make()
        self.done.append(step)
        self._note(self._keys() | {step: key})

    def check(self) -> None:
        """Raise `InputError` if what would be replaced is somebody else's."""
        if not (self.folder / _STEPS).exists():
            foreign = [name for name in _RESULTS if (self.folder / name).exists()]
        else:
            foreign = [] if self._keys().keys() <= {*_SIDES, _ALIGNMENT} else [_STEPS]
        if foreign:
            raise InputError(
                f"holds other files ({', '.join(foreign)}), which are not replaced",
                where=self.folder,
                fix="choose an empty or a new folder",
            )

    def _note(self, keys: dict[str, str]) -> None:
        with atomic_file(self.folder / _STEPS) as file:
            file.write_text(json_text(keys, indent=2) + "\n", encoding="utf-8")

    def _keys(self) -> dict[str, str]:
        try:
            found = json.loads((self.folder / _STEPS).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


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
    """Train, align, judge, rerank and write, doing only what an earlier run has not done.

    Args:
        source: A text, a folder of texts, or a file of vectors.
        target: Likewise.
        output: The dictionary, in the format that its name asks for (.tsv, .jsonl, .tei, .tbx).
            TEI and TBX hold confidences, so they need a lexicon.
        source_language: Code of the source language.
        target_language: Code of the target language.
        lexicon: Known pairs; without any, the languages are aligned unsupervised, and there are no
            confidences.
        min_confidence: Entries that are less probable are left out, where there are confidences.
        work: Folder for the results of all steps; by default beside the output.
        trainer: Of the vectors of texts, as `isolex.train` takes it.
        seed: Of everything random.

    Raises:
        InputError: A file is not there or cannot be used, a language is unknown, an output would take the
            place of an input, the output's format holds confidences and there are none, or the folder of
            work is another run's, or holds what is not of this.
        FormatError: A file is neither text nor vectors.
        MissingExtraError: A package of the extras `train` or `rerank` is not installed.
    """
    output, source, target = Path(output), Path(source), Path(target)
    folder = Path(work if work is not None else output.with_name(output.name + ".work"))
    for place in (output, folder):
        check_outside_inputs(place, source, target, lexicon)
    check_file(output)
    share(min_confidence, "min_confidence", where="dictionary")
    chosen = named_trainer(trainer)
    generator(seed)  # so that a wrong one is told before the long work
    codes = source_language, target_language
    format = _checked_format(output, codes, with_lexicon=lexicon is not None)
    with working_alone(make_folder(folder)):
        steps = _Work(folder)
        steps.check()
        pairs = None if lexicon is None else Lexicon.read(lexicon, languages=codes)
        first, first_side = _vectors(steps, "source", source, source_language, chosen)
        second, second_side = _vectors(steps, "target", target, target_language, chosen)
        alignment = _aligned(steps, first, second, pairs, seed)
        status, verdict = alignment.card.status, alignment.card.reason
        dictionary = None if status == "failed" else _reranked(steps, alignment)
        entries, expected = 0, list[Level]()
        if dictionary is not None and dictionary.learnt:
            with steps.told("writing"):
                found = dictionary.entries(min_confidence)
                entries = len(write_entries(found, output, format=format, languages=codes))
            expected = dictionary.summary()
        elif dictionary is not None:
            if format in MARKUP_FORMATS:
                raise InputError(
                    f"is not written: {format} files hold confidences, and there are none "
                    f"({dictionary.reason})",
                    where=output,
                    fix="write .tsv or .jsonl, which takes a moment: the results of all steps are kept",
                )
            with steps.told("writing"):
                entries = len(alignment.induce("mutual").write(output, format=format))
    sides = (first_side, second_side)
    return DictionaryReport(
        output=None if dictionary is None else output,
        work=folder,
        entries=entries,
        confidences=dictionary is not None and dictionary.learnt,
        reason=verdict if dictionary is None else dictionary.reason,
        status=status,
        verdict=verdict,
        seeds=len(alignment.seeds),
        sides=sides,
        expected=tuple(expected),
        advice=_advice(alignment, sides),
        done=tuple(steps.done),
        kept=tuple(steps.kept),
    )


def _checked_format(output: Path, codes: tuple[str, str], *, with_lexicon: bool) -> str:
    """The format of the output; raises `InputError`, before the long work, where it could not be written."""
    format = format_of(output)
    check_languages(format, codes)
    for code in codes:
        check_language(code)
    if format in MARKUP_FORMATS and not with_lexicon:
        raise InputError(
            f"{format} files hold confidences, which there are none of without a lexicon",
            where=output,
            fix="give a lexicon, or write .tsv or .jsonl",
        )
    return format


def _aligned(steps: _Work, first: Vectors, second: Vectors, pairs: Lexicon | None, seed: int) -> Alignment:
    saved = steps.folder / _ALIGNMENT
    known = None if pairs is None else [list(pairs.pairs), pairs.weights]
    steps.made(
        "alignment",
        _key(first.fingerprint, second.fingerprint, known, seed),
        [saved],
        lambda: align(first, second, pairs, seed=seed).save(saved),
        doing=f"aligning {first.language} and {second.language}",
        what="alignment",
    )
    return load(saved)


def _vectors(
    steps: _Work, side: str, path: Path, language: str, trainer: Trainer | None
) -> tuple[Vectors, dict[str, Any]]:
    """The vectors of a side: as they are, or trained on texts."""
    if not path.is_dir() and _is_vectors(path):
        with steps.told(f"reading {language}"):
            vectors = Vectors.read(path, language=language)
        return vectors, {"language": language, "words": len(vectors), "tokens": None}
    store, noted = steps.folder / f"{side}.safetensors", steps.folder / f"{side}.json"

    def make() -> None:
        prepared = Prepared.of(path, segmenter=Segmenter(language), more="give more text")
        chosen = trainer or trainer_for(prepared.corpus)
        vectors = chosen.train(prepared.corpus, language=language)
        with atomic_file(noted) as file:
            write_card(file, prepared, chosen, vectors)
        vectors.write(store)

    steps.made(
        side,
        _key(_content(path), language, repr(trainer)),
        [store, noted],
        make,
        doing=f"training {language}",
        what=f"{language}: vectors",
    )
    vectors = Vectors.read(store, unicode="keep")
    data = read_json(noted, _AGAIN)
    with sound(noted, _AGAIN):
        tokens = _CARD(data)["corpus"]["tokens"]
    return vectors, {"language": language, "words": len(vectors), "tokens": tokens}


def _is_vectors(path: Path) -> bool:
    try:
        identify(path)
    except FormatError:
        return False
    return True


def _reranked(steps: _Work, alignment: Alignment) -> RerankedDictionary:
    folder = steps.folder / _ALIGNMENT
    kept = find_reranked(folder, alignment)
    if kept is not None:
        steps.found("confidences", "confidences")
        return kept
    with steps.told("reranking"):
        made = rerank(alignment.source, alignment.target, alignment.seeds, check=False)
    if made.learnt:
        steps.done.append("confidences")
        made.save(folder)
        # What is read back, so that a second run has the same.
        return find_reranked(folder, alignment) or made
    return made


def _content(path: Path) -> list[list[str]]:
    """Names and digests of the files that hold the texts."""
    files = [Path(source.name) for source in text_sources(path)]
    try:
        return [[str(file.relative_to(path)), file_digest(file)] for file in files]
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=path, fix="check the path") from error


def _key(*parts: Any) -> str:
    """What a result came from."""
    return digest(json.dumps([__version__, *parts], ensure_ascii=True).encode())


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
