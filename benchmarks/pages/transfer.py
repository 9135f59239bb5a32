"""Fill benchmarks/reports/transfer.md with the measurements of benchmarks/results/transfer.json.

python -m benchmarks transfer --data DATA --json > benchmarks/results/transfer.json
python -m benchmarks pages
"""

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from benchmarks.pages.filling import REPORTS, Report, filled_from, table, versions

PAGE = REPORTS / "transfer.md"

WAYS = ("vectors", "translation", "fusion", "reciprocal_ranks")

Cell = tuple[str, str]  # weighting and criterion


def span(values: Sequence[float], digits: int) -> str:
    """The least and the greatest."""
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


def direction(row: Report) -> str:
    """Source and target."""
    return f"{row['source']}-{row['target']}"


def p_value(value: float) -> str:
    """In two digits."""
    return f"{value:.2g}"


def machine(report: Report) -> str:
    """What it was measured with."""
    return (
        f"Measured in {report['seconds']:.0f} seconds with {versions(report)}, "
        f"alignments by `{report['method']}`."
    )


def three_digits(row: Report, *names: str) -> list[str]:
    """Scores between 0 and 1."""
    return [f"{row[name]:.3f}" for name in names]


def similarity(report: Report) -> str:
    """One row a set."""
    rows = [
        [
            row["set"],
            row["languages"],
            *three_digits(row, "pearson", "spearman", "harmonic_mean"),
            f"{row['n']:,}",
            f"{row['coverage']:.1f} %",
            f"{row['of_lower']:.2f}" if "of_lower" in row else "",
        ]
        for row in report["similarity"]
    ]
    head = ["set", "languages", "Pearson", "Spearman", "harmonic mean", "pairs", "coverage", "of the lower"]
    return table(head, rows, text_columns=2)


def similarity_told(report: Report) -> str:
    """What follows from `similarity`."""
    across = [row for row in report["similarity"] if "of_lower" in row]
    sets = {row["set"] for row in across}
    alone = [row for row in report["similarity"] if "of_lower" not in row and row["set"] in sets]
    share = span([100 * row["of_lower"] for row in across], 0)
    known, known_across = (span([row["coverage"] for row in rows], 0) for rows in (alone, across))
    return (
        f"Across languages the score is {share} % of that of the weaker language by itself. The "
        f"vocabularies know {known} % of the pairs of SemEval-2017 within a language, and {known_across} % "
        "of those across."
    )


def by_direction(report: Report) -> dict[str, dict[Cell, Report]]:
    """The rows of sentence retrieval by direction, then by weighting and criterion."""
    found: dict[str, dict[Cell, Report]] = {}
    for row in report["sentences"]:
        found.setdefault(direction(row), {})[row["weighting"], row["criterion"]] = row
    return found


def best(cells: dict[Cell, Report]) -> Cell:
    """Weighting and criterion of the highest P@1."""
    return max(cells, key=lambda cell: cells[cell]["p@1"])


def sentences(report: Report) -> str:
    """One row a direction, one column a weighting and criterion; the best in bold."""
    found = by_direction(report)
    names = list(next(iter(found.values())))
    rows = []
    for pair, cells in found.items():
        winner = best(cells)
        figures = [f"{cells[name]['p@1']:.1f}" for name in names]
        figures[names.index(winner)] = f"**{cells[winner]['p@1']:.1f}**"
        gain = cells[winner]["over_mean_nn"]
        more = [f"{cells[winner][name]:.1f}" for name in ("p@5", "p@10")]
        rows.append([pair, *figures, f"{gain['points']:+.1f}", p_value(gain["p_value"]), *more])
    head = ["direction", *(" ".join(name) for name in names), "best over mean nn", "p"]
    return table([*head, "P@5 of the best", "P@10 of the best"], rows)


def sentences_told(report: Report) -> str:
    """What follows from `sentences`."""
    found = list(by_direction(report).values())
    winners = [best(cells) for cells in found]
    winner = max(sorted(set(winners)), key=winners.count)
    weighting, criterion = winner
    own = [cells[winner] for cells in found]
    gains = [row["over_mean_nn"] for row in own]
    weightings = list(dict.fromkeys(name for name, _ in found[0]))

    def more(first: Cell, second: Cell) -> str:
        points = [cells[first]["p@1"] - cells[second]["p@1"] for cells in found]
        return f"{mean(points):+.1f} ({span(points, 1)})"

    by_csls = ", ".join(f"{more((name, 'csls'), (name, 'nn'))} with `{name}`" for name in weightings)
    others = ", ".join(
        f"{more(winner, (name, criterion))} to `{name}`" for name in weightings if name != weighting
    )
    return (
        f"`{weighting}` with `{criterion}` is the best in {winners.count(winner)} of {len(winners)} "
        f"directions: P@1 {span([row['p@1'] for row in own], 1)}, which is "
        f"{span([one['points'] for one in gains], 1)} points more than `mean` with `nn` "
        f"(the largest p is {p_value(max(one['p_value'] for one in gains))}).\n\n"
        f"In points, mean and range over directions: CSLS adds to nearest neighbour {by_csls}; "
        f"with `{criterion}`, `{weighting}` adds {others}."
    )


def topics(report: Report) -> str:
    """One row a direction."""
    rows = []
    for row in report["topics"]:
        share = f"{row['accuracy'] / row['ceiling']:.2f}"
        scores = [*three_digits(row, "accuracy", "ceiling"), share, *three_digits(row, "majority")]
        rows.append([direction(row), *scores, f"{row['n']}"])
    figures = ["accuracy", "ceiling", "accuracy / ceiling", "most frequent class", "test texts"]
    return table(["trained-tested", *figures], rows)


def topics_told(report: Report) -> str:
    """What follows from `topics`."""
    rows = report["topics"]
    shares = [row["accuracy"] / row["ceiling"] for row in rows]
    error = max(196 * math.sqrt(row["accuracy"] * (1 - row["accuracy"]) / row["n"]) for row in rows)
    return (
        f"Without a labelled text of the language, a classifier keeps {span(shares, 2)} of what one trained "
        f"on it reaches, {mean(shares):.2f} in the mean. With so few test texts an accuracy is known to "
        f"about ±{error:.0f} points (95 %): too roughly to say in which direction classes carry over better."
    )


def retrieval(report: Report) -> str:
    """One row a direction: nDCG@10."""
    rows = [
        [
            direction(row),
            f"{row['queries']:,}",
            f"{row['documents']:,}",
            *three_digits(row, *(f"ndcg_{way}" for way in WAYS)),
            p_value(row["p_over_vectors"]),
            p_value(row["p_over_translation"]),
            f"{row['fusion']['p@1']:.1f}",
            f"{row['fusion']['recall@10']:.1f}",
        ]
        for row in report["retrieval"]
    ]
    head = ["asked-answered", "queries", "sentences", "vectors", "translation", "fusion", "reciprocal ranks"]
    tests = ["p over vectors", "p over translation", "P@1 of fusion", "R@10 of fusion"]
    return table([*head, *tests], rows)


def retrieval_told(report: Report) -> str:
    """What follows from `retrieval`."""
    rows = report["retrieval"]
    parts = {
        way: [row["ndcg_fusion"] - row[f"ndcg_{way}"] for row in rows] for way in ("vectors", "translation")
    }
    p = max(row[f"p_over_{way}"] for row in rows for way in parts)
    both = sum(min(gains) > 0 for gains in zip(*parts.values(), strict=True))
    behind = sum(row["ndcg_reciprocal_ranks"] < row["ndcg_translation"] for row in rows)
    share = [row["ndcg_vectors"] / row["ndcg_translation"] for row in rows]
    gains = {way: span(own, 3) for way, own in parts.items()}
    return (
        f"The fusion is above both its parts in {both} of {len(rows)} directions: by {gains['translation']} "
        f"nDCG@10 above the translation and by {gains['vectors']} above the vectors (the largest p is "
        f"{p_value(p)}). Vectors alone reach {span(share, 2)} times the nDCG@10 of the translation. "
        f"Reciprocal rank fusion is below the translation alone in {behind} of {len(rows)} directions."
    )


PARTS = {
    "machine": machine,
    "similarity": similarity,
    "similarity told": similarity_told,
    "sentences": sentences,
    "sentences told": sentences_told,
    "topics": topics,
    "topics told": topics_told,
    "retrieval": retrieval,
    "retrieval told": retrieval_told,
}


def made() -> dict[Path, str]:
    """The page."""
    return filled_from(PAGE, "transfer", PARTS)
