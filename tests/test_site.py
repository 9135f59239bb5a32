"""The documentation on GitHub and as a site: links lead somewhere, and a browser asks nobody else."""

import importlib.util
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.explorer.browsing import chromium

ROOT = Path(__file__).parent.parent
SHOWN = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "benchmarks" / "reports").glob("*.md")),
]
# Made when the site is built.
ONLY_IN_SITE = {ROOT / "docs" / "cli.md"}

LINK = re.compile(r"\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?(?: \"[^\"]*\")?\)")
CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.M | re.S)
ADDRESS = re.compile(r"^(?:https?:)?//", re.I)
IN_CSS = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)", re.I)


def links(text: str) -> Iterator[tuple[str, str]]:
    """Target and heading of each relative link."""
    for match in LINK.finditer(CODE.sub("", text)):
        yield match[1], match[2] or ""


def headings(text: str) -> set[str]:
    """The names by which GitHub or the site knows the headings."""
    lines = re.findall(r"^#+ (.*)$", re.sub(r"^ *```.*?^ *```$", "", text, flags=re.M | re.S), re.M)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)|[`*]", r"\1", line) for line in lines)
    names = [re.sub(r"[^\w\s-]", "", line).strip().lower() for line in plain]
    return {re.sub(space, "-", name) for name in names for space in (r"\s", r"[-\s]+")}


@pytest.mark.parametrize("page", SHOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere_in_the_repository(page):
    broken = []
    for target, heading in links(page.read_text(encoding="utf-8")):
        place = (page.parent / target).resolve() if target else page
        if place in ONLY_IN_SITE and page.is_relative_to(ROOT / "docs"):
            continue
        if not place.exists():
            broken.append(target)
        elif heading and place.suffix == ".md" and heading not in headings(place.read_text("utf-8")):
            broken.append(f"{target}#{heading}")
    assert broken == []


def test_broken_links_would_be_noticed():
    text = "[a](b.md) `[c](d.md)` [e](https://f.org) ![g](../h.png)\n```text\n[i](j)\n```\n[k](#one-two)\n"
    assert list(links(text)) == [("b.md", ""), ("../h.png", ""), ("", "one-two")]
    text = "# One, *two*\n```text\n# three\n```\n## [`four`](a.md)\n## `--five`\n"
    assert headings(text) == {"one-two", "four", "--five", "-five"}


@pytest.fixture(scope="module")
def hooks():
    """The module, as mkdocs finds it."""
    scripts = str(ROOT / "scripts")
    spec = importlib.util.spec_from_file_location("mkdocs_hooks", ROOT / "scripts" / "mkdocs_hooks.py")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, scripts)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(scripts)
    return module


class TestHooks:
    @pytest.mark.parametrize(
        ("uri", "before", "after"),
        [
            ("tasks/a.md", "../../benchmarks/reports/weak.md#few-pairs", "../results/weak.md#few-pairs"),
            ("results.md", "../benchmarks/reports/weak.md", "results/weak.md"),
            ("results/weak.md", "../../docs/tasks/a.md", "../tasks/a.md"),
            ("results/weak.md", "supervised.md", "supervised.md"),
            ("results/weak.md", "../../docs/verdict.md#how", "../verdict.md#how"),
            ("index.md", "../CONTRIBUTING.md", "contributing.md"),
            ("tasks/a.md", "b.md", "b.md"),
            ("tasks/a.md", "../images/review.png", "../images/review.png"),
            ("tasks/a.md", "../../LICENSE", "../../LICENSE"),
            ("tasks/a.md", "https://example.org/docs/a.md", "https://example.org/docs/a.md"),
            ("tasks/a.md", "#here", "#here"),
        ],
    )
    def test_links_are_those_of_the_site(self, hooks, uri, before, after):
        page = SimpleNamespace(file=SimpleNamespace(src_uri=uri))
        found = hooks.on_page_markdown(f"See [it]({before}).\n", page=page)
        assert found == f"See [it]({after}).\n"

    def test_code_stays(self, hooks):
        code = "```text\n[a](../benchmarks/reports/weak.md)\n```\n"
        text = f"{code}[b](../benchmarks/reports/weak.md)\n"
        assert hooks.relinked(text, "docs/x.md", "x.md") == f"{code}[b](results/weak.md)\n"

    def test_what_is_included_has_links_of_the_site_too(self, hooks, tmp_path, monkeypatch):
        (tmp_path / "CHANGELOG.md").write_text("[a](docs/tasks/a.md), [b](benchmarks/reports/weak.md#c)\n")
        monkeypatch.setattr(hooks, "ROOT", tmp_path)
        page = SimpleNamespace(file=SimpleNamespace(src_uri="changelog.md"))
        found = hooks.on_page_markdown('--8<-- "CHANGELOG.md"\n', page=page)
        assert found == "[a](tasks/a.md), [b](results/weak.md#c)\n"


class Loaded(HTMLParser):
    """Addresses that a browser loads when it shows a page: all but those of links that one can follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.style = False

    def handle_starttag(self, tag, attrs):
        self.style = tag == "style"
        for name, value in attrs:
            parts = re.split(r",\s+|\s", value or "") if name == "srcset" else [value or ""]
            if name == "style":
                self.found += IN_CSS.findall(value or "")
            elif name in ("src", "srcset", "poster", "data") or (name == "href" and tag not in ("a", "area")):
                self.found += [part for part in parts if ADDRESS.match(part)]

    def handle_data(self, data):
        if self.style:
            self.found += IN_CSS.findall(data)


def loaded(html: str) -> list[str]:
    parser = Loaded()
    parser.feed(html)
    return parser.found


def test_what_a_browser_would_load_is_noticed():
    html = (
        '<a href="https://a.org">a</a><link rel="stylesheet" href="//b.org/b.css"><img src="c.png">'
        '<img srcset="d.png 1x, https://e.org/e.png 2x"><style>p { content: url("https://f.org/f") }</style>'
        "<script src=https://g.org/g.js></script><p>url(https://h.org)</p>"
    )
    assert loaded(html) == ["//b.org/b.css", "https://e.org/e.png", "https://f.org/f", "https://g.org/g.js"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """As `make docs` builds it: a warning would fail it."""
    place = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", place],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return place


@pytest.mark.laboratory
class TestBuiltSite:
    def test_pages_from_elsewhere_are_there(self, site):
        reports = {path.stem for path in (ROOT / "benchmarks" / "reports").glob("*.md")}
        assert {path.parent.name for path in (site / "results").glob("*/index.html")} == reports
        assert "isolex translate" in (site / "cli" / "index.html").read_text(encoding="utf-8")
        assert "How to add a mapping method" in (site / "contributing" / "index.html").read_text("utf-8")

    def test_pages_and_styles_name_nobody_else(self, site):
        named = {path: loaded(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
        named |= {path: IN_CSS.findall(path.read_text(encoding="utf-8")) for path in site.rglob("*.css")}
        assert len(named) > 40
        assert {path: found for path, found in named.items() if found} == {}

    def test_a_browser_asks_nobody_else_and_nothing_is_wider_than_a_phone(self, site):
        """Scripts are judged by what they do: the theme's know addresses that they seldom ask."""
        sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra test")
        asked, wide = set(), {}
        with served(site) as address, sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            context = browser.new_context(viewport={"width": 390, "height": 800})
            context.on("request", lambda request: asked.add(request.url))
            page = context.new_page()
            for name in ("", "quickstart/", "tasks/aligning/", "api/", "results/", "results/supervised/"):
                page.goto(address + name, wait_until="networkidle")
                wide[name] = page.evaluate("document.documentElement.scrollWidth")
            page.goto(f"{address}?q=dictionary", wait_until="networkidle")
            page.get_by_role("link", name=re.compile("dictionary", re.I)).first.wait_for()
            browser.close()
        assert f"{address}search/search_index.json" in asked
        assert {one for one in asked if not one.startswith((address, "data:", "blob:"))} == set()
        assert {name: width for name, width in wide.items() if width > 390} == {}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()
