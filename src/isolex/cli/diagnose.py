"""`isolex diagnose`: will these spaces align, did they, and why not?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isolex.choices import COMPARED_WORDS
from isolex.cli.console import emit, table, working
from isolex.cli.options import PATH, case_option, compute_options, pair_options, seed_option, unicode_option
from isolex.cli.outputs import Command, Output
from isolex.files import atomic_file, check_file
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors

if TYPE_CHECKING:
    from rich.console import Console


@click.command("diagnose", cls=Command)
@click.argument("source", metavar="SRC", type=PATH)
@click.argument("target", metavar="TGT", type=PATH)
@click.option("--lexicon", type=PATH, help="Seed pairs: a file of source word, target word on each line.")
@click.option(
    "--alignment", "alignment_dir", type=PATH, help="Alignment of these vectors, to count its hubs."
)
@click.option(
    "--other-vectors",
    is_flag=True,
    help="Accept SRC and TGT that the alignment was not made from: same space, other words.",
)
@click.option("-o", "--output", type=Output("file"), help="Write a page with plots, such as report.html.")
@click.option(
    "--vocab", type=click.IntRange(min=2), help="Read only the N most frequent words of each language."
)
@click.option(
    "--words",
    type=click.IntRange(min=2),
    default=COMPARED_WORDS,
    show_default=True,
    help="Number of most frequent words to compare in measures of isomorphism.",
)
@pair_options
@case_option
@unicode_option
@seed_option
@compute_options
def diagnose_command(
    source: Path,
    target: Path,
    lexicon: Path | None,
    alignment_dir: Path | None,
    other_vectors: bool,
    output: Path | None,
    vocab: int | None,
    words: int,
    pair: tuple[str, str] | None,
    case: Any,
    unicode: Any,
    seed: int,
    device: str | None,
    as_json: bool,
) -> None:
    """Tell whether the spaces SRC and TGT will align, or why they did not, and what to do.

    isolex shows what is in the data and how similar the spaces are. With --lexicon, it also shows the P@1 to
    expect, the accuracy on held-out words, whether more pairs would help, probably wrong pairs, and hubs.

    \b
    Examples:
      isolex diagnose en.vec es.vec
      isolex diagnose en.vec es.vec --lexicon en-es.train.tsv -o report.html
      isolex diagnose en.vec es.vec --alignment en-es --json
    """
    from isolex.alignment import load
    from isolex.arrays import pick_device
    from isolex.diagnosis import diagnose, page

    if output is not None:
        check_file(output)
    pairs = None if lexicon is None else Lexicon.read(lexicon, unicode=unicode)
    with working("reading"):
        x, z = (
            Vectors.read(path, limit=vocab, unicode=unicode, language=path.name.split(".")[0])
            for path in (source, target)
        )
    pairs = None if pairs is None else pairs.cased(case, languages=(x.language, z.language))
    alignment = None
    if alignment_dir is not None:
        alignment = load(
            alignment_dir, source=x, target=z, other_vectors=other_vectors, pair=pair, device=device
        )
    with working("diagnosing"):
        found = diagnose(x, z, pairs, alignment=alignment, words=words, seed=seed, device=pick_device(device))
    report = found.to_dict()
    if output is not None:
        with atomic_file(output) as path:
            path.write_text(page(report), encoding="utf-8", errors="replace")
    report["output"] = None if output is None else str(output)
    emit(as_json, report, lambda console: _render(console, report))


def _render(console: Console, report: dict[str, Any]) -> None:
    expected = report["prediction"]
    if expected is not None:
        low, high = expected["interval"]
        console.print(
            f"expect P@1 of about {expected['p@1']:.0f} % with vecmap, between {low:.0f} and {high:.0f} % in "
            f"{expected['level']} of 100 cases; {expected['explanation']}"
        )
    for advice in report["advice"]:
        console.print(f"• {advice['say']}: {advice['because']}")
    _table(console, "the two spaces", ["", *(report[side]["name"] for side in _SIDES)], _spaces(report))
    _table(console, "how similar they are", ["measure", "value", "closer"], _measures(report))
    if report["lexicon"] is not None:
        _render_lexicon(console, report["lexicon"])
    if report["hubness"] is not None:
        _render_hubs(console, report["hubness"])
    if report["output"] is not None:
        console.print(f"\nwrote {report['output']}")


_SIDES = ("source", "target")
_SPACE_FIGURES = (
    "words",
    "dimension",
    "zero_rows",
    "duplicate_rows",
    "norms",
    "mean_norm",
    "isotropy",
    "effective_condition_number",
    "numerals",
    "scripts",
)


def _spaces(report: dict[str, Any]) -> list[list[str]]:
    return [
        [name.replace("_", " "), *(_cell(report[side][name]) for side in _SIDES)] for name in _SPACE_FIGURES
    ]


def _measures(report: dict[str, Any]) -> list[list[str]]:
    from isolex.diagnosis import MEASURES

    closer = {one.name: one.closer for one in MEASURES}
    known = report["together"] | (report["lexicon"] or {})
    shared = known["identical_strings"]
    rows = [["identical strings", f"{shared:,} ({known['identical_share']:.1f} %)", ""]]
    if known.get("rank_correlation") is not None:
        rows.append(["rank correlation of seed pairs", _cell(known["rank_correlation"]), "higher"])
    named = [(name.replace("_", " "), known[name], way) for name, way in closer.items() if name in known]
    return rows + [[name, _cell(value), way] for name, value, way in named]


def _render_lexicon(console: Console, lexicon: dict[str, Any]) -> None:
    scores = [[name, _cell(value)] for name, value in lexicon["held_out"].items()]
    if not lexicon["held_out_words"]:
        return
    title = f"P@1 in percent on {lexicon['held_out_words']:,} held-out seed words, by CSLS"
    _table(console, title, ["method", "P@1"], scores)
    for title, head, rows in (
        ("P@1 of vecmap by the number of seed pairs", "pairs", lexicon["learning_curve"]),
        ("P@1 of vecmap by frequency of the source word", "ranks", lexicon["by_frequency"]),
    ):
        if rows:
            cells = [[_cell(row[head]), _cell(row["p@1"]), _interval(row["interval"])] for row in rows]
            _table(console, title, [head, "P@1", "interval"], cells)
    if lexicon["suspects"]:
        cells = [
            [one["source"], one["target"], ", ".join(one["instead"]), f"{one['rank']:,}"]
            for one in lexicon["suspects"][:10]
        ]
        title = "seed pairs that disagree with the others: they may be errors"
        _table(console, title, ["source", "target", "found instead", "rank"], cells, text_columns=3)


def _render_hubs(console: Console, hubness: dict[str, Any]) -> None:
    figures = ("skewness", "robin_hood", "gini", "hub_occurrence", "anti_hub_share")
    cells = [
        [
            name,
            *(_cell(found[figure]) for figure in figures),
            ", ".join(hub["word"] for hub in found["top"][:5]),
        ]
        for name, found in hubness["criteria"].items()
    ]
    head = ["criterion", *(figure.replace("_", " ") for figure in figures), "top hubs"]
    _table(console, f"hubs of {hubness['alignment']}, k = {hubness['k']}", head, cells)


def _table(
    console: Console, title: str, columns: list[str], rows: list[list[str]], *, text_columns: int = 1
) -> None:
    """A table under a line of its own: the title of a narrow one would be wrapped."""
    console.print(f"\n{title}", style="italic")
    console.print(table(None, columns, rows, text_columns=text_columns))


def _interval(ends: list[float]) -> str:
    return f"{ends[0]:.1f} to {ends[1]:.1f}"


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {share:.1f} %" for name, share in list(value.items())[:3])
    if isinstance(value, list):
        return " / ".join(_cell(part) for part in value)
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else "–" if value is None else str(value)
