"""`python -m benchmarks`: measure, and fill the documentation with what was measured."""

import click

from isolex.cli.app import main
from isolex.cli.lazy import LazyGroup

COMMANDS = {
    "reference": (
        "benchmarks.commands.reference:reference",
        "P@1 of every supervised method on every language pair (protocol muse, nn and csls).",
    ),
    "unsupervised": (
        "benchmarks.commands.weak:unsupervised",
        "P@1 in both directions and the verdict of unsupervised runs; three seeds on es-fr, en-de and en-fi.",
    ),
    "semi": (
        "benchmarks.commands.weak:semi",
        "P@1 from 25, 100, 500 and all training pairs, identical strings, and numerals where there are any.",
    ),
    "systems": (
        "benchmarks.commands.weak:systems",
        "P@1, minutes and peak memory of each published system on one pair, each in its own process.",
    ),
    "verdict": (
        "benchmarks.commands.weak:verdict",
        "Unsupervised runs on small, noisy and hopeless spaces: does the verdict distinguish them?",
    ),
    "planted": (
        "benchmarks.commands.weak:planted",
        "Words that unsupervised methods recover in a space that is rotated, shuffled, noisy or incomplete.",
    ),
    "diagnosis": (
        "benchmarks.commands.diagnosis:diagnosis",
        "Hubs, methods, and correlation of measures with P@1, for many pairs, sizes and degrees of noise.",
    ),
    "induction": (
        "benchmarks.commands.induction:induction",
        "P@1 of reranked dictionaries and of the base methods, calibration, and time for a whole dictionary.",
    ),
    "space": (
        "benchmarks.commands.space:space",
        "P@1 of the joint space of en, es, fr and de, of two languages alone, and by way of English.",
    ),
    "triangulation": (
        "benchmarks.commands.triangulation:triangulation",
        "P@1 and calibration of triangulated and of pairwise reranking, on unreachable test words.",
    ),
    "fleet": (
        "benchmarks.commands.fleet:fleet",
        "Make dictionaries of all directions between six languages, by each executor and after kills.",
    ),
    "fleet-scale": (
        "benchmarks.commands.fleet_scale:fleet_scale",
        "Measure time and memory of fleet jobs on planted vectors, and plan for 157 languages.",
    ),
    "review": (
        "benchmarks.commands.review:review",
        "Simulate a reviewer who knows the training dictionary, and learn from the reviewer's decisions.",
    ),
    "review-server": (
        "benchmarks.commands.review:review_server",
        "Let many reviewers decide at once while the server learns, and while it is killed.",
    ),
    "explorer": (
        "benchmarks.commands.review:explorer",
        "Time the explorer: opening its page, looking up words, and moving the map in a browser.",
    ),
    "texts": (
        "benchmarks.commands.texts:texts",
        "P@1 from raw texts by both trainers and by gensim's plain skip-gram, at several sizes.",
    ),
    "transfer": (
        "benchmarks.commands.transfer:transfer",
        "Word similarity, sentence retrieval, zero-shot topics and document retrieval across languages.",
    ),
    "speed": (
        "benchmarks.commands.speed:speed",
        "Time searching, learning, reading and writing, compared with other libraries.",
    ),
    "start": (
        "benchmarks.commands.start:start",
        "Processor time of starting isolex, compared with that of Python.",
    ),
    "translate": (
        "benchmarks.commands.translate:translate",
        "Time and memory of translating one word by a saved alignment.",
    ),
    "rounds": (
        "benchmarks.commands.rounds:rounds",
        "Seconds of VecMap's unsupervised self-learning, round by round.",
    ),
    "pages": (
        "benchmarks.commands.pages:pages",
        "Fill the pages of the documentation with the results, and fit the models that come with isolex.",
    ),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def app() -> None:
    """Measure isolex, and fill the documentation with the results.

    Run it from the root of the repository. Results that pages are made of stand in benchmarks/results/.
    """


if __name__ == "__main__":
    main(command=app, name="python -m benchmarks")
