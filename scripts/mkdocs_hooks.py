"""What mkdocs adds to the site: pages that are not in docs/, and links that work there as on GitHub.

* The command-line reference, `cli.md`, is made from the program's help.
* The reports in benchmarks/reports are the pages `results/NAME.md`.
* A line `--8<-- "NAME"` stands for the text of that file of the repository.
* Relative links are written as they work in the repository, and are changed to where their targets are in the
  site.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli_reference import page as cli_page

ROOT = Path(__file__).parent.parent
REPORTS = "benchmarks/reports"
# Pages of the site by where their text stands in the repository.
ELSEWHERE = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}

_INCLUDED = re.compile(r'^--8<-- "(.+)"\n?', re.M)
_FENCE = re.compile(r"^ *(```|~~~)")
# The target of a link or picture that stands in the line; neither an address nor a heading of the same page.
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|/|#)([^)\s#]+)(?=[)\s#])")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are not in docs/."""
    from mkdocs.structure.files import File  # noqa: PLC0415 (without it the rest can be tested)

    files.append(File.generated(config, "cli.md", content=cli_page()))
    for path in sorted((ROOT / REPORTS).glob("*.md")):
        files.append(File.generated(config, f"results/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put in what is included, and change the links."""
    uri = page.file.src_uri
    return relinked(included(markdown, uri), in_repository(uri), uri)


def in_repository(uri: str) -> str:
    """Where in the repository the text of a page stands."""
    folder, _, name = uri.partition("/")
    return f"{REPORTS}/{name}" if folder == "results" else f"docs/{uri}"


def in_site(path: str) -> str | None:
    """Which page or file of the site a file of the repository is; None if it is not in the site."""
    for folder, prefix in (("docs/", ""), (f"{REPORTS}/", "results/")):
        if path.startswith(folder):
            return prefix + path.removeprefix(folder)
    return ELSEWHERE.get(path)


def included(markdown: str, uri: str) -> str:
    """The text of a page with the files that it includes, whose links are already those of the site."""

    def text(match: re.Match[str]) -> str:
        return relinked((ROOT / match[1]).read_text(encoding="utf-8"), match[1], uri)

    return _INCLUDED.sub(text, markdown)


def relinked(markdown: str, path: str, uri: str) -> str:
    """The text of a file of the repository with links as they work on that page of the site.

    Links that are so already, and those to what is not in the site, stay as they are.
    """

    def target(match: re.Match[str]) -> str:
        found = in_site(posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1])))
        return match[1] if found is None else posixpath.relpath(found, posixpath.dirname(uri) or ".")

    return "".join(_LINK.sub(target, line) if prose else line for line, prose in _lines(markdown))


def _lines(markdown: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is outside of code blocks."""
    code = False
    for line in markdown.splitlines(keepends=True):
        fence = _FENCE.match(line) is not None
        yield line, not (code or fence)
        code ^= fence
