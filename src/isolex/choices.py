"""What the command line offers by name, and by default, known without the code behind it.

Importing torch takes a second or two, which help, completion and complaints about a command line do not wait
for. Where a name stands for something that is made elsewhere, that has the same names in the same order.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

EvaluatedSide: TypeAlias = Literal["cross", "source", "target"]
Unknown: TypeAlias = Literal["drop", "midpoint"]
Status: TypeAlias = Literal["aligned", "doubtful", "failed", "unchecked"]
"""What an alignment was judged: a verdict, or `unchecked` where nobody looked."""

VECTOR_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "word2vec": "word2vec text",
        "glove": "GloVe text",
        "word2vec-binary": "word2vec binary",
        "native": "isolex store",
        "fasttext": "fastText binary",
    }
)
"""Every format that isolex reads, by name, and what messages call it; it writes all but fasttext."""

TRAINER_NAMES = ("ppmi", "skip-gram")
"""Of `isolex.training.TRAINERS`."""
CRITERIA = ("csls", "nn", "isf")
SHARDED_CRITERIA = ("csls", "nn")
"""Those that a search in shards knows."""
STEPS = ("unit", "center", "unit-dim", "iterative")
"""Of normalisation."""
OPERATIONS = ("unit", "subtract", "multiply")
"""What a fitted normaliser is made of."""
EVALUATED_SIDES: tuple[EvaluatedSide, ...] = ("cross", "source", "target")
UNKNOWN: tuple[Unknown, ...] = ("drop", "midpoint")
MARKUP_FORMATS = ("tei", "tbx")

METHOD_NAMES = (
    "procrustes",
    "vecmap",
    "bilinear",
    "bootstrapping",
    "contrastive",
    "cca",
    "least-squares",
    "rcsls",
    "self-learning",
    "muse-supervised",
    "vecmap-semi",
    "vecmap-semi-cpu",
    "vecmap-identical",
    "vecmap-identical-cpu",
    "unsupervised",
    "fully-unsupervised",
    "vecmap-unsupervised",
    "vecmap-unsupervised-cpu",
    "muse-unsupervised",
    "muse-unsupervised-released",
    "muse-unsupervised-cpu",
    "wasserstein-procrustes",
    "wasserstein-procrustes-cpu",
    "gromov-wasserstein",
    "gromov-wasserstein-cpu",
)
"""Of `isolex.recipes.METHODS`."""

SPACE_METHODS = ("joint", "vecmap", "procrustes", "geomm")
"""Of `isolex.recipes.spaces.JOINT_METHODS`."""

PROTOCOL_NAMES = ("muse", "strict", "xling")
"""Of `isolex.evaluation.PROTOCOLS`."""

ANALOGY_METHODS = ("add", "mul")
"""Of `isolex.evaluation.evaluate_analogies`."""

EXPORT_NAMES = (
    "word2vec",
    "word2vec-binary",
    "glove",
    "native",
    "gensim",
    "numpy",
    "spacy",
    "sentence-transformers",
    "huggingface",
)
"""Of `isolex.interchange.EXPORT_FORMATS`."""

PLAIN_FORMATS = ("tsv", "jsonl")
TRUSTED_FORMATS = (*PLAIN_FORMATS, *MARKUP_FORMATS)
"""Of `isolex.reranking.write_entries`."""

REVIEW_FORMATS = ("tsv", "jsonl", *MARKUP_FORMATS, "omegat")
"""Of `isolex.review.write_decisions`."""

COMPARED_WORDS = 1_000
"""Most frequent words that `isolex.diagnosis` compares."""

# What `isolex bench` scores.
BENCH_METHODS = ("procrustes", "rcsls", "vecmap", "unsupervised")
EXECUTORS = ("local", "ray", "slurm")
BENCH_CRITERIA = ("nn", "csls")
BENCH_VOCABULARY = 200_000
