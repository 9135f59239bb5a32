"""Files and folders that are no vectors, made by the libraries that people have them from."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
import zstandard

from isolex.errors import FormatError, InputError
from isolex.vectors import Vectors, identify

from .helpers import read_bytes

ROWS = "the 0.1 0.2 0.3\ncat 0.4 0.5 0.6\ndog 0.7 0.8 0.9\n"
WORDS = {"the": [0.1, 0.2], "cat": [0.3, 0.4]}


def refusal(data: bytes) -> str:
    """The line that refuses these bytes, without the file's name."""
    with pytest.raises(FormatError) as caught:
        read_bytes(data)
    assert "\n" not in str(caught.value)
    return f"{caught.value.problem}; {caught.value.fix}"


def tarred(text: bytes = ROWS.encode() * 9, format: int = tarfile.PAX_FORMAT) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=format) as archive:
        for name in ("en.txt", "es.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    return stream.getvalue()


def before_posix() -> bytes:
    """A tar archive without the word that marks those of today."""
    data = bytearray(tarred(format=tarfile.USTAR_FORMAT))
    data[257:512] = bytes(255)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def zipped(name: str = "en.vec") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, ROWS)
    return stream.getvalue()


def saved(save, *objects, **options) -> bytes:
    stream = io.BytesIO()
    save(*objects, stream, **options)
    return stream.getvalue()


PACKED = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("pack", PACKED)
@pytest.mark.parametrize("make", [tarred, before_posix])
def test_tar_archives_however_compressed(pack, make):
    # The lines of their members look like rows.
    inside = "" if pack == "plain" else f" inside {pack}"
    assert refusal(PACKED[pack](make())).startswith(
        f"looks like a tar archive{inside}, not word vectors; unpack"
    )


@pytest.mark.parametrize("pack", PACKED)
def test_zip_archives_however_compressed(pack):
    assert "a zip archive" in refusal(PACKED[pack](zipped()))


def test_data_compressed_twice():
    for pack in list(PACKED.values())[1:]:
        assert refusal(gzip.compress(pack(ROWS.encode()))).startswith(
            "looks like compressed data inside gzip"
        )


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "made",
    [WORDS, [("the", [0.1, 0.2])], (["the"], np.eye(2)), np.eye(3), {"the": np.ones(2)}, ["the", 1.5]],
    ids=["dict", "list", "tuple", "array", "arrays", "plain"],
)
def test_pickles_of_every_protocol(protocol, made):
    assert "a Python pickle" in refusal(pickle.dumps(made, protocol))


def test_files_of_pytorch():
    for made in (WORDS, {"weight": torch.eye(3)}, torch.eye(2)):
        for zipping in (True, False):
            data = saved(lambda o, f, z=zipping: torch.save(o, f, _use_new_zipfile_serialization=z), made)
            message = refusal(data)
            # Of what holds no tensor, the old way of saving shows only in a later pickle.
            assert "a PyTorch file" in message
            assert "torch.load(" in message


def test_files_of_numpy():
    assert "isolex.Vectors(words, numpy.load(" in refusal(saved(lambda f: np.save(f, np.eye(3))))
    for save in (np.savez, np.savez_compressed):
        assert "a NumPy archive (.npz)" in refusal(saved(lambda f, s=save: s(f, vectors=np.eye(3))))


def test_what_gensim_saves_for_itself(tmp_path):
    models = pytest.importorskip("gensim.models")
    vectors = models.KeyedVectors(3)
    vectors.add_vectors(["a", "New York"], np.eye(3, dtype=np.float32)[:2])
    vectors.save(str(tmp_path / "x.kv"))
    model = models.Word2Vec([["a", "b"]] * 9, vector_size=4, min_count=1, epochs=1)
    model.save(str(tmp_path / "x.model"))
    for name, what, call in (
        ("x.kv", "vectors saved by gensim", "gensim.models.KeyedVectors.load('x.kv')"),
        ("x.model", "a model saved by gensim", "gensim.utils.SaveLoad.load('x.model').wv"),
    ):
        with pytest.raises(FormatError) as caught:
            identify(tmp_path / name)
        assert what in str(caught.value)
        assert f"{call}.save_word2vec_format('NEW.vec')" in str(caught.value)
        # The advice works.
        proposed = caught.value.fix.partition("in Python: ")[2].replace("NEW.vec", str(tmp_path / "new.vec"))
        made = eval(proposed.replace(f"'{name}'", repr(str(tmp_path / name))), {"gensim": _gensim()})
        assert made is None
        assert len(Vectors.read(tmp_path / "new.vec")) == 2


def _gensim():
    import gensim

    return gensim


def test_databases(tmp_path):
    connection = sqlite3.connect(tmp_path / "x.magnitude")
    connection.execute("create table magnitude (key text)")
    connection.commit()
    connection.close()
    assert "pymagnitude.Magnitude(" in refusal((tmp_path / "x.magnitude").read_bytes())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PAR1\x15\x04\x15\x10", "a Parquet file, not word vectors; open it by pandas.read_parquet"),
        (b"ARROW1\x00\x00\xff\xff\xff\xff", "pandas.read_feather"),
        (b"FEA1\x00\x00\x00\x00", "pandas.read_feather"),
        (b"\x89HDF\r\n\x1a\n", "h5py.File"),
        (b"GGUF\x03\x00\x00\x00", "a GGUF model"),
        (b"\x08\x07\x12\x07pytorch\x1a\x05", "an ONNX model"),
        (b"RDX3\nX\n\x00\x00", "data saved by R"),
        (b"MATLAB 5.0 MAT-file, Platform: GLNXA64", "scipy.io.loadmat"),
        (b"%%MatrixMarket matrix coordinate real general\n3 3 2\n1 1 0.5\n2 2 0.7\n", "scipy.io.mmread"),
        (b"070701" + b"0" * 104 + b"en.txt\0\0" + ROWS.encode(), "a cpio or ar archive"),
        (b"]\x00\x00\x80\x00\xff\xff", "compressed data, not word vectors; decompress them first"),
        (b"\x04\x22\x4d\x18\x64\x40", "compressed data"),
        (b"{\\rtf1\\ansi the 1 2\\par}\n", "an RTF document"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
    ],
)
def test_files_of_other_programs(data, message):
    assert message in refusal(data)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(WORDS),
        json.dumps(WORDS, indent=1),
        json.dumps([[0.1, 0.2], [0.3, 0.4]]),
        json.dumps([0.1, 0.2]),
        json.dumps({f"w{number}": [0.25] * 300 for number in range(900)}),
        "\ufeff" + json.dumps(WORDS),
        '{"word": "the", "vector": [0.1, 0.2]}\n' * 3,
        '["the", 0.1, 0.2]\n["cat", 0.3, 0.4]\n',
        str(WORDS),
    ],
    ids=["one line", "indented", "rows", "numbers", "a line of 1.7 MB", "mark", "lines", "lists", "Python"],
)
@pytest.mark.parametrize("pack", ["plain", "gzip"])
def test_json_of_every_shape(text, pack):
    assert refusal(PACKED[pack](text.encode())).startswith("looks like JSON")


@pytest.mark.parametrize("header", ["", "3 3\n"])
@pytest.mark.parametrize(
    ("rows", "what", "fix"),
    [
        (ROWS.replace(" ", ","), "comma-separated values", "tr ',' ' '"),
        (ROWS.replace(" ", ", "), "comma-separated values", "tr ',' ' '"),
        ("word,d1,d2,d3\n" + ROWS.replace(" ", ","), "comma-separated values", "tr ',' ' '"),
        ('"the","0.1","0.2","0.3"\n"cat","0.4","0.5","0.6"\n', "comma-separated values", "tr ',' ' '"),
        ("0,the,0.1,0.2\n1,cat,0.3,0.4\n", "comma-separated values", "tr ',' ' '"),
        ("the [0.1, 0.2, 0.3]\ncat [0.4, 0.5, 0.6]\n", "comma-separated values", "tr ',' ' '"),
        ("the [0.1 0.2 0.3]\ncat [0.4 0.5 0.6]\n", "numbers in brackets", "tr -d '[]()'"),
        (ROWS.replace(" ", ";"), "semicolon-separated values", "tr ';,' ' .'"),
        (ROWS.replace(" ", ";").replace(".", ","), "semicolon-separated values", "tr ';,' ' .'"),
        (ROWS.replace(" ", "|"), "values separated by bars", "tr '|' ' '"),
        (ROWS.replace(".", ","), "numbers with decimal commas", "sed -E"),
        (ROWS.replace(".", ",").replace(" ", "\t"), "numbers with decimal commas", "sed -E"),
        ("the 0:0.1 2:0.3\ncat 1:0.5 2:0.6\n", "sparse vectors (index:value)", "load_svmlight_file"),
        ("1 1:0.1 3:0.3\n-1 2:0.5\n", "sparse vectors (index:value)", "load_svmlight_file"),
        (ROWS.replace(" ", "\u00a0"), "numbers between no-break spaces", "sed"),
        ("0.1 0.2 0.3 the\n0.4 0.5 0.6 cat\n", "words behind their numbers", "awk"),
    ],
)
def test_tables_of_another_grammar(header, rows, what, fix):
    message = refusal((header + rows).encode())
    assert message.startswith(f"looks like {what}, not word vectors; ")
    assert fix in message


@pytest.mark.parametrize("header", ["", "5 4\n"])
def test_a_matrix_without_words(header):
    rows = "\n".join(
        " ".join(f"{value:.18e}" for value in row) for row in np.random.default_rng(0).normal(size=(5, 4))
    )
    assert "numpy.loadtxt(" in refusal((header + rows).encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", ["2 2\nthe 1 2\ncat 3 4\n", "дом 0.1 0.2\nкот 0.3 0.4\n"])
def test_utf_16_with_and_without_its_mark(encoding, text):
    assert "iconv -f utf-16 -t utf-8" in refusal(text.encode(encoding))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("3 3\né 1 2 3\nà 4 5 6\nç 7 8 9\n", "latin-1"),
        ("3 2\nthe 1 2\ncafé 3 4\nnaïve 5 6\n", "latin-1"),
        ("the 1 2\nof 1 3\ncafé 3 4\nand 3 5\nto 3 5\nnaïve 5 6\nin 3 2\n", "cp1252"),
        ("дом 1 2\nкот 3 4\n, 5 6\n", "koi8-r"),
        ("2 2\n日本 1 2\n東京 3 4\n", "shift-jis"),
    ],
)
def test_other_encodings_are_no_rows_to_skip(text, encoding):
    message = refusal(text.encode(encoding))
    assert "not UTF-8" in message
    assert "iconv -f ENCODING -t utf-8 file > NEW" in message
    assert len(read_bytes(text.encode())) == len(text.splitlines()) - text[0].isdigit()


def test_one_broken_word_among_many_is_a_row_to_skip():
    rows = b"".join("w\u00e9%d 1 2\n".encode() % number for number in range(9))
    vectors = read_bytes(rows + b"caf\xe9 1 2\n")
    assert len(vectors) == 9
    assert "1 not valid UTF-8 (first at line 10)" in vectors.report.summary()


@pytest.mark.parametrize(
    "text",
    [
        "%PDF 1 2\n{ 3 4\n[ 5 6\n",
        "PAR1 1 2\nGGUF 3 4\n",
        ", 0.1 0.2\n; 0.3 0.4\n| 0.5 0.6\n",
        "1,000 0.1 0.2\n3:2 0.3 0.4\n[1] 0.5 0.6\n",
        "1.5 0.1 0.2\n2.5 0.3 0.4\nthe 0.5 0.6\n",
        "(dp0 1 2\nclist 3 4\n",
    ],
)
def test_words_of_every_look_are_words(text):
    assert list(read_bytes(text.encode()).words) == [line.split()[0] for line in text.splitlines()]


class TestFolders:
    def refusal(self, folder: Path) -> str:
        with pytest.raises(InputError, match="is a folder") as caught:
            Vectors.read(folder)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def touched(self, folder: Path, *names: str, config: str = "{}") -> Path:
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(config if name == "config.json" else "")
        return folder

    def test_any(self, tmp_path):
        assert self.refusal(tmp_path).endswith(
            "is a folder, expected a file of word vectors; name a file inside it"
        )

    def test_a_saved_alignment(self, tmp_path):
        files = ("card.json", "alignment.safetensors", "source.safetensors")
        folder = self.touched(tmp_path, *files)
        message = self.refusal(folder)
        assert "is a folder (a saved alignment), expected a file of word vectors; name the vectors" in message
        assert f"{folder}/source.safetensors" in message
        (folder / "source.safetensors").unlink()
        assert "refers to its vectors" in self.refusal(folder)

    def test_a_saved_index(self, tmp_path):
        assert "a saved index of documents" in self.refusal(
            self.touched(tmp_path, "index.json", "rows.safetensors")
        )

    def test_model2vec_and_transformers(self, tmp_path):
        model = ("config.json", "model.safetensors", "tokenizer.json")
        folder = self.touched(tmp_path / "a", *model, "modules.json", config='{"model_type": "model2vec"}')
        assert "model2vec.StaticModel.from_pretrained" in self.refusal(folder)
        folder = self.touched(tmp_path / "b", *model, "modules.json", config='{"model_type": "bert"}')
        assert "a sentence-transformers model" in self.refusal(folder)
        assert f"sentence_transformers.SentenceTransformer('{folder}').encode(words)" in self.refusal(folder)
        assert "a transformers model" in self.refusal(self.touched(tmp_path / "c", *model))

    def test_a_pipeline_of_spacy_and_the_call_that_is_proposed(self, tmp_path):
        spacy = pytest.importorskip("spacy")
        pipeline = spacy.blank("en")
        for word, row in zip(("cat", "dog"), np.eye(2, dtype=np.float32), strict=True):
            pipeline.vocab.set_vector(word, row)
        pipeline.to_disk(tmp_path / "pipeline")
        message = self.refusal(tmp_path / "pipeline")
        assert "a spaCy pipeline" in message
        call = message.partition("in Python: v = ")[2].replace("NEW.vec", str(tmp_path / "new.vec"))
        loading, _, writing = call.partition("; ")
        import isolex

        eval(writing, {"isolex": isolex, "v": eval(loading, {"spacy": spacy})})
        made = Vectors.read(tmp_path / "new.vec")
        assert set(made.words) == {"cat", "dog"}
        np.testing.assert_array_equal(made.vector("dog"), [0, 1])


def test_a_store_is_no_stranger(tmp_path):
    Vectors(["a"], np.ones((1, 2))).write(tmp_path / "a.safetensors")
    assert identify(tmp_path / "a.safetensors").name == "native"
