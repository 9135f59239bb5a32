"""What a shared space is worth to those who use it: similarity, sentences, topics, documents.

Reads, beside vectors and dictionaries, `similarity/semeval17-2`, `topics/sib-200` and `retrieval/xquad-r`.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from isolex.alignment import Alignment
from isolex.datasets import DataFolder
from isolex.errors import FormatError
from isolex.evaluation import RankingResult, SimilarityResult, evaluate_similarity
from isolex.evaluation.metrics import paired_test
from isolex.names import look_up
from isolex.progress import track
from isolex.saved import parse_json, read_saved
from isolex.scoring import BLITask
from isolex.transfer import (
    RANKINGS,
    WEIGHTINGS,
    DocumentIndex,
    LabelledText,
    Text,
    TextEncoder,
    evaluate_topics,
    rank_rows,
    rank_scores,
    read_labelled,
    read_texts,
    reciprocal_ranks,
)

SIMILARITY_PAIRS = ("en-es", "en-de", "de-es")
SENTENCE_PAIRS = ("en-es", "en-fr", "en-de", "es-fr")
TOPIC_PAIRS = ("en-es", "en-fr", "en-de")
RETRIEVAL_PAIRS = ("en-es", "en-de")
PARTS = ("similarity", "sentences", "topics", "retrieval")

# By language: name and file.
CLASSIC_SETS = {
    "en": (
        ("MC-30", "mc/EN-MC-30.txt"),
        ("RG-65", "rg65/EN-RG-65.txt"),
        ("MEN", "mensim/MEN_dataset_lemma_form.all"),
        ("MTurk-771", "mturk/MTURK-771.csv"),
        ("SimLex-999", "simlex/SimLex-999.txt"),
        ("Multilingual SimLex", "msimlex/MSimLex999_English.txt"),
    ),
    "de": (
        ("Gurevych-65", "gurevych/wortpaare65.gold.pos.txt"),
        ("Gurevych-222", "gurevych/wortpaare222.gold.pos.txt"),
        ("Gurevych-350", "gurevych/wortpaare350.gold.pos.txt"),
        ("Multilingual SimLex", "msimlex/MSimLex999_German.txt"),
    ),
}
_SEMEVAL = "semeval17-2/{}.test.txt"
_FLORES = {"en": "eng_Latn", "es": "spa_Latn", "fr": "fra_Latn", "de": "deu_Latn"}
_SPLITS = ("train", "dev", "test")


class TransferBenchmark:
    """Runs on one folder of data; an alignment is made once for each language pair.

    Args:
        data: The folder.
        method: Of alignment, trained on the pair's training dictionary.

    Raises:
        InputError: The folder lacks a pair or a test set.
    """

    def __init__(self, data: str | Path, *, method: str = "vecmap") -> None:
        self._folder, self._method = DataFolder(data), method
        self._aligned = lru_cache(maxsize=None)(self._align)

    def similarity(self) -> Iterator[dict[str, Any]]:
        """SemEval-2017 Task 2 in each language and across, and those of the classic sets that are there."""
        pairs, folder = self._there(SIMILARITY_PAIRS), self._folder.path / "similarity"
        alone: dict[str, float] = {}
        for code in track(sorted({code for pair in pairs for code in pair.split("-")}), "one language"):
            vectors = self._folder.vectors(f"{code}-{code}")[0]
            result = evaluate_similarity(vectors, folder / _SEMEVAL.format(code))
            alone[code] = result.harmonic_mean
            yield {"set": "SemEval-2017", "languages": code} | _similarity(result)
            for name, file in CLASSIC_SETS.get(code, ()):
                if (folder / file).exists():
                    result = evaluate_similarity(vectors, folder / file)
                    yield {"set": name, "languages": code} | _similarity(result)
        for pair in track(pairs, "two languages"):
            result = evaluate_similarity(self._aligned(pair), folder / _SEMEVAL.format(pair))
            share = result.harmonic_mean / min(alone[code] for code in pair.split("-"))
            row = {"set": "SemEval-2017", "languages": pair} | _similarity(result)
            yield row | {"of_lower": round(share, 4)}

    def sentences(self) -> Iterator[dict[str, Any]]:
        """Each of 1,004 sentences of SIB-200 among all of the other language, both ways."""
        for pair in track(self._there(SENTENCE_PAIRS), "sentences"):
            x, z = self._parallel(pair)
            own = [[number] for number in range(len(x))]
            encoded = {weighting: self._encoded(pair, weighting, (x, z)) for weighting in WEIGHTINGS}
            for turned in (False, True):
                source, target = pair.split("-")[::-1] if turned else pair.split("-")
                results = {
                    (weighting, criterion): rank_rows(
                        *(rows[::-1] if turned else rows), own, criterion=criterion
                    )
                    for weighting, rows in encoded.items()
                    for criterion in ("nn", "csls")
                }
                plain = results["mean", "nn"]
                for (weighting, criterion), result in results.items():
                    yield {
                        "source": source,
                        "target": target,
                        "weighting": weighting,
                        "criterion": criterion,
                        **result.to_dict(),
                        "over_mean_nn": _first_over(result, plain),
                    }

    def topics(self) -> Iterator[dict[str, Any]]:
        """SIB-200's seven topics: train on one language, test on the other, and back."""
        for pair in track(self._there(TOPIC_PAIRS), "topics"):
            alignment = self._aligned(pair)
            for source, target, bound in self._both_ways(pair, alignment):
                texts = {
                    code: [self._labelled(code, split) for split in _SPLITS] for code in (source, target)
                }
                # As `isolex classify` does it: nothing is fitted to texts of the language to be classified.
                encoders = tuple(
                    TextEncoder(side, component="vocabulary").fit([]) for side in (bound, bound.reversed())
                )
                result = evaluate_topics(
                    texts[source][0] + texts[source][1],
                    texts[target][2],
                    (encoders[0], encoders[1]),
                    own=texts[target][0] + texts[target][1],
                )
                yield {"source": source, "target": target} | result.to_dict()

    def retrieval(self) -> Iterator[dict[str, Any]]:
        """XQuAD-R: questions of one language, the answering sentence of the other; and back."""
        for pair in track(self._there(RETRIEVAL_PAIRS), "documents"):
            for source, target, bound in self._both_ways(pair, self._aligned(pair)):
                documents, answers, _ = self._questions(target)
                asked = self._questions(source)[2]
                names = [name for name in asked if name in answers]
                index = DocumentIndex(documents, bound)
                queries, relevant = [asked[name] for name in names], [[answers[name]] for name in names]
                scores = {way: index.scores(queries, by=way) for way in RANKINGS}
                results = {way: rank_scores(made, relevant) for way, made in scores.items()}
                by_ranks = reciprocal_ranks(scores["vectors"], scores["translation"])
                yield _retrieval_row(results, rank_scores(by_ranks, relevant)) | {
                    "source": source,
                    "target": target,
                    "documents": len(documents),
                }

    def _there(self, pairs: Sequence[str]) -> list[str]:
        """Those of the pairs that the folder has; it must have one."""
        there = [pair for pair in pairs if pair in self._folder.pairs]
        if not there:
            self._folder.check(pairs[0])
        return there

    def _align(self, pair: str) -> Alignment:
        self._folder.check(pair)
        return BLITask.of(self._folder, pair).align(self._method)

    @staticmethod
    def _both_ways(pair: str, alignment: Alignment) -> tuple[tuple[str, str, Alignment], ...]:
        source, target = pair.split("-")
        return (source, target, alignment), (target, source, alignment.reversed())

    def _encoded(
        self, pair: str, weighting: Any, texts: tuple[list[str], list[str]]
    ) -> tuple[np.ndarray, np.ndarray]:
        alignment = self._aligned(pair)
        x, z = (
            TextEncoder(side, weighting=weighting).fit_transform(own)
            for side, own in zip((alignment, alignment.reversed()), texts, strict=True)
        )
        return x, z

    def _sib(self, language: str, split: str) -> Path:
        return self._folder.path / "topics" / "sib-200" / _FLORES[language] / f"{split}.tsv"

    def _labelled(self, language: str, split: str) -> list[LabelledText]:
        return read_labelled(self._sib(language, split))

    def _parallel(self, pair: str) -> tuple[list[str], list[str]]:
        """The sentences of both languages, in the order of their ids, which must be the same."""
        x, z = (
            {text.id: text.text for split in _SPLITS for text in read_texts(self._sib(code, split))}
            for code in pair.split("-")
        )
        if x.keys() != z.keys():
            raise FormatError("has other ids in the two languages", where=f"SIB-200, {pair}")
        names = sorted(x, key=lambda name: (len(name), name))
        return [x[name] for name in names], [z[name] for name in names]

    def _questions(self, language: str) -> tuple[list[Text], dict[str, int], dict[str, str]]:
        """All sentences of the contexts; for each question the one that answers it; and the questions."""
        path = self._folder.path / "retrieval" / "xquad-r" / f"{language}.json"
        data = read_saved(path, "fetch it again")
        try:
            return _parted(parse_json(data))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise FormatError("is not of XQuAD-R's layout", where=path) from error


def _parted(data: Any) -> tuple[list[Text], dict[str, int], dict[str, str]]:
    """The sentences, answers and questions of a file of SQuAD's layout with `sentence_breaks`."""
    sentences: list[Text] = []
    answers: dict[str, int] = {}
    questions: dict[str, str] = {}
    for paragraph in (own for article in data["data"] for own in article["paragraphs"]):
        first, breaks = len(sentences), paragraph["sentence_breaks"]
        sentences += [
            Text(str(first + number), paragraph["context"][start:end])
            for number, (start, end) in enumerate(breaks)
        ]
        for question in paragraph["qas"]:
            questions[question["id"]] = question["question"]
            at = question["answers"][0]["answer_start"]
            for number, (start, end) in enumerate(breaks):
                if start <= at < end:
                    answers[question["id"]] = first + number
    return sentences, answers, questions


def run_transfer(
    data: str | Path, *, parts: Sequence[str] = PARTS, method: str = "vecmap"
) -> dict[str, list[dict[str, Any]]]:
    """The rows of each part.

    Raises:
        InputError: No such part, or the folder lacks a pair or a test set.
    """
    for part in parts:
        look_up(part, dict.fromkeys(PARTS), "part")
    benchmark = TransferBenchmark(data, method=method)
    return {part: list(getattr(benchmark, part)()) for part in parts}


def _similarity(result: SimilarityResult) -> dict[str, Any]:
    return {
        "pearson": round(result.pearson, 4),
        "spearman": round(result.spearman, 4),
        "harmonic_mean": round(result.harmonic_mean, 4),
        "n": result.n,
        "coverage": round(result.coverage, 2),
    }


def _first_over(result: RankingResult, other: RankingResult) -> dict[str, float]:
    """Gain in P@1, in points, and its p-value."""
    right = [np.array([ranks[0] == 1 for ranks in one.ranks]) for one in (result, other)]
    test = paired_test(right[0], right[1], np.arange(result.n))
    return {"points": round(test.difference, 2), "p_value": test.p_value}


def _retrieval_row(results: dict[Any, RankingResult], by_ranks: RankingResult) -> dict[str, Any]:
    fusion = results["fusion"]
    return {
        "queries": fusion.n,
        "ndcg_vectors": round(results["vectors"].ndcg, 4),
        "ndcg_translation": round(results["translation"].ndcg, 4),
        "ndcg_fusion": round(fusion.ndcg, 4),
        "ndcg_reciprocal_ranks": round(by_ranks.ndcg, 4),
        "p_over_vectors": fusion.compare(results["vectors"]).p_value,
        "p_over_translation": fusion.compare(results["translation"]).p_value,
        "fusion": fusion.to_dict(),
    }
