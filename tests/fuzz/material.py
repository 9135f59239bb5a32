"""Small files of every kind that isolex reads, and the commands that read them."""

import bz2
import gzip
import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import zstandard
from safetensors import safe_open
from safetensors.numpy import save_file

from isolex import align, align_space
from isolex.lexicon import Lexicon
from isolex.reranking import RerankedDictionary, RerankSettings
from isolex.reranking.reranker import Ranked
from isolex.reranking.saved_answers import SavedAnswers
from isolex.scoring import Cell, MethodScore, ResultsFile
from isolex.transfer import DocumentIndex, read_texts, save_index
from isolex.vectors import Vectors
from isolex.vectors.ngrams import NgramVectors
from tests.oracles.fasttext import Coded, Model, encoded
from tests.spaces import gaussian, planted, planted_languages, true_pairs

WORDS, DIMENSION = 60, 8


@dataclass(frozen=True)
class Subject:
    """A file that is damaged, and who reads it.

    Attributes:
        kind: What inputs are counted by.
        path: The file, below the folder of the material.
        commands: Command lines, of which each reads it; "@results" is no command but `ResultsFile`.
    """

    kind: str
    path: str
    commands: tuple[tuple[str, ...], ...]


def make(folder: Path) -> list[Subject]:
    """Make the files."""
    source, target, pairs = planted(WORDS, DIMENSION)
    seeds, test = Lexicon(pairs.pairs[:40]), Lexicon(pairs.pairs[40:])
    _write_vectors(folder, source, target)
    seeds.write(folder / "seeds.tsv")
    test.write(folder / "test.tsv")
    _write_texts(folder, source, target, pairs)
    _write_alignments(folder, seeds)
    _write_space(folder)
    index = DocumentIndex(read_texts(folder / "documents.tsv"), _aligned(folder, seeds))
    save_index(index, folder / "I", folder / "A")
    digest = "sha256:0"
    cell = Cell("aa-bb", "procrustes", 0, 60, digest, digest, digest, digest, "0")
    ResultsFile(folder / "results.json").add(
        MethodScore(cell, "pairs", 40, {"csls": {"p@1": 50.0, "n": 20, "interval": [1.0, None]}}, 0.1)
    )
    _leave_out_checksums(folder)
    return list(_subjects())


def _leave_out_checksums(folder: Path) -> None:
    """As earlier releases wrote some of them: with checksums, no change gets as far as the other checks."""
    card = folder / "A" / "card.json"
    card.write_text(
        json.dumps({key: value for key, value in json.loads(card.read_text()).items() if key != "files"})
    )
    with safe_open(folder / "aa.safetensors", framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys() if name != "sums"}  # noqa: SIM118
        about = json.loads(file.metadata()["isolex"])
    del about["words_sum"]
    save_file(tensors, folder / "aa.safetensors", metadata={"isolex": json.dumps(about)})


def _write_vectors(folder: Path, source: Vectors, target: Vectors) -> None:
    source.write(folder / "aa.vec")
    target.write(folder / "bb.vec")
    source.write(folder / "aa.txt")
    source.write(folder / "aa.bin")
    source.write(folder / "aa.safetensors")
    Vectors(source.words, source.matrix.astype(np.float16), language="aa").write(folder / "half.safetensors")
    source.subwords = NgramVectors(gaussian(20, DIMENSION, 4), 3, 6)
    source.write(folder / "ngrams.safetensors")
    source.subwords = None
    data = (folder / "aa.vec").read_bytes()
    (folder / "aa.vec.gz").write_bytes(gzip.compress(data, mtime=0))
    (folder / "aa.vec.bz2").write_bytes(bz2.compress(data))
    (folder / "aa.vec.xz").write_bytes(lzma.compress(data))
    (folder / "aa.vec.zst").write_bytes(zstandard.compress(data))
    _write_models(folder, [word.encode() for word in source.words])


def _write_models(folder: Path, words: list[bytes]) -> None:
    """fastText binaries: with n-grams, without, compressed, and quantised and pruned."""
    rows = gaussian(WORDS + 30, DIMENSION, 5)
    model = encoded(Model(words, rows, rows[:WORDS], buckets=30))
    (folder / "model.bin").write_bytes(model)
    (folder / "model.bin.gz").write_bytes(gzip.compress(model, mtime=0))
    (folder / "plain.bin").write_bytes(encoded(Model(words, rows[:WORDS], rows[:WORDS], longest=0)))
    rng = np.random.default_rng(0)
    parts, pruned = [gaussian(256, 3, seed) for seed in (6, 7)], [(29, 1), (3, 0), (12, 2)]
    parts.append(gaussian(256, DIMENSION - 6, 8))
    codes, norm_codes = rng.integers(0, 256, (WORDS + 3, 3)), rng.integers(0, 256, WORDS + 3)
    coded = Coded(codes, parts, norm_codes, np.linspace(0.5, 2, 256))
    quantised = Model(words, coded, rows[:WORDS], buckets=30, pruned=pruned)
    (folder / "quantised.bin").write_bytes(encoded(quantised))


def _write_texts(folder: Path, source: Vectors, target: Vectors, pairs: Lexicon) -> None:
    def write(name: str, rows: list[str]) -> None:
        (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")

    some, weights = pairs.pairs[:40], [number / 40 for number in range(40)]
    write("space.txt", [f"{a} {b}" for a, b in some])
    write("comma.csv", ["source,target", *(f"{a},{b}" for a, b in some)])
    write("semicolon.csv", [f"{a};{b};0,{number:02}" for number, (a, b) in enumerate(some)])
    write("weighted.tsv", [f"{a}\t{b}\t{w}" for (a, b), w in zip(some, weights, strict=True)])
    write("quoted.tsv", [f'"{a}"\t"{b}"' for a, b in some])
    write("objects.jsonl", [json.dumps({"source": a, "target": b, "weight": 0.5}) for a, b in some])
    write("lists.jsonl", [json.dumps([a, b]) for a, b in some])
    write("aligner.txt", [f"{a} {b} {w}" for (a, b), w in zip(some, weights, strict=True)])
    words, others = source.words, target.words
    similar = zip(words[:20], words[1:21], others[1:21], weights, strict=False)
    write("similarity.tsv", ["unseen\tunknown\t3", *(f"{a}\t{b}\t{w}" for a, b, _, w in similar)])
    write("similarity.csv", ["word1,word2,score", *(f"{a},{b},{n % 9}" for n, (a, b) in enumerate(some))])
    write("questions.txt", [": first", *(" ".join(words[n : n + 4]) for n in range(0, 40, 4))])
    write("words.txt", list(words[:20]))
    for name, own in (("queries", words), ("documents", others)):
        texts = [f"{own[n]} {own[n + 1]} {own[n + 2]}." for n in range(0, 36, 3)]
        write(f"{name}.tsv", [f"d{n}\t{text}" for n, text in enumerate(texts)])
        write(f"{name}.txt", texts)
        write(f"{name}.jsonl", [json.dumps({"id": f"d{n}", "text": text}) for n, text in enumerate(texts)])
        write(f"{name}.labelled.tsv", [f"topic{n % 2}\t{text}" for n, text in enumerate(texts)])
    write("relevance.tsv", [f"d{n}\td{n}" for n in range(12)])


def _aligned(folder: Path, seeds: Lexicon):
    sides = (Vectors.read(folder / f"{side}.vec", language=side) for side in ("aa", "bb"))
    return align(*sides, seeds, method="procrustes", normalize=("unit", "center", "unit-dim", "unit"))


def _write_alignments(folder: Path, seeds: Lexicon) -> None:
    """A with copies of its vectors and with confidences, R with references."""
    alignment = _aligned(folder, seeds)
    alignment.save(folder / "A")
    alignment.save(folder / "R", vectors="reference")
    settings = RerankSettings(groups=("alignment", "strings"), alternatives=3)
    keys = np.stack([np.arange(WORDS), (np.arange(WORDS) + 1) % WORDS, np.full(WORDS, -1)], axis=1)
    confidence = np.tile([0.8, 0.1, 0.0], (WORDS, 1))
    answers = Ranked(
        np.arange(WORDS), keys, confidence, np.full(WORDS, 0.1), np.tile([1.0, -0.5], (WORDS, 1))
    )
    ranker = SavedAnswers(answers, settings, settings.groups, "by hand")
    RerankedDictionary(alignment, ranker, settings.groups, learnt=True, reason=ranker.reason).save(
        folder / "A"
    )


def _write_space(folder: Path) -> None:
    """S, of three languages, which another could join."""
    lexicons = {("en", code): true_pairs("en", code, range(50)) for code in ("es", "fr")}
    with patch(
        "isolex.recipes.spaces.FEW_WORDS", 0
    ):  # so few words would be supplemented, which takes minutes
        align_space(planted_languages(("en", "es", "fr"), WORDS, DIMENSION), lexicons).save(folder / "S")
    planted_languages(("gl",), WORDS, DIMENSION)["gl"].write(folder / "gl.vec")
    true_pairs("en", "gl", range(50)).write(folder / "en-gl.tsv")


_BEST = ("--method", "procrustes", "--force", "--json")
_ALIGN = ("align", "aa.vec", "bb.vec", "-o", "out", *_BEST, "--lexicon")


def _subjects():
    for name in (
        *("aa.vec", "aa.txt", "aa.bin", "aa.vec.gz", "aa.vec.bz2", "aa.vec.xz", "aa.vec.zst"),
        *("aa.safetensors", "half.safetensors", "ngrams.safetensors"),
        *("model.bin", "model.bin.gz", "plain.bin", "quantised.bin"),
    ):
        yield Subject("vectors", name, _of_vectors(name))
    for name in (
        *("seeds.tsv", "space.txt", "comma.csv", "semicolon.csv", "weighted.tsv", "quoted.tsv"),
        *("objects.jsonl", "lists.jsonl", "aligner.txt"),
    ):
        yield Subject(
            "lexicons",
            name,
            (
                ("info", name, "--json"),
                (*_ALIGN, name),
                ("evaluate", "bli", "A", name, "--json"),
                ("evaluate", "bli", "A", "test.tsv", "--train", name, "--json"),
            ),
        )
    for name in ("similarity.tsv", "similarity.csv"):
        yield Subject(
            "similarity and analogy sets",
            name,
            (
                ("evaluate", "similarity", "aa.vec", name, "--json"),
                ("evaluate", "similarity", "A", name, "--json"),
            ),
        )
    yield Subject(
        "similarity and analogy sets",
        "questions.txt",
        (("evaluate", "analogy", "aa.vec", "questions.txt", "--json"),),
    )
    yield Subject(
        "word lists", "words.txt", (("convert", "aa.vec", "out.vec", "--vocabulary", "words.txt", "--json"),)
    )
    yield from _of_texts()
    yield from _of_folders()
    yield Subject("benchmark results", "results.json", (("@results", "results.json"),))


def _of_vectors(name: str) -> tuple[tuple[str, ...], ...]:
    return (
        ("info", name, "--json"),
        ("nearest", name, "s3", "unseen", "--json"),
        ("convert", name, "out.vec", "--json"),
        ("convert", name, "out.safetensors", "--dtype", "float16", "--json"),
        ("convert", name, "out.bin", "--vocabulary", "words.txt", "--json"),
        ("align", name, "bb.vec", "-o", "out", *_BEST, "--lexicon", "seeds.tsv"),
        ("evaluate", "similarity", name, "similarity.tsv", "--json"),
        ("evaluate", "analogy", name, "questions.txt", "--json"),
        ("diagnose", name, "bb.vec", "--words", "20", "--json"),
        ("translate", "A", "s3", "s50", "unseen", "--source", name, "--other-vectors", "--json"),
    )


def _of_texts():
    for end in ("tsv", "txt", "jsonl"):
        queries, documents = f"queries.{end}", f"documents.{end}"
        yield Subject(
            "texts",
            documents,
            (
                ("index", "A", documents, "-o", "out", "--json"),
                ("evaluate", "sentences", "A", queries, documents, "--json"),
                ("evaluate", "retrieval", "A", "queries.tsv", documents, "relevance.tsv", "--json"),
                ("classify", "A", "queries.labelled.tsv", documents, "-o", "out.jsonl", "--json"),
            ),
        )
    yield Subject(
        "texts",
        "documents.labelled.tsv",
        (
            ("evaluate", "topics", "A", "queries.labelled.tsv", "documents.labelled.tsv", "--json"),
            ("classify", "A", "documents.labelled.tsv", "queries.txt", "--reverse", "--json"),
        ),
    )
    yield Subject(
        "texts",
        "relevance.tsv",
        (("evaluate", "retrieval", "A", "queries.tsv", "documents.tsv", "relevance.tsv", "--json"),),
    )


def _of_folders():
    for folder in ("A", "R"):
        reads = (
            ("info", folder, "--json"),
            ("translate", folder, "s3", "s50", "unseen", "--json"),
            ("translate", folder, "t3", "--reverse", "--criterion", "isf", "--json"),
            ("translate", folder, "s3", "s9", "--criterion", "csls", "--json"),
            ("lexicon", folder, "-o", "out.jsonl", "--json"),
            ("evaluate", "bli", folder, "test.tsv", "--json"),
            ("export", folder, "-o", "out", "--format", "huggingface", "--json"),
            ("export", folder, "-o", "out", "--format", "word2vec", "--json"),
            ("index", folder, "documents.tsv", "-o", "out", "--json"),
            ("diagnose", "aa.vec", "bb.vec", "--alignment", folder, "--words", "20", "--json"),
        )
        for name in ("card.json", "alignment.safetensors", "seeds.tsv"):
            yield Subject("alignments", f"{folder}/{name}", reads)
        if folder == "A":
            for name in ("source.safetensors", "target.safetensors"):
                yield Subject("alignments", f"A/{name}", reads)
    spaces = (
        ("info", "S", "--json"),
        ("translate", "S", "en3", "en50", "unseen", "--from", "en", "--to", "all", "--json"),
        ("translate", "S", "es3", "--from", "es", "--to", "fr", "--json"),
        ("lexicon", "S", "--from", "fr", "--to", "en", "-o", "out.jsonl", "--json"),
        ("export", "S", "--from", "en", "--to", "es", "-o", "out", "--format", "word2vec", "--json"),
        ("space", "add", "S", "gl=gl.vec", "--lexicon", "en-gl=en-gl.tsv", "-o", "out", "--force", "--json"),
    )
    for name in (
        *("card.json", "space.safetensors", "es.map.safetensors", "en.vectors.safetensors"),
        *("en--es.pair.safetensors", "es--fr.pair.safetensors", "en--es.seeds.tsv"),
    ):
        yield Subject("spaces", f"S/{name}", spaces)
    confident = ("lexicon", "A", "--min-confidence", "0.5", "--json", "-o")
    for name in ("confidence.json", "confidence.safetensors"):
        yield Subject(
            "confidences",
            f"A/{name}",
            (
                (*confident, "out.jsonl"),
                (*confident, "out.tei"),
                (*confident, "out.tsv", "--one-to-one"),
                ("translate", "A", "s3", "s9", "--min-confidence", "0.1", "--json"),
                ("info", "A", "--json"),
            ),
        )
    for name in (
        *("index.json", "documents.jsonl", "rows.safetensors", "bm25/vocab.index.json"),
        *(
            "bm25/params.index.json",
            *(f"bm25/{part}.csc.index.npy" for part in ("data", "indices", "indptr")),
        ),
    ):
        searches = tuple(
            ("search", "I", "s3 s4 unknown", "--by", by, "--alignment", "A", "--json")
            for by in ("fusion", "vectors", "translation")
        )
        yield Subject("indexes", f"I/{name}", searches)
