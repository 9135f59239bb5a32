"""The selection as compiled loops, for the extra `fast`: each score is looked at once, and hardly ever kept.

A score is kept if it beats the worst that was kept so far. In the first tile that would be most of them;
there, maxima of groups come first: if c groups have a maximum above some floor, so are the c best scores.

Loops are written so that the compiler makes vector instructions of them: over neighbouring numbers, by
choices in the place of jumps, each in the function that needs it. Checks of types at run time, which wrap
functions, must leave them as they are: `no_type_check`.
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

Array = NDArray[np.generic]
_Best = tuple[Array, Array]

# Groups of a row: group g holds every so many-th number from g on.
_GROUPS = 256
# Columns looked at together, in strips of so many rows: the groups of a column.
_LANES = 64
_STRIP = 8
# Halvings of the range in which a floor is looked for. It need not be the highest.
_HALVINGS = 10


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
def best_of_rows(tile: Array, first: int, ids: Array, found: Array, threads: int) -> None:
    """Keep the best of each row of a tile.

    Args:
        tile: `[r, c]`, int16 or float32.
        first: Its first column.
        ids: int32 `[r, k]`, the columns of the best so far.
        found: `[r, k]` of the tile's type, their scores, the worst of them last.
        threads: How many work side by side.
    """
    for part in prange(threads):
        start, end = tile.shape[0] * part // threads, tile.shape[0] * (part + 1) // threads
        _best_of_rows(tile[start:end], first, ids[start:end], found[start:end])


@njit(nogil=True, cache=True, parallel=True)
@no_type_check
def best_of_columns(tile: Array, first: int, ids: Array, found: Array, threads: int) -> None:
    """Keep the best of each column of a tile.

    Args:
        tile: `[r, c]`, int16 or float32.
        first: Its first row.
        ids: int32 `[c, k]`, the rows of the best so far.
        found: `[c, k]` of the tile's type, their scores, the worst of them last.
        threads: How many work side by side.
    """
    for part in prange(threads):
        start, end = tile.shape[1] * part // threads, tile.shape[1] * (part + 1) // threads
        floors = found[:, -1].copy()
        if first == 0:
            _raise_floors(tile, (start, end), found.shape[1], floors)
        _best_of_columns(tile, (start, end), first, (ids, found), floors)


@njit(nogil=True, cache=True, parallel=True, fastmath={"reassoc", "contract"})
@no_type_check
def products(x: Array, z: Array, ids: Array, made: Array, threads: int) -> None:
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
def _best_of_rows(tile: Array, first: int, ids: Array, found: Array) -> None:
    best = np.empty(_GROUPS, tile.dtype)
    whole = tile.shape[1] // _GROUPS * _GROUPS
    for i in range(tile.shape[0]):
        row = tile[i]
        if whole:
            for lane in range(_GROUPS):
                best[lane] = row[lane]
            for start in range(_GROUPS, whole, _GROUPS):
                for lane in range(_GROUPS):
                    value = row[start + lane]
                    best[lane] = value if value > best[lane] else best[lane]
            floor = _floor(best, found[i])
            for lane in range(_GROUPS):
                if best[lane] > floor:
                    for j in range(lane, whole, _GROUPS):
                        if row[j] > floor:
                            _consider(row[j], first + j, ids[i], found[i])
        for j in range(whole, tile.shape[1]):
            _consider(row[j], first + j, ids[i], found[i])


@njit(nogil=True, cache=True)
@no_type_check
def _floor(maxima: Array, found: Array) -> Any:
    """What the best scores lie above."""
    floor = found[-1]
    low, high = maxima[0], maxima[0]
    for lane in range(_GROUPS):
        low = maxima[lane] if maxima[lane] < low else low
        high = maxima[lane] if maxima[lane] > high else high
    for _ in range(_HALVINGS):
        middle = maxima.dtype.type((low + high) / 2)
        above = np.int16(0)
        for lane in range(_GROUPS):
            above = np.int16(above + (np.int16(1) if maxima[lane] > middle else np.int16(0)))
        if above >= found.shape[0]:
            low = middle
            floor = middle if middle > floor else floor
        else:
            high = middle
    return floor


@njit(nogil=True, cache=True)
@no_type_check
def _best_of_columns(tile: Array, span: tuple[int, int], first: int, best: _Best, floors: Array) -> None:
    ids, found = best
    left, right = span
    maxima = np.empty(_LANES, tile.dtype)
    whole = left + (right - left) // _LANES * _LANES
    for top in range(0, tile.shape[0], _STRIP):
        bottom = min(top + _STRIP, tile.shape[0])
        for start in range(left, whole, _LANES):
            # Of such a slice the compiler knows that its numbers are neighbours, and that none is before it.
            maxima[:] = tile[top, start : start + _LANES]
            for i in range(top + 1, bottom):
                row = tile[i, start : start + _LANES]
                for lane in range(_LANES):
                    maxima[lane] = row[lane] if row[lane] > maxima[lane] else maxima[lane]
            below = floors[start : start + _LANES]
            reached = np.int16(0)
            for lane in range(_LANES):
                reached = np.int16(1) if maxima[lane] > below[lane] else reached
            if reached:
                for lane in range(_LANES):
                    j = start + lane
                    if maxima[lane] > below[lane]:
                        for i in range(top, bottom):
                            if tile[i, j] > below[lane]:
                                _consider(tile[i, j], first + i, ids[j], found[j])
                        below[lane] = max(below[lane], found[j, -1])
        for i in range(top, bottom):
            for j in range(whole, right):
                _consider(tile[i, j], first + i, ids[j], found[j])


@njit(nogil=True, cache=True)
@no_type_check
def _raise_floors(tile: Array, span: tuple[int, int], count: int, floors: Array) -> None:
    """To what at least `count` numbers of each column lie above."""
    left, right = span
    strips, width = tile.shape[0] // _STRIP, (right - left) // _LANES * _LANES
    if strips < count:
        return
    maxima = np.empty((strips, width), tile.dtype)
    for strip in range(strips):
        best = maxima[strip]
        best[:] = tile[strip * _STRIP, left : left + width]
        for i in range(strip * _STRIP + 1, (strip + 1) * _STRIP):
            row = tile[i, left : left + width]
            for j in range(width):
                best[j] = row[j] if row[j] > best[j] else best[j]
    for start in range(0, width, _LANES):
        _raise_some(maxima[:, start : start + _LANES].copy(), count, floors[left + start :])


@njit(nogil=True, cache=True)
@no_type_check
def _raise_some(best: Array, count: int, floors: Array) -> None:
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


@njit(nogil=True, cache=True)
@no_type_check
def _consider(value: float, name: int, ids: Array, found: Array) -> None:
    """Replace the last one, which is the worst, by a better one."""
    last = found.shape[0] - 1
    if not value > found[last]:
        return
    least, place = value, last
    for other in range(last):
        smaller = found[other] < least
        least = found[other] if smaller else least
        place = other if smaller else place
    found[last], ids[last] = found[place], ids[place]
    found[place], ids[place] = value, name
