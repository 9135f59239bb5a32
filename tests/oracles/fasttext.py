"""fastText's binaries, written down and read in float64, field by field, as the format is defined."""

import struct
from dataclasses import dataclass, field

import numpy as np

MAGIC = 793712314


@dataclass
class Coded:
    """Quantised: codes [n, parts], centroids [parts][256][numbers], norm codes [n], norms [256]."""

    codes: np.ndarray
    centroids: list[np.ndarray]
    norm_codes: np.ndarray | None = None
    norms: np.ndarray | None = None

    def dense(self) -> np.ndarray:
        rows = []
        for place, codes in enumerate(self.codes):
            parts = [own[code].astype(np.float64) for own, code in zip(self.centroids, codes, strict=True)]
            length = 1.0 if self.norms is None else float(self.norms[self.norm_codes[place]])
            rows.append(length * np.concatenate(parts))
        return np.array(rows)


@dataclass
class Model:
    """What a binary holds; matrices are float32 arrays or `Coded`."""

    words: list[bytes]
    inputs: "np.ndarray | Coded"
    outputs: "np.ndarray | Coded"
    shortest: int = 3
    longest: int = 6
    buckets: int = 0
    pruned: list[tuple[int, int]] | None = None
    labels: list[bytes] = field(default_factory=list)
    version: int = 12
    loss: int = 2
    kind: int = 2

    def vector(self, word: str) -> np.ndarray:
        """The mean of the word's own row, if it has one, and those of its n-grams, if it has any."""
        rows = dense(self.inputs)
        raw = word.encode()
        used = [self.words.index(raw)] if raw in self.words else []
        for ngram in self.ngrams(word):
            bucket = fnv1a(ngram) % self.buckets
            if self.pruned is None:
                used.append(len(self.words) + bucket)
            elif bucket in dict(self.pruned):
                used.append(len(self.words) + dict(self.pruned)[bucket])
        return rows[used].mean(axis=0) if used else np.zeros(rows.shape[1])

    def ngrams(self, word: str) -> list[bytes]:
        longest = 0 if self.version == 11 and self.kind == 3 else self.longest
        if word == "</s>" or not self.buckets:
            return []
        text = f"<{word}>"
        cuts = [
            text[start : start + size]
            for start in range(len(text))
            for size in range(max(1, self.shortest), longest + 1)
            if start + size <= len(text) and not (size == 1 and (start == 0 or start + size == len(text)))
        ]
        return [cut.encode() for cut in cuts]


def dense(matrix: "np.ndarray | Coded") -> np.ndarray:
    return matrix.dense() if isinstance(matrix, Coded) else matrix.astype(np.float64)


def fnv1a(data: bytes) -> int:
    """Of 32 bits, over bytes as signed numbers, extended to 32 bits."""
    value = 2166136261
    for byte in data:
        value = ((value ^ (byte - 256 if byte > 127 else byte) & 0xFFFFFFFF) * 16777619) % 2**32
    return value


def encoded(model: Model) -> bytes:
    """The bytes of the binary."""
    quantised = isinstance(model.inputs, Coded)
    outputs_quantised = isinstance(model.outputs, Coded)
    dimension = dense(model.inputs).shape[1]
    entries = [(word, 0) for word in model.words] + [(label, 1) for label in model.labels]
    pruned = -1 if model.pruned is None else len(model.pruned)
    settings = (dimension, 5, 5, 1, 5, 1, model.loss, model.kind)
    settings += (model.buckets, model.shortest, model.longest, 100)
    out = struct.pack("<2i", MAGIC, model.version) + struct.pack("<12id", *settings, 1e-4)
    out += struct.pack("<3i2q", len(entries), len(model.words), len(model.labels), 999, pruned)
    for number, (word, kind) in enumerate(entries):
        out += word + b"\0" + struct.pack("<qb", 1000 - number, kind)
    for pair in model.pruned or []:
        out += struct.pack("<2i", *pair)
    out += struct.pack("<?", quantised) + _matrix(model.inputs)
    return out + struct.pack("<?", outputs_quantised) + _matrix(model.outputs)


def _matrix(matrix: "np.ndarray | Coded") -> bytes:
    if not isinstance(matrix, Coded):
        return struct.pack("<2q", *matrix.shape) + matrix.astype("<f4").tobytes()
    n, dimension = matrix.dense().shape
    out = struct.pack("<?2qi", matrix.norms is not None, n, dimension, matrix.codes.size)
    out += matrix.codes.astype(np.uint8).tobytes() + _quantiser(matrix.centroids)
    if matrix.norms is not None:
        out += matrix.norm_codes.astype(np.uint8).tobytes() + _quantiser([matrix.norms[:, None]])
    return out


def _quantiser(centroids: list[np.ndarray]) -> bytes:
    widths = [part.shape[1] for part in centroids]
    out = struct.pack("<4i", sum(widths), len(widths), widths[0], widths[-1])
    return out + b"".join(part.astype("<f4").tobytes() for part in centroids)
