"""What is no text is told by both readers, of tables and of vectors, by one name."""

import pytest

from isolex import signatures
from isolex.errors import FormatError
from isolex.signatures import Signature
from isolex.tables import read_lines
from isolex.vectors import Vectors

HEADS = {
    signatures.ZIP: b"PK\x03\x04",
    signatures.SEVEN_ZIP: b"7z\xbc\xaf\x27\x1c",
    signatures.RAR: b"Rar!\x1a\x07",
    signatures.TAR: bytes(257) + b"ustar",
    signatures.PICKLE: b"\x80\x04\x95",
    signatures.HDF5: b"\x89HDF\r\n",
    signatures.NUMPY: b"\x93NUMPY\x01",
    signatures.SQLITE: b"SQLite format 3\0",
    signatures.PARQUET: b"PAR1\x15\x04",
    signatures.OFFICE: b"\xd0\xcf\x11\xe0\xa1\xb1",
    signatures.PDF: b"%PDF-1.7\n%\xe2\xe3",
    signatures.UTF16: "cat 1 2".encode("utf-16"),
}


def test_all_have_an_example():
    assert set(HEADS) == {each for each in vars(signatures).values() if isinstance(each, Signature)}


@pytest.mark.parametrize("signature", HEADS, ids=lambda signature: signature.what)
def test_tables_and_vectors_refuse_it_by_its_name(tmp_path, signature):
    path = tmp_path / "file"
    path.write_bytes(HEADS[signature] + bytes(40))
    assert [each.what for each in HEADS if each.matches(path.read_bytes())] == [signature.what]
    with pytest.raises(FormatError, match=f"file: is {signature.what}.*, expected pairs"):
        read_lines(path, expected="pairs", fix="")
    with pytest.raises(FormatError, match=f"file: looks like {signature.what}"):
        Vectors.read(path)


@pytest.mark.parametrize("word", ["PK", "7z", "Rar!", "ustar", "PAR1", "SQLite", "HDF", "NUMPY", "PDF", "MZ"])
def test_words_are_no_signatures(tmp_path, word):
    path = tmp_path / "file"
    path.write_text(f"{word} x\n", encoding="utf-8")
    assert read_lines(path, expected="pairs", fix="") == [f"{word} x", ""]
