"""Align pairs of languages to induce lexicons, one pair after the other or as jobs of a fleet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from isolex.choices import Status
from isolex.errors import InputError
from isolex.files import digest, make_folder
from isolex.fleet import Job, Ledger, Workplace, named
from isolex.lexicon import Lexicon
from isolex.lexicon.words import counted
from isolex.progress import track
from isolex.recipes.aligning import align
from isolex.saved import json_text
from isolex.vectors import Vectors

# Dictionaries are induced among so many most frequent words.
_INDUCED_WORDS = 20_000
_VECTORS = "vectors"


@dataclass(frozen=True)
class PairWanted:
    """Two languages to align.

    Attributes:
        source: Vectors of the first one.
        target: Vectors of the second one.
        seeds: Known pairs of words; None for none.
    """

    source: Vectors
    target: Vectors
    seeds: Lexicon | None


@dataclass(frozen=True)
class PairFound:
    """The result of aligning two languages.

    Attributes:
        status: The verdict; `failed` also if the languages could not be aligned at all.
        reason: A sentence that explains the verdict.
        lexicon: Mutual answers of the most frequent words if the pair was aligned; else None.
    """

    status: Status
    reason: str
    lexicon: Lexicon | None

    @classmethod
    def of(
        cls, wanted: PairWanted, *, normalize: tuple[str, ...], seed: int, device: str | torch.device
    ) -> "PairFound":
        """Align two languages.

        Args:
            wanted: The languages.
            normalize: Normalisation steps.
            seed: Seed of everything random.
            device: Where to compute.
        """
        try:
            alignment = align(
                wanted.source, wanted.target, wanted.seeds, normalize=normalize, seed=seed, device=device
            )
        except InputError as error:
            return cls("failed", str(error), None)
        aligned = alignment.card.status == "aligned"
        found = alignment.head(_INDUCED_WORDS).induce("mutual").lexicon() if aligned else None
        return cls(alignment.card.status, alignment.card.reason, found)


def link_pairs(
    pairs: Mapping[str, PairWanted],
    *,
    normalize: tuple[str, ...],
    seed: int,
    device: str | torch.device,
    workplace: Workplace | None = None,
) -> dict[str, PairFound]:
    """Align pairs of languages.

    Args:
        pairs: The pairs by name.
        normalize: Normalisation steps.
        seed: Seed of everything random.
        device: Where to compute; workers of a fleet use their processors.
        workplace: Where the jobs run and their results are kept; by default this process does the work, and
            nothing is kept.

    Raises:
        InputError: As for `run_jobs`; or a job was lost, or could not read its files.
    """
    if workplace is None:
        return {
            name: PairFound.of(one, normalize=normalize, seed=seed, device=device)
            for name, one in track(list(pairs.items()), "aligning pairs of languages")
        }
    if not pairs:
        return {}
    jobs = _jobs(pairs, workplace.folder, normalize=normalize, seed=seed)
    report = workplace.run(jobs, label="aligning pairs of languages")
    if report.failed:
        # What cannot be aligned is a result; this is a lost worker or a damaged file.
        first, more = report.failed[0], len(report.failed) - 1
        raise InputError(
            f"failed: {first.told}" + (f"; so did {counted(more, 'other pair')}" if more else ""),
            where=workplace.folder / first.name,
            fix="give the same command again; finished pairs are kept",
        )
    ledger = Ledger(workplace.folder)
    return {name: _read(ledger.place(job)) for name, job in zip(pairs, jobs, strict=True)}


def write_link(output: Path, settings: Mapping[str, Any]) -> None:
    """Align two languages and write the result as JSON; this is the work of one job."""
    source, target = (Vectors.read(settings[side], unicode="keep") for side in ("source", "target"))
    seeds = settings["seeds"]
    known = None if seeds is None else Lexicon(seeds["pairs"], seeds["weights"], unicode="keep")
    normalize = tuple(settings["normalize"])
    found = PairFound.of(
        PairWanted(source, target, known), normalize=normalize, seed=settings["seed"], device="cpu"
    )
    pairs = None if found.lexicon is None else list(found.lexicon.pairs)
    told = {"status": found.status, "reason": found.reason, "pairs": pairs}
    output.write_text(json_text(told) + "\n", encoding="utf-8")


def _jobs(
    pairs: Mapping[str, PairWanted], folder: Path, *, normalize: tuple[str, ...], seed: int
) -> Sequence[Job]:
    """A job a pair; the vectors are laid down where all workers find them."""
    stores = make_folder(folder / _VECTORS)
    # Each language once, however many pairs it is in.
    languages = {side.fingerprint: side for one in pairs.values() for side in (one.source, one.target)}
    places = {fingerprint: str(_stored(side, stores)) for fingerprint, side in languages.items()}
    made = []
    for name, one in pairs.items():
        seeds = None
        if one.seeds is not None:
            seeds = {"pairs": list(one.seeds.pairs), "weights": one.seeds.weights}
        made.append(
            Job(
                f"{name}.json",
                named(write_link),
                {"normalize": list(normalize), "seed": seed},
                {
                    "source": one.source.fingerprint,
                    "target": one.target.fingerprint,
                    "seeds": digest(json_text(seeds).encode()),
                },
                {
                    "source": places[one.source.fingerprint],
                    "target": places[one.target.fingerprint],
                    "seeds": seeds,
                },
            )
        )
    return made


def _stored(vectors: Vectors, folder: Path) -> Path:
    path = (folder / f"{vectors.fingerprint.partition(':')[2]}.safetensors").resolve()
    if not _holds(path, vectors):
        vectors.write(path)
    return path


def _holds(path: Path, vectors: Vectors) -> bool:
    """Whether a file of an earlier run is sound, each of its rows included."""
    try:
        stored = Vectors.read(path, unicode="keep")
        stored.check()
    except InputError:
        return False
    else:
        return stored.fingerprint == vectors.fingerprint


def _read(path: Path) -> PairFound:
    told = json.loads(path.read_text(encoding="utf-8"))
    pairs = told["pairs"]
    found = None if pairs is None else Lexicon([(s, t) for s, t in pairs], unicode="keep")
    return PairFound(told["status"], told["reason"], found)
