"""Take the screenshots of the documentation: the page of the explorer on the bundled sample.

python scripts/screenshots.py

It needs a browser (chromium), the extras `all` and `test`, and a few minutes. Pictures go to docs/images.
"""

import io
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import isolex
from isolex.explorer import Explorer, Reviewing
from isolex.explorer.server import application, server_of
from isolex.reranking import rerank
from isolex.review import Review

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WIDE, NARROW = {"width": 1120, "height": 760}, {"width": 390, "height": 760}
# Name, address, size, colours.
SHOTS = (
    ("explorer-word", "#/word/en/es/house", WIDE, "light"),
    ("explorer-map", "#/map/en/es/cat", WIDE, "dark"),
    ("explorer-health", "#/health/en/es", WIDE, "light"),
    ("review", "#/review", WIDE, "light"),
    ("review-phone", "#/review", NARROW, "dark"),
)
DECISIONS = 30
COLOURS = 48


def main() -> None:
    """Align the sample, serve it, and take the pictures."""
    en, es, train, test = isolex.sample()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "en-es"
        alignment = isolex.align(en, es, train)
        dictionary = rerank(alignment)
        alignment.save(place)
        dictionary.save(place)
        review = Review(place)
        decide(review, {*train.pairs, *test.pairs})
        explorer = Explorer(place, review=review)
        app = application(explorer, reviewing=Reviewing(explorer, reviewer="ana"))
        server = server_of(app)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for name, view, size, scheme in SHOTS:
                take(browser, address + view, IMAGES / f"{name}.png", size, scheme)
            browser.close()
        server.should_exit = True
        thread.join()
        review.close()


def decide(review: Review, known: set[tuple[str, str]]) -> None:
    """A few decisions, so that there is progress to be seen."""
    for _ in range(DECISIONS):
        task = review.next("ana")
        if task is None or not task.candidates:
            continue
        words = [one.word for one in task.candidates]
        right = [word for word in words if (task.item.source, word) in known] or words[:1]
        review.decide(task.item.id, accepted=right[:1], rejected=[] if words[0] in right else words[:1])
        time.sleep(0.3)


def take(browser: Browser, address: str, path: Path, size: dict[str, int], scheme: str) -> None:
    """One picture, once the page has what it asked for."""
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    page.locator("h1").first.wait_for()
    if "#/health" in address:
        page.locator(".verdict").wait_for(timeout=600_000)
    if "#/map" in address:
        page.locator(".lit li").first.wait_for(timeout=600_000)
    page.wait_for_timeout(1_000)
    path.parent.mkdir(exist_ok=True)
    taken = Image.open(io.BytesIO(page.screenshot()))
    # The page has few colours, and the repository keeps every picture for ever.
    taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
