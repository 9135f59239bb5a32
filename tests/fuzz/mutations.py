"""Ways to damage a file: fields of its JSON, its tensors, its lines, its bytes."""

import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import deserialize

from isolex.files import digest

Damage = Callable[[], bytes]
"""Makes the bytes of the damaged file."""

_HOLE = "@hole@"
_LONG = "9" * 5000
_VALUES = (
    *("null", "true", "false", "0", "-1", "1", "2", "1.5", "-0.0", "1e308", "1e-320", "1e999"),
    *("1000000000", "9223372036854775807", "9223372036854775808", "-9223372036854775809"),
    *(_LONG, f"0.{_LONG}", "NaN", "Infinity", "-Infinity", "01", "1_000", "'x'"),
    *('""', '"x"', '"\\ud800"', '"\\u0000"', '"\\n"', '"NaN"', '"1"', '"/dev/zero"', '"/"', '"."', '"../A"'),
    *(f'"{"x" * 100_000}"', '"\\u202e[b]"', "[]", "{}", "[1]", '["x"]', '{"x": 1}', "[[]]", "[null]"),
    *("[NaN]", "[" * 100_000, "[" * 500 + "]" * 500, '{"a":' * 500 + "1" + "}" * 500),
)
_TYPES = {"F32": np.float32, "F64": np.float64, "F16": np.float16, "I64": np.int64, "I32": np.int32}
_TYPES |= {"U8": np.uint8, "U32": np.uint32, "BOOL": np.bool_}
_NAMES = {np.dtype(kind): name for name, kind in _TYPES.items()}


# JSON


def fields(text: str) -> Iterator[Damage]:
    """Every field of a JSON text with every value, gone, twice, and by another name."""
    data = json.loads(text)
    for path in _paths(data):
        for value in _VALUES:
            yield lambda path=path, value=value: _with(data, path, value)
        if path and isinstance(path[-1], str):
            twice = f'1, {json.dumps(path[-1])}: "x"'
            yield lambda path=path, twice=twice: _with(data, path, twice)
            yield lambda path=path: _without(data, path, None)
            yield lambda path=path: _without(data, path, "strange")


def _paths(value: Any, path: tuple = ()) -> Iterator[tuple]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items)[:25]:
        yield from _paths(inner, (*path, key))


def _with(data: Any, path: tuple, token: str) -> bytes:
    data = json.loads(json.dumps([data]))
    inner = data
    for key in (0, *path)[:-1]:
        inner = inner[key]
    inner[(0, *path)[-1]] = _HOLE
    return json.dumps(data)[1:-1].replace(f'"{_HOLE}"', token).encode()


def _without(data: Any, path: tuple, other_name: str | None) -> bytes:
    data = json.loads(json.dumps(data))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    value = inner.pop(path[-1])
    if other_name is not None:
        inner[other_name] = value
    return json.dumps(data).encode()


# Tensors


def tensors(data: bytes) -> Iterator[Damage]:
    """Every tensor of a safetensors file with another type, shape, order, and numbers; and its header."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    metadata = header.get("__metadata__")
    whole = {name: _array(entry) for name, entry in deserialize(data)}
    for name, array in whole.items():
        others = {other: kept for other, kept in whole.items() if other != name}
        yield lambda others=others: pack(others, metadata)
        yield lambda others=others, array=array: pack(others | {"strange": array}, metadata)
        yield lambda others=others, name=name, array=array: pack(
            others | {name: ("BF16", array.shape, bytes(2 * array.size))}, metadata
        )
        for damaged in arrays(array):
            yield lambda others=others, name=name, damaged=damaged: pack(others | {name: damaged()}, metadata)
    yield lambda: pack(whole | {"more": np.ones(3, np.float32)}, metadata)
    body = data[8 + int.from_bytes(data[:8], "little") :]
    for changed in fields(json.dumps(header)):
        yield lambda changed=changed: _sized(changed()) + body
    for key, text in (metadata or {}).items():
        for changed in fields(text):
            yield lambda key=key, changed=changed: pack(
                whole, metadata | {key: changed().decode(errors="surrogatepass")}
            )


def arrays(array: np.ndarray) -> Iterator[Callable[[], np.ndarray]]:
    """An array with another type, shape, order, and numbers."""
    for kind in _TYPES.values():
        if array.dtype != kind:
            with np.errstate(all="ignore"):
                yield lambda kind=kind: array.astype(kind)
    yield array.ravel if array.ndim > 1 else lambda: array[:, None]
    yield lambda: array[None]
    yield array.T.copy
    yield lambda: array[:-1]
    yield lambda: np.concatenate([array, array[:1]])
    yield lambda: array[:0]
    yield array[::-1].copy
    yield lambda: array.reshape(-1)[0]
    yield lambda: np.sort(array, axis=None).reshape(array.shape)
    if array.ndim > 1:
        yield array[:, :-1].copy
        yield array[:, ::-1].copy
    numbers = (-1, 0, 1, 2, 59, 60, 255, 2**31 - 1, 2**62)
    reals = (np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-45, 1.5, 1e20)
    for number in (*numbers, *(reals if array.dtype.kind == "f" else ())):
        for place in (0, -1, slice(None)):
            yield lambda number=number, place=place: _set(array, place, number)


def npy(data: bytes) -> Iterator[Damage]:
    """The same of a NumPy file, and one of pickled objects."""
    array = np.load(io.BytesIO(data))

    def write(made: np.ndarray) -> bytes:
        stream = io.BytesIO()
        np.save(stream, made, allow_pickle=True)
        return stream.getvalue()

    for damaged in arrays(array):
        yield lambda damaged=damaged: write(damaged())
    yield lambda: write(array.astype(object))
    yield lambda: data.replace(b"(", b"(9999999999, ", 1)
    yield lambda: data.replace(b"'descr'", b"'descr': [[[", 1)


def pack(whole: dict[str, Any], metadata: Any) -> bytes:
    """A safetensors file; a tensor is an array, or its type, shape and bytes."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    body = b""
    for name, tensor in whole.items():
        if not isinstance(tensor, tuple):
            tensor = _NAMES[tensor.dtype], tensor.shape, tensor.tobytes()  # noqa: PLW2901
        kind, shape, data = tensor
        ends = [len(body), len(body) + len(data)]
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": ends}
        body += data
    return _sized(json.dumps(header).encode()) + body


def _sized(header: bytes) -> bytes:
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header


def _array(entry: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(entry["data"], _TYPES[entry["dtype"]]).reshape(entry["shape"])


def _set(array: np.ndarray, place: Any, number: float) -> np.ndarray:
    made = array.copy()
    with np.errstate(all="ignore"):
        made.reshape(-1)[place] = np.array(number).astype(made.dtype)
    return made


# Lines and bytes

_CELLS = (
    *(b"NaN", b"inf", b"-inf", b"1e999", b"1e-400", b"-1", b"0", b"", b" ", b"\t", b"\x00"),
    *(b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xc2\xa0", b"\xe2\x80\x8b", b"\xef\xbb\xbf"),
    *(b"\xe2\x80\xa8", b"i\xcc\x87", b"\xf0\x90\x8c\xb0", b"\x1b[31m", b"cafe\xcc\x81", b"\r", b'"', b"'"),
    *(b"[b]", b"#", b":", b"|||", b";", b",", b"0,5", b"1:0.5", b"{", b"}", b"[", b"]", b"\\", b"null"),
    *(b"9" * 5000, b"x" * 100_000, b"[" * 100_000),
)


def lines(data: bytes, rng: random.Random) -> bytes:
    """A text with its lines and cells changed."""
    ends = rng.choice((b"\n", b"\n", b"\n", b"\r\n", b"\r", b"\n\n", b" \n"))
    rows = data.split(b"\n")
    for _ in range(rng.choice((1, 1, 2, 5, 40))):
        place = rng.randrange(len(rows))
        action = rng.randrange(8)
        cells = rows[place].split(rng.choice((b"\t", b" ", b",", b";")))
        if action < 3:
            cells[rng.randrange(len(cells))] = rng.choice(_CELLS)
        elif action == 3:
            cells.insert(rng.randrange(len(cells) + 1), rng.choice(_CELLS))
        elif action == 4:
            del cells[rng.randrange(len(cells))]
        elif action == 5:
            rows.insert(place, rng.choice(rows))
        elif action == 6:
            cells.reverse()
        else:
            cells = [rng.choice(_CELLS)]
        rows[place] = rng.choice((b"\t", b" ", b" ", b",")).join(cells)
    start = rng.choice((b"", b"", b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b"source\ttarget\n"))
    made = start + ends.join(rows)
    return made.decode(errors="replace").encode("utf-16") if rng.random() < 0.02 else made


def bytes_of(data: bytes, rng: random.Random) -> bytes:
    """The file with its bytes changed."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 3, 20))):
        start = rng.randrange(len(made) + 1)
        end = min(len(made), start + rng.choice((1, 1, 4, 8, 64, 1000)))
        action = rng.randrange(7)
        if action == 0:
            made[start:end] = rng.randbytes(end - start)
        elif action == 1:
            del made[start:end]
        elif action == 2:
            made[start:start] = made[end : end + 64]
        elif action == 3:
            made[start:end] = rng.choice((b"\x00", b"\xff", b"\x7f", b" ", b"\n")) * (end - start)
        elif action == 4 and start < len(made):
            made[start] ^= 1 << rng.randrange(8)
        elif action == 5:
            del made[start:]
        else:
            made[start:start] = rng.choice(_CELLS)
    return bytes(made)


def systematic(path: Path) -> Iterator[Damage]:
    """The damages of a file by its fields and tensors; none if it has neither."""
    data = path.read_bytes()
    if path.suffix == ".json":
        yield from fields(data.decode())
    elif path.suffix == ".safetensors":
        yield from tensors(data)
    elif path.suffix == ".npy":
        yield from npy(data)
    elif path.name == "documents.jsonl" and path.parent.name == "I":
        first, rest = data.split(b"\n", 1)
        for changed in fields(first.decode()):
            yield lambda changed=changed: changed() + b"\n" + rest


def belong_together(folder: Path) -> None:
    """Let the card of confidences have the digest of those that stand there, so that they are looked at."""
    card = json.loads((folder / "confidence.json").read_text())
    card["answers"] = digest((folder / "confidence.safetensors").read_bytes())
    (folder / "confidence.json").write_text(json.dumps(card))
