"""The page in a real browser: what people do there, by mouse and by keyboard."""

import re
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.explorer.browsing import chromium, hebrew, opened, save_right_to_left, served
from tests.review.made import HOSTILE, SEEDS, said

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra test")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")

VIEWS = ("#/word/en/he/word7", "#/map/en/he", "#/health/en/he", "#/review")
NARROW = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = chromium()
    with sync_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return save_right_to_left(tmp_path_factory.mktemp("served"))


@pytest.fixture
def site(place, tmp_path):
    """A review that nobody has decided in yet."""
    with served(shutil.copytree(place, tmp_path / "en-he")) as made:
        yield made


def figure(page: Any, name: str) -> int:
    """A number of the strip above the review."""
    text = page.get_by_label("Progress").inner_text()
    found = re.search(rf"([\d,]+)\s+{name}|{name}\s+([\d,]+)", text)
    assert found, text
    return int((found[1] or found[2]).replace(",", ""))


def wait_for(page: Any, name: str, value: int) -> None:
    sync_api.expect(page.get_by_label("Progress")).to_contain_text(re.compile(name))
    page.wait_for_function(
        "([name, value]) => { const strip = document.querySelector('[aria-label=Progress]');"
        " const terms = [...strip.querySelectorAll('dt')];"
        " const term = terms.find((each) => each.textContent === name);"
        " return term && term.nextElementSibling.textContent.replaceAll(',', '') === String(value); }",
        arg=[name, value],
    )


class TestWords:
    def test_search_by_keyboard_and_right_to_left(self, browser, site) -> None:
        address, _ = site
        with opened(browser, address) as page:
            page.get_by_role("heading", level=1).wait_for()
            page.keyboard.press("/")
            page.keyboard.type("word7")
            page.get_by_role("option").first.wait_for()
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.get_by_role("heading", level=1, name="word7").wait_for()
            answer = page.locator(".answers li").first.get_by_role("link")
            assert answer.inner_text() == hebrew(7)
            direction = answer.locator("bdi").first.evaluate("(word) => getComputedStyle(word).direction")
            assert direction == "rtl"
            answer.click()
            page.get_by_role("heading", level=1, name=hebrew(7)).wait_for()
            assert "#/word/he/en/" in page.url

    def test_hostile_words_are_text(self, browser, site) -> None:
        address, _ = site
        for word in HOSTILE.values():
            with opened(browser, f"{address}#/word/en/he/{word[:2000]}") as page:
                page.get_by_role("heading", level=1).wait_for()
                assert page.locator("main img, main script").count() == 0

    def test_a_word_that_is_not_there(self, browser, site) -> None:
        address, _ = site
        with opened(browser, f"{address}#/word/en/he/nowhere") as page:
            page.get_by_text("The vocabulary has no word nowhere.").wait_for()


class TestMap:
    def test_points_are_drawn_and_a_word_is_lit(self, browser, site) -> None:
        address, _ = site
        with opened(browser, f"{address}#/map/en/he") as page:
            page.locator("#map-canvas").wait_for(timeout=60_000)
            page.get_by_text(re.compile("All .* in view are drawn")).first.wait_for()
            inked = page.locator("#map-canvas").evaluate(
                "(canvas) => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)"
                ".data).size"
            )
            assert inked > 10  # an empty canvas has one colour
            page.keyboard.press("/")
            page.keyboard.type("word7")
            page.keyboard.press("Enter")
            page.locator(".lit").get_by_role("link", name=hebrew(7)).wait_for()

    def test_words_in_view_become_a_list(self, browser, site) -> None:
        address, _ = site
        with opened(browser, f"{address}#/map/en/he") as page:
            page.locator("#map-canvas").wait_for(timeout=60_000)
            page.get_by_role("button", name="List the words in view").click()
            page.locator(".lists").get_by_role("link").first.wait_for()


class TestHealth:
    def test_its_numbers_are_explained(self, browser, site) -> None:
        """Also those in the reasons, where isolex tested itself."""
        measured = {"percent": 55.1, "low": 40.0, "high": 70.0, "level": 0.95, "measured": True}

        def tested(route: Any) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, json=answer.json() | {"estimate": measured})

        with opened(browser, f"{site[0]}#/review") as page:
            page.route("**/api/health*", tested)
            page.evaluate("location.hash = '#/health/en/he'")
            page.locator(".verdict").wait_for(timeout=120_000)
            counted = (
                "Each of these words, and one of its translations, is among the 20,000 most frequent words "
                "of its language."
            )
            page.get_by_text(f"The numbers on the right count the hidden words. {counted}").wait_for()
            page.get_by_text("Why isolex says so").click()
            page.get_by_text(f"It hides only as many as it needs. {counted}").wait_for()


class TestReview:
    def test_by_keyboard_alone(self, browser, site) -> None:
        """Accept, reject, choose, correct, skip, mark several, comment, undo."""
        address, review = site
        with opened(browser, address) as page:
            page.get_by_role("heading", level=1).wait_for()
            page.keyboard.press("g")
            page.keyboard.press("r")
            heading = page.locator("#item-heading")
            heading.wait_for()

            def decide(*keys: str, then: tuple[str, int]) -> None:
                before = heading.inner_text()
                page.wait_for_timeout(300)  # two quick presses of a key count as one
                for key in keys:
                    page.keyboard.press(key)
                wait_for(page, *then)
                sync_api.expect(heading).not_to_have_text(before)

            decide("a", then=("accepted", 1))
            decide("x", then=("rejected", 1))
            notice = page.locator("#notice")
            sync_api.expect(notice).to_be_empty()
            asked = heading.locator("bdi").first.inner_text()
            decide("2", then=("accepted", 2))
            (chosen,) = review.judgements.of(asked)
            told = f"{asked} → {chosen.accepted[0]}, not {chosen.rejected[0]}"
            assert re.sub("[\u2068\u2069]", "", notice.inner_text()) == told
            sync_api.expect(notice).to_be_in_viewport()
            decide("Space", then=("skipped", 1))
            sync_api.expect(notice).to_be_empty()
            decide("Shift+1", "Shift+2", "a", then=("accepted", 3))
            page.keyboard.press("e")
            page.keyboard.type("תיקון")
            decide("Enter", then=("accepted", 4))
            page.wait_for_timeout(300)
            page.keyboard.press("u")
            wait_for(page, "accepted", 3)
            page.wait_for_timeout(300)
            page.keyboard.press("u")
            wait_for(page, "accepted", 2)
        made = list(review.judgements)
        assert [(len(one.accepted), len(one.rejected)) for one in made] == [(1, 0), (0, 1), (1, 1), (0, 0)]
        assert len({one.source for one in made}) == 4
        assert all(one.reviewer == "ana" for one in made)
        assert "תיקון" not in {target for _, target in review.judgements.accepted()}

    def test_export_and_import(self, browser, site, tmp_path) -> None:
        address, review = site
        with opened(browser, f"{address}#/review") as page:
            page.locator("#item-heading").wait_for()
            page.get_by_role("button", name=re.compile("^Accept a|^Accept$|^Accept\\s")).first.click()
            wait_for(page, "accepted", 1)
            with page.expect_download() as found:
                page.get_by_role("link", name="TSV").click()
            found.value.save_as(tmp_path / "decisions.tsv")
            source, target = review.judgements.accepted()[0]
            lines = (tmp_path / "decisions.tsv").read_text(encoding="utf-8").splitlines()
            assert lines[1].startswith(f"{source}\t{target}\taccepted\tana\t")
            table = tmp_path / "more.tsv"
            table.write_text(
                f"source\ttarget\tdecision\nword3\t{hebrew(4)}\trejected\n\tx\taccepted\n", "utf-8"
            )
            page.locator("#import-file").set_input_files(table)
            page.get_by_role("button", name="Import").click()
            page.get_by_text("1 decision imported, 1 row refused.").wait_for()
            wait_for(page, "rejected", 1)

    def test_a_table_in_another_encoding_is_refused(self, browser, site, tmp_path) -> None:
        address, review = site
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}#/review")
        table = tmp_path / "more.csv"
        table.write_bytes("source,target,decision\nword4,jardín,accepted\n".encode("latin1"))
        page.locator("#import-file").set_input_files(table)
        page.get_by_role("button", name="Import").click()
        page.get_by_text("is not UTF-8").first.wait_for()
        assert len(review.judgements) == 0
        context.close()

    def test_a_decision_that_was_not_sent_is_kept(self, browser, site) -> None:
        address, review = site
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}#/review")
        page.locator("#item-heading").wait_for()
        page.route("**/api/review/decision", lambda route: route.abort())
        page.keyboard.press("a")
        page.get_by_text("is not sent yet").wait_for()
        assert len(review.judgements) == 0
        page.unroute("**/api/review/decision")
        page.get_by_role("button", name="Send it again").click()
        wait_for(page, "accepted", 1)
        assert len(review.judgements) == 1
        context.close()

    def test_a_word_that_is_asked_for_and_a_decision_that_is_changed(self, browser, site) -> None:
        address, review = site
        with opened(browser, f"{address}#/word/en/he/word7") as page:
            page.get_by_role("link", name="Review this word").click()
            heading = page.locator("#item-heading")
            sync_api.expect(heading).to_contain_text("word7")
            page.reload()
            sync_api.expect(heading).to_contain_text("word7")
            page.locator("#correction").fill("חתול")
            page.locator("#comment").fill("perhaps")
            page.get_by_role("button", name="Accept this translation").click()
            wait_for(page, "accepted", 1)
            page.get_by_text("חתול will be in exported dictionaries.").wait_for()
            sync_api.expect(page.locator("#notice")).to_contain_text(re.compile(f"not .?{hebrew(7)}"))
            page.keyboard.press("Escape")
            page.locator("summary", has_text="Find a decision").click()
            page.locator("#decisions-search").fill("nowhere")
            page.get_by_text("0 decisions.").wait_for()
            page.locator("#decisions-search").fill("word7")
            change = page.get_by_role("button", name="Change the decision about word7")
            first = review.judgements.of("word7")

            # Whoever leaves keeps it.
            change.click()
            page.get_by_text("This holds until you decide again.").wait_for()
            sync_api.expect(heading).to_contain_text("word7")
            sync_api.expect(heading).to_be_in_viewport()
            page.get_by_role("button", name="Keep this decision").click()
            sync_api.expect(heading).not_to_contain_text("word7")
            assert review.judgements.of("word7") == first

            # What was said is filled in: the comment, what was typed, what was rejected.
            change.click()
            sync_api.expect(heading).to_contain_text("word7")
            page.reload()
            sync_api.expect(heading).to_contain_text("word7")
            assert page.locator("#comment").input_value() == "perhaps"
            assert page.get_by_role("checkbox", name="Mark חתול").is_checked()
            assert page.get_by_role("checkbox", name=f"{hebrew(7)} stays rejected").is_checked()
            assert review.judgements.of("word7") == first
            page.locator("#correction").fill("כלב")
            page.get_by_role("button", name="Accept this translation").click()
            wait_for(page, "accepted", 1)
            sync_api.expect(heading).not_to_contain_text("word7")
            (second,) = review.judgements.of("word7")
            assert (second.accepted, second.rejected) == (("חתול", "כלב"), (hebrew(7),))
            assert second.comment == "perhaps"

            page.locator("summary", has_text="Find a decision").click()
            change.click()
            sync_api.expect(heading).to_contain_text("word7")
            page.get_by_role("group", name="Decision").get_by_role("button", name="Reject").click()
            wait_for(page, "rejected", 1)
        assert [(one.source, one.accepted) for one in review.judgements] == [("word7", ())]

    def test_the_focus_stays_while_panels_are_drawn(self, browser, site) -> None:
        """While something is learnt, the page asks every two seconds, and others decide meanwhile."""
        address, review = site
        review._learner.state = "running"
        review.add([said("word7", hebrew(8), hebrew(7)), said("word9", hebrew(9))])
        with opened(browser, f"{address}#/review") as page:
            page.locator("#item-heading").wait_for()
            page.locator("summary", has_text="Find a decision").click()
            contradiction = (
                page.locator("table", has_text="the training dictionary").get_by_role("link").first
            )
            change = page.get_by_role("button", name="Change the decision about word9")
            change.wait_for()
            page.locator("#correction").fill("typed")
            for place, number in ((contradiction, 3), (change, 4), (page.locator("#correction"), 5)):
                place.focus()
                review.add([said(f"word{number}", "", hebrew(number), at="2026-01-02T03:04:05+00:00")])
                wait_for(page, "rejected", number - 2)
                page.get_by_role("button", name=f"Change the decision about word{number}").wait_for()
                assert place.evaluate("(element) => element === document.activeElement")
            assert page.locator("#correction").input_value() == "typed"

    def test_for_how_long_it_learns(self, browser, site) -> None:
        address, review = site
        learner = review._learner
        learner.state, learner.started = "running", time.monotonic()
        with opened(browser, f"{address}#/review") as page:
            page.get_by_text("isolex is learning from your decisions. This takes some minutes").wait_for()
            learner.started -= 185
            page.get_by_text("isolex has been learning from your decisions for 3 minutes. This").wait_for()

    def test_learning(self, browser, site) -> None:
        """The next generation comes from another process, and the page says what changed."""
        address, review = site
        with opened(browser, f"{address}#/review") as page:
            page.locator("#item-heading").wait_for()
            page.keyboard.press("a")
            wait_for(page, "accepted", 1)
            page.get_by_role("button", name="Learn now").click()
            page.get_by_text("The dictionary has learned once.").wait_for(timeout=300_000)
            page.get_by_text("It learnt from 1 accepted pair and 0 rejected pairs.").wait_for()
        assert review.generation.number == 1

    def test_whether_it_translates_better(self, browser, site) -> None:
        address, review = site
        reserved = review._present.queue.reserved
        rows = [row for row in sorted(reserved) if row >= SEEDS][:2]
        words = [review._word(row) for row in rows]
        before = {}
        for word, row in zip(words, rows, strict=True):
            first, second, *_ = review.proposals.candidates(row)
            task = review._given(word, "random", first.word, "ana")
            review.decide(task.item.id, accepted=[second.word])
            before[word] = second.word
        # Nobody judged the first answers, and the generation before had given the second ones.
        review._present.before = before
        with opened(browser, f"{address}#/review") as page:
            page.get_by_text(
                "2 more of these words have new first translations since isolex learned"
            ).wait_for()
            page.get_by_text(
                "Of 2 random words judged before isolex learned the last time, the first translation was "
                "right for 2 then and is right for 0 now: 0 became right and 0 became wrong. 2 words have "
                "another first translation now, which nobody has judged yet. These words are too few"
            ).wait_for()
            review._present.before = {words[0]: before[words[0]]}
            wrong = f"{before[words[0]]} {review.proposals.first(rows[0])}"
            review.add([said(words[0], "", wrong, "ben", kind="random")])
            page.reload()
            page.get_by_text("1 random word judged").wait_for()
            page.get_by_text("So these words show no difference.").wait_for()


class TestEverywhere:
    @pytest.mark.parametrize("view", VIEWS)
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_accessible_and_narrow(self, browser, site, view, scheme) -> None:
        """Nothing that axe calls serious, and nothing to scroll sideways on a phone."""
        address, _ = site
        with opened(browser, address + view, viewport=NARROW, color_scheme=scheme) as page:
            page.get_by_role("heading", level=1).wait_for()
            if view == "#/map/en/he":
                page.locator("#map-canvas").wait_for(timeout=60_000)
            if view == "#/health/en/he":
                page.locator(".verdict").wait_for(timeout=120_000)
            if view == "#/review":
                page.locator("#item-heading").wait_for()
            page.wait_for_timeout(300)
            found = axe.Axe().run(page).response["violations"]
            grave = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
            assert grave == []
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
