"""The bundled sample: real English and Spanish vectors, and a lexicon with a train and a test part.

The vectors are the 10,000 most frequent words of skip-gram spaces trained on novels (see NOTICE for the texts
and their licences: CC BY 4.0 and public domain), 300 dimensions, stored as float16. The lexicon was written
for isolex and is CC0. No test word is in the training part.
"""

from importlib.resources import as_file, files
from typing import NamedTuple

from isolex.lexicon import Lexicon
from isolex.vectors import Vectors


class Sample(NamedTuple):
    """English and Spanish vectors, training pairs, and test pairs with all their right answers."""

    source: Vectors
    target: Vectors
    train: Lexicon
    test: Lexicon


def sample() -> Sample:
    """The English–Spanish sample that comes with isolex."""
    folder = files("isolex.samples")
    with (
        as_file(folder / "en.safetensors") as en,
        as_file(folder / "es.safetensors") as es,
        as_file(folder / "en-es.train.tsv") as train,
        as_file(folder / "en-es.test.tsv") as test,
    ):
        return Sample(Vectors.read(en), Vectors.read(es), Lexicon.read(train), Lexicon.read(test))
