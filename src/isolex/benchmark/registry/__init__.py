"""The benchmark registry: datasets as small declarative files, and their download into a cache."""

from isolex.benchmark.registry.catalogue import Published, datasets, get_dataset, published
from isolex.benchmark.registry.dataset import DataFile, Dataset
from isolex.benchmark.registry.declaration import read_dataset
from isolex.benchmark.registry.store import Fetched, cache_folder, fetch

__all__ = [
    "DataFile",
    "Dataset",
    "Fetched",
    "Published",
    "cache_folder",
    "datasets",
    "fetch",
    "get_dataset",
    "published",
    "read_dataset",
]
