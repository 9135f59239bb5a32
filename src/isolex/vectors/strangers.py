"""Naming what is no file of word vectors: archives, pickles, models, tables of another grammar, folders.

`magic` looks at first bytes that no text starts with, so it is asked before a file is taken for text.
`named` is asked about what is neither text nor binary vectors, so it may go by what text could start with.
"""

import re
import tarfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from isolex import signatures
from isolex.errors import FormatError, InputError
from isolex.vectors.row_grammar import common_width, is_number, row_width


@dataclass(frozen=True)
class Stranger:
    """Something that is no file of word vectors.

    Attributes:
        what: What it looks like.
        fix: What leads from it to word vectors; `FILE` in it stands for the file's name.
    """

    what: str
    fix: str

    def error(self, path: Path, compression: str | None = None) -> FormatError:
        """The error that refuses the file."""
        inside = "" if compression is None else f" inside {compression}"
        return FormatError(
            f"looks like {self.what}{inside}, not word vectors",
            where=path,
            fix=self.fix.replace("FILE", path.name),
        )


def _known(signature: signatures.Signature, fix: str) -> tuple[bytes, Stranger]:
    return signature.start, Stranger(signature.what, fix)


_FETCH = "the download probably failed, fetch it again"
_UNPACK = "unpack it and name a file from it"
_OTHER = "name a file of word vectors"
_HAND_OVER = "hand its words and rows to isolex.Vectors(words, matrix)"
_TORCH = Stranger("a PyTorch file", f"open it by torch.load('FILE') and {_HAND_OVER}")
_UTF16 = Stranger(
    signatures.UTF16.what, "convert it to UTF-8, for instance by: iconv -f utf-16 -t utf-8 FILE > NEW"
)
_TAR = Stranger(signatures.TAR.what, "unpack it by tar xf FILE and name a file from it")

_PICKLE = rb"\x80[\x02-\x05].{0,4096}?"

# The first that matches counts. Text can start with none of these, or no vectors can.
_MAGIC: Sequence[tuple[bytes, Stranger]] = (
    (rb"PK\x03\x04.{0,4096}?/data\.pkl", _TORCH),
    (
        rb"PK\x03\x04.{26}[^\x00]{1,200}?\.npy",
        Stranger("a NumPy archive (.npz)", f"open it by numpy.load('FILE') and {_HAND_OVER}"),
    ),
    _known(signatures.ZIP, _UNPACK),
    (rb"PK[\x03\x05]\Z", Stranger(signatures.ZIP.what, _UNPACK)),
    _known(signatures.SEVEN_ZIP, _UNPACK),
    _known(signatures.RAR, _UNPACK),
    (signatures.TAR.start, _TAR),
    (rb"0707(07|0[12])[0-9A-Fa-f]{60}|!<arch>\n", Stranger("a cpio or ar archive", _UNPACK)),
    (
        rb"\x1f[\x8b\x9d\xa0]|BZh[1-9]1AY&SY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|\x04\x22\x4d\x18|\x5d\x00\x00",
        Stranger("compressed data", "decompress them first"),
    ),
    (
        _PICKLE + rb"gensim\.models\.(word2vec|fasttext|doc2vec|_fasttext)",
        Stranger(
            "a model saved by gensim",
            "write its vectors as text, in Python: "
            "gensim.utils.SaveLoad.load('FILE').wv.save_word2vec_format('NEW.vec')",
        ),
    ),
    (
        _PICKLE + rb"gensim\.models\.",
        Stranger(
            "vectors saved by gensim",
            "write them as text, in Python: "
            "gensim.models.KeyedVectors.load('FILE').save_word2vec_format('NEW.vec')",
        ),
    ),
    (rb"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19\.", _TORCH),
    _known(signatures.PICKLE, f"open it with what made it and {_HAND_OVER}"),
    _known(signatures.HDF5, f"open it by h5py.File('FILE') and {_HAND_OVER}"),
    (
        signatures.NUMPY.start,
        Stranger("a NumPy array without words", "read it by isolex.Vectors(words, numpy.load('FILE'))"),
    ),
    (
        signatures.SQLITE.start,
        Stranger(
            "an SQLite database, as .magnitude files are",
            f"open it by pymagnitude.Magnitude('FILE') and {_HAND_OVER}",
        ),
    ),
    _known(signatures.PARQUET, f"open it by pandas.read_parquet('FILE') and {_HAND_OVER}"),
    (
        rb"ARROW1\x00\x00|FEA1[\x00-\x1f]|\xff\xff\xff\xff.\x00\x00\x00",
        Stranger("an Arrow or Feather file", f"open it by pandas.read_feather('FILE') and {_HAND_OVER}"),
    ),
    (
        rb"GGUF[\x00-\x1f]",
        Stranger(
            "a GGUF model", f"take its token embeddings out by gguf.GGUFReader('FILE') and {_HAND_OVER}"
        ),
    ),
    (
        rb"\x08[\x01-\x14]\x12[\x01-\x40][ -~]",
        Stranger("an ONNX model", f"take its embedding matrix out by onnx.load('FILE') and {_HAND_OVER}"),
    ),
    (
        rb"RD[AX][23]\n|[XAB]\n\x00\x00\x00",
        Stranger("data saved by R", "write a text in R: write.table(x, 'NEW.txt', quote=F, col.names=F)"),
    ),
    (
        rb"MATLAB [45567]\.[0-9] MAT-file",
        Stranger("a MATLAB file", f"open it by scipy.io.loadmat('FILE') and {_HAND_OVER}"),
    ),
    (
        rb"%%MatrixMarket (matrix|vector)",
        Stranger("a Matrix Market file", f"open it by scipy.io.mmread('FILE') and {_HAND_OVER}"),
    ),
    (signatures.UTF16.start, _UTF16),
    (rb"\xac\xed\x00\x05", Stranger("a serialised Java object", "write word2vec text with what made it")),
    _known(signatures.OFFICE, "save it as plain text, one word and its numbers a line"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a", Stranger("a picture", _OTHER)),
    (rb"\x7fELF|MZ[\x00-\xff]{2}\x00", Stranger("a program", _OTHER)),
)

_TEXTS: Sequence[tuple[bytes, Stranger]] = (
    (rb"\s*<(!doctype html|html|head|body|title|!--)", Stranger("a web page (HTML)", _FETCH)),
    (rb"\s*<(\?xml|error|!doctype)", Stranger("an XML page", _FETCH)),
    (
        rb"version https://git-lfs",
        Stranger("a Git LFS pointer", "run git lfs pull to get the file itself"),
    ),
    (
        rb"\s*([{\[]\s*([\"'{\[\]}]|\Z)|\[\s*-?\d[\d.e+-]*\s*,)",
        Stranger(
            "JSON",
            f"read it by Python's json module and {_HAND_OVER}; if you expected vectors, fetch it again",
        ),
    ),
    _known(signatures.PDF, _OTHER),
    (rb"\{\\rtf", Stranger("an RTF document", "save it as plain text, one word and its numbers a line")),
    (
        rb"\(*[dl]p\d+\r?\n|c[A-Za-z_][\w.]*\r?\n\w+\r?\n|\(*[}\])]q[\x00\x01]|\(([dlt]|[VS][^\n]*\r?\n)p\d+\r?\n",
        Stranger("a Python pickle", f"open it with what made it and {_HAND_OVER}"),
    ),
)


def magic(head: bytes) -> Stranger | None:
    """What the first bytes tell that no text starts with; None where they tell nothing."""
    found = _first(_MAGIC, head)
    return _TAR if found is None and _is_tar(head) else found


def named(head: bytes, rows: Sequence[bytes]) -> Stranger | None:
    """What a file is whose first bytes are neither text nor binary vectors; None where nobody knows.

    Args:
        head: Its first bytes, without a byte-order mark.
        rows: Its first lines, without a header.
    """
    return _first(_TEXTS, head) or other_grammar(rows) or (_UTF16 if _is_utf16(head) else None)


def other_grammar(rows: Iterable[bytes]) -> Stranger | None:
    """What kind of table the lines are of, if at least half of them have the grammar of another one."""
    rows = [row for row in rows if row.strip()]
    for fits, stranger in _GRAMMARS:
        if rows and 2 * sum(map(fits, rows)) >= len(rows):
            return stranger
    return None


def bare_matrix(rows: Iterable[bytes]) -> Stranger | None:
    """A matrix without words, if every line starts with a number that is no whole one."""
    first = [row.split(None, 1)[0] for row in rows if row.strip()]
    if len(first) > 2 and all(
        re.fullmatch(rb"[-+]?(\d*\.\d+|\d+\.)(e[-+]?\d+)?", one, re.I) for one in first
    ):
        return Stranger(
            "a matrix of numbers without words", "read it by isolex.Vectors(words, numpy.loadtxt('FILE'))"
        )
    return None


def folder_error(path: Path) -> InputError:
    """The error that refuses a folder; it says what the folder is of, and what to take out of it."""
    what, fix = known_folder(path) or (None, "name a file inside it")
    kind = "" if what is None else f" ({what})"
    return InputError(f"is a folder{kind}, expected a file of word vectors", where=path, fix=fix)


def known_folder(path: Path) -> tuple[str, str] | None:
    """What a folder of another program or of isolex is, and how to get at the vectors in it."""
    found = ((what, fix.replace("DIR", str(path))) for what, fix, there in _FOLDERS if there(path))
    return next(found, None)


def _first(strangers: Sequence[tuple[bytes, Stranger]], head: bytes) -> Stranger | None:
    flags = re.DOTALL | (re.IGNORECASE if strangers is _TEXTS else 0)
    return next((stranger for pattern, stranger in strangers if re.match(pattern, head, flags)), None)


def _is_tar(head: bytes) -> bool:
    """Whether the first block has the checksum of a tar header; old archives have no other mark."""
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def _is_utf16(head: bytes) -> bool:
    """Whether rows come to light when the first bytes are decoded as UTF-16, which may lack its mark."""
    for encoding in ("utf-16-le", "utf-16-be"):
        lines = head[:8192].decode(encoding, "replace").encode("utf-8", "replace").splitlines()
        if common_width(lines[:-1] or lines)[1] >= 0.5:
            return True
    return False


def _separated(separator: bytes, *, number: Callable[[bytes], bool] = is_number) -> Callable[[bytes], bool]:
    """Whether a line ends in two or more numbers, parted by this."""

    def fits(row: bytes) -> bool:
        fields = [field.strip(b" \t\"'[]()") for field in row.strip(b" \t" + separator).split(separator)]
        return len(fields) > 2 and number(fields[-1]) and number(fields[-2])

    return fits


def _has_decimal_comma(field: bytes) -> bool:
    return re.fullmatch(rb"[-+]?\d*,\d+([eE][-+]?\d+)?", field) is not None


def _in_decimal_commas(row: bytes) -> bool:
    fields = row.split()[1:]
    own = sum(map(_has_decimal_comma, fields))
    return own > 0 and len(fields) > 1 and 2 * own >= len(fields)


def _sparse(row: bytes) -> bool:
    fields = row.split()[1:]
    return bool(fields) and all(re.fullmatch(rb"\d+:\S+", field) for field in fields)


def _wider(row: bytes, mended: bytes) -> bool:
    return row_width(mended) > max(1, row_width(row))


def _word_last(row: bytes) -> bool:
    *numbers, word = row.split()
    return len(numbers) > 1 and not is_number(word) and all(map(is_number, numbers))


_GRAMMARS: Sequence[tuple[Callable[[bytes], bool], Stranger]] = (
    (
        _separated(b";", number=lambda field: is_number(field) or _has_decimal_comma(field)),
        Stranger(
            "semicolon-separated values",
            "put blanks between the values, for instance by: tr ';,' ' .' < FILE > NEW",
        ),
    ),
    (
        _in_decimal_commas,
        Stranger(
            "numbers with decimal commas",
            r"put points there, for instance by: sed -E 's/([0-9]),([0-9])/\1.\2/g' FILE > NEW",
        ),
    ),
    (
        _separated(b","),
        Stranger(
            "comma-separated values",
            "put blanks between the values, for instance by: tr ',' ' ' < FILE > NEW",
        ),
    ),
    (
        _separated(b"|"),
        Stranger("values separated by bars", "put blanks there, for instance by: tr '|' ' ' < FILE > NEW"),
    ),
    (
        _sparse,
        Stranger(
            "sparse vectors (index:value)",
            f"make them dense, for instance by sklearn.datasets.load_svmlight_file, and {_HAND_OVER}",
        ),
    ),
    (
        lambda row: _wider(row, re.sub(rb"[\[\]()]", b" ", row)),
        Stranger("numbers in brackets", "take the brackets off, for instance by: tr -d '[]()' < FILE > NEW"),
    ),
    (
        lambda row: _wider(row, row.replace(b"\xc2\xa0", b" ")),
        Stranger(
            "numbers between no-break spaces",
            r"put blanks there, for instance by: sed 's/\xc2\xa0/ /g' FILE > NEW",
        ),
    ),
    (
        _word_last,
        Stranger(
            "words behind their numbers",
            "put the words first, for instance by: awk '{w=$NF; $NF=\"\"; print w, $0}' FILE > NEW",
        ),
    ),
)


def _holds(*names: str) -> Callable[[Path], bool]:
    return lambda path: all((path / name).exists() for name in names)


def _config_names(word: bytes) -> Callable[[Path], bool]:
    def there(path: Path) -> bool:
        try:
            return word in (path / "config.json").read_bytes()
        except OSError:
            return False

    return there


_ENCODE = (
    "it has no vectors of words as such; encode words of your choice, in Python: "
    "isolex.Vectors(words, sentence_transformers.SentenceTransformer('DIR').encode(words))"
)
_FOLDERS: Sequence[tuple[str, str, Callable[[Path], bool]]] = (
    (
        "a saved alignment",
        "name the vectors of one side, DIR/source.safetensors or DIR/target.safetensors",
        _holds("card.json", "alignment.safetensors", "source.safetensors"),
    ),
    (
        "a saved alignment that refers to its vectors",
        "name one of the two vector files that DIR/card.json gives as path",
        _holds("card.json", "alignment.safetensors"),
    ),
    (
        "a saved index of documents",
        "name source.safetensors or target.safetensors of the alignment that it was made with",
        _holds("index.json", "rows.safetensors"),
    ),
    (
        "a spaCy pipeline",
        "write its vectors as a file, in Python: v = spacy.load('DIR').vocab; isolex.Vectors("
        "[v.strings[key] for key in v.vectors], [v.vectors[key] for key in v.vectors]).write('NEW.vec')",
        lambda path: (path / "vocab").is_dir() and _either(path, "config.cfg", "meta.json"),
    ),
    (
        "a model2vec model",
        "write its vectors as a file, in Python: m = model2vec.StaticModel.from_pretrained('DIR'); "
        "isolex.Vectors(m.tokens, m.embedding).write('NEW.vec')",
        _config_names(b"model2vec"),
    ),
    ("a sentence-transformers model", _ENCODE, _holds("modules.json")),
    (
        "a transformers model",
        _ENCODE,
        lambda path: (
            (path / "config.json").exists()
            and _either(path, "model.safetensors", "pytorch_model.bin", "tokenizer.json")
        ),
    ),
)


def _either(path: Path, *names: str) -> bool:
    return any((path / name).exists() for name in names)
