"""A web server on this machine that keeps files of the registry's layout, and misbehaves as told."""

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.shaped import write_data


@dataclass
class Site:
    """What the server does, and what it was asked.

    Attributes:
        files: Content by path, without a slash at its beginning.
        url: Its address, without a slash at its end.
        seen: Path and headers of every request.
        break_after: By path, the bytes after which the connection breaks, once.
        statuses: By path, a status other than 200.
        ranges: It sends parts of files when asked.
        versions: It tells the version of files by an ETag.
        lengths: It tells the length of files.
        headers: Sent with every file.
        before_body: Called before a body is sent.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    url: str = ""
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    break_after: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    ranges: bool = True
    versions: bool = True
    lengths: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    before_body: Callable[[], None] = lambda: None

    @property
    def paths(self) -> list[str]:
        """Paths that were asked for, in their order."""
        return [path for path, _ in self.seen]

    def put(self, folder: Path, languages: tuple[str, str] = ("en", "fr")) -> None:
        """Planted vectors and dictionaries of two languages, as fastText and MUSE name them."""
        data = write_data(folder, languages)
        for code in languages:
            vectors = gzip.decompress((data / "vectors" / f"{code}.vec.gz").read_bytes())
            self.files[f"fasttext-wiki/wiki.{code}.vec"] = vectors
        for path in (data / "dictionaries" / "muse").iterdir():
            pair, part, _ = path.name.split(".")
            rank = {"train": "0-5000", "test": "5000-6500"}[part]
            self.files[f"muse/{pair}.{rank}.txt"] = path.read_bytes()


def etag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        path, site = self.path.lstrip("/"), self.site
        site.seen.append((path, dict(self.headers)))
        content = site.files.get(path)
        status = site.statuses.get(path, 404 if content is None else 200)
        if status != 200 or content is None:
            self._send(status, b"<html>Nothing here</html>", {}, path)
            return
        headers = {"ETag": etag(content)} if site.versions else {}
        asked = self.headers.get("Range")
        if not site.ranges or asked is None or self.headers.get("If-Range") != etag(content):
            self._send(200, content, headers, path)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            self._send(416, b"", {"Content-Range": f"bytes */{len(content)}"}, path)
            return
        span = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._send(206, content[start:], headers | {"Content-Range": span}, path)

    def _send(self, status: int, body: bytes, headers: dict[str, str], path: str) -> None:
        self.send_response(status)
        for name, value in (headers | self.site.headers).items():
            self.send_header(name, value)
        if self.site.lengths:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        self.site.before_body()
        end = self.site.break_after.pop(path, None)
        self.wfile.write(body[:end])
        self.close_connection = end is not None or not self.site.lengths

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Whoever asked has gone; that is what some tests are about."""


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving_planted(folder: Path) -> Iterator[Site]:
    """A site with planted English and French, as they would be downloaded."""
    with serving() as site:
        site.put(folder)
        yield site


def take_as_mirror(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Download from the site, whatever is asked for; nothing has been seen yet."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("ISOLEX_MIRROR", site.url)
    site.seen.clear()
    return site
