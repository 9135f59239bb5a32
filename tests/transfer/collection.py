"""A folder of data as `python -m benchmarks transfer` reads it, for one planted pair of languages."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from isolex.lexicon import Lexicon
from tests.spaces import planted

FOLDERS = {"s": ("en", "eng_Latn"), "t": ("es", "spa_Latn")}
SPLITS = {"train": range(16), "dev": range(16, 20), "test": range(20, 30)}


def write_collection(folder: Path) -> Path:
    """en-es, in which s7 and t7 are translations of each other."""
    source, target, pairs = planted()
    # In one order, so that words are as frequent as their translations.
    target = target.subset([pair[1] for pair in pairs])
    (folder / "vectors").mkdir(parents=True)
    source.write(folder / "vectors" / "en.vec.gz")
    target.write(folder / "vectors" / "es.vec.gz")
    muse = folder / "dictionaries" / "muse"
    muse.mkdir(parents=True)
    Lexicon(pairs.pairs[:200]).write(muse / "en-es.train.txt")
    Lexicon(pairs.pairs[200:]).write(muse / "en-es.test.txt")
    similarity = folder / "similarity"
    for name in ("semeval17-2", "mc"):
        (similarity / name).mkdir(parents=True)
    for file, prefixes in {
        "semeval17-2/en.test.txt": "ss",
        "semeval17-2/es.test.txt": "tt",
        "semeval17-2/en-es.test.txt": "st",
        "mc/EN-MC-30.txt": "ss",
    }.items():
        # Even numbers stand beside themselves, or their translations, and odd ones beside others.
        rows = [(i, i + i % 2, 4 - 3 * (i % 2)) for i in range(10, 50)]
        text = "".join(f"{prefixes[0]}{a}\t{prefixes[1]}{b}\t{score}\n" for a, b, score in rows)
        (similarity / file).write_text(text)
    for prefix, (language, name) in FOLDERS.items():
        _sib(folder / "topics" / "sib-200" / name, prefix)
        path = folder / "retrieval" / "xquad-r" / f"{language}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"version": "1", "data": [{"paragraphs": list(_paragraphs(prefix))}]}))
    return folder


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text()))


def _sib(folder: Path, prefix: str) -> None:
    """Sentence i has three words of its own, three of its class, and three that all have."""
    folder.mkdir(parents=True)
    for split, numbers in SPLITS.items():
        rows = "".join(f"{i}\ttopic{i % 2}\t{_sentence(prefix, i)}\n" for i in numbers)
        (folder / f"{split}.tsv").write_text("index_id\tcategory\ttext\n" + rows)


def _sentence(prefix: str, number: int) -> str:
    own = range(40 + 3 * number, 43 + 3 * number)
    return _words(prefix, [*(200 + number % 2 + 2 * i for i in range(3)), *own, *range(290, 293)])


def _words(prefix: str, numbers: Iterable[int]) -> str:
    return " ".join(f"{prefix}{number}" for number in numbers)


def _paragraphs(prefix: str) -> Iterable[dict[str, object]]:
    """Five of four sentences, and a question for each sentence by two of its words."""
    for first in range(0, 20, 4):
        sentences = [_words(prefix, range(60 + 4 * i, 64 + 4 * i)) + "." for i in range(first, first + 4)]
        breaks, context = [], ""
        for sentence in sentences:
            context += " " if context else ""
            breaks.append([len(context), len(context) + len(sentence)])
            context += sentence
        questions = [
            {
                "id": f"q{i}",
                "question": _words(prefix, (61 + 4 * i, 63 + 4 * i)) + "?",
                "answers": [{"answer_start": breaks[i - first][0] + 1, "text": "…"}],
            }
            for i in range(first, first + 4)
        ]
        yield {"context": context, "sentence_breaks": breaks, "qas": questions}
