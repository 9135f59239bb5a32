"""Draw the picture of the README: English and Spanish words of the bundled sample in one space.

python scripts/readme_picture.py

The Spanish words are the first answers of `isolex.align` to the English ones, and the places are those that
keep their cosines best in two dimensions (multidimensional scaling). It needs the extra `transfer`, and
writes docs/images/space-light.svg and space-dark.svg.
"""

from html import escape
from pathlib import Path

import numpy as np
import torch
from sklearn.manifold import MDS

import isolex

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WORDS = (
    *("cat", "dog", "horse", "bird", "bread", "water", "sea", "river", "sun", "night"),
    *("house", "window", "door", "king", "queen", "father", "mother", "hand", "eyes"),
)
WIDTH, HEIGHT, MARGIN, DOT = 840, 400, 48, 4
LABEL, NEAR = 13, 26
# Of the ground, the English words, the Spanish words, the lines between them, and the caption.
COLOURS = {
    "light": ("#ffffff", "#0f766e", "#b45309", "#94a3b8", "#475569"),
    "dark": ("#0d1117", "#5eead4", "#fbbf24", "#475569", "#94a3b8"),
}


def main() -> None:
    """Align, place the words, and draw them in both colours."""
    en, es, train, _ = isolex.sample()
    alignment = isolex.align(en, es, train)
    pairs = [(word, alignment.translate(word, k=1)[0][0]) for word in WORDS]
    places = placed(alignment, pairs)
    for name, colours in COLOURS.items():
        (IMAGES / f"space-{name}.svg").write_text(drawn(pairs, places, colours), encoding="utf-8")


def placed(alignment: isolex.Alignment, pairs: list[tuple[str, str]]) -> np.ndarray:
    """Two coordinates of each word, the English ones first, inside the picture."""
    sides = zip(alignment.sides, zip(*pairs, strict=True), strict=True)
    rows = torch.cat([side.rows[[side.vectors.id(word) for word in words]] for side, words in sides])
    distances = (1 - rows @ rows.T).clamp(min=0).double().numpy()
    scaling = MDS(
        dissimilarity="precomputed", random_state=4, n_init=8, max_iter=3000, normalized_stress=False
    )
    at = scaling.fit_transform((distances + distances.T) / 2)
    at = spread((at - at.min(0)) / (at.max(0) - at.min(0)) * [WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN])
    return (at - at.min(0)) / (at.max(0) - at.min(0)) * [WIDTH - 4 * MARGIN, HEIGHT - 2 * MARGIN] + [
        2 * MARGIN,
        MARGIN,
    ]


def spread(at: np.ndarray, rounds: int = 400) -> np.ndarray:
    """Push words apart whose labels would cover each other, and leave the others where they are."""
    at = at.copy()
    for _ in range(rounds):
        for i in range(len(at)):
            for j in range(i):
                away = at[i] - at[j]
                gap = np.hypot(away[0] / 2.6, away[1])  # labels are wider than high
                if gap < NEAR:
                    push = away / (np.linalg.norm(away) + 1e-9) * (NEAR - gap) * 0.1
                    at[i] += push
                    at[j] -= push
    return at


def drawn(pairs: list[tuple[str, str]], at: np.ndarray, colours: tuple[str, ...]) -> str:
    """The picture."""
    ground, english, spanish, line, caption = colours
    count = len(pairs)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif">',
        "<title>English and Spanish words in one space; each word is beside its translation</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{ground}"/>',
    ]
    for number in range(count):
        (x1, y1), (x2, y2) = at[number], at[count + number]
        parts.append(
            f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="{line}" '
            'stroke-width="1.2"/>'
        )
    for side, colour in enumerate((english, spanish)):
        for number, pair in enumerate(pairs):
            (x, y), other = at[side * count + number], at[(1 - side) * count + number]
            # Outside, so that the line between the two does not cross it.
            anchor, beside = ("end", -8) if x < other[0] else ("start", 8)
            weight = "700" if pair[0] == "cat" else "400"
            parts.append(
                f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{DOT}" fill="{colour}"/>'
                f'<text x="{x + beside:.0f}" y="{y + 4:.0f}" font-size="{LABEL}" font-weight="{weight}" '
                f'text-anchor="{anchor}" fill="{colour}">{escape(pair[side])}</text>'
            )
    for number, (name, colour) in enumerate((("English", english), ("Spanish", spanish))):
        x = MARGIN / 2 + 90 * number
        parts.append(
            f'<circle cx="{x:.0f}" cy="{HEIGHT - 18}" r="{DOT}" fill="{colour}"/>'
            f'<text x="{x + 10:.0f}" y="{HEIGHT - 14}" font-size="{LABEL}" fill="{caption}">{name}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
