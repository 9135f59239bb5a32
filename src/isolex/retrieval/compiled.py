"""The selection as compiled loops, for the extra `fast`: each score is read once, and few are kept.

A score is kept if it beats the worst that was kept so far. In the first tile that would be most of them;
there, maxima of groups come first: if c groups have a maximum above some floor, so are the c best scores.

Loops are written so that the compiler makes vector instructions of them: over neighbouring numbers, and by
choices in the place of jumps. What is done for single scores makes no views of rows: keeping count of those
would cost more, above all where several threads do. Checks of types at run time, which wrap functions, must
leave them as they are: `no_type_check`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, no_type_check

import numba
import numpy as np
import torch
from numba import njit, prange
from numpy.typing import NDArray

from isolex.threads import short_waits

_Array = NDArray[np.generic]
_Best = tuple[_Array, _Array]

# Groups of a row: group g holds every so many-th number from g on.
_GROUPS = 512
# Columns looked at together, in strips of so many rows: the groups of a column. Of the first tile, where
# they tell a floor, there must be many.
_LANES = 64
_STRIP = 16
_FIRST_STRIP = 8
# Halvings of the range in which a floor is looked for. It need not be the highest.
_HALVINGS = 10


# Its threads begin here, to wait as those of torch do, which are then as many as numba's unless told again.
_threads_of_torch = torch.get_num_threads()
with short_waits():
    numba.get_num_threads()
torch.set_num_threads(_threads_of_torch)

# Some of the ways in which loops run side by side bear no second caller.
_ONE_AT_A_TIME = Lock()


@contextmanager
def at_work() -> Iterator[int]:
    """Around every call of the functions below: how many threads they are to use, which is what torch uses.

    Without it numba would set, for torch too, as many threads as there are cores.
    """
    threads = torch.get_num_threads()
    with _ONE_AT_A_TIME:
        most = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]  # made when it is loaded
        numba.set_num_threads(min(threads, most))
        try:
            yield threads
        finally:
            torch.set_num_threads(threads)


@njit(nogil=True, cache=True, parallel=True)
@no_type_check
def best_of_rows(tile: _Array, first: int, ids: _Array, found: _Array, threads: int) -> None:
    """Keep the best of each row of a tile.

    Args:
        tile: `[r, c]`, int16 or float32.
        first: Its first column.
        ids: int32 `[r, k]`, the columns of the best so far.
        found: `[r, k]` of the tile's type, their scores.
        threads: How many work side by side.
    """
    for part in prange(threads):
        start, end = tile.shape[0] * part // threads, tile.shape[0] * (part + 1) // threads
        _best_of_rows(tile[start:end], first, ids[start:end], found[start:end])


@njit(nogil=True, cache=True, parallel=True)
@no_type_check
def best_of_columns(tile: _Array, first: int, ids: _Array, found: _Array, threads: int) -> None:
    """Keep the best of each column of a tile.

    Args:
        tile: `[r, c]`, int16 or float32.
        first: Its first row.
        ids: int32 `[c, k]`, the rows of the best so far.
        found: `[c, k]` of the tile's type, their scores.
        threads: How many work side by side.
    """
    for part in prange(threads):
        start, end = tile.shape[1] * part // threads, tile.shape[1] * (part + 1) // threads
        floors = np.empty(end - start, tile.dtype)
        for j in range(start, end):
            floors[j - start] = _least(found, j)
        if first == 0:
            _raise_floors(tile, (start, end), found.shape[1], floors)
        _best_of_columns(tile, (start, end), first, (ids, found), floors)


@njit(nogil=True, cache=True, parallel=True, fastmath={"reassoc", "contract"})
@no_type_check
def products(x: _Array, z: _Array, ids: _Array, made: _Array, threads: int) -> None:
    """The inner product of each row of x `[r, d]` with the rows of z that `ids` `[r, c]` names for it."""
    for part in prange(threads):
        for i in range(ids.shape[0] * part // threads, ids.shape[0] * (part + 1) // threads):
            for j in range(ids.shape[1]):
                row = z[ids[i, j]]
                total = np.float32(0)
                for k in range(x.shape[1]):
                    total += x[i, k] * row[k]
                made[i, j] = total


@njit(nogil=True, cache=True)
@no_type_check
def _best_of_rows(tile: _Array, first: int, ids: _Array, found: _Array) -> None:
    maxima = np.empty(_GROUPS, tile.dtype)
    whole = tile.shape[1] // _GROUPS * _GROUPS
    for i in range(tile.shape[0]):
        floor = _least(found, i)
        if whole:
            _maxima_of_row(tile, i, whole, maxima)
            floor = _raised(floor, maxima, found.shape[1])
            for lane in range(_GROUPS):
                if maxima[lane] > floor:
                    for j in range(lane, whole, _GROUPS):
                        if tile[i, j] > floor:
                            floor = max(floor, _put(tile[i, j], first + j, ids, found, i))
        for j in range(whole, tile.shape[1]):
            if tile[i, j] > floor:
                floor = max(floor, _put(tile[i, j], first + j, ids, found, i))


@njit(nogil=True, cache=True)
@no_type_check
def _best_of_columns(tile: _Array, span: tuple[int, int], first: int, best: _Best, floors: _Array) -> None:
    ids, found = best
    left, width = span[0], span[1] - span[0]
    maxima = np.empty(width, tile.dtype)
    for top in range(0, tile.shape[0], _STRIP):
        bottom = min(top + _STRIP, tile.shape[0])
        _maxima_of_strip(tile, (top, bottom), left, maxima)
        for start in range(0, width, _LANES):
            stop = min(start + _LANES, width)
            if _any_above(maxima, floors, start, stop):
                for lane in range(start, stop):
                    floor, j = floors[lane], left + lane
                    if maxima[lane] > floor:
                        for i in range(top, bottom):
                            if tile[i, j] > floor:
                                floor = max(floor, _put(tile[i, j], first + i, ids, found, j))
                        floors[lane] = floor


@njit(nogil=True, cache=True)
@no_type_check
def _least(found: _Array, i: int) -> Any:
    least = found[i, 0]
    for place in range(1, found.shape[1]):
        least = min(least, found[i, place])
    return least


@njit(nogil=True, cache=True)
@no_type_check
def _put(value: float, name: int, ids: _Array, found: _Array, i: int) -> Any:
    """Put a score that is better than the worst of row i in its place. Returns what is then the worst."""
    least, second, worst = found[i, 0], value, 0
    for place in range(1, found.shape[1]):
        other = found[i, place]
        smaller = other < least
        greater = least if smaller else other
        second = greater if greater < second else second
        worst = place if smaller else worst
        least = other if smaller else least
    found[i, worst], ids[i, worst] = value, name
    return second


@njit(nogil=True, cache=True)
@no_type_check
def _maxima_of_row(tile: _Array, i: int, whole: int, maxima: _Array) -> None:
    # Of unsigned numbers the compiler knows that none is negative, which would count from the end.
    row = np.uint64(i)
    for lane in range(np.uint64(_GROUPS)):
        maxima[lane] = tile[row, lane]
    for start in range(np.uint64(_GROUPS), np.uint64(whole), np.uint64(_GROUPS)):
        for lane in range(np.uint64(_GROUPS)):
            value = tile[row, start + lane]
            maxima[lane] = value if value > maxima[lane] else maxima[lane]


@njit(nogil=True, cache=True)
@no_type_check
def _raised(floor: Any, maxima: _Array, count: int) -> Any:
    """The floor, or what at least `count` of the maxima lie above."""
    low, high = maxima[0], maxima[0]
    for lane in range(_GROUPS):
        low = maxima[lane] if maxima[lane] < low else low
        high = maxima[lane] if maxima[lane] > high else high
    for _ in range(_HALVINGS):
        middle = maxima.dtype.type((low + high) / 2)
        above = np.int16(0)
        for lane in range(_GROUPS):
            above = np.int16(above + (np.int16(1) if maxima[lane] > middle else np.int16(0)))
        if above >= count:
            low = middle
            floor = middle if middle > floor else floor
        else:
            high = middle
    return floor


@njit(nogil=True, cache=True)
@no_type_check
def _maxima_of_strip(tile: _Array, rows: tuple[int, int], left: int, maxima: _Array) -> None:
    width = len(maxima)
    maxima[:] = tile[rows[0], left : left + width]
    for i in range(rows[0] + 1, rows[1]):
        row = tile[i, left : left + width]
        for lane in range(width):
            maxima[lane] = row[lane] if row[lane] > maxima[lane] else maxima[lane]


@njit(nogil=True, cache=True)
@no_type_check
def _any_above(maxima: _Array, floors: _Array, start: int, stop: int) -> bool:
    some, below = maxima[start:stop], floors[start:stop]
    reached = np.int16(0)
    for lane in range(stop - start):
        reached = np.int16(1) if some[lane] > below[lane] else reached
    return reached > 0


@njit(nogil=True, cache=True)
@no_type_check
def _raise_floors(tile: _Array, span: tuple[int, int], count: int, floors: _Array) -> None:
    """To what at least `count` numbers of each column lie above."""
    strips, width = tile.shape[0] // _FIRST_STRIP, (span[1] - span[0]) // _LANES * _LANES
    if strips < count:
        return
    maxima = np.empty((strips, width), tile.dtype)
    for strip in range(strips):
        rows = (strip * _FIRST_STRIP, (strip + 1) * _FIRST_STRIP)
        _maxima_of_strip(tile, rows, span[0], maxima[strip])
    for start in range(0, width, _LANES):
        _raise_some(maxima[:, start : start + _LANES].copy(), count, floors[start:])


@njit(nogil=True, cache=True)
@no_type_check
def _raise_some(best: _Array, count: int, floors: _Array) -> None:
    """By the maxima `[strips, _LANES]` of some columns."""
    low, high, middle = np.empty((3, _LANES), best.dtype)
    above = np.empty(_LANES, np.int16)
    low[:], high[:] = best[0], best[0]
    for strip in range(best.shape[0]):
        for lane in range(_LANES):
            low[lane] = min(low[lane], best[strip, lane])
            high[lane] = max(high[lane], best[strip, lane])
    for _ in range(_HALVINGS):
        above[:] = 0
        for lane in range(_LANES):
            middle[lane] = (low[lane] + high[lane]) / 2
        for strip in range(best.shape[0]):
            for lane in range(_LANES):
                above[lane] += np.int16(1) if best[strip, lane] > middle[lane] else np.int16(0)
        for lane in range(_LANES):
            if above[lane] >= count:
                low[lane] = middle[lane]
                floors[lane] = max(floors[lane], middle[lane])
            else:
                high[lane] = middle[lane]
