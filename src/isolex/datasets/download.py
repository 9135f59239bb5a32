"""One file over HTTP, begun where an interrupted download stopped."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from isolex.errors import FormatError, InputError
from isolex.progress import track

if TYPE_CHECKING:
    from requests import Response

MIRROR_VARIABLE = "ISOLEX_MIRROR"
CHUNK = 1 << 20
TIMEOUT_SECONDS = 60

_OK, _PARTIAL, _NOT_SATISFIABLE = 200, 206, 416
_PAGE = (b"<!doctype", b"<html", b"<?xml")


@dataclass(frozen=True)
class Download:
    """A downloader for pooch.

    What arrives is kept beside the file's final place, with the version (`ETag` or `Last-Modified`) that the
    server gave it. A later call asks the server for the rest of that version, by `Range` and `If-Range`. A
    server that knows no ranges, or has another version by now, sends the whole, which then replaces the part.

    Attributes:
        destination: Where the file will stand.
        label: What the progress bar says.
        check: Raises `FormatError` about the file that has arrived if that is not worth keeping.
    """

    destination: Path
    label: str
    check: Callable[[Path], None] | None = None

    @property
    def part(self) -> Path:
        """What has arrived so far."""
        return self.destination.with_name(f"{self.destination.name}.part")

    @property
    def version(self) -> Path:
        """A file with the version of the part."""
        return self.destination.with_name(f"{self.destination.name}.part.version")

    def __call__(self, url: str, output_file: str, pooch: object = None) -> None:  # noqa: ARG002
        """Receive the file and move it to `output_file`.

        Raises:
            InputError: The server cannot be reached, refuses, or goes away in the middle; or the disk is
                full. The message says what is kept.
            FormatError: A web page came instead of data, or what `check` finds.
        """
        # They come with pooch, an optional package.
        import requests  # noqa: PLC0415
        import urllib3  # noqa: PLC0415

        try:
            self._receive(url)
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise self._broken(url, "no answer in time") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise self._broken(url, "the connection failed") from error
        except OSError as error:
            raise InputError(
                f"cannot be written ({error.strerror or error})",
                where=self.part,
                fix="make room or choose another cache folder; what has arrived is kept for the next try",
            ) from error
        self._refuse_page(url)
        self._refuse_by_check(url)
        self.version.unlink(missing_ok=True)
        self.part.replace(output_file)

    def _receive(self, url: str) -> None:
        """The rest of the part, or the whole."""
        import requests  # noqa: PLC0415

        headers = self._resumption()
        # Compressed on the way, the bytes would not be those of the file.
        asked = headers | {"Accept-Encoding": "identity"}
        with requests.get(url, headers=asked, stream=True, timeout=TIMEOUT_SECONDS) as response:
            done = self.part.stat().st_size if headers else 0
            if response.status_code == _PARTIAL and _start(response) == done:
                self._write(response, url, done)
                return
            if response.status_code == _OK:
                self._note_version(response)
                self._write(response, url, 0)
                return
        if headers and response.status_code in (_PARTIAL, _NOT_SATISFIABLE):
            self._discard()
            self._receive(url)
            return
        raise InputError(
            f"the server says {response.status_code} {response.reason}",
            where=url,
            fix=f"check the address, or name a mirror by {MIRROR_VARIABLE}",
        )

    def _resumption(self) -> dict[str, str]:
        """What asks for the rest; nothing where there is no part, or nobody knows of which version it is."""
        if not (self.part.exists() and self.version.exists()):
            return {}
        version = self.version.read_text(encoding="latin-1")
        return {"Range": f"bytes={self.part.stat().st_size}-", "If-Range": version} if version else {}

    def _note_version(self, response: "Response") -> None:
        self._discard()
        tag = response.headers.get("ETag", "")
        # A weak tag does not promise the same bytes.
        version = response.headers.get("Last-Modified", "") if tag.startswith("W/") or not tag else tag
        self.version.write_text(version, encoding="latin-1")

    def _write(self, response: "Response", url: str, done: int) -> None:
        """Append the body; the part must then be as long as the server said."""
        length = response.headers.get("Content-Length", "")
        rest = int(length) if _is_decimal(length) else None
        # As they are: some servers call a .gz file a text that was compressed on the way.
        chunks = response.raw.stream(CHUNK, decode_content=False)
        with self.part.open("ab") as stream:
            for _, chunk in zip_longest(self._rounds(rest), chunks, fillvalue=b""):
                stream.write(chunk)
        found = self.part.stat().st_size
        if rest is not None and found < done + rest:
            raise self._broken(url, "the connection failed")
        if rest is not None and found > done + rest:
            self._discard()
            raise InputError(
                f"has {found:,} bytes, expected {done + rest:,}; somebody else wrote to it",
                where=self.part,
                fix="it was removed; run one download of a file at a time",
            )

    def _rounds(self, size: int | None) -> Iterator[object]:
        """One for each chunk to come, for the progress bar; none where nobody knows how many there are."""
        return track(range(math.ceil((size or 0) / CHUNK)), f"{self.label} (MiB)")

    def _refuse_page(self, url: str) -> None:
        with self.part.open("rb") as stream:
            start = stream.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if start.startswith(_PAGE):
            self._discard()
            raise FormatError(
                "sent a web page, expected data",
                where=url,
                fix=f"look at it in a browser, or name a mirror by {MIRROR_VARIABLE}",
            )

    def _refuse_by_check(self, url: str) -> None:
        try:
            if self.check is not None:
                self.check(self.part)
        except FormatError as error:
            self._discard()
            raise FormatError(
                f"sent a file that was not kept: {error.problem}", where=url, fix=error.fix
            ) from error

    def _broken(self, url: str, reason: str) -> InputError:
        if not self.part.exists():
            return InputError(
                reason, where=url, fix=f"check the network, or name a mirror by {MIRROR_VARIABLE}"
            )
        return InputError(
            f"{reason} after {self.part.stat().st_size:,} bytes",
            where=url,
            fix=f"run it again to continue; the bytes so far are in {self.part}",
        )

    def _discard(self) -> None:
        self.part.unlink(missing_ok=True)
        self.version.unlink(missing_ok=True)


def _start(response: "Response") -> int | None:
    """Offset of the first byte that the server sends, as `Content-Range: bytes 100-199/200` says."""
    unit, _, span = response.headers.get("Content-Range", "").partition(" ")
    first = span.partition("-")[0]
    return int(first) if unit == "bytes" and _is_decimal(first) else None


def _is_decimal(text: str) -> bool:
    """Whether a header has a number in this place; the length keeps it one that Python takes."""
    return text.isascii() and text.isdecimal() and len(text) < 20
