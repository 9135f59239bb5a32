"""The datasets of the field by name: small declarations, their download into a cache, and folders of data."""

from isolex.datasets.bilingual import BilingualData, DataFolder, Downloads
from isolex.datasets.catalogue import Published, datasets, get_dataset, published, scored_dataset
from isolex.datasets.dataset import DataFile, Dataset, read_dataset
from isolex.datasets.fetching import Fetched, cache_folder, fetch

__all__ = [
    "BilingualData",
    "DataFile",
    "DataFolder",
    "Dataset",
    "Downloads",
    "Fetched",
    "Published",
    "cache_folder",
    "datasets",
    "fetch",
    "get_dataset",
    "published",
    "read_dataset",
    "scored_dataset",
]
