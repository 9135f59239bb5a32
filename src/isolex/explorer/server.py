"""The page's server: who may ask, what is answered, and nothing that leaves the machine."""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from isolex.errors import IsolexError
from isolex.explorer.explorer import Explorer
from isolex.explorer.reviewing import Reviewing

STATIC = Path(__file__).with_name("static")
COOKIE = "isolex-key"
TOKEN_HEADER = "x-isolex-token"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
_MOST_BYTES = 1 << 20
_MOST_IMPORTED_BYTES = 1 << 25
_LONGEST_WORD = 20_000
_MOST_DIGITS = 9
# A word of 10,000 characters, of which each takes nine in an address.
_LONGEST_REQUEST = 1 << 18

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
_Answer: TypeAlias = Callable[[Mapping[str, str]], dict[str, Any]]


def application(
    explorer: Explorer,
    *,
    reviewing: Reviewing | None = None,
    keys: Callable[[str], str | None] = lambda _: None,
    hosts: tuple[str, ...] = LOOPBACK,
    open_to_all: bool = True,
) -> Starlette:
    """The page of an explorer, and of its review.

    Args:
        explorer: What is shown.
        reviewing: The review, as the page sees it.
        keys: Whose secret a key is.
        hosts: Names under which the server may be asked, so that no foreign name can be made to lead to it.
        open_to_all: Whether whoever reaches the server may look and decide, as the only reviewer. Otherwise a
            secret link is needed.
    """
    site = _Site(explorer, reviewing, keys, open_to_all=open_to_all)
    routes: list[BaseRoute] = [
        Route("/", site.page),
        Route("/favicon.ico", _nothing),
        Route("/api/about", site.asked(site.about)),
        Route(
            "/api/words",
            site.asked(
                lambda asked: explorer.complete(
                    asked["language"], asked.get("prefix", ""), limit=_number(asked.get("limit", "12"))
                )
            ),
        ),
        Route(
            "/api/word",
            site.asked(
                lambda asked: explorer.word(asked["source"], asked["target"], asked["word"][:_LONGEST_WORD])
            ),
        ),
        Route("/api/map", site.asked(lambda asked: explorer.map(asked["source"], asked["target"]))),
        Route("/api/health", site.asked(lambda asked: explorer.health(asked["source"], asked["target"]))),
    ]
    if reviewing is not None:
        routes += [
            Route(
                "/api/review/item",
                site.asked(lambda asked: reviewing.item(asked["reviewer"], asked.get("queue", "main"))),
            ),
            Route(
                "/api/review/decisions",
                site.asked(
                    lambda asked: reviewing.decisions(
                        asked["reviewer"], containing=asked.get("containing", "")[:_LONGEST_WORD]
                    )
                ),
            ),
            Route("/api/review/progress", site.asked(lambda _: reviewing.progress())),
            Route("/api/review/export", site.exported(reviewing)),
            Route("/api/review/open", site.told(reviewing.open), methods=["POST"]),
            Route("/api/review/change", site.told(reviewing.change), methods=["POST"]),
            Route("/api/review/leave", site.told(reviewing.leave), methods=["POST"]),
            Route("/api/review/decision", site.told(reviewing.decide), methods=["POST"]),
            Route("/api/review/undo", site.told(reviewing.undo), methods=["POST"]),
            Route("/api/review/learn", site.told(lambda _, __: reviewing.learn()), methods=["POST"]),
            Route("/api/review/suspect", site.told(reviewing.suspect), methods=["POST"]),
            Route("/api/review/import", site.imported(reviewing), methods=["POST"]),
        ]
    routes.append(Mount("/", StaticFiles(directory=STATIC)))
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(
                TrustedHostMiddleware, allowed_hosts=[host.strip("[]") for host in hosts] + list(hosts)
            ),
            Middleware(_Safe),
            Middleware(GZipMiddleware, minimum_size=2_000),
        ],
        exception_handlers={HTTPException: _refused, Exception: _broken},
    )


def server_of(app: Starlette, *, port: int = 0) -> uvicorn.Server:
    """A server of the page; it listens where `run` is told, or else at a port of this machine.

    Args:
        app: The page.
        port: 0 for any that is free.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            port=port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=_LONGEST_REQUEST,
        )
    )


class _Site:
    """Who asks, and what of."""

    def __init__(
        self,
        explorer: Explorer,
        reviewing: Reviewing | None,
        keys: Callable[[str], str | None],
        *,
        open_to_all: bool,
    ) -> None:
        self._explorer, self._reviewing, self._who, self._open = explorer, reviewing, keys, open_to_all
        self._token = secrets.token_urlsafe(24)

    async def page(self, request: Request) -> Response:
        """The page; from a secret link, with a cookie, so that the secret does not stay in the address."""
        key = request.query_params.get("key")
        if key is not None:
            if await run_in_threadpool(self._who, key) is None:
                raise HTTPException(403, "This link is not valid any more. Ask for a new one.")
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(_cookie(request), key, httponly=True, samesite="lax", path="/")
            return answer
        await self._reviewer(request)
        return FileResponse(STATIC / "index.html")

    def about(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """What there is, and who asks."""
        review = None
        if self._reviewing is not None:
            source, target = self._reviewing.languages
            review = {"reviewer": asked["reviewer"], "token": self._token, "source": source, "target": target}
        return self._explorer.about() | {"review": review}

    def asked(self, answer: _Answer) -> Endpoint:
        """An address that is read."""

        async def endpoint(request: Request) -> Response:
            asked = dict(request.query_params) | {"reviewer": await self._reviewer(request)}
            found = await _answered(lambda: answer(asked))
            return JSONResponse(found, status_code=202 if found.get("pending") else 200)

        return endpoint

    def told(self, act: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Endpoint:
        """An address that something is sent to, as JSON, by this page and no other."""

        async def endpoint(request: Request) -> Response:
            who = await self._sender(request)
            body = await _body(request, _MOST_BYTES)
            try:
                said = json.loads(body or b"{}")
            except (ValueError, RecursionError):
                raise HTTPException(400, "What was sent is no JSON.") from None
            if not isinstance(said, dict):
                raise HTTPException(400, "What was sent is no JSON object.")
            return JSONResponse(await _answered(lambda: act(who, said)))

        return endpoint

    def imported(self, reviewing: Reviewing) -> Endpoint:
        """The address that a table of decisions is sent to."""

        async def endpoint(request: Request) -> Response:
            who = await self._sender(request)
            body = await _body(request, _MOST_IMPORTED_BYTES)
            return JSONResponse(await _answered(lambda: reviewing.imported(who, body)))

        return endpoint

    def exported(self, reviewing: Reviewing) -> Endpoint:
        """The decisions as a file."""

        async def endpoint(request: Request) -> Response:
            await self._reviewer(request)
            format = request.query_params.get("format", "tsv")
            name, data = await _answered(lambda: reviewing.exported(format))
            headers = {"content-disposition": f'attachment; filename="{name}"'}
            return Response(data, media_type="application/octet-stream", headers=headers)

        return endpoint

    async def _sender(self, request: Request) -> str:
        """Who sends something, once it is certain that this page does, and no other site in its name."""
        given = request.headers.get(TOKEN_HEADER, "")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            raise HTTPException(403, "The page is older than the server. Load it again.")
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise HTTPException(403, "Another site sent this.")
        return await self._reviewer(request)

    async def _reviewer(self, request: Request) -> str:
        key = request.cookies.get(_cookie(request))
        who = None if key is None else await run_in_threadpool(self._who, key)
        if who is not None:
            return who
        if not self._open:
            raise HTTPException(401, "This page needs the secret link of a reviewer.")
        return self._reviewing.reviewer if self._reviewing is not None else ""


class _Safe:
    """Headers that keep the page to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers["cache-control"] = "no-store" if scope["path"].startswith("/api") else "no-cache"
            await send(message)

        await self._app(scope, receive, sending)


async def _answered(answer: Callable[[], Any]) -> Any:
    """What a call gives, made in a thread; its complaints become one line."""
    try:
        return await run_in_threadpool(answer)
    except IsolexError as error:
        raise HTTPException(400, str(error)) from error
    except KeyError as error:
        raise HTTPException(400, f"The question lacks {error.args[0]!r}.") from error


async def _body(request: Request, most: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise HTTPException(413, f"What was sent is longer than {most:,} bytes.")
        parts.append(part)
    return b"".join(parts)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise HTTPException(400, f"Got {text[:20]!r}, expected a whole number.")
    return int(text)


def _cookie(request: Request) -> str:
    """Its name has the port, which cookies do not: one machine may serve several reviews."""
    return f"{COOKIE}-{request.url.port or 80}"


async def _nothing(_: Request) -> Response:
    return Response(status_code=204)


async def _refused(request: Request, error: Exception) -> Response:
    told, status = (
        (error.detail, error.status_code) if isinstance(error, HTTPException) else (str(error), 500)
    )
    if request.url.path == "/":  # people read it as it is
        return PlainTextResponse(told, status_code=status)
    return JSONResponse({"error": told}, status_code=status)


async def _broken(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"The server failed: {type(error).__name__}."}, status_code=500)
