"""Fill docs/results.md, and the comparison in README.md, with the main figures of all measurements.

python -m benchmarks pages

The commands that measure are told by the modules of the reports.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean

from benchmarks.pages.filling import (
    DOCS,
    NOT_YET,
    ROOT,
    Report,
    Row,
    all_rows,
    by_kind,
    filled,
    kind,
    read,
    read_kinds,
    table,
)
from benchmarks.pages.induction import whole as whole_induction
from benchmarks.pages.performance import with_larger
from benchmarks.pages.reference import results
from benchmarks.pages.reference import whole as whole_reference
from benchmarks.pages.transfer import best, by_direction, span
from benchmarks.pages.weak import judged, status
from benchmarks.texts import PLAIN
from benchmarks.verdict import is_good
from isolex.judging import Evidence, judge_evidence

PAGE = DOCS / "results.md"
README = ROOT / "README.md"
NOT_MEASURED = "not measured"

# The language pairs that are shown; all of them count in the means.
SHOWN = {"novels": ("en-es", "en-fr", "en-de", "es-fr"), "web": ("en-fr", "en-fi")}
SET = "muse"
SYSTEMS = {
    "unsupervised": "isolex",
    "vecmap-unsupervised-cpu": "VecMap",
    "vecmap-identical-cpu": "VecMap",
    "vecmap-semi-cpu": "VecMap",
    "muse-unsupervised-cpu": "MUSE",
    "muse-supervised": "MUSE",
}

Scores = dict[str, float]
"""P@1 by method."""


def with_dictionary() -> str:
    """P@1 of all methods from all training pairs, on some language pairs and in the mean."""
    rows = []
    for vectors, pairs in supervised().items():
        shown = [(pair, pairs[pair]) for pair in SHOWN[vectors] if pair in pairs]
        for pair, scores in [*shown, (f"mean of {len(pairs)}", means(pairs.values()))]:
            rows.append([vectors, pair, *(f"{scores[name]:.1f}" for name in COLUMNS)])
    return table(["vectors", "pair", *COLUMNS.values()], rows, text_columns=2) if rows else NOT_YET


COLUMNS = {
    "procrustes": "Procrustes",
    "rcsls": "RCSLS",
    "vecmap": "VecMap",
    "auto": "isolex, `auto`",
    "reranked": "isolex, reranked",
}


def supervised() -> dict[str, dict[str, Scores]]:
    """By kind of vectors and language pair, where both `reference` and `induction` measured it."""
    reranked = {
        (kind(row), row["pair"]): row["reranked"]
        for row in whole_induction(read_kinds("induction"))
        if row["set"] == SET
    }
    found: dict[str, dict[str, Scores]] = {}
    for row in whole_reference(all_rows(read_kinds("reference"))):
        place = kind(row), row["pair"]
        scores = {method: one["p@1"] for (method, by), one in results(row).items() if by == "csls"}
        if place in reranked and COLUMNS.keys() <= {*scores, "reranked"}:
            found.setdefault(place[0], {})[place[1]] = scores | {"reranked": reranked[place]}
    return found


def means(pairs: Iterable[Scores]) -> Scores:
    """Of each method, over language pairs."""
    rows = list(pairs)
    return {name: mean(row[name] for row in rows) for name in COLUMNS}


def training_pairs() -> str:
    """How many pairs the methods learnt from."""
    rows = whole_reference(all_rows(read_kinds("reference")))
    counts = [row["train_pairs"] for row in rows if row["pair"] in supervised().get(kind(row), {})]
    return f"{min(counts):,} to {max(counts):,} pairs" if counts else "all pairs"


def confidence() -> str:
    """How many of the answers with a high confidence are right, over language pairs."""
    told = []
    for vectors, rows in by_kind(whole_induction(read_kinds("induction"))).items():
        shares = [row["precision_at_90"] for row in rows if row["set"] == SET and row["answers_at_90"]]
        if shares:
            told.append(f"{span(shares, 0)} % (vectors `{vectors}`)")
    return ", ".join(told) or NOT_MEASURED


def cipher() -> str:
    """What reranking is worth where strings tell nothing."""
    rows = [row for row in whole_induction(read_kinds("induction")) if row["set"] == "cipher"]
    told = [
        f"{row['reranked']:.1f} for {row['pair']}, where VecMap had {row['base']['vecmap']:.1f}"
        for row in rows
    ]
    return "; ".join(told) or NOT_MEASURED


def without_dictionary() -> str:
    """One row a method, all on the same language pair."""
    runs = systems()
    if not runs:
        return NOT_YET
    head = ["system", "method", "begins with", "there", "back", "minutes", "peak GiB"]
    rows = [
        [SYSTEMS[name], f"`{name}`", run["supervision"], *there_and_back(run), minutes(run), gib(run)]
        for name, run in runs.items()
    ]
    return table(head, rows, text_columns=3)


def systems() -> dict[str, Row]:
    """The runs of the methods that are shown, in that order."""
    report = read("systems")
    found = {} if report is None else {run["method"]: run for run in report["runs"]}
    return {name: found[name] for name in SYSTEMS if name in found}


def there_and_back(run: Row) -> list[str]:
    """P@1; backward only if no pairs were given, for they may be test pairs of that direction."""
    back = f"{run['backward']:.1f}" if run["supervision"] == "none" else ""
    return [f"{run['forward']:.1f}", back]


def minutes(run: Row) -> str:
    """How long it took."""
    return f"{run['seconds'] / 60:.1f}"


def gib(run: Row) -> str:
    """The most memory."""
    return NOT_MEASURED if run["peak_gib"] is None else f"{run['peak_gib']:.1f}"


def published() -> str:
    """VecMap's unsupervised method with larger settings, beside isolex on the same pair."""
    report = read("speed-unsupervised")
    if report is None:
        return ""
    theirs = report["runs"][0]
    own = next(
        (run for run in first_runs("unsupervised") if _same(run, theirs, "pair", "spaces")),
        None,
    )
    told = (
        f"VecMap's method without a dictionary (`{theirs['method']}`), with nearly the settings of its "
        f"paper, took {minutes(theirs)} minutes for {theirs['pair']}. It translated "
        f"{theirs['forward']:.1f} % of the words right, and {theirs['backward']:.1f} % in the other "
        "direction."
    )
    if own is None:
        return told
    return (
        f"{told} isolex (`{own['method']}`) took {minutes(own)} minutes, the check of the result included, "
        f"and translated {own['forward']:.1f} % and {own['backward']:.1f} % right."
    )


def _same(one: Row, other: Row, *names: str) -> bool:
    return all(one[name] == other[name] for name in names)


def first_runs(method: str) -> list[Row]:
    """Of the measurement without a dictionary: the first seed of each language pair."""
    runs = all_rows(read_kinds("unsupervised"), "runs")
    return [run for run in runs if run["method"] == method and run["seed"] == 0]


def many_pairs() -> str:
    """On how many language pairs few words or none are better than a whole dictionary, and where it fails."""
    runs = first_runs("unsupervised")
    few = [run for run in all_rows(read_kinds("semi"), "runs") if run["supervision"] == "25 pairs"]
    failed = [run["pair"] for run in runs if status(run) == "failed"]
    told = []
    if runs:
        told.append(
            "Without a dictionary isolex translated more words right than VecMap, a published method, with "
            f"the whole training dictionary, in both directions, on {above(runs)} of {len(runs)} language "
            "pairs."
        )
    if failed:
        told.append(f"On {', '.join(failed)} it failed, and said so.")
    if few:
        told.append(
            f"With 25 known pairs of words, isolex was better than VecMap with the whole dictionary on "
            f"{above(few)} of {len(few)} language pairs, and took {span([run['seconds'] for run in few], 0)} "
            "seconds, without the check of the result."
        )
    return " ".join(told) or NOT_YET


def above(runs: Iterable[Row]) -> int:
    """How many are better than VecMap with all training pairs, both ways."""
    ways = ("forward", "backward")
    return sum(all(run[way] > run[f"supervised_{way}"] for way in ways) for run in runs)


def search(report: Report) -> tuple[str, str]:
    """Beside faiss."""
    row = with_larger(report, "retrieval", "words")[-1]
    what = f"Find the 10 nearest of {row['words']:,} words, for each of as many: time of faiss over isolex"
    return what, f"{row['faiss'] / row['isolex']:.1f}"


def csls(report: Report) -> tuple[str, str]:
    """Beside plain torch."""
    row = with_larger(report, "retrieval", "words")[-1]
    what = "The same by CSLS in both directions: time of plain torch over isolex"
    return what, f"{row['four_passes'] / row['isolex_csls']:.1f}"


def reading(report: Report) -> tuple[str, str]:
    """Beside gensim."""
    row = with_larger(report, "files", "rows")[-1]
    what = f"Read {row['rows']:,} vectors from text: time of gensim over isolex"
    return what, f"{row['gensim_read'] / row['isolex_read']:.1f}"


def verdicts(_: Report) -> tuple[str, str]:
    """How many bad alignments are called good."""
    runs = judged(read_kinds("verdict"), read_kinds("unsupervised"))
    bad = [run for run in runs if not is_good(run)]
    wrong = sum(judge_evidence(Evidence(**run.evidence))[0] == "aligned" for run in bad)
    return "Useless alignments that isolex calls `aligned`", f"{wrong} of {len(bad)}"


def prediction(report: Report) -> tuple[str, str]:
    """Of the diagnosis."""
    found = report["prediction"]
    what = f"P@1 lies in the interval that `isolex diagnose` predicts, of {found['cases']} alignments"
    return what, f"{100 * found['coverage']:.0f} %"


def languages(report: Report) -> tuple[str, str]:
    """Beside alignments of two."""
    found = report["means"]["others"]
    gain = found["joint_unreachable"] - found["direct_unreachable"]
    what = "P@1 in a space of four languages minus that of alignments of two, pairs without English"
    return what, f"{gain:+.1f} points"


def largest(report: Report) -> tuple[str, str]:
    """The most languages."""
    run = report["runs"][-1]
    what = f"One space of {run['languages']} languages with {run['words']:,} words each (made up)"
    return what, f"{run['seconds'] / 60:.1f} minutes"


def triangulated(report: Report) -> tuple[str, str]:
    """What third languages add."""
    what = "P@1 of reranking that asks the other languages of a space, minus without them"
    return what, f"{report['means']['gain_unreachable']:+.1f} points"


def trained(report: Report) -> tuple[str, str]:
    """Vectors from texts, beside gensim."""
    first = report["rows"][0]
    by_name = {row["trainer"]: row for row in report["rows"] if _same(row, first, "pair", "size")}
    million = max(first["tokens"]) / 1e6
    what = f"P@1 with vectors from {million:.0f} million tokens a side ({first['pair']}), and with gensim's"
    return what, f"{by_name['skip-gram']['p1']:.1f}, {by_name[PLAIN]['p1']:.1f}"


def whole_dictionary(report: Report) -> tuple[str, str]:
    """From texts alone."""
    what = f"From two texts to a dictionary (`isolex dictionary`, {report['pair']})"
    return what, f"{report['seconds'] / 60:.0f} minutes"


def reviewed(report: Report) -> tuple[str, str]:
    """What decisions teach."""
    one, most = report["summary"][0], report["rows"][0]["decisions"][-1]
    what = (
        f"P@1 of a dictionary ({one['pair']}): before a review, after {most:,} decisions on words that "
        "isolex chose, after as many on random words"
    )
    return what, ", ".join(f"{one[name]:.1f}" for name in ("p1_before", "p1_mixed", "p1_random"))


def sentences(report: Report) -> tuple[str, str]:
    """The best weighting of each direction."""
    found = [cells[best(cells)]["p@1"] for cells in by_direction(report).values()]
    return f"P@1 of finding the translation of a sentence, {len(found)} directions", span(found, 0)


def topics(report: Report) -> tuple[str, str]:
    """Classifiers that carry over."""
    what = "Accuracy of a topic classifier in another language, over that of one trained there"
    return what, f"{mean(row['accuracy'] / row['ceiling'] for row in report['topics']):.2f}"


Line = tuple[str, Callable[[Report], tuple[str, str]], str, str]
EVERYTHING_ELSE: tuple[Line, ...] = (
    ("speed", search, "speed --full", "performance"),
    ("speed", csls, "speed --full", "performance"),
    ("speed", reading, "speed --full", "performance"),
    ("verdict", verdicts, "verdict --data DATA", "weak"),
    ("diagnosis", prediction, "diagnosis --data DATA", "diagnosis"),
    ("space", languages, "space --data DATA", "space"),
    ("space-planted", largest, "space --planted 10,50,157", "space"),
    ("triangulation", triangulated, "triangulation --data DATA", "space"),
    ("texts", trained, "texts --data DATA", "texts"),
    ("texts-dictionary", whole_dictionary, "texts --data DATA --dictionary", "texts"),
    ("review", reviewed, "review --data DATA", "review"),
    ("transfer", sentences, "transfer --data DATA", "transfer"),
    ("transfer", topics, "transfer --data DATA", "transfer"),
)
"""The measurement, its figure, its command and its report."""


_TITLES = {"weak": "without a dictionary", "space": "many languages"}
"""What reports are called that have another name than their subject."""


def everything_else() -> str:
    """One line a figure; what was not measured is left out."""
    rows = []
    for name, make, command, report in EVERYTHING_ELSE:
        found = read(name)
        if found is not None:
            link = f"[{_TITLES.get(report, report)}](../benchmarks/reports/{report}.md)"
            rows.append([*make(found), f"`{command}`", link])
    return table(["what", "figure", "command", "report"], rows, text_columns=4) if rows else NOT_YET


def comparison() -> str:
    """The comparison with the systems that isolex replaces, for the README."""
    found, runs = supervised(), systems()
    pair = next((run["pair"] for run in runs.values()), "es-fr")
    novels, of_web = found.get("novels", {}).get(pair, {}), found.get("web", {})
    web = means(of_web.values()) if of_web else {}
    refined = {"muse": runs["muse-supervised"]["forward"]} if "muse-supervised" in runs else {}

    mean_of_novels = means(found["novels"].values()) if "novels" in found else {}

    def alone(name: str) -> list[str]:
        run = runs.get(name)
        if run is None:
            return [NOT_MEASURED] * 2
        memory = "" if run["peak_gib"] is None else f", {gib(run)} GiB"
        return [" / ".join(there_and_back(run)), f"{minutes(run)} min{memory}"]

    figures = {
        "isolex": [*(_own(scores) for scores in (novels, mean_of_novels, web)), *alone("unsupervised")],
        "MUSE": [_score(refined, "muse"), NOT_MEASURED, NOT_MEASURED, *alone("muse-unsupervised-cpu")],
        "VecMap": [
            *(_score(scores, "vecmap") for scores in (novels, mean_of_novels, web)),
            *alone("vecmap-unsupervised-cpu"),
        ],
        "fastText (RCSLS)": [
            *(_score(scores, "rcsls") for scores in (novels, mean_of_novels, web)),
            "needs a dictionary",
            "",
        ],
    }
    rows = [
        f"P@1 with a dictionary: novels, {pair}",
        f"the same: novels, mean of {len(found.get('novels', {}))} pairs",
        f"the same: web, mean of {len(of_web)} pairs",
        f"P@1 without a dictionary: novels, {pair}, there / back",
        "time and memory for that",
        *FEATURES,
    ]
    columns = [[*figures[name], *features] for name, features in OFFERED.items()]
    body = ([row, *cells] for row, *cells in zip(rows, *columns, strict=True))
    return table(["", *OFFERED], body, text_columns=5)


FEATURES = ("many languages", "confidences", "licence")
OFFERED = {
    "isolex": ("in one space", "yes", "Apache-2.0"),
    "MUSE": ("two at a time", "no", "CC BY-NC 4.0"),
    "VecMap": ("two at a time", "no", "GPL-3.0-or-later"),
    "fastText (RCSLS)": ("two at a time", "no", "MIT"),
}


def _score(scores: Scores, name: str) -> str:
    return f"{scores[name]:.1f}" if name in scores else NOT_MEASURED


def _own(scores: Scores) -> str:
    if not scores:
        return NOT_MEASURED
    return f"**{_score(scores, 'reranked')}** ({_score(scores, 'auto')} without reranking)"


def made() -> dict[Path, str]:
    """The page and the README; parts without a measurement say so."""
    parts = {
        "with a dictionary": with_dictionary(),
        "without a dictionary": without_dictionary(),
        "published settings": published(),
        "many pairs": many_pairs(),
        "everything else": everything_else(),
    }
    figures = {name: f"\n\n{text}\n\n" for name, text in parts.items()}
    figures |= {
        "training pairs": training_pairs(),
        "confidence": confidence(),
        "cipher": cipher(),
        "pair": ", ".join(dict.fromkeys(run["pair"] for run in systems().values())) or NOT_MEASURED,
    }
    return {
        PAGE: filled(PAGE, figures),
        README: filled(README, {"results": f"\n\n{comparison()}\n\n"}),
    }
