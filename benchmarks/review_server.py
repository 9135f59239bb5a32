"""Many reviewers at once, while the server learns, and is killed: how fast it answers, and what is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.measuring import timed
from isolex import align, sample
from isolex.lexicon import Lexicon
from isolex.reranking import RerankSettings, rerank
from isolex.review import DecisionLog

CLIENTS = 50
SECONDS = 60.0
KILLS = 10
# A client decides about once a second, which no person keeps up.
_THINKING = (0.5, 1.5)
_SEEDS = 300
_START_SECONDS = 120.0


@dataclass(frozen=True)
class ServerRun:
    """One minute.

    Attributes:
        clients: How many decided at once.
        seconds: For how long.
        kills: How often the server was killed meanwhile.
        learning: Whether a generation was being fitted meanwhile.
        acknowledged: Decisions that the server said it had.
        lost: Of these, the ones that the log has not.
        doubled: Words that the log has two decisions on, though one reviewer has each but once.
        decision_ms: Median and 95th percentile of sending a decision.
        item_ms: The same of asking for a word.
    """

    clients: int
    seconds: float
    kills: int
    learning: bool
    acknowledged: int
    lost: int
    doubled: int
    decision_ms: tuple[float, float]
    item_ms: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def run_server(
    *, clients: int = CLIENTS, seconds: float = SECONDS, kills: int = KILLS
) -> Iterator[ServerRun]:
    """A minute while a generation is fitted, and one in which the server is killed at random moments."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "en-es"
        _prepare(place)
        for number, count in enumerate((0, kills)):
            yield _Minute(place, Path(folder) / f"decisions-{number}", clients, seconds, count).run()


def _prepare(place: Path) -> None:
    """The bundled sample, aligned by some of its dictionary, with confidences."""
    en, es, train, _ = sample()
    alignment = align(en, es, Lexicon(train.pairs[:_SEEDS]), method="bilinear")
    dictionary = rerank(alignment, settings=RerankSettings(trees=20, folds=2))
    alignment.save(place)
    dictionary.save(place)


class _Minute:
    def __init__(self, place: Path, folder: Path, clients: int, seconds: float, kills: int) -> None:
        self._place, self._folder = place, folder
        self._clients, self._seconds, self._kills = clients, seconds, kills
        self._address, self._over, self._lock = "", Event(), Lock()
        self._acknowledged: list[int] = []
        self._times: dict[str, list[float]] = {"decision": [], "item": []}

    def run(self) -> ServerRun:
        server = self._start()
        threads = [Thread(target=self._client, args=(number,)) for number in range(self._clients)]
        for thread in threads:
            thread.start()
        if self._kills == 0:
            time.sleep(1)
            self._post("learn", {}, self._token())
            time.sleep(self._seconds)
        for _ in range(self._kills):
            time.sleep(random.uniform(0.2, 1.8) * self._seconds / self._kills)
            server.send_signal(signal.SIGKILL)
            server.wait()
            server = self._start()
        learning = self._kills == 0 and bool(json.loads(self._get("progress"))["learning"] == "running")
        self._over.set()
        for thread in threads:
            thread.join()
        server.send_signal(signal.SIGKILL)
        server.wait()
        with DecisionLog(self._folder / "decisions.sqlite") as log:
            decisions = log.decisions()
        events = {decision.event for decision in decisions}
        words = Counter(decision.source for decision in decisions if decision.kind != "random")
        return ServerRun(
            self._clients,
            self._seconds,
            self._kills,
            learning,
            len(self._acknowledged),
            sum(event not in events for event in self._acknowledged),
            sum(count > 1 for count in words.values()),
            _percentiles(self._times["decision"]),
            _percentiles(self._times["item"]),
        )

    def _start(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "isolex", "review", str(self._place), "--folder", str(self._folder)]
        port = urlsplit(self._address).port if self._address else 0
        server = subprocess.Popen(
            [*command, "--no-browser", "--json", "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        if server.stdout is None or not (line := server.stdout.readline()):
            raise RuntimeError("the server did not start")
        self._address = next(iter(json.loads(line)["addresses"].values()))
        return server

    def _client(self, number: int) -> None:
        draws = random.Random(number)
        token = ""
        while not self._over.is_set():
            try:
                token = token or self._token()
                seconds, found = timed(partial(self._get, "item"))
                item = json.loads(found)["item"]
                if item is None:
                    return
                self._note("item", seconds)
                time.sleep(draws.uniform(*_THINKING))
                words = [candidate["word"] for candidate in item["candidates"][:1]]
                said = {"id": item["id"], "accepted": words, "rejected": []}
                seconds, answer = timed(partial(self._post, "decision", said, token))
                self._note("decision", seconds)
                with self._lock:
                    self._acknowledged.append(answer["event"])
            except (OSError, HTTPException, ValueError, KeyError):
                token = ""  # of the server that was killed
                time.sleep(0.2)

    def _note(self, what: str, seconds: float) -> None:
        with self._lock:
            self._times[what].append(seconds)

    def _token(self) -> str:
        return str(json.loads(self._request("GET", "/api/about"))["review"]["token"])

    def _get(self, what: str) -> str:
        return self._request("GET", f"/api/review/{what}")

    def _post(self, what: str, said: dict[str, Any], token: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(
            self._request("POST", f"/api/review/{what}", json.dumps(said), {"X-Isolex-Token": token})
        )
        return answer

    def _request(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> str:
        place = urlsplit(self._address)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=_START_SECONDS)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status >= 300:
                raise ValueError(text)
            return text
        finally:
            connection.close()


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    if not seconds:
        return 0.0, 0.0
    median, high = (1000 * float(np.percentile(seconds, share)) for share in (50, 95))
    return round(median, 1), round(high, 1)
