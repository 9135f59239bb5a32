import json
import re
import socket
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from http.cookies import SimpleCookie
from types import SimpleNamespace

import pytest

from isolex.explorer import Concordance, Explorer, Reviewing
from isolex.explorer import server as module
from isolex.explorer.server import COOKIE, STATIC, application, server_of
from isolex.reranking import plain_dictionary
from isolex.review import Generation, Review
from tests.review.made import HOSTILE, QUICK, SEEDS, WORDS, WRONG, Process, said

from .conftest import made_at_last

testclient = pytest.importorskip("starlette.testclient", reason="needs httpx2, of the extra test")

HOME = "http://127.0.0.1"
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
POSTS = ("open", "change", "leave", "decision", "undo", "learn", "suspect", "import")


class Page:
    """The page as it asks: with its token, in the name of this site."""

    def __init__(self, app, *, base=HOME) -> None:
        self.client = testclient.TestClient(app, base_url=base, follow_redirects=False)
        self.token = ""

    def get(self, path, **query):
        return self.client.get(f"/{path}", params=query or None)

    def json(self, path, **query):
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, body=None, *, headers=None, **more):
        if not self.token:
            self.token = self.json("api/about")["review"]["token"]
        more = more or {"json": {} if body is None else body}
        given = {"X-Isolex-Token": self.token, "Sec-Fetch-Site": "same-origin"} | (headers or {})
        return self.client.post(f"/api/review/{path}", headers=given, **more)

    def said(self, path, body=None, **more):
        answer = self.post(path, body, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def shown(explorer):
    """The page without a review."""
    return Page(application(explorer))


@pytest.fixture
def reviewing(review, tmp_path) -> Reviewing:
    (tmp_path / "text").write_text("The s120 sleeps.\n<b>Nobody</b> sees the s120.\n")
    examples = {"aa": Concordance([tmp_path / "text"], review.base.source)}
    return Reviewing(Explorer(review.path, review=review), reviewer="ana", examples=examples)


@pytest.fixture
def page(review, reviewing) -> Page:
    """The page with a review, open to all on this machine."""
    return Page(application(Explorer(review.path, review=review), reviewing=reviewing))


@pytest.fixture
def guarded(review, reviewing):
    """The same, but a secret link is needed."""
    explorer = Explorer(review.path, review=review)
    return application(explorer, reviewing=reviewing, keys=reviewing.who, open_to_all=False)


def refused(answer, status, pattern="") -> None:
    """A line that says why, and nothing else."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert set(told) == {"error"}
    assert "\n" not in told["error"]
    assert re.search(pattern, told["error"]), told


class TestPage:
    def test_the_page_itself(self, shown):
        answer = shown.get("")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.content == (STATIC / "index.html").read_bytes()

    def test_what_it_consists_of(self, shown):
        for path in STATIC.iterdir():
            answer = shown.get(path.name)
            assert (answer.status_code, answer.content) == (200, path.read_bytes())
        kinds = {name: shown.get(name).headers["content-type"] for name in ("app.js", "app.css")}
        assert kinds["app.css"].startswith("text/css")
        assert "javascript" in kinds["app.js"]

    def test_it_asks_nobody_else(self):
        """No address of another server, no script and no style inside the page."""
        for path in STATIC.iterdir():
            text = path.read_text(encoding="utf-8")
            found = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text)) - {"http://www.w3.org"}
            assert found == set(), path
        index = (STATIC / "index.html").read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", index)

    @pytest.mark.parametrize("path", ["api", "api/none", "none", "api/review/item", "api/review/export"])
    def test_addresses_that_are_none(self, shown, path):
        refused(shown.get(path), 404)

    def test_ways_of_asking_that_are_none(self, page):
        refused(page.client.post("/api/about"), 405)
        refused(page.client.put("/api/review/decision"), 405)
        refused(page.get("api/review/decision"), 404)


class TestHeaders:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("", 200),
            ("app.js", 200),
            ("api/about", 200),
            ("api/words?language=xx", 400),
            ("api/none", 404),
            ("?key=none", 403),
            ("api/review/item", 200),
            ("api/review/export", 200),
            ("api/review/undo", 404),
        ],
    )
    def test_on_every_answer(self, page, path, status):
        answer = page.get(path)
        assert answer.status_code == status
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cache-control"] == ("no-store" if path.startswith("api") else "no-cache")
        assert "access-control-allow-origin" not in answer.headers

    def test_another_site_may_not_ask_before(self, page):
        answer = page.client.options(
            "/api/review/decision",
            headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
        )
        assert answer.status_code == 405
        assert not any(name.startswith("access-control") for name in answer.headers)

    def test_long_answers_are_packed(self, shown):
        answer = shown.get("api/word", source="aa", target="bb", word="s150")
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.json()["word"] == "s150"
        assert "content-encoding" not in shown.get("api/words", language="aa", limit=1).headers


class TestHosts:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"]
    )
    def test_own_names(self, shown, host):
        assert shown.client.get("/api/about", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize(
        "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:80", "", "10.0.0.1"]
    )
    def test_foreign_names(self, page, host):
        for path in ("/", "/api/about", "/app.js"):
            answer = page.client.get(path, headers={"Host": host})
            assert answer.status_code == 400
            assert "token" not in answer.text

    def test_another_address(self, explorer):
        page = Page(application(explorer, hosts=("192.168.1.20",)), base="http://192.168.1.20:80")
        assert page.get("api/about").status_code == 200
        assert page.client.get("/api/about", headers={"Host": "127.0.0.1"}).status_code == 400


class TestLooking:
    def test_about(self, shown, explorer):
        assert shown.json("api/about") == explorer.about() | {"review": None}

    def test_words(self, shown, explorer):
        assert shown.json("api/words", language="aa", prefix="s12", limit=3) == explorer.complete(
            "aa", "s12", limit=3
        )
        assert shown.json("api/words", language="aa") == explorer.complete("aa", "", limit=12)

    def test_word(self, shown, explorer):
        found = shown.json("api/word", source="aa", target="bb", word="s150")
        assert found == explorer.word("aa", "bb", "s150")
        assert set(found) == {
            *("word", "source", "target", "rank", "known", "told", "answers", "evidence", "no_translation"),
            *("hub", "near_source", "near_target", "back", "seeds"),
        }

    def test_map_and_health(self, place):
        shown = Page(application(Explorer(place)))
        for path in ("api/map", "api/health"):
            first = shown.get(path, source="aa", target="bb")
            assert (first.status_code, first.json()) == (202, {"pending": True})
            found = made_at_last(lambda path=path: shown.get(path, source="aa", target="bb").json())
            assert shown.json(path, source="aa", target="bb") == found
        assert {one["source"] for one in found["suspects"]} == set(WRONG)

    @pytest.mark.parametrize(
        ("path", "told"),
        [
            ("api/words", "The question lacks 'language'"),
            ("api/words?language=xx", "got the language 'xx', expected one of aa, bb"),
            ("api/words?language=aa&limit=-1", "Got '-1', expected a whole number"),
            ("api/words?language=aa&limit=1e3", "Got '1e3'"),
            ("api/words?language=aa&limit=٣", "Got '٣'"),
            ("api/words?language=aa&limit=0", "limit"),
            (f"api/words?language=aa&limit={'9' * 5_000}", "expected a whole number"),
            ("api/word?source=aa&target=bb", "The question lacks 'word'"),
            ("api/word?source=aa&target=aa&word=s1", "got aa twice"),
            ("api/map?source=aa&target=xx", "got the language 'xx'"),
            ("api/health?source=xx&target=aa", "got the language 'xx'"),
            ("api/health", "The question lacks 'source'"),
        ],
    )
    def test_questions_that_are_none(self, shown, path, told):
        refused(shown.get(path), 400, re.escape(told))

    @pytest.mark.parametrize("name", ["s200", "s201", "s202"])
    def test_hostile_words_come_back_as_data(self, shown, name):
        answer = shown.get("api/word", source="aa", target="bb", word=HOSTILE[name])
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["known"] == "vector"
        assert answer.json()["word"] == HOSTILE[name]

    @pytest.mark.parametrize(
        "word", ["<script>", "\u202e\u2066", "x" * 30_000, "\x00\x07", "𐌰é", "a&b=c#d", "%00%ff"]
    )
    def test_hostile_questions(self, shown, word):
        found = shown.json("api/word", source="aa", target="bb", word=word)
        assert (found["known"], found["word"]) == ("none", word[:20_000])
        assert shown.json("api/words", language="aa", prefix=word) == {"words": []}

    def test_bytes_that_are_no_text(self, shown):
        answer = shown.client.get("/api/word?source=aa&target=bb&word=%ff%fe")
        assert answer.json()["word"] == "\ufffd\ufffd"

    def test_what_breaks_inside_is_told_in_a_line(self, explorer, monkeypatch):
        client = testclient.TestClient(application(explorer), base_url=HOME, raise_server_exceptions=False)
        monkeypatch.setattr(explorer, "complete", lambda *_, **__: 1 / 0)
        refused(client.get("/api/words?language=aa"), 500, r"^The server failed: ZeroDivisionError\.$")


class TestItems:
    def test_a_word_to_decide_on(self, page, review):
        item = page.json("api/review/item", queue="main")["item"]
        assert item.keys() == {
            *("id", "queue", "kind", "word", "rank", "no_translation", "candidates", "near", "seeds"),
            *("examples", "pair", "decided", "replaces"),
        }
        assert (item["queue"], item["kind"], item["word"], item["pair"]) == (
            "main",
            "informative",
            "s120",
            None,
        )
        assert item["rank"] == review.base.source.id("s120") + 1
        assert item["no_translation"] == 0.2
        first, second, third = item["candidates"]
        assert (first["word"], first["confidence"]) == ("t120", 0.6)
        assert first["evidence"] == {"alignment": 2.0, "strings": -0.25}
        assert second["evidence"] == third["evidence"] == {}
        assert len(first["near"]) == len(item["near"]) == 5
        assert set(item["seeds"][0]) == {"source", "target", "similarity"}
        assert [one["before"] for one in item["examples"]] == ["The ", "<b>Nobody</b> sees the "]
        assert first["examples"] == []

    def test_a_suspect(self, page):
        items = []
        for _ in WRONG:
            items.append(page.json("api/review/item", queue="suspects")["item"])
            page.said("decision", {"id": items[-1]["id"], "accepted": [], "rejected": []})
        assert {one["pair"]["source"]: one["pair"]["target"] for one in items} == WRONG
        for one in items:
            assert (one["queue"], one["kind"]) == ("suspects", "suspect")
            assert one["candidates"][0]["word"] == one["pair"]["target"]
        nothing = page.json("api/review/item", queue="suspects")
        # With so few seed words, most of these pairs are right, which the page says.
        assert nothing == {"item": None, "told": "Nothing is left in this queue.", "few_seeds": SEEDS}

    def test_main_is_the_queue_by_default(self, page):
        assert page.json("api/review/item")["item"]["queue"] == "main"

    def test_a_queue_that_is_none(self, page):
        refused(
            page.get("api/review/item", queue="<b>"), 400, "got the queue '<b>', expected main or suspects"
        )

    def test_hostile_words_are_items_like_others(self, page):
        found = {}
        for _ in range(WORDS):
            item = page.json("api/review/item")["item"]
            if item is None:
                break
            found[item["word"]] = item
            page.said("decision", {"id": item["id"], "accepted": [], "rejected": []})
        assert {HOSTILE[name] for name in ("s201", "s202")} <= set(found)
        # What is no word is not asked about, but may be looked up.
        assert HOSTILE["s200"] not in found
        asked = page.said("open", {"word": HOSTILE["s200"]})["item"]
        assert asked["candidates"][0]["word"] == HOSTILE["t200"]

    def test_without_confidences(self, place):
        review = Review(place, dictionary=plain_dictionary(place, "for a test", settings=QUICK))
        explorer = Explorer(place, review=review)
        plain = Page(application(explorer, reviewing=Reviewing(explorer)))
        item = plain.json("api/review/item")["item"]
        assert item["no_translation"] is None
        assert {one["confidence"] for one in item["candidates"]} == {None}
        assert plain.json("api/review/progress")["levels"] == []
        review.close()


class TestDecisions:
    def test_accepted(self, page, review):
        item = page.json("api/review/item")["item"]
        body = {"id": item["id"], "accepted": ["t120"], "rejected": ["t121"], "comment": " sure? "}
        found = page.said("decision", body)
        assert found.keys() == {"event", "holds", "told", "progress"}
        assert (found["holds"], found["told"]) == (True, "")
        (decision,) = review.judgements
        assert (decision.event, decision.source, decision.reviewer) == (found["event"], "s120", "ana")
        assert (decision.accepted, decision.rejected, decision.comment) == (("t120",), ("t121",), "sure?")
        assert (found["progress"]["decided"], found["progress"]["accepted"]) == (1, 1)
        # A second time it counts no more.
        again = page.said("decision", body)
        assert (again["event"], again["progress"]["decided"]) == (found["event"], 1)

    def test_skipped(self, page):
        item = page.json("api/review/item")["item"]
        progress = page.said("decision", {"id": item["id"], "accepted": [], "rejected": []})["progress"]
        assert (progress["decided"], progress["skipped"]) == (0, 1)

    @pytest.mark.parametrize("word", ["<img onerror=x>", "abc\u202edef", "w" * 10_000, "a b", "\u0627"])
    def test_typed_words_are_data(self, page, review, word):
        item = page.json("api/review/item")["item"]
        page.said("decision", {"id": item["id"], "accepted": [f"  {word} "], "rejected": [], "comment": word})
        assert review.judgements.accepted() == [("s120", word)]
        undone = page.said("undo")
        assert undone["item"]["word"] == "s120"

    def test_typed_words_are_nfc(self, page, review):
        item = page.json("api/review/item")["item"]
        page.said(
            "decision", {"id": item["id"], "accepted": ["cafe\u0301", "caf\u00e9", " "], "rejected": []}
        )
        assert review.judgements.accepted() == [("s120", "café")]

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"id": None}, "got a decision on no item"),
            ({"id": 1}, "got a decision on no item"),
            ({"id": "-1"}, "got a decision on no item"),
            ({"id": "1; DROP"}, "got a decision on no item"),
            ({"id": "٣"}, "got a decision on no item"),
            ({"id": "9" * 5_000}, "got a decision on no item"),
            ({"id": "9" * 20}, "got a decision on no item"),
            ({"id": "999999"}, "got item 999999, which was not given out"),
            ({"accepted": "t120"}, "got no list of words"),
            ({"accepted": [1]}, "got no list of words"),
            ({"accepted": {"a": 1}}, "got no list of words"),
            ({"rejected": None}, "got no list of words"),
            ({"rejected": [["t120"]]}, "got no list of words"),
            ({"accepted": ["t1"], "rejected": ["t1"]}, "got 't1' both as accepted and as rejected"),
            ({"accepted": ["a\tb"]}, "control character"),
            ({"accepted": ["\ud800"]}, "invalid UTF-8"),
            ({"comment": "\ud800"}, "the comment has invalid UTF-8"),
        ],
        ids=str,
    )
    def test_wrong_values(self, page, review, change, told):
        item = page.json("api/review/item")["item"]
        body = {"id": item["id"], "accepted": [], "rejected": []} | change
        answer = page.post("decision", content=json.dumps(body))
        refused(answer, 400, told)
        assert len(review.judgements) == len(review.log.decisions()) == 0

    @pytest.mark.parametrize("comment", [3, None, ["x"]])
    def test_a_comment_that_is_none(self, page, review, comment):
        item = page.json("api/review/item")["item"]
        page.said("decision", {"id": item["id"], "accepted": ["x"], "rejected": [], "comment": comment})
        assert [one.comment for one in review.judgements] == [""]

    @pytest.mark.parametrize("name", POSTS[:-1])
    @pytest.mark.parametrize(
        "body",
        ["{", "[]", "3", "null", '"x"', "\xff", "[" * 100_000, '{"id": NaN', f'{{"id": {"9" * 5_000}}}'],
    )
    def test_what_is_no_json_object(self, page, name, body):
        refused(page.post(name, content=body.encode("latin1")), 400, "What was sent is no JSON")

    def test_undo(self, page, review):
        assert page.said("undo") == {"undone": None, "told": "There is nothing to undo."}
        items = []
        for _ in range(3):
            items.append(page.json("api/review/item")["item"])
            page.said("decision", {"id": items[-1]["id"], "accepted": ["x"], "rejected": []})
        for item, left in zip(items[::-1], (2, 1, 0), strict=True):
            found = page.said("undo")
            assert found["item"]["word"] == item["word"]
            assert found["item"]["id"] != item["id"]
            assert found["progress"]["decided"] == len(review.judgements) == left
        assert page.said("undo")["undone"] is None

    def test_what_was_said_before_comes_with_the_word(self, page, review):
        review.add([said("s7", "t8", "t7", reviewer="ben", comment="sure")])
        item = page.said("open", {"word": "s7"})["item"]
        assert item["decided"] == [
            {"reviewer": "ben", "accepted": ["t8"], "rejected": ["t7"], "comment": "sure"}
        ]
        body = {"id": item["id"], "accepted": ["t9"], "rejected": [], "comment": "mine"}
        page.said("decision", body)
        assert page.said("undo")["said"] == {"accepted": ["t9"], "rejected": [], "comment": "mine"}

    def test_change(self, page, review):
        """The old decision holds until there is another; what it said comes with the word."""
        item = page.json("api/review/item")["item"]
        words = {"accepted": ["typed", "more"], "rejected": ["t120"], "comment": "hm"}
        event = page.said("decision", {"id": item["id"]} | words)["event"]
        found = page.said("change", {"event": str(event)})["item"]
        assert (found["word"], found["replaces"], found["decided"]) == ("s120", words, [])
        assert [one["word"] for one in found["candidates"]] == ["t120", "t121", "t122", "typed", "more"]
        assert found["candidates"][-1]["rank"] is None
        assert page.json("api/review/item")["item"]["replaces"] == words
        assert page.said("leave", {"id": found["id"]}) == {"left": True}
        assert page.json("api/review/item")["item"]["word"] != "s120"
        assert [one.event for one in review.judgements.of("s120")] == [event]
        found = page.said("change", {"event": str(event)})["item"]
        page.said("decision", {"id": found["id"], "accepted": ["t120"], "rejected": []})
        assert [one.accepted for one in review.judgements.of("s120")] == [("t120",)]
        told = page.said("change", {"event": str(event)})
        assert told == {"item": None, "told": "This decision does not hold any more."}
        undone = page.said("undo")
        assert undone["told"] == "Your earlier decision holds again until you decide anew."
        assert undone["item"]["replaces"] == words
        assert [one.accepted for one in review.judgements.of("s120")] == [("typed", "more")]
        refused(page.post("change", {"event": 3}), 400, "got no number of a decision")
        refused(page.post("leave", {}), 400, "got no item")

    def test_the_proposal_that_was_shown(self, page, review):
        """A generation may have changed since the item was given out."""
        for shown in ("t9", None, ["x"], "a\tb"):
            item = page.json("api/review/item")["item"]
            body = {"id": item["id"], "proposal": shown, "accepted": [], "rejected": []}
            page.said("decision", body)
            (decision,) = review.judgements.of(item["word"])
            assert decision.proposal == (shown if shown == "t9" else item["candidates"][0]["word"])

    def test_undo_by_number(self, page, review):
        events = []
        for _ in range(3):
            item = page.json("api/review/item")["item"]
            events.append(
                page.said("decision", {"id": item["id"], "accepted": ["t1"], "rejected": []})["event"]
            )
        assert page.said("undo", {"event": str(events[1])})["undone"] == events[1]
        assert [one.event for one in review.judgements] == [events[0], events[2]]
        assert page.said("undo", {"event": str(events[1])})["undone"] is None
        refused(page.post("undo", {"event": "x"}), 400, "got no number of a decision")
        refused(page.post("undo", {"event": 1}), 400, "got no number of a decision")

    def test_the_same_word_until_it_is_decided_on(self, page):
        item = page.json("api/review/item")["item"]
        assert page.json("api/review/item")["item"]["id"] == item["id"]
        page.said("decision", {"id": item["id"], "accepted": [], "rejected": []})
        assert page.json("api/review/item")["item"]["word"] != item["word"]

    def test_a_word_that_is_asked_for(self, page, review):
        item = page.said("open", {"word": HOSTILE["s200"]})["item"]
        assert (item["word"], item["kind"], item["queue"]) == (HOSTILE["s200"], "own", "main")
        page.said("decision", {"id": item["id"], "accepted": ["t1"], "rejected": []})
        assert review.judgements.accepted() == [(HOSTILE["s200"], "t1")]
        refused(page.post("open", {"word": "gone"}), 400, "the vocabulary has no word 'gone'")
        refused(page.post("open", {"word": 3}), 400, "got no word")

    def test_a_word_of_another_review(self, page, review):
        """The page may be older than the server, whose items have the same numbers."""
        item = page.json("api/review/item")["item"]
        body = {"id": item["id"], "word": "other", "accepted": ["t1"], "rejected": []}
        refused(page.post("decision", body), 400, "a word of another review; load the page again")
        assert len(review.judgements) == 0
        page.said("decision", body | {"word": item["word"]})

    def test_one_that_was_taken_back_meanwhile(self, page, review):
        item = page.json("api/review/item")["item"]
        body = {"id": item["id"], "accepted": ["t1"], "rejected": []}
        page.said("decision", body)
        page.said("undo")
        found = page.said("decision", body)
        assert found["told"].startswith("Your decision on s120 was taken back")
        assert not found["holds"]
        assert len(review.judgements) == 0

    def test_decisions_are_found_by_what_they_hold(self, page, review):
        for accepted, rejected, comment in ((["Übung"], [], ""), ([], ["t121"], "perhaps"), ([], [], "")):
            item = page.json("api/review/item")["item"]
            words = {"accepted": accepted, "rejected": rejected, "comment": comment}
            page.said("decision", {"id": item["id"]} | words)
        review.add([said("s9", "t9", reviewer="ben")])
        found = page.json("api/review/decisions")
        assert found["found"] == len(found["decisions"]) == 3
        assert [one["event"] for one in found["decisions"]] == ["3", "2", "1"]
        (first,) = page.json("api/review/decisions", containing="übu")["decisions"]
        assert (first["word"], first["accepted"], first["rejected"]) == ("s120", ["Übung"], [])
        (second,) = page.json("api/review/decisions", containing="PERHAPS")["decisions"]
        assert second["rejected"] == ["t121"]

    def test_what_a_reviewer_may_not_expect(self, page):
        item = page.json("api/review/item")["item"]
        body = {"id": item["id"], "accepted": ["zzz"], "rejected": []}
        found = page.said("decision", body)
        assert found["told"].startswith("zzz will be in exported dictionaries.")
        assert found["holds"]
        body = {"id": item["id"], "accepted": ["t1"], "rejected": []}
        found = page.said("decision", body)
        assert found["told"].endswith("The earlier decision holds.")
        assert not found["holds"]

    def test_progress(self, page, review):
        empty = page.json("api/review/progress")
        assert empty.keys() >= {
            *("decided", "accepted", "rejected", "skipped", "per_minute", "precision", "levels", "learning"),
            *("since", "every", "generation", "changed", "contradictions", "agreement"),
            *("unjudged", "comparison"),
        }
        assert (empty["precision"], empty["contradictions"], empty["agreement"]) == (None, [], [])
        table = "source\ttarget\tdecision\treviewer\ns7\tt8\taccepted\tana\ns7\tt7\trejected\tben\n"
        page.said("import", content=table.encode() + b"s7\tt8\trejected\tben\n")
        found = page.json("api/review/progress")
        expected = {"source": "s7", "accepted": False, "reviewer": "ben"}
        assert sorted(found["contradictions"], key=lambda one: one["target"]) == [
            expected | {"target": "t7", "against": "lexicon"},
            expected | {"target": "t8", "against": "ana"},
        ]
        assert found["agreement"] == []

    def test_learn(self, page, review, monkeypatch):
        begun, go_on = threading.Event(), threading.Event()

        def run(*_, **__):
            begun.set()
            assert go_on.wait(60)
            return SimpleNamespace(returncode=1, stdout="", stderr="no luck\n")

        monkeypatch.setattr("isolex.review.generations.subprocess", Process(run))
        assert page.said("learn") == {"learning": "running"}
        assert begun.wait(60)
        running = page.json("api/review/progress")
        assert (running["learning"], running["learning_seconds"] in range(60)) == ("running", True)
        go_on.set()
        review.learn(wait=True)
        found = page.json("api/review/progress")
        assert (found["learning"], found["told"], found["generation"]) == ("failed", "learning: no luck", 0)
        assert found["learning_seconds"] is None

    def test_suspect(self, page):
        assert page.said("suspect", {"source": "s50", "target": "t50"}) == {"queued": True}
        assert page.json("api/review/item", queue="suspects")["item"]["pair"]["source"] == "s50"
        refused(page.post("suspect", {"source": "s50", "target": "t51"}), 400, "no pair of the lexicon")
        for body in (
            {},
            {"source": "s50"},
            {"source": ["s50"], "target": "t50"},
            {"source": "s50", "target": 3},
        ):
            refused(page.post("suspect", body), 400, "got no pair, expected a source and a target")


class TestFiles:
    TABLE = "source\ttarget\tdecision\ns150\tt150\taccepted\ns150\tt7\trejected\n"

    def test_import_and_export(self, page, review):
        found = page.said(
            "import", content=self.TABLE.encode(), headers={"Content-Type": "text/tab-separated-values"}
        )
        report = {"imported": 1, "known": 0, "overridden": [], "overridden_count": 0}
        assert found == report | {"refused": [], "refused_count": 0}
        assert [one.reviewer for one in review.judgements] == ["ana"]
        answer = page.get("api/review/export", format="tsv")
        assert answer.headers["content-disposition"] == 'attachment; filename="decisions.tsv"'
        assert answer.headers["content-type"] == "application/octet-stream"
        assert [line.split("\t")[:4] for line in answer.text.splitlines()[1:]] == [
            ["s150", "t150", "accepted", "ana"],
            ["s150", "t7", "rejected", "ana"],
        ]
        found = page.said("import", content=answer.content)
        assert (found["imported"], found["known"]) == (0, 2)
        contrary = self.TABLE.replace("accepted", "rejected", 1)
        found = page.said("import", content=contrary.encode())
        assert (found["imported"], found["known"], found["overridden_count"]) == (1, 1, 1)
        assert found["overridden"] == [
            {"source": "s150", "target": "t150", "accepted": True, "reviewer": "ana"}
        ]

    @pytest.mark.parametrize(
        ("format", "name"), [("jsonl", ".jsonl"), ("tei", ".tei.xml"), ("tbx", ".tbx"), ("omegat", ".utf8")]
    )
    def test_formats(self, page, format, name):
        page.said("import", content=self.TABLE.encode())
        answer = page.get("api/review/export", format=format)
        assert answer.headers["content-disposition"] == f'attachment; filename="decisions{name}"'
        if format in ("tei", "tbx"):
            assert "t150" in [one.text for one in ET.fromstring(answer.content).iter()]
        else:
            assert "t150" in answer.text

    def test_tsv_by_default_and_no_others(self, page):
        assert page.get("api/review/export").text.startswith("source\ttarget\tdecision")
        refused(page.get("api/review/export", format="../x"), 400, "expected|format")

    def test_rows_that_are_refused(self, page):
        found = page.said("import", content=self.TABLE.encode() + b"s151\t\taccepted\n" * 200)
        assert found["imported"] == 1
        assert len(found["refused"]) == 100
        assert "row 4 has no source or no target" in found["refused"][0]["why"]

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (b"", "is empty"),
            (b"PK\x03\x04\x00\x00", "has no column source"),
            (b"source\ttarget\n", "has no column decision"),
            (b"source\ttarget\tdecision\n\xff\tb\taccepted\n", "line 2: is not UTF-8"),
        ],
    )
    def test_tables_that_are_none(self, page, review, data, told):
        refused(page.post("import", content=data), 400, told)
        assert len(review.judgements) == 0

    def test_words_that_the_vocabulary_lacks(self, page, review):
        table = b"source\ttarget\tdecision\nnone\tb\taccepted\ns150\tt150\taccepted\n"
        found = page.said("import", content=table)
        why = {"why": "row 2 has the word 'none', which the vocabulary lacks"}
        assert (found["imported"], found["refused"], found["refused_count"]) == (1, [why], 1)

    def test_hostile_words(self, page, review):
        row = f"{HOSTILE['s200']}\t{HOSTILE['t200']}\taccepted\n"
        assert page.said("import", content=f"source\ttarget\tdecision\n{row}".encode())["imported"] == 1
        assert review.judgements.accepted() == [(HOSTILE["s200"], HOSTILE["t200"])]
        assert HOSTILE["t200"] in page.get("api/review/export", format="tsv").text
        terms = ET.fromstring(page.get("api/review/export", format="tbx").content).iter()
        assert HOSTILE["t200"] in [one.text for one in terms]


def test_figures_may_be_old_but_not_of_an_earlier_generation(review, reviewing, monkeypatch):
    monkeypatch.setattr("isolex.explorer.reviewing._SOON", 0.0)
    monkeypatch.setattr("isolex.explorer.reviewing._SELDOM", 1e12)
    reviewing.progress()
    review.add([said("s150", "t150")])
    assert reviewing.progress()["decided"] == 0
    review._take(review._present_of(Generation(1, 0), review.proposals.dictionary))
    assert reviewing.progress()["decided"] == 1


def test_a_generation_that_comes_while_figures_are_counted(review, reviewing, monkeypatch):
    """Neither who counts nor who asks meanwhile gets figures of the generation before."""
    reviewing.progress()
    count, began, go_on = reviewing._counted, threading.Event(), threading.Event()

    def slowly():
        found = count()
        if not began.is_set():
            began.set()
            go_on.wait()
        return found

    monkeypatch.setattr(reviewing, "_counted", slowly)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(reviewing.progress)
        assert began.wait(60)
        review.add([said("s150", "t150")])
        review._take(review._present_of(Generation(1, 0), review.proposals.dictionary))
        second = pool.submit(reviewing.progress)
        was_early = bool(wait([second], timeout=0.3).done)
        go_on.set()
    assert not was_early
    told = [(one.result()["generation"], one.result()["decided"]) for one in (first, second)]
    assert told == [(1, 1), (1, 1)]


class TestWhoSends:
    @pytest.mark.parametrize("name", POSTS)
    @pytest.mark.parametrize("token", [None, "", "wrong", "é", "x" * 10_000])
    def test_without_the_token(self, page, review, name, token):
        headers = {} if token is None else {"X-Isolex-Token": token.encode()}
        answer = page.client.post(f"/api/review/{name}", headers=headers, content=b"{}")
        refused(answer, 403, "The page is older than the server")
        assert len(review.judgements) == 0

    @pytest.mark.parametrize("name", POSTS)
    @pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
    def test_another_site_that_got_the_token(self, page, name, site):
        refused(page.post(name, headers={"Sec-Fetch-Site": site}), 403, "Another site sent this")

    def test_a_form_of_another_site(self, page, review):
        item = page.json("api/review/item")["item"]
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            body = json.dumps({"id": item["id"], "accepted": ["evil"], "rejected": []})
            headers = {"Content-Type": kind, "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
            refused(page.client.post("/api/review/decision", headers=headers, content=body), 403)
        assert len(review.judgements) == 0

    def test_browsers_that_do_not_say_where_from(self, page):
        page.said("undo")
        answer = page.client.post("/api/review/undo", headers={"X-Isolex-Token": page.token}, json={})
        assert answer.status_code == 200

    def test_every_server_has_its_own_token(self, review, reviewing):
        pages = [
            Page(application(Explorer(review.path, review=review), reviewing=reviewing)) for _ in range(2)
        ]
        tokens = {page.json("api/about")["review"]["token"] for page in pages}
        assert len(tokens) == 2
        assert min(map(len, tokens)) >= 32

    @pytest.mark.parametrize("name", POSTS)
    def test_bodies_that_are_too_long(self, page, monkeypatch, name):
        assert (module._MOST_BYTES, module._MOST_IMPORTED_BYTES) == (1 << 20, 1 << 25)
        monkeypatch.setattr(Review, "learn", lambda _: None)
        monkeypatch.setattr(module, "_MOST_BYTES", 1_000)
        monkeypatch.setattr(module, "_MOST_IMPORTED_BYTES", 1_000)
        refused(page.post(name, content=b" " * 1_001), 413, "longer than 1,000 bytes")
        assert page.post(name, content=b" " * 998 + b"{}").status_code in (200, 400)


class TestSecretLinks:
    @pytest.mark.parametrize(
        "path",
        [
            "",
            "api/about",
            "api/words?language=aa",
            "api/review/item",
            "api/review/progress",
            "api/review/export",
        ],
    )
    def test_are_needed(self, guarded, path):
        answer = Page(guarded).get(path)
        if path:
            refused(answer, 401, "needs the secret link of a reviewer")
        else:  # people read it
            assert (answer.status_code, answer.text) == (
                401,
                "This page needs the secret link of a reviewer.",
            )

    def test_sending_needs_one_too(self, guarded, review):
        key = review.log.reviewer("ben")
        page = Page(guarded)
        page.get("", key=key)
        token = page.json("api/about")["review"]["token"]
        answer = Page(guarded).client.post("/api/review/undo", headers={"X-Isolex-Token": token}, json={})
        refused(answer, 401)

    def test_a_valid_one_becomes_a_cookie(self, guarded, review):
        key = review.log.reviewer("ben")
        answer = Page(guarded).get("", key=key)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert key not in answer.text
        (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
        assert cookie.key.startswith(COOKIE)  # and the port
        assert cookie.value == key
        assert cookie["httponly"] is True
        # A link that is clicked on another site, such as a mail, must work.
        assert cookie["samesite"].lower() == "lax"
        assert cookie["path"] == "/"
        assert answer.headers["referrer-policy"] == "no-referrer"

    def test_says_who_decides(self, guarded, review):
        pages = {}
        for name in ("ben", "carl"):
            pages[name] = Page(guarded)
            pages[name].get("", key=review.log.reviewer(name))
            assert pages[name].get("").status_code == 200
            assert pages[name].json("api/about")["review"]["reviewer"] == name
        items = {name: page.json("api/review/item")["item"] for name, page in pages.items()}
        assert items["ben"]["word"] != items["carl"]["word"]
        stolen = {"id": items["ben"]["id"], "accepted": ["x"], "rejected": []}
        refused(pages["carl"].post("decision", stolen), 400, "got a decision on the item of another reviewer")
        pages["ben"].said("decision", stolen)
        assert pages["carl"].said("undo")["undone"] is None
        assert [one.reviewer for one in review.judgements] == ["ben"]
        # Who asks cannot say who he is.
        assert pages["ben"].json("api/about", reviewer="carl")["review"]["reviewer"] == "ben"

    @pytest.mark.parametrize("key", ["", "none", "x" * 5_000, "é", "\x00", "'; --"])
    def test_invalid_ones(self, guarded, key):
        answer = Page(guarded).get("", key=key)
        assert (answer.status_code, answer.text) == (
            403,
            "This link is not valid any more. Ask for a new one.",
        )
        assert "set-cookie" not in answer.headers
        page = Page(guarded)
        cookie = f"{COOKIE}={key}".encode("utf-8", "replace").replace(b"\x00", b"")
        refused(page.client.get("/api/about", headers={b"Cookie": cookie}), 401)

    def test_a_new_link_ends_the_old_one(self, guarded, review):
        page = Page(guarded)
        page.get("", key=review.log.reviewer("ben"))
        assert page.get("api/about").status_code == 200
        review.log.reviewer("ben")
        refused(page.get("api/about"), 401)

    def test_where_all_may_decide_a_link_still_says_who(self, review, reviewing):
        explorer = Explorer(review.path, review=review)
        app = application(explorer, reviewing=reviewing, keys=reviewing.who)
        page = Page(app)
        assert page.json("api/about")["review"]["reviewer"] == "ana"
        page.get("", key=review.log.reviewer("ben"))
        assert page.json("api/about")["review"]["reviewer"] == "ben"

    def test_of_an_explorer_without_a_review(self, explorer):
        app = application(explorer, keys={"secret": ""}.get, open_to_all=False)
        refused(Page(app).get("api/about"), 401)
        page = Page(app)
        page.get("", key="secret")
        assert page.json("api/about")["review"] is None


class TestAtOnce:
    def test_several_ask_and_decide_and_export(self, page, review):
        page.said("undo")
        errors = []

        def work() -> None:
            try:
                own = Page(page.client.app)
                for number in range(12):
                    task = review.next("ana")
                    item = {"id": str(task.item.id), "word": task.item.source}
                    words = {name: [] for name in ("accepted", "rejected")}
                    words["rejected" if number % 2 else "accepted"] = [task.candidates[0].word]
                    own.said("decision", {"id": item["id"]} | words)
                    own.json("api/word", source="aa", target="bb", word=item["word"])
                    assert own.get("api/review/export").status_code == 200
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        made = list(review.judgements)
        assert len(made) == len({one.source for one in made}) == 48
        assert review.log.decisions() == made


@pytest.fixture
def served(explorer) -> Iterator[int]:
    """The port of a server as `isolex explore` has it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = server_of(application(explorer))
        thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
        thread.start()
        while not server.started:
            assert thread.is_alive()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def asked(port: int, target: bytes, host: bytes = b"127.0.0.1") -> bytes:
    """What comes back for an address, as it stands."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(
            b"GET " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"
        )
        return b"".join(iter(lambda: connection.recv(65_536), b""))


class TestOverTheWire:
    def test_names(self, served):
        assert asked(served, b"/api/about").startswith(b"HTTP/1.1 200")
        assert asked(served, b"/api/about", b"evil.example").startswith(b"HTTP/1.1 400")

    @pytest.mark.parametrize(
        "path",
        [
            "../server.py",
            "%2e%2e/server.py",
            "..%2fserver.py",
            "....//server.py",
            "%2e%2e%2f%2e%2e%2fcli%2fapp.py",
            "/etc/passwd",
            "%2fetc%2fpasswd",
            "..\\server.py",
            "..%5cserver.py",
            "app.js%00",
            "%ff",
            "x" * 5_000,
        ],
    )
    def test_no_way_out_of_the_folder(self, served, path):
        """Addresses as they stand, which clients would tidy."""
        answer = asked(served, f"/{path}".encode())
        assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), answer[:200]
        assert b"import" not in answer
        assert b"root:" not in answer

    def test_the_longest_words(self, served):
        word = "%E2%80%AE" * 10_000
        answer = asked(served, f"/api/word?source=aa&target=bb&word={word}".encode())
        assert answer.startswith(b"HTTP/1.1 200")
        assert b'"known":"none"' in answer
