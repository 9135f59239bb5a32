"""Words and their vectors: the table, and reading and writing it in every format that people have."""

from isolex.choices import VECTOR_FORMATS
from isolex.vectors.reading_report import ReadReport
from isolex.vectors.sniff import identify
from isolex.vectors.table import Vectors, VectorsLike, as_vectors, usable_vectors

__all__ = [
    "VECTOR_FORMATS",
    "ReadReport",
    "Vectors",
    "VectorsLike",
    "as_vectors",
    "identify",
    "usable_vectors",
]
