"""Serving a page in the browser until Ctrl-C: what the commands that do so have in common."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from isolex.cli.console import emit, say
from isolex.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from rich.console import Console
    from starlette.applications import Starlette

_Function = Callable[..., Any]
_LOOPBACK = "127.0.0.1"
_EVERY_ADDRESS = ("0.0.0.0", "::")


def server_options(function: _Function) -> _Function:
    """Add `--port`, `--host` and `--no-browser`, which a `PageServer` takes."""
    for option in reversed(
        (
            click.option(
                "--port",
                default=0,
                type=click.IntRange(0, 65535),
                help="Port of the page; by default any free one.",
            ),
            click.option(
                "--host",
                default=_LOOPBACK,
                show_default=True,
                help="Address of the page. At any other one, people need the secret link that is printed.",
            ),
            click.option("--no-browser", is_flag=True, help="Print the address and open no browser."),
        )
    ):
        function = option(function)
    return function


def check_packages() -> None:
    """Complain at once if a package that the page needs is missing.

    Raises:
        MissingExtraError: One is.
    """
    missing = [name for name in ("starlette", "uvicorn", "sklearn") if find_spec(name) is None]
    if missing:
        raise MissingExtraError("the page", " and ".join(missing), "explore")


@dataclass(frozen=True)
class PageServer:
    """Where a page is served, and how people learn its address.

    Attributes:
        host: An address or a name of this machine.
        port: Its port; 0 is any free one.
        no_browser: Whether the address is only printed, and no browser opened.
        as_json: Whether it is printed as JSON.
    """

    host: str
    port: int
    no_browser: bool
    as_json: bool

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the page."""
        return self.host in (_LOOPBACK, "localhost", "::1")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names under which the page may be asked for; `*` is any."""
        from isolex.explorer.server import LOOPBACK

        # A machine that is served at every address has names that only its owner knows.
        return ("*",) if self.host in _EVERY_ADDRESS else (*LOOPBACK, self.host)

    def serve(self, app: Starlette, links: Mapping[str, str | None], *, view: str = "") -> None:
        """Print the addresses, open the first one, and serve until Ctrl-C.

        Args:
            app: The page.
            links: By name of a person, or the empty name, the key of the secret link; None where none is
                needed.
            view: The end of the address, which tells what the page shows first.

        Raises:
            InputError: The page cannot be served there.
        """
        from isolex.explorer.server import server_of

        with self._listening() as listening:
            addresses = self._addresses(listening, links, view)

            def render(console: Console) -> None:
                for name, address in addresses.items():
                    console.print(f"{name}: {address}" if name else address, soft_wrap=True)
                console.print("Press Ctrl-C to end it.")

            if self.as_json:
                # In one line, so that a program knows when it is whole: the command goes on.
                click.echo(json.dumps({"addresses": addresses}))
                sys.stdout.flush()
            else:
                emit(False, None, render)
            if not self.no_browser:
                webbrowser.open(next(iter(addresses.values())))
            try:
                server_of(app).run(sockets=[listening])
            except KeyboardInterrupt:
                say("the page is closed")

    @contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        """A socket that listens, so that its port is known before the page is opened."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listening = socket.socket(family)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((self.host, self.port))
            listening.listen()  # so that whoever reads the address may ask at once
        except (OSError, OverflowError) as error:
            listening.close()
            raise InputError(
                f"cannot be served: {getattr(error, 'strerror', None) or error}",
                where=f"{self.host}, port {self.port}",
                fix="give another --host or --port; a host must be an address of this machine",
            ) from error
        with listening:
            yield listening

    def _addresses(
        self, listening: socket.socket, links: Mapping[str, str | None], view: str
    ) -> dict[str, str]:
        host = _reachable(self.host)
        place = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
        return {name: (place if key is None else f"{place}?key={key}") + view for name, key in links.items()}


def _reachable(host: str) -> str:
    """An address under which others find this machine, where it serves all of them."""
    if host not in _EVERY_ADDRESS:
        return host
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        # Nothing is sent: the system only says by which of its addresses it would be.
        asking.connect(("192.0.2.1", 9))
        return str(asking.getsockname()[0])
    return socket.gethostname()
