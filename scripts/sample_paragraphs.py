"""Draw paragraphs of the documentation at random, as of any revision: how did it read before, and now?

python scripts/sample_paragraphs.py REVISION --count 10 --seed 0
python scripts/sample_paragraphs.py REVISION --words

It reads docs/**/*.md and README.md as git has them in that revision. A paragraph is a block of prose of at
least 25 words; tables, code, headings, lists and HTML are left out. Above each stands its page with the
headings that a reader of the page has seen. The same revision, count and seed give the same paragraphs.
`--words` prints the number of words of docs/**/*.md instead, as `wc -w` counts them.
"""

import argparse
import random
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHORTEST = 25
FENCE = re.compile(r"^ *(```+|~~~+).*?(?:^ *\1 *$|\Z)", re.M | re.S)
HEADING = re.compile(r"(#+) (.*)")
COMMENT = re.compile(r"<!--.*?-->", re.S)
# The beginning of a line of a heading, list, table, quotation, admonition, HTML, or of an indented block.
NO_PROSE = re.compile(r"#|[-*+] |\d+[.)] |\||>|!!!|\?\?\?|<|!\[|\[!\[| {4}|\t")


def main() -> None:
    """Print paragraphs with the names of their files, or the number of words."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("revision", help="any name of a commit that git knows")
    parser.add_argument("--count", type=int, default=10, help="how many paragraphs (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw (default: %(default)s)")
    parser.add_argument(
        "--words", action="store_true", help="print the number of words of docs/**/*.md instead"
    )
    wanted = parser.parse_args()
    texts = {name: git("show", f"{wanted.revision}:{name}") for name in pages(wanted.revision)}
    if wanted.words:
        print(sum(len(text.split()) for name, text in texts.items() if name.startswith("docs/")))
        return
    found = [(name, *placed) for name, text in texts.items() for placed in paragraphs(text)]
    for name, headings, paragraph in random.Random(wanted.seed).sample(found, min(wanted.count, len(found))):
        print(f"{' > '.join((name, *headings))}\n{paragraph}\n")


def pages(revision: str) -> list[str]:
    """The names of the README and of all pages in docs, sorted."""
    names = git("ls-tree", "-r", "-z", "--name-only", revision, "--", "README.md", "docs").split("\0")
    return sorted(name for name in names if name.endswith(".md"))


def paragraphs(text: str) -> list[tuple[list[str], str]]:
    """The blocks of prose that are long enough, each in one line, with the headings above it."""
    found: list[tuple[list[str], str]] = []
    headings: dict[int, str] = {}
    for block in re.split(r"\n\s*\n", COMMENT.sub("", FENCE.sub("\n\n", text))):
        if heading := HEADING.match(block.strip("\n")):
            level = len(heading[1])
            headings = {above: told for above, told in headings.items() if above < level}
            headings[level] = heading[2]
        prose = " ".join(of_prose(block).split())
        if len(prose.split()) >= SHORTEST:
            found.append((list(headings.values()), prose))
    return found


def of_prose(block: str) -> str:
    """What a block holds between a heading and the first line of something else, such as a list."""
    lines = block.strip("\n").splitlines()
    if lines and lines[0].startswith("#"):
        lines = lines[1:]
    ends = [i for i, line in enumerate(lines) if NO_PROSE.match(line) or line.startswith("  ")]
    return "\n".join(lines[: ends[0]] if ends else lines)


def git(*arguments: str) -> str:
    """What git prints, in the root of the repository; its own complaint ends the script."""
    told = subprocess.run(["git", *arguments], check=False, cwd=ROOT, capture_output=True, encoding="utf-8")
    if told.returncode:
        raise SystemExit(told.stderr.strip())
    return told.stdout


if __name__ == "__main__":
    main()
