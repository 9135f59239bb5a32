"""The benchmark registry: datasets as small declarative files, and their download into a cache."""

from isolex.benchmark.registry.catalogue import Published, datasets, get_dataset, published
from isolex.benchmark.registry.dataset import DataFile, Dataset
from isolex.benchmark.registry.declaration import read_dataset
from isolex.benchmark.registry.muse import MuseDownloads
from isolex.benchmark.registry.store import (
    CACHE_VARIABLE,
    MIRROR_VARIABLE,
    Fetched,
    Store,
    cache_folder,
    fetch,
    warn_of_licence,
)

__all__ = [
    "CACHE_VARIABLE",
    "MIRROR_VARIABLE",
    "DataFile",
    "Dataset",
    "Fetched",
    "MuseDownloads",
    "Published",
    "Store",
    "cache_folder",
    "datasets",
    "fetch",
    "get_dataset",
    "published",
    "read_dataset",
    "warn_of_licence",
]
