"""Search between two vocabularies that are too big for one process, as jobs over shards of their rows.

The score of a pair does not depend on the other rows in the computation (see `tiles`), so the merged results
of the shards are exactly those of one process.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from safetensors import safe_open
from safetensors.torch import load, load_file, save
from torch import Tensor

from isolex.errors import InputError
from isolex.files import atomic_file, digest, file_digest, make_folder
from isolex.fleet import Job, Ledger, Workplace, named
from isolex.given import whole_number
from isolex.retrieval.criteria import CSLS, Criterion, NearestNeighbour
from isolex.retrieval.kernel import top_k_both
from isolex.retrieval.tiles import TopK, best_first

SHARD_WORDS = 65_536
"""Words of a shard, unless their number is given: with 300 dimensions, 75 MiB."""
_SCRATCH_BYTES = 32 * 2**20
_MERGED_ROWS = 16_384
_ROWS = "rows"
_PREFIX = "sha256:"
_SIDES = ("there", "back")


def search_in_shards(
    x: Float[Tensor, "n d"],
    z: Float[Tensor, "m d"],
    k: int,
    *,
    criterion: Criterion,
    workplace: Workplace,
    shards: int | None = None,
    neighbourhoods: tuple[Float[Tensor, "n"], Float[Tensor, "m"]] | None = None,
) -> tuple[TopK, TopK]:
    """The best k rows of z for each of x and the other way round, as `Criterion.both` finds them.

    Each job takes one shard of x through all of z, shard by shard, so a worker holds two shards and 32 MiB
    of scratch memory beside the results of its own shard. The results of each job are kept, and the same
    search in the same folder does only the jobs that are missing. The folder also holds the rows; delete it
    at the end.

    Args:
        x: `[n, d]` unit rows, n ≥ 1.
        z: `[m, d]` unit rows, m ≥ 1.
        k: How many to keep, ≥ 1.
        criterion: `NearestNeighbour()` or `CSLS()`.
        workplace: Where the jobs run and their results are kept.
        shards: Number of shards of each side; by default enough that none has more than 65,536 words.
        neighbourhoods: The neighbourhoods of CSLS if they are known; else they take an additional pass.

    Raises:
        InputError: Another criterion, or a job failed.
    """
    k = whole_number(k, "k", where="retrieval")
    if not isinstance(criterion, CSLS | NearestNeighbour):
        raise InputError(
            f"got {type(criterion).__name__}, expected csls or nn",
            where="search in shards",
            fix="leave out --work",
        )
    folder = make_folder(workplace.folder / _ROWS)
    sources, targets = (_Shards.stored(rows, folder, shards) for rows in (x, z))
    near = None
    if isinstance(criterion, CSLS):
        if neighbourhoods is None:
            found = _read(_searched("near", sources, targets, criterion.k, workplace))
            # The same means as in one process, from the scores of all rows.
            neighbourhoods = found[0].scores.mean(dim=1), found[1].scores.mean(dim=1)
        near = _stored(dict(zip(_SIDES, neighbourhoods, strict=True)), folder)
    return _read(_searched("best", sources, targets, k, workplace, near=near))


class _Shards:
    """The rows of a side in files, each named by its digest."""

    def __init__(self, paths: Sequence[Path], firsts: Sequence[int]) -> None:
        self.paths, self.firsts = paths, firsts

    @classmethod
    def stored(cls, rows: Tensor, folder: Path, shards: int | None) -> "_Shards":
        count = -(-rows.shape[0] // SHARD_WORDS) if shards is None else min(shards, rows.shape[0])
        paths, firsts, first = [], [], 0
        for part in rows.tensor_split(count):
            paths.append(_stored({_ROWS: part}, folder))
            firsts.append(first)
            first += part.shape[0]
        return cls(paths, firsts)

    @property
    def digests(self) -> list[str]:
        return [path.stem for path in self.paths]

    def to_dict(self) -> dict[str, Any]:
        return {"paths": [str(path) for path in self.paths], "firsts": list(self.firsts)}


def _stored(tensors: Mapping[str, Tensor], folder: Path) -> Path:
    """The file that holds some tensors, named by its digest."""
    data = save({name: one.cpu().contiguous() for name, one in tensors.items()})
    path = folder.resolve() / f"{digest(data).removeprefix(_PREFIX)}.safetensors"
    if not path.exists() or file_digest(path) != path.stem:
        with atomic_file(path) as output:
            output.write_bytes(data)
    return path


def _searched(
    name: str, x: _Shards, z: _Shards, k: int, workplace: Workplace, *, near: Path | None = None
) -> Path:
    """Where the merged result of a pass is, whose jobs are made if they are missing."""
    biases = {} if near is None else {"near": near.stem}
    width = len(str(len(x.paths) - 1))
    jobs = [
        _job(
            f"{name}-{number:0{width}}",
            write_found,
            {"k": k},
            {"x": one, "first": str(first), "z": digest("\n".join(z.digests).encode()), **biases},
            {
                "x": str(path),
                "first": first,
                "z": z.to_dict(),
                "near": None if near is None else str(near),
            },
        )
        for number, (path, first, one) in enumerate(zip(x.paths, x.firsts, x.digests, strict=True))
    ]
    _done(jobs, workplace, f"searching: {name}")
    ledger = Ledger(workplace.folder)
    parts = [str(ledger.place(job).resolve()) for job in jobs]
    merged = _job(name, write_merged, {"k": k}, {job.name: job.key for job in jobs}, {"parts": parts})
    _done([merged], workplace, f"merging: {name}")
    return ledger.place(merged).resolve()


def _job(
    name: str, work: Any, settings: Mapping[str, Any], inputs: Mapping[str, str], places: Mapping[str, Any]
) -> Job:
    return Job(f"{name}.safetensors", named(work), settings, inputs, places)


def _done(jobs: Sequence[Job], workplace: Workplace, label: str) -> None:
    report = workplace.run(jobs, label=label)
    if report.failed:
        one = report.failed[0]
        raise InputError(f"failed: {one.told}", where=workplace.folder / one.name, fix="run it again")


def write_found(output: Path, settings: Mapping[str, Any]) -> None:
    """The best rows of z for each row of a shard of x, and the reverse; this is the work of one job."""
    k, first = settings["k"], settings["first"]
    x = load_file(settings["x"])[_ROWS]
    scale, r_x, r_z = 1.0, None, None
    if settings["near"] is not None:
        near, scale = load_file(settings["near"]), 2.0
        r_x, r_z = (-near[side] for side in _SIDES)
        r_x = r_x[first : first + x.shape[0]]
    of_rows: TopK | None = None
    paths, firsts = settings["z"]["paths"], settings["z"]["firsts"]
    count, width = sum(_shape(path, _ROWS)[0] for path in paths), min(k, x.shape[0])
    of_columns = _room(count, width)
    for path, start in zip(paths, firsts, strict=True):
        z = load_file(path)[_ROWS]
        z_bias = None if r_z is None else r_z[start : start + z.shape[0]]
        found, back = top_k_both(
            x, z, k, scale=scale, x_bias=r_x, z_bias=z_bias, scratch_bytes=_SCRATCH_BYTES
        )
        moved = TopK(found.indices + start, found.scores)
        of_rows = moved if of_rows is None else _merged([of_rows, moved], k)
        here = slice(start, start + z.shape[0])
        of_columns.indices[here], of_columns.scores[here] = back.indices + first, back.scores
        del z, found, back  # before the next shard is read
    if of_rows is None:
        raise InputError("got no rows", where="search in shards")
    del x
    _write(output, of_rows, of_columns)


def write_merged(output: Path, settings: Mapping[str, Any]) -> None:
    """Merge the results of all shards; this is the work of one job."""
    parts, k = settings["parts"], settings["k"]
    if not parts:
        raise InputError("got no shards", where="search in shards")
    shapes = [_shape(part, "there.scores") for part in parts]
    there = _room(sum(rows for rows, _ in shapes), shapes[0][1])
    start = 0
    for part in parts:
        found = _rows_of(part, "there", slice(None))
        here = slice(start, start := start + len(found.scores))
        there.indices[here], there.scores[here] = found.indices, found.scores
    shapes = [_shape(part, "back.scores") for part in parts]
    count = shapes[0][0]
    back = _room(count, min(k, sum(width for _, width in shapes)))
    # A few rows of all shards at a time: sorting takes several times the memory of what it sorts.
    for start in range(0, count, _MERGED_ROWS):
        here = slice(start, start + _MERGED_ROWS)
        found = _merged([_rows_of(part, "back", here) for part in parts], k)
        back.indices[here], back.scores[here] = found.indices, found.scores
    _write(output, there, back)


def _room(rows: int, width: int) -> TopK:
    """Room for results, with small numbers: joining parts at the end would take them twice."""
    return TopK(torch.empty(rows, width, dtype=torch.int32), torch.empty(rows, width))


def _merged(found: Sequence[TopK], k: int) -> TopK:
    """The best of what was found for the same rows in several shards."""
    indices = torch.cat([one.indices for one in found], dim=1)
    return best_first(TopK(indices, torch.cat([one.scores for one in found], dim=1)), k)


def _write(output: Path, there: TopK, back: TopK) -> None:
    found = zip(_SIDES, (there, back), strict=True)
    tensors = {
        f"{side}.{name}": tensor.contiguous()
        for side, one in found
        for name, tensor in (("indices", one.indices.int()), ("scores", one.scores))
    }
    output.write_bytes(save(tensors))


def _rows_of(part: str, side: str, rows: slice) -> TopK:
    """Some rows of the result of a job; its file is mapped only meanwhile."""
    with safe_open(part, framework="pt") as stored:
        indices, scores = (stored.get_slice(f"{side}.{name}")[rows] for name in ("indices", "scores"))
        return TopK(indices.long(), scores)


def _shape(file: str, name: str) -> tuple[int, int]:
    """How many rows and columns a matrix in a file has."""
    with safe_open(file, framework="pt") as stored:
        rows, columns = stored.get_slice(name).get_shape()
        return rows, columns


def _read(path: Path) -> tuple[TopK, TopK]:
    found = load(path.read_bytes())  # not mapped, as whoever has it may change the folder
    there, back = (TopK(found[f"{side}.indices"].long(), found[f"{side}.scores"]) for side in _SIDES)
    return there, back
