"""How fast isolex searches, learns, reads and writes, beside what people use otherwise: ratios of one run.

Vectors are the bundled sample's, in a shared space, repeated with noise until there are as many as asked for.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from benchmarks.files_speed import FilesRow
from benchmarks.measuring import AnonymousPeak, alone, environment, seconds_of, timed
from benchmarks.spaces import NOISE, shared_space
from isolex.arrays import generator
from isolex.errors import MissingExtraError
from isolex.mapping import Induction, Mapping, Problem, VecMap
from isolex.progress import track
from isolex.retrieval import CSLS, TopK, top_k, top_k_both
from isolex.retrieval.tiles import Scores

NEIGHBOURS = 10
SAMPLED_ROWS = 2_000
TOLERANCE = 1e-6
_BLOCK = 1_000
_KEEP = 0.5
_TIMED_ROWS = 50_000

# OpenBLAS, which faiss multiplies with, does not know newer processors and then takes its slowest code.
_FAISS_ENVIRONMENT = {"OPENBLAS_CORETYPE": "SKYLAKEX"}


@dataclass(frozen=True)
class RetrievalRow:
    """Seconds for the 10 best of every row out of `words` keys.

    Attributes:
        words: Of either side.
        product: One float32 product of that size, its tiles thrown away: the floor for float32.
        torch: Product and `torch.topk`, written from the definition.
        faiss: `IndexFlatIP`.
        isolex: The same by `top_k`.
        four_passes: CSLS in both directions from the definition: four times product and `torch.topk`. Blocks
            of rows cost alike, so 50,000 rows are timed, and the rest counted as much.
        isolex_csls: The same by `CSLS().both`.
        faiss_csls: CSLS in one direction by one extra column, neighbourhoods given.
        exact_rows: Share of sampled rows, by inner product and by CSLS, whose scores are the true ones.
    """

    words: int
    product: float
    torch: float
    faiss: float
    isolex: float
    four_passes: float
    isolex_csls: float
    faiss_csls: float
    exact_rows: float


@dataclass(frozen=True)
class IterationRow:
    """Seconds for one round of VecMap's self-learning: map, CSLS both ways, stochastic dictionary, solve."""

    words: int
    product: float
    isolex: float


@dataclass(frozen=True)
class ScalingRow:
    """Seconds and MiB for the 10 best of `queries` rows out of `keys` that lie in a file."""

    keys: int
    queries: int
    seconds: float
    mib: float


@dataclass(frozen=True)
class MappedRow:
    """Seconds and MiB for the 10 best by CSLS, both ways, of `words` a side that lie in files."""

    words: int
    seconds: float
    mib: float


def run_retrieval(words: int) -> RetrievalRow:
    """Top 10 by inner product, and by CSLS in both directions.

    Raises:
        MissingExtraError: faiss is not there.
    """
    if find_spec("faiss") is None:
        raise MissingExtraError("the comparison with faiss", "faiss", "bench")
    x, z = shared_space(words)
    top_k_both(x[:_BLOCK], z, NEIGHBOURS)  # calibrates, and compiles what is to be compiled
    product = seconds_of(lambda: _product(x, z))
    plain = seconds_of(lambda: _plain(x, z))
    isolex, found = timed(lambda: top_k(x, z, NEIGHBOURS))
    csls, (there, _) = timed(lambda: CSLS().both(x, z, NEIGHBOURS))
    r_x, r_z = CSLS().neighbourhoods(x, z)
    four = _four_passes(x, z, r_x, r_z)
    with tempfile.TemporaryDirectory() as folder, environment(_FAISS_ENVIRONMENT):
        for name, rows in (("x", x), ("z", z), ("r", r_z)):
            np.save(Path(folder) / f"{name}.npy", rows.numpy())
        faiss, faiss_csls = alone(_faiss, folder, torch.get_num_threads())
    asked = torch.randperm(words, generator=generator(0))[:SAMPLED_ROWS]
    exact = _exact(Scores(x, z), asked, found)
    exact &= _exact(Scores(x, z, 2.0, -r_x, -r_z), asked, there)
    return RetrievalRow(
        words, product, plain, faiss, isolex, four, csls, faiss_csls, float(exact.double().mean())
    )


def run_iteration(words: int) -> IterationRow:
    """One round at keep .5, where half of the answers are dropped."""
    x, z = shared_space(words)
    problem, start = Problem(x, z), Mapping.one_sided(torch.eye(x.shape[1]))
    induction, draws = Induction("union", vocabulary=words), generator(0)

    def iteration() -> None:
        pairs = induction.between(start, problem, keep=_KEEP, generator=draws).pairs
        VecMap.rotation().solve(Problem(x, z, pairs))

    iteration()
    return IterationRow(words, _best_of(3, lambda: _product(x, z)), _best_of(3, iteration))


def run_scaling(sizes: tuple[int, ...], *, queries: int = 2_000) -> Iterator[ScalingRow]:
    """The same queries among more and more keys."""
    for keys in track(list(sizes), "numbers of keys"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "keys.npy"
            _write_keys(path, keys)
            yield ScalingRow(keys, queries, *alone(_search_file, path, queries, torch.get_num_threads()))


def run_mapped(words: int) -> MappedRow:
    """CSLS both ways of two vocabularies that are mapped from files, not read into memory."""
    with tempfile.TemporaryDirectory() as folder:
        for number, side in enumerate("xz"):
            _write_keys(Path(folder) / f"{side}.npy", words, number)
        return MappedRow(words, *alone(_both_of_files, Path(folder), torch.get_num_threads()))


def ratios(retrieval: RetrievalRow, iteration: IterationRow, files: FilesRow) -> dict[str, float]:
    """The figures to watch, by name: how many times faster, but `iteration_over_product`, slower."""
    return {
        "nn_over_faiss": retrieval.faiss / retrieval.isolex,
        "csls_over_four_pass": retrieval.four_passes / retrieval.isolex_csls,
        "iteration_over_product": iteration.isolex / iteration.product,
        "read_over_gensim": files.gensim_read / files.isolex_read,
        "write_over_gensim": files.gensim_write / files.isolex_write,
        "exact_rows": retrieval.exact_rows,
        "peak_memory_over_matrix": files.peak_over_matrix,
    }


def to_dict(row: RetrievalRow | IterationRow | FilesRow | ScalingRow | MappedRow) -> dict[str, Any]:
    """Plain numbers, rounded."""
    return {
        name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(row).items()
    }


def _product(x: Float[Tensor, "n d"], z: Float[Tensor, "m d"]) -> None:
    tile = torch.empty(_BLOCK, z.shape[0])
    for block in x.split(_BLOCK):
        torch.mm(block, z.T, out=tile[: block.shape[0]])


def _plain(x: Float[Tensor, "n d"], z: Float[Tensor, "m d"]) -> Float[Tensor, "n k"]:
    return torch.cat([torch.topk(block @ z.T, NEIGHBOURS, dim=1).values for block in x.split(_BLOCK)])


def _four_passes(
    x: Float[Tensor, "n d"], z: Float[Tensor, "n d"], r_x: Float[Tensor, "n"], r_z: Float[Tensor, "n"]
) -> float:
    """Seconds. The neighbourhoods are computed, too, but given: so a part of the rows is enough to time."""
    rows = min(x.shape[0], _TIMED_ROWS)

    def passes() -> None:
        for asking, answering in ((x, z), (z, x)):
            _plain(asking[:rows], answering).mean(dim=1)
        for asking, answering, own, others in ((x, z, r_x, r_z), (z, x, r_z, r_x)):
            for block, terms in zip(asking[:rows].split(_BLOCK), own[:rows].split(_BLOCK), strict=True):
                torch.topk(2 * (block @ answering.T) - terms[:, None] - others, NEIGHBOURS, dim=1)

    return seconds_of(passes) * x.shape[0] / rows


def _exact(scores: Scores, asked: Int[Tensor, "r"], found: TopK) -> Bool[Tensor, "r"]:
    """For which of the asked rows the scores of the keys that were found are the best there are."""
    made = []
    for rows in asked.split(500):
        some = scores.asked_by(rows)
        true = Scores(
            some.x.double(), some.z.double(), some.scale, _double(some.x_bias), _double(some.z_bias)
        )
        table = true.tile(slice(None), slice(None))
        best = table.topk(found.indices.shape[1], dim=1).values
        own = table.gather(1, found.indices[rows]).sort(dim=1, descending=True).values
        made.append(((own - best).abs() <= TOLERANCE).all(dim=1))
    return torch.cat(made)


def _double(bias: Tensor | None) -> Tensor | None:
    return None if bias is None else bias.double()


def _faiss(folder: str, threads: int) -> tuple[float, float]:
    import faiss  # noqa: PLC0415

    faiss.omp_set_num_threads(threads)
    x, z, r = (np.load(Path(folder) / f"{name}.npy") for name in ("x", "z", "r"))
    made = []
    for queries, keys in (
        (x, z),
        (np.hstack([x, np.ones((len(x), 1), np.float32)]), np.hstack([z, -r[:, None] / 2])),
    ):
        index = faiss.IndexFlatIP(keys.shape[1])
        index.add(np.ascontiguousarray(keys))
        contiguous = np.ascontiguousarray(queries)
        index.search(contiguous[:_BLOCK], NEIGHBOURS)
        made.append(seconds_of(partial(index.search, contiguous, NEIGHBOURS)))
    return made[0], made[1]


def _write_keys(path: Path, count: int, side: int = 1) -> None:
    rows = shared_space(10_000)[side].numpy()
    made = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, rows.shape[1]))
    for start in range(0, count, len(rows)):
        noise = np.random.default_rng((side, start)).standard_normal(rows.shape, dtype=np.float32)
        made[start : start + len(rows)] = (rows + NOISE * noise)[: count - start]
    made.flush()


def _mapped(path: Path) -> Float[Tensor, "n d"]:
    # Copy on write: torch takes no arrays that cannot be written to.
    return torch.from_numpy(np.load(path, mmap_mode="c"))


def _both_of_files(folder: Path, threads: int) -> tuple[float, float]:
    torch.set_num_threads(threads)
    x, z = (_mapped(folder / f"{side}.npy") for side in "xz")
    top_k_both(x[:_BLOCK], z[:10_000], NEIGHBOURS)
    with AnonymousPeak() as memory:
        seconds = seconds_of(lambda: CSLS().both(x, z, NEIGHBOURS))
    return seconds, memory.bytes / 2**20


def _search_file(path: Path, queries: int, threads: int) -> tuple[float, float]:
    torch.set_num_threads(threads)
    keys = _mapped(path)
    asked = shared_space(10_000)[0][:queries]
    top_k(asked, keys[:10_000], NEIGHBOURS)
    with AnonymousPeak() as memory:
        seconds = seconds_of(lambda: top_k(asked, keys, NEIGHBOURS))
    return seconds, memory.bytes / 2**20


def _best_of(times: int, function: Callable[[], Any]) -> float:
    return min(seconds_of(function) for _ in range(times))
