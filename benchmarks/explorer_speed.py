"""How soon the explorer's page is there, how fast it answers, and how smoothly the map moves."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np
import torch

from benchmarks.measuring import timed
from isolex import align
from isolex.arrays import generator
from isolex.lexicon import Lexicon
from isolex.linalg import polar_factor
from isolex.vectors import Vectors

WORDS = 40_000
DIMENSION = 300
LOOK_UPS = 100
_PAIRS = 2_000
_WAIT_SECONDS = 300.0
_PANNING = """async () => {
  const canvas = document.querySelector('#map-canvas');
  const { x, y } = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  const point = (type, dx, dy) => canvas.dispatchEvent(new PointerEvent(type, {
    pointerId: 1, button: type === 'pointermove' ? -1 : 0, clientX: x + dx, clientY: y + dy, bubbles: true,
  }));
  point('pointerdown', 400, 300);
  const begin = performance.now();
  let frames = 0;
  while (performance.now() - begin < 5000) {
    point('pointermove', 400 + 90 * Math.sin(frames / 9), 300 + 60 * Math.cos(frames / 7));
    frames += 1;
    await new Promise(requestAnimationFrame);
  }
  const elapsed = performance.now() - begin;
  point('pointerup', 400, 300);
  return frames / (elapsed / 1000);
}"""


@dataclass(frozen=True)
class ExplorerRun:
    """One page.

    Attributes:
        words: Of either side.
        torch_seconds: To start Python and import torch.
        page_seconds: From the start of the command to the page.
        word_seconds: To the first word that was looked up.
        look_up_ms: Median and 95th percentile of further words.
        frames: A second, while all points are moved in Chromium without a graphics card; None without one.
    """

    words: int
    torch_seconds: float
    page_seconds: float
    word_seconds: float
    look_up_ms: tuple[float, float]
    frames: float | None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def run_explorer(*, words: int = WORDS) -> ExplorerRun:
    """Serve a planted alignment, and ask."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "planted"
        _planted(words).save(place)
        import_torch = partial(subprocess.run, [sys.executable, "-c", "import torch"], check=True)
        torch_seconds = min(timed(import_torch)[0] for _ in range(3))
        begun = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "-m", "isolex", "explore", str(place), "--no-browser", "--json"],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        try:
            if server.stdout is None or not (line := server.stdout.readline()):
                raise RuntimeError("the server did not start")
            address = next(iter(json.loads(line)["addresses"].values()))
            _ask(f"{address}api/about")
            page_seconds = time.perf_counter() - begun
            _look_up(address, 0)
            word_seconds = time.perf_counter() - begun
            times = [timed(partial(_look_up, address, 97 * number + 1))[0] for number in range(LOOK_UPS)]
            frames = _frames(address)
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
        median, high = (round(1000 * float(np.percentile(times, share)), 1) for share in (50, 95))
        return ExplorerRun(
            words,
            round(torch_seconds, 2),
            round(page_seconds, 2),
            round(word_seconds, 2),
            (median, high),
            frames,
        )


def _planted(words: int) -> Any:
    """A space, and the same one turned and noisy."""
    draws = generator(0)
    x = torch.randn(words, DIMENSION, generator=draws)
    turn = polar_factor(torch.randn(DIMENSION, DIMENSION, generator=draws, dtype=torch.float64)).float()
    z = x @ turn + 0.5 * torch.randn(words, DIMENSION, generator=draws)
    source = Vectors([f"word{n}" for n in range(words)], x.numpy(), language="en")
    target = Vectors([f"palabra{n}" for n in range(words)], z.numpy(), language="es")
    lexicon = Lexicon([(f"word{n}", f"palabra{n}") for n in range(_PAIRS)])
    return align(source, target, lexicon, method="procrustes", check=False)


def _look_up(address: str, number: int) -> None:
    _ask(f"{address}api/word?source=en&target=es&word={quote(f'word{number}')}")


def _ask(address: str) -> dict[str, Any]:
    with urlopen(address, timeout=_WAIT_SECONDS) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _frames(address: str) -> float | None:
    """Frames a second while the map of all words is moved for five seconds."""
    browser_path = shutil.which("chromium")
    if browser_path is None:
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the tests

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
        page.goto(f"{address}#/map/en/es")
        page.locator("#map-canvas").wait_for(timeout=1000 * _WAIT_SECONDS)
        page.select_option("#map-budget", "Infinity")
        page.wait_for_timeout(1_000)
        frames = float(page.evaluate(_PANNING))
        browser.close()
    return round(frames, 1)
