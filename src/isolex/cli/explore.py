"""`isolex explore`: a page in the browser that shows an alignment or a space."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from isolex.cli.console import working
from isolex.cli.options import alignment_argument, json_option, threads_option
from isolex.cli.outputs import Command
from isolex.cli.serving import PageServer, check_packages, server_options


@click.command("explore", cls=Command)
@alignment_argument
@server_options
@threads_option
@json_option
def explore_command(alignment_dir: Path, port: int, host: str, no_browser: bool, as_json: bool) -> None:
    """Open a page in the browser that shows the alignment or the space in DIR, word by word.

    The page shows the translations of each word and the evidence for them, its neighbours, a map of both
    languages, and how good the alignment is. Without --host, only this machine can open the page. The page
    asks no other machine for anything. Ctrl-C ends it.

    \b
    Examples:
      isolex explore en-es
      isolex explore en-es --port 8000 --no-browser
    """
    check_packages()
    from isolex.explorer import Explorer
    from isolex.explorer.server import application

    with working(f"loading {alignment_dir}"):
        explorer = Explorer(alignment_dir)
    server = PageServer(host, port, no_browser, as_json)
    key = None if server.is_loopback else secrets.token_urlsafe(24)
    keys = {} if key is None else {key: ""}
    app = application(explorer, keys=keys.get, hosts=server.hosts, open_to_all=key is None)
    server.serve(app, {"": key})
