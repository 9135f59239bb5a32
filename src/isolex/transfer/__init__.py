"""What people do with a shared space: texts as vectors, search and classification across languages."""

from isolex.transfer.documents import RANKINGS, DocumentIndex, Hit, Ranking, fused, reciprocal_ranks
from isolex.transfer.encoder import COMPONENTS, FEW_TEXTS, WEIGHTINGS, TextEncoder
from isolex.transfer.evaluating import (
    DocumentResult,
    RelevanceLike,
    SentenceResult,
    TextsLike,
    evaluate_documents,
    evaluate_sentences,
)
from isolex.transfer.known import TextCoverage
from isolex.transfer.row_ranks import CRITERIA, rank_rows, rank_scores
from isolex.transfer.saved_index import load_index, save_index
from isolex.transfer.text_files import LabelledText, Text, places, read_labelled, read_relevance, read_texts
from isolex.transfer.tokens import Tokenizer, words_of
from isolex.transfer.topics import TopicClassifier, TopicResult, check_classes, evaluate_topics

__all__ = [
    "COMPONENTS",
    "CRITERIA",
    "FEW_TEXTS",
    "RANKINGS",
    "WEIGHTINGS",
    "DocumentIndex",
    "DocumentResult",
    "Hit",
    "LabelledText",
    "Ranking",
    "RelevanceLike",
    "SentenceResult",
    "Text",
    "TextCoverage",
    "TextEncoder",
    "TextsLike",
    "Tokenizer",
    "TopicClassifier",
    "TopicResult",
    "check_classes",
    "evaluate_documents",
    "evaluate_sentences",
    "evaluate_topics",
    "fused",
    "load_index",
    "places",
    "rank_rows",
    "rank_scores",
    "read_labelled",
    "read_relevance",
    "read_texts",
    "reciprocal_ranks",
    "save_index",
    "words_of",
]
