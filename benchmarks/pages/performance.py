r"""Fill benchmarks/reports/performance.md with measurements.

python -m benchmarks speed --json > benchmarks/results/speed.json
python -m benchmarks speed --full --mapped 500000 --json > benchmarks/results/speed-full.json
ISOLEX_SCREENING=off python -m benchmarks speed --json > benchmarks/results/speed-float32.json
python -m benchmarks speed --json > benchmarks/results/speed-avx512.json       # on another machine
python -m benchmarks systems --data DATA --pair en-fr --methods vecmap-unsupervised --json \
    > benchmarks/results/speed-unsupervised.json                       # and speed-avx512-unsupervised.json
python -m benchmarks rounds DATA --rounds 12 --revision NAME >> benchmarks/results/rounds.jsonl
python -m benchmarks pages
"""

import json
from pathlib import Path

from benchmarks.pages.filling import REPORTS, RESULTS, Report, filled_from, measured_on, read, table, versions

_TWO_MILLION = 2_000_000
PAGE = REPORTS / "performance.md"


def machine(report: Report) -> str:
    """What it was measured on and with."""
    return (
        f"Measured on {measured_on(report)}, "
        f"with {versions(report)}, in {report['seconds'] / 60:.0f} minutes. What is larger comes from a run "
        f"with `--full` and `--mapped 500000`, of {full()['seconds'] / 60:.0f} minutes."
    )


def full() -> Report:
    """The run with larger sizes."""
    return read("speed-full") or {"retrieval": [], "files": [], "scaling": [], "mapped": [], "seconds": 0}


def with_larger(report: Report, part: str, size: str) -> list[dict[str, float]]:
    """The rows of the run, and those of the other run that are larger than these."""
    rows: list[dict[str, float]] = report[part]
    largest = max(row[size] for row in rows)
    return rows + [row for row in full()[part] if row[size] > largest]


def retrieval(report: Report) -> str:
    """Seconds, then ratios."""
    rows = with_larger(report, "retrieval", "words")
    names = ("product", "torch", "faiss", "isolex", "four_passes", "isolex_csls", "faiss_csls")
    seconds = [[f"{row['words']:,}", *(f"{row[name]:.1f}" for name in names)] for row in rows]
    head = [
        "words",
        "product",
        "torch",
        "faiss",
        "isolex",
        "four passes",
        "isolex, CSLS",
        "faiss, CSLS one way",
    ]
    ratios = [
        [
            f"{row['words']:,}",
            f"{row['faiss'] / row['isolex']:.1f}",
            f"{row['torch'] / row['isolex']:.1f}",
            f"{row['product'] / row['isolex']:.1f}",
            f"{row['four_passes'] / row['isolex_csls']:.1f}",
            f"{100 * row['exact_rows']:.1f} %",
        ]
        for row in rows
    ]
    times = ["words", "faiss", "torch", "product", "CSLS: four passes", "exact"]
    between = "How many times as long as isolex the others take:"
    return f"{table(head, seconds)}\n\n{between}\n\n{table(times, ratios)}"


def iteration(report: Report) -> str:
    """One row."""
    row = report["iteration"]
    head = ["words", "seconds", "float32 product of that size", "ratio"]
    return table(
        head,
        [
            [
                f"{row['words']:,}",
                f"{row['isolex']:.2f}",
                f"{row['product']:.2f}",
                f"{report['iteration_over_product']:.2f}",
            ]
        ],
    )


def float32(_: Report) -> str:
    """The ratios of another run, without screening."""
    report = read("speed-float32")
    if report is None:
        return ""
    return (
        "Where bfloat16 is not faster, tiles are in float32. With `ISOLEX_SCREENING=off` on the same "
        f"machine, in a run of its own at {report['retrieval'][0]['words']:,} words, faiss takes "
        f"{report['nn_over_faiss']:.1f} times as long as isolex, the four passes "
        f"{report['csls_over_four_pass']:.1f} times; the round below takes "
        f"{report['iteration_over_product']:.1f} times as long as the float32 product."
    )


def elsewhere(_: Report) -> str:
    """The ratios on another machine."""
    report, whole = read("speed-avx512"), read("speed-avx512-unsupervised")
    if report is None or whole is None:
        return ""
    retrieval, run = report["retrieval"][0], whole["runs"][0]
    rows = [
        [f"10 best of {retrieval['words']:,} words, faiss over isolex", f"{report['nn_over_faiss']:.1f}"],
        ["CSLS both ways, four passes over isolex", f"{report['csls_over_four_pass']:.1f}"],
        ["exact rows", f"{100 * report['exact_rows']:.1f} %"],
        ["a round of self-learning over a float32 product", f"{report['iteration_over_product']:.2f}"],
        ["reading, gensim over isolex", f"{report['read_over_gensim']:.1f}"],
        ["writing, gensim over isolex", f"{report['write_over_gensim']:.1f}"],
        ["memory while reading over the matrix", f"{report['peak_memory_over_matrix']:.2f}"],
    ]
    told = (
        f"The whole unsupervised run there: {run['seconds'] / 60:.1f} minutes and {run['peak_gib']:.1f} GiB, "
        f"P@1 {run['forward']:.1f} and back {run['backward']:.1f}."
    )
    return f"On {measured_on(report)}:\n\n{table(['ratio', ''], rows)}\n\n{told}"


def rounds(_: Report) -> str:
    """Seconds a round by revision."""
    path = RESULTS / "rounds.jsonl"
    if not path.exists():
        return ""
    runs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [[run["revision"], f"{run['round_seconds']:.2f}", f"{run['rounds']}"] for run in runs]
    return table(["revision", "seconds a round", "rounds measured"], rows)


def unsupervised(_: Report) -> str:
    """A whole run of VecMap's unsupervised method."""
    report = read("speed-unsupervised")
    if report is None:
        return ""
    run = report["runs"][0]
    return (
        f"The whole of VecMap's unsupervised method ({run['pair']}, 40,000 words a side, dictionaries among "
        f"the 20,000 most frequent): {run['seconds'] / 60:.1f} minutes and {run['peak_gib']:.1f} GiB, with "
        f"P@1 {run['forward']:.1f} and back {run['backward']:.1f} on the MUSE test dictionaries, where "
        f"VecMap with all seed pairs has {run['supervised_forward']:.1f} and "
        f"{run['supervised_backward']:.1f}."
    )


def files(report: Report) -> str:
    """One row a size."""
    head = ["rows", "gensim reads", "isolex reads", "ratio", "gensim writes", "isolex writes", "ratio"]
    rows = [
        [
            f"{row['rows']:,}",
            f"{row['gensim_read']:.1f}",
            f"{row['isolex_read']:.1f}",
            f"{row['gensim_read'] / row['isolex_read']:.1f}",
            f"{row['gensim_write']:.1f}",
            f"{row['isolex_write']:.1f}",
            f"{row['gensim_write'] / row['isolex_write']:.1f}",
            f"{row['peak_over_matrix']:.2f}",
            f"{1000 * row['open_store']:.0f} ms",
        ]
        for row in with_larger(report, "files", "rows")
    ]
    return table([*head, "memory", "native store opens in"], rows)


def scaling(report: Report) -> str:
    """One row a number of keys."""
    rows = [
        [
            f"{row['keys']:,}",
            f"{row['seconds']:.2f}",
            f"{1e6 * row['seconds'] / row['keys']:.1f}",
            f"{row['mib']:.0f}",
        ]
        for row in with_larger(report, "scaling", "keys")
    ]
    return table(["keys", "seconds", "µs a key", "MiB"], rows)


def mapped(_: Report) -> str:
    """A sentence on vocabularies that lie in files, and what follows for two million words."""
    sentences = []
    for row in full()["mapped"]:
        factor = _TWO_MILLION / row["words"]
        hours = factor**2 * row["seconds"] / 3600
        sentences.append(
            f"The 10 best by CSLS, both ways, of {row['words']:,} words a side that are mapped from files: "
            f"{row['seconds'] / 60:.0f} minutes, and {row['mib']:,.0f} MiB beside the files' pages. Two "
            f"million words a side are {factor**2:.0f} times the scores and {factor:.0f} times the words: "
            f"some {hours:.1f} hours and {factor * row['mib'] / 1024:.1f} GiB."
        )
    return "\n".join(sentences)


PARTS = {
    "machine": machine,
    "retrieval": retrieval,
    "float32": float32,
    "elsewhere": elsewhere,
    "iteration": iteration,
    "unsupervised": unsupervised,
    "rounds": rounds,
    "files": files,
    "scaling": scaling,
    "mapped": mapped,
}


def made() -> dict[Path, str]:
    """The page."""
    return filled_from(PAGE, "speed", PARTS)
