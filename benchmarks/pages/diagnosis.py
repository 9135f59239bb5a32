r"""Fill benchmarks/reports/diagnosis.md and fit the prediction that isolex ships, by results/diagnosis.json.

python -m benchmarks diagnosis --data DATA --unsupervised benchmarks/results/verdict.json --json \
    > benchmarks/results/diagnosis.json
python -m benchmarks pages
"""

from pathlib import Path
from statistics import mean

from benchmarks.diagnosis import DiagnosisRow, as_case
from benchmarks.pages.filling import REPORTS, ROOT, Report, coefficients_of, filled_from, read, table
from isolex.diagnosis import WITH_LEXICON
from isolex.judging import Model

PAGE = REPORTS / "diagnosis.md"
COEFFICIENTS = ROOT / "src" / "isolex" / "diagnosis" / "coefficients.json"
FITTED_ON = (
    "P@1 of supervised VecMap (protocol muse, CSLS) on skip-gram vectors of novels, 2 to 30 million tokens a "
    "language, with MUSE dictionaries; en, es, fr, de in all directions, en-hu and en-uk both ways; all "
    "words, 3,000 and 10,000, with noise, and with 100 to 1,000 seed pairs"
)


def hubness(report: Report) -> str:
    """One row a language pair and direction."""
    head = ["pair", "Robin Hood nn", "csls", "less", "skewness nn", "csls", "less", "P@1 nn", "csls"]
    rows = []
    for row in report["hubness"]:
        cells = [row["pair"]]
        for figure in ("robin_hood", "skewness"):
            before, after = row[f"{figure}_nn"], row[f"{figure}_csls"]
            cells += [f"{before:.2f}", f"{after:.2f}", f"{100 * (1 - after / before):.0f} %"]
        rows.append([*cells, f"{row['p1_nn']:.1f}", f"{row['p1_csls']:.1f}"])
    return table(head, rows)


def claims(report: Report) -> str:
    """What the literature says, and what it is here."""
    rows, made = report["claims"], report["hubness"]

    def gain(first: str, second: str) -> list[float]:
        return [row["p@1"][first] - row["p@1"][second] for row in rows]

    def less(figure: str) -> list[float]:
        return [100 * (1 - row[f"{figure}_csls"] / row[f"{figure}_nn"]) for row in made]

    told = [
        ("Robin Hood index, CSLS against NN", "40 to 60 % less", less("robin_hood"), " % less"),
        ("skewness of N_k, CSLS against NN", "40 to 60 % less", less("skewness"), " % less"),
        ("P@1 of Procrustes, CSLS minus NN", "+3 to +5", gain("procrustes csls", "procrustes nn"), ""),
        ("Procrustes minus least squares, NN", "+5 to +10", gain("procrustes nn", "least-squares nn"), ""),
        ("Procrustes minus least squares, CSLS", "", gain("procrustes csls", "least-squares csls"), ""),
        (
            "one hidden layer minus Procrustes, CSLS",
            "overfits",
            [row["non_linear"]["test"] - row["p@1"]["procrustes csls"] for row in rows],
            "",
        ),
        (
            "the same on its own training words, minus the test's",
            "overfits",
            [row["non_linear"]["train"] - row["non_linear"]["test"] for row in rows],
            "",
        ),
    ]
    cells = [
        [what, claimed, f"{mean(found):+.1f}{unit}", f"{min(found):+.1f} to {max(found):+.1f}"]
        for what, claimed, found, unit in told
    ]
    return table(["claim", "published", "here, mean", "range"], cells, text_columns=2)


def curves(report: Report) -> str:
    """P@1 by the number of seed pairs."""
    sizes = sorted({size for row in report["claims"] for size, _ in row["curve"][:-1]})
    rows = []
    for row in report["claims"]:
        found, (last, at_last) = dict(row["curve"][:-1]), row["curve"][-1]
        cells = [f"{found[size]:.1f}" if size in found else "" for size in sizes]
        rows.append([row["pair"], *cells, f"{at_last:.1f} ({last:,})"])
    return table(["pair", *(f"{size:,}" for size in sizes), "all"], rows)


def correlation(report: Report) -> str:
    """One row a measure."""
    alone = report["correlation_unsupervised"]
    rows = [
        [name.replace("_", " "), f"{value:+.2f}", f"{alone[name]:+.2f}" if name in alone else ""]
        for name, value in report["correlation"].items()
    ]
    return table(["measure", "supervised P@1", "unsupervised P@1"], rows)


def prediction(report: Report) -> str:
    """How well P@1 is predicted on pairs that were left out."""
    rows = []
    for name, figures in (
        ("with a lexicon", report["prediction"]),
        ("without", report["prediction_without_lexicon"]),
    ):
        share = figures["median_width"] / figures["constant_width"]
        rows.append(
            [
                name,
                str(figures["cases"]),
                f"{100 * figures['coverage']:.0f} %",
                f"{figures['median_width']:.1f}",
                f"{figures['constant_width']:.1f}",
                f"{100 * share:.0f} %",
                f"{figures['median_error']:.1f}",
            ]
        )
    head = ["prediction", "cases", "coverage", "median width", "constant's width", "share", "median error"]
    return table(head, rows)


def coefficients(report: Report) -> str:
    """The fitted model as JSON, with where it comes from."""
    cases = [
        as_case(DiagnosisRow(case["pair"], case["spaces"], case["measures"], case["p@1"]))
        for case in report["cases"]
    ]
    return coefficients_of(Model.fit(cases, WITH_LEXICON), FITTED_ON, len(cases))


PARTS = {
    "hubness": hubness,
    "claims": claims,
    "curves": curves,
    "correlation": correlation,
    "prediction": prediction,
}


def made() -> dict[Path, str]:
    """The page, and the prediction."""
    report = read("diagnosis")
    fitted = {} if report is None else {COEFFICIENTS: coefficients(report)}
    return filled_from(PAGE, "diagnosis", PARTS) | fitted
