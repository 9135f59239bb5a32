"""What texts are worth: vectors that are trained on them, and what it takes to make them."""

import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measuring import seconds_of, timed
from isolex.alignment import Alignment, Card, Side, SideCard
from isolex.datasets import DataFolder
from isolex.errors import InputError
from isolex.evaluation import evaluate
from isolex.files import file_digest
from isolex.lexicon import Lexicon
from isolex.mapping import Problem, VecMap
from isolex.normalize import Normalizer
from isolex.progress import track
from isolex.text import Corpus, Segmenter, text_sources
from isolex.training import TRAINERS, SkipGram, Trainer, trainer_for
from isolex.vectors import Vectors

PAIRS = ("en-es", "en-hu", "en-uk")
# Tokens of either text; None for all of it.
SIZES = (None, 2_000_000, 500_000)
# What anyone would do without isolex.
PLAIN = "gensim"
WORDS = 20_000
_MIN_COUNT = 5
_TIMES, _TURNS = 3, 2
_PLAIN_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class PlainSkipGram:
    """Skip-gram as gensim has it by default, but for what the comparison fixes."""

    epochs: int = 5
    window: int = 5
    dimension: int = 300
    threads: int = 1

    def train(self, corpus: Corpus, *, language: str | None = None) -> Vectors:
        """The vectors of all words of the corpus."""
        from gensim.models import Word2Vec  # noqa: PLC0415 - optional

        model = Word2Vec(
            list(corpus),
            sg=1,
            epochs=self.epochs,
            window=self.window,
            vector_size=self.dimension,
            min_count=1,
            workers=self.threads,
            seed=0,
        )
        words = model.wv.index_to_key
        return Vectors(list(words), model.wv.vectors, language=language, unicode="keep")


class Texts:
    """The texts of a folder `texts/xx.txt.xz`, and vectors that were trained on them.

    Args:
        folder: The folder that has `texts`.
        kept: Where trained vectors are kept, so that a run goes on where another one stopped.
    """

    def __init__(self, folder: str | Path, kept: Path) -> None:
        self._folder, self._kept = Path(folder) / "texts", kept
        self._known: dict[tuple[str, bool], Corpus] = {}

    def path(self, language: str) -> Path:
        """Of the text of a language.

        Raises:
            InputError: There is none.
        """
        path = self._folder / f"{language}.txt.xz"
        if not path.exists():
            raise InputError("is not there", where=path, fix="give a folder with texts/xx.txt.xz by --data")
        return path

    def corpus(self, language: str, tokens: int | None, *, plain: bool = False) -> Corpus:
        """The first tokens of a text, without rare words; cut by isolex, or by a regular expression."""
        if (language, plain) not in self._known:
            [source] = text_sources(self.path(language))
            cut = _plain_words if plain else Segmenter(language).words
            self._known[language, plain] = Corpus.of(map(cut, source.paragraphs()))
        corpus = self._known[language, plain]
        return (corpus if tokens is None else corpus.head(tokens)).frequent(_MIN_COUNT)

    def trained(self, language: str, trainer: str, tokens: int | None) -> tuple[Vectors, float]:
        """Vectors by a trainer, or by `PLAIN`, and the seconds that training took."""
        name = f"{language}-{trainer}-{tokens or 'all'}"
        vectors, record = self._kept / f"{name}.safetensors", self._kept / f"{name}.json"
        if not record.exists():
            corpus = self.corpus(language, tokens, plain=trainer == PLAIN)
            chosen: Trainer = PlainSkipGram() if trainer == PLAIN else TRAINERS[trainer]
            seconds, made = timed(lambda: chosen.train(corpus, language=language))
            made.head(WORDS).write(vectors)
            record.write_text(json.dumps({"seconds": round(seconds, 1)}), encoding="utf-8")
        return Vectors.read(vectors), json.loads(record.read_text(encoding="utf-8"))["seconds"]


def run_trainers(
    data: str | Path, *, pairs: Sequence[str], sizes: Sequence[int | None], kept: Path | None = None
) -> Iterator[dict[str, Any]]:
    """One row for each pair, size and trainer: the tokens, the words, the seconds, P@1 in percent.

    VecMap on the training dictionary, CSLS, protocol `muse`, among the 20,000 most frequent words of either
    side.

    Args:
        data: Folder with `texts/xx.txt.xz`, and with `dictionaries/muse/` and `vectors/` as `DataFolder` has.
        pairs: Language pairs.
        sizes: Tokens of either text; None for all.
        kept: Folder for trained vectors; None keeps none.
    """
    folder = DataFolder(data)
    for pair in pairs:
        folder.check(pair)
    with TemporaryDirectory() as temporary:
        texts = Texts(data, kept or Path(temporary))
        asked = [(pair, size, name) for pair in pairs for size in sizes for name in (*TRAINERS, PLAIN)]
        for pair, size, name in track(asked, "training"):
            codes = pair.split("-")
            source, target = trained = [texts.trained(code, name, size) for code in codes]
            corpora = [texts.corpus(code, size, plain=name == PLAIN) for code in codes]
            alignment = _aligned(source[0], target[0], folder.dictionary(pair, "train"))
            result = evaluate(alignment, folder.dictionary(pair, "test"))
            yield {
                "pair": pair,
                "trainer": name,
                "size": size,
                "tokens": [corpus.tokens for corpus in corpora],
                "words": [corpus.types for corpus in corpora],
                "seconds": [seconds for _, seconds in trained],
                "n": result.n,
                "p1": round(result.precision(1), 1),
                "auto": all(TRAINERS.get(name) == trainer_for(corpus) for corpus in corpora),
            }


def by_pair_and_size(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, list[Mapping[str, Any]]]]:
    """Rows of the same texts, one a trainer."""
    return [(key, list(group)) for key, group in groupby(rows, lambda row: (row["pair"], row["size"]))]


def _aligned(source: Vectors, target: Vectors, lexicon: Lexicon) -> Alignment:
    first, second = Side.fitted(source, Normalizer()), Side.fitted(target, Normalizer())
    mapping = VecMap().solve(Problem.of(first, second, lexicon.index(source, target)))
    return Alignment(
        first.mapped(mapping.source),
        second.mapped(mapping.target),
        seeds=lexicon,
        card=Card("benchmark", {}, SideCard.of(source), SideCard.of(target)),
    )


def _plain_words(text: str) -> list[str]:
    return _PLAIN_TOKEN.findall(text.lower())


# Asks the library itself for what `SkipGram` asks it for.
_LIBRARY = """
import json, sys, fasttext
text, model, settings = json.loads(sys.argv[1])
fasttext.train_unsupervised(text, **settings).save_model(model)
"""


def training_speed(data: str | Path, *, language: str = "en", tokens: int = 1_000_000) -> dict[str, Any]:
    """Seconds of skip-gram beside those of the library that it stands on, alone, with the same settings.

    isolex also writes the sentences for the library and reads the model. The least of two runs each, in
    turns.
    """
    trainer = SkipGram()
    with TemporaryDirectory() as folder:
        text, model = Path(folder) / "text.txt", Path(folder) / "model.bin"
        corpus = Texts(data, Path(folder)).corpus(language, tokens)
        text.write_text("".join(" ".join(sentence) + "\n" for sentence in corpus), encoding="utf-8")
        order = json.dumps([str(text), str(model), trainer.library_settings()])
        seconds: dict[str, list[float]] = {"isolex": [], "library": []}
        for _ in track(range(_TURNS), "training"):
            seconds["library"].append(seconds_of(lambda: _checked([sys.executable, "-c", _LIBRARY, order])))
            seconds["isolex"].append(seconds_of(lambda: trainer.train(corpus)))
    least = {name: round(min(taken), 2) for name, taken in seconds.items()}
    return {
        "language": language,
        "tokens": corpus.tokens,
        "settings": asdict(trainer),
        "seconds": least,
        "speed_over_library": round(least["library"] / least["isolex"], 3),
    }


def dictionary_run(data: str | Path, *, pair: str = "en-uk") -> dict[str, Any]:
    """What `isolex dictionary` reports of two raw texts and the training dictionary.

    Args:
        data: As `run_trainers` takes it.
        pair: The languages.
    """
    with TemporaryDirectory() as folder:
        report = json.loads(_checked(_order(data, pair, "auto", Path(folder) / "timed.tsv")))
    kept = ("sides", "status", "verdict", "entries", "expected")
    return {"pair": pair, **{key: report[key] for key in kept}}


def killed_runs(data: str | Path, *, pair: str = "en-uk", kills: int = 10, seed: int = 0) -> dict[str, Any]:
    """`isolex dictionary` from two raw texts by PPMI, which takes less time, killed at random moments.

    A run that is killed is started again at once, with its folder of work. One that ends before its moment
    comes is followed by one in a new folder, until there were so many kills.

    Args:
        data: As `run_trainers` takes it.
        pair: The languages.
        kills: How often.
        seed: Of the moments.
    """
    draws = random.Random(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        order, expected = partial(_order, data, pair, "ppmi"), folder / "expected.tsv"
        seconds, _ = timed(lambda: _checked(order(expected)))
        moments, outputs = list[float](), [folder / "0.tsv"]
        for _ in track(range(kills), "kills"):
            while not _killed_after(order(outputs[-1]), moment := round(draws.uniform(0, seconds), 1)):
                outputs.append(folder / f"{len(outputs)}.tsv")
            moments.append(moment)
        _checked(order(outputs[-1]))
        same = all(file_digest(output) == file_digest(expected) for output in outputs)
    return {
        "pair": pair,
        "moments": moments,
        "runs": len(outputs),
        "same_bytes": same,
    }


def _order(data: str | Path, pair: str, trainer: str, output: Path) -> list[str]:
    source, target = pair.split("-")
    texts = Texts(data, output.parent)
    return [
        *(sys.executable, "-m", "isolex", "dictionary", "--json", "--trainer", trainer),
        *(str(texts.path(source)), str(texts.path(target))),
        *("--source-language", source, "--target-language", target, "-o", str(output)),
        *("--lexicon", str(Path(data) / "dictionaries" / "muse" / f"{pair}.train.txt")),
    ]


def _checked(order: Sequence[str]) -> str:
    """What a command prints; an error if it fails."""
    return subprocess.run(order, check=True, stdout=subprocess.PIPE, text=True).stdout


def _killed_after(order: Sequence[str], seconds: float) -> bool:
    """Whether a command was killed, and had not ended before."""
    with subprocess.Popen(order, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def segmentation_speed(
    text: str | Path, *, language: str | None = None, paragraphs: int | None = None
) -> dict[str, Any]:
    """Tokens a second, on one core, of a text file: its words, its sentences, and all the way to a corpus.

    Seconds are those of the processor, the least of three runs. Reading the file does not count.

    Args:
        text: Path of the file.
        language: Code of its language.
        paragraphs: How many to take; None for all.
    """
    [source] = text_sources(text)
    lines = list(source.paragraphs())[:paragraphs]
    segmenter = Segmenter(language)
    tokens = sum(len(segmenter.words(line)) for line in lines)
    ways: dict[str, Callable[[], object]] = {
        "words": lambda: [segmenter.words(line) for line in lines],
        "sentences": lambda: list(_sentences(segmenter, lines)),
        "corpus": lambda: Corpus.of(_sentences(segmenter, lines)),
    }
    seconds = {way: min(_processor_seconds(run) for _ in range(_TIMES)) for way, run in ways.items()}
    return {
        "language": language,
        "tokens": tokens,
        **{f"{way}_per_second": round(tokens / taken) for way, taken in seconds.items()},
    }


def _sentences(segmenter: Segmenter, lines: Sequence[str]) -> Iterator[list[str]]:
    return (sentence for line in lines for sentence in segmenter.sentences(line))


def _processor_seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start
