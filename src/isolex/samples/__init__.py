"""The bundled samples: real English, Spanish and French vectors, and lexicons between them.

The vectors are the 10,000 most frequent words of skip-gram spaces trained on novels (see NOTICE for the texts
and their licences: CC BY 4.0 and public domain), 300 dimensions, stored as float16. The lexicons were written
for isolex and are CC0. No test word is in the training part.
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


class SpaceSample(NamedTuple):
    """The input of `align_space`: vectors by language code, and training pairs by pair of codes."""

    vectors: dict[str, Vectors]
    lexicons: dict[tuple[str, str], Lexicon]


def sample() -> Sample:
    """The English–Spanish sample that comes with isolex."""
    return Sample(_vectors("en"), _vectors("es"), _lexicon("en-es.train"), _lexicon("en-es.test"))


def sample_space() -> SpaceSample:
    """The sample of three languages that comes with isolex: English, Spanish, French, and two lexicons.

    The lexicons are English–Spanish, which is the training part of `sample`, and English–French. There is no
    lexicon between Spanish and French.

    Examples:
        >>> import isolex
        >>> space = isolex.align_space(*isolex.sample_space(), check=False)
        >>> [word for word, score in space.pair("fr", "es").translate("maison", k=1)]
        ['casa']
    """
    lexicons = {("en", "es"): _lexicon("en-es.train"), ("en", "fr"): _lexicon("en-fr.train")}
    return SpaceSample({code: _vectors(code) for code in ("en", "es", "fr")}, lexicons)


def _vectors(code: str) -> Vectors:
    with as_file(files(__name__) / f"{code}.safetensors") as path:
        return Vectors.read(path)


def _lexicon(name: str) -> Lexicon:
    with as_file(files(__name__) / f"{name}.tsv") as path:
        return Lexicon.read(path)
