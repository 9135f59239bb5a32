"""First bytes of files that are no text, for all readers: no text with words in it starts so."""

import re
from typing import NamedTuple

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Of UTF-8, which may stand before a text."""


class Signature(NamedTuple):
    """What a file is, and how it starts.

    Attributes:
        what: With its article, as messages have it.
        start: Pattern of its first bytes; `.` is any byte.
    """

    what: str
    start: bytes

    def matches(self, head: bytes) -> bool:
        """Whether a file starts so."""
        return re.match(self.start, head, re.DOTALL) is not None


ZIP = Signature("a zip archive", rb"PK(\x03\x04|\x05\x06|\x07\x08)")
SEVEN_ZIP = Signature("a 7-Zip archive", rb"7z\xbc\xaf")
RAR = Signature("a RAR archive", rb"Rar!\x1a")
TAR = Signature("a tar archive", rb".{257}ustar")
PICKLE = Signature("a Python pickle", rb"\x80[\x02-\x05]")
HDF5 = Signature("an HDF5 file", rb"\x89HDF")
NUMPY = Signature("a NumPy array", rb"\x93NUMPY")
SQLITE = Signature("an SQLite database", rb"SQLite format 3\x00")
PARQUET = Signature("a Parquet file", rb"PAR1[\x00-\x1f\x80-\xff]")
OFFICE = Signature("an Office document", rb"\xd0\xcf\x11\xe0")
PDF = Signature("a PDF", rb"%PDF")
UTF16 = Signature("UTF-16 text", rb"\xff\xfe|\xfe\xff|\x00\x00\xfe\xff")
