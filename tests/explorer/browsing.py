"""A served review, and a browser that looks at it."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from isolex.explorer import Explorer, Reviewing
from isolex.explorer.server import application, server_of
from isolex.lexicon import Lexicon
from isolex.recipes import align
from isolex.review import Review
from isolex.vectors import Vectors
from tests.reranking.hand_made import over
from tests.review.made import HOSTILE, SEEDS, WORDS, planted_alignment, planted_answers
from tests.spaces import planted

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_LETTERS = "אבגדהוזחטיכלמנסעפצקרשת"


def hebrew(number: int) -> str:
    """A word of Hebrew letters that nobody has seen, another one for each number."""
    first, second = divmod(number, len(_LETTERS))
    return (
        f"{_LETTERS[first % len(_LETTERS)]}{_LETTERS[second]}ו{_LETTERS[(first + second) % len(_LETTERS)]}ם"
    )


def save_right_to_left(folder: Path) -> Path:
    """The folder of an alignment of English-looking words and Hebrew-looking ones, some of them hostile."""
    source, target, _ = planted(WORDS)
    names = [HOSTILE.get(word, f"word{word[1:]}") for word in source.words]
    others = {f"t{n}": hebrew(n) for n in range(WORDS)}
    english = Vectors(names, source.matrix, language="en")
    made = Vectors([others[word] for word in target.words], target.matrix, language="he")
    pairs = [(f"word{n}", hebrew(n)) for n in range(SEEDS)]
    alignment = align(english, made, Lexicon(pairs), method="procrustes", check=False)
    place = folder / "en-he"
    alignment.save(place)
    over(alignment, planted_answers(planted_alignment())).save(place)
    return place


@contextmanager
def served(place: Path) -> Iterator[tuple[str, Review]]:
    """The address of a review, and the review."""
    review = Review(place)
    explorer = Explorer(place, review=review)
    reviewing = Reviewing(explorer, reviewer="ana")
    app = application(explorer, reviewing=reviewing)
    server = server_of(app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/", review
    finally:
        server.should_exit = True
        thread.join()
        review.close()


def chromium() -> str:
    """The path of a browser; without one the test is skipped, or fails where a browser is promised."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        missing = "there is no browser: install chromium (Debian's package of that name)"
        if os.environ.get("ISOLEX_BROWSER") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@contextmanager
def opened(page_of: Any, address: str, **options: Any) -> Iterator[Any]:
    """A page in a context of its own. No request may leave the machine, and no script may fail."""
    context = page_of.new_context(**options)
    page = context.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("dialog", lambda dialog: failed.append(f"dialog {dialog.message}"))
    page.on("console", lambda said: failed.append(said.text) if said.type == "error" else None)
    page.goto(address)
    yield page
    complaint = page.locator("#notice.error")
    told = complaint.inner_text() if complaint.count() else ""
    context.close()
    assert told == ""
    assert [url for url in asked if not url.startswith(address.split("#", maxsplit=1)[0].rstrip("/"))] == []
    assert failed == []
