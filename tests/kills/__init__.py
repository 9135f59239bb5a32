"""Kills, interrupts and crowds; see `python -m tests.kills --help`."""

import os

# Before torch is imported: a copy of a process with threads has none of them, and would wait for ever.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
