"""`isolex --version`: what a report of a fault should name, found without importing what is heavy."""

import ctypes
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import click

from isolex._version import __version__

_DRIVERS = {"win32": "nvcuda.dll"}
# As torch/version.py has it, in builds for NVIDIA's and for AMD's GPUs.
_BUILT_FOR_GPU = re.compile(r"^(?:cuda|hip)\b[^=\n]*=\s*['\"]([^'\"]+)", re.M)


def show_versions(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    """The option's callback: print the versions and leave."""
    if asked and not context.resilient_parsing:
        click.echo("\n".join(versions()))
        context.exit()


def versions() -> list[str]:
    """The lines of `isolex --version`."""
    loops = _installed("numba")
    return [
        f"isolex, version {__version__}",
        f"Python {platform.python_version()} on {platform.system()} ({platform.machine()})",
        f"torch {_installed('torch') or 'not found'}, devices: {', '.join(_devices())}",
        f"numpy {_installed('numpy') or 'not found'}",
        f"compiled loops: {f'numba {loops}' if loops else 'none (without the extra fast)'}",
    ]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _devices() -> list[str]:
    return ["cpu", "cuda"] if _built_for_gpu() and _gpus() else ["cpu"]


def _built_for_gpu() -> bool:
    """Whether this build of torch can use a GPU, as the file says that it would read this from."""
    try:
        file = Path(str(distribution("torch").locate_file("torch/version.py")))
        text = file.read_text(encoding="utf-8")
    except (PackageNotFoundError, OSError, UnicodeDecodeError):
        return False
    return _BUILT_FOR_GPU.search(text) is not None


def _gpus() -> int:
    """How many GPUs the driver shows; those that CUDA_VISIBLE_DEVICES hides are not counted."""
    try:
        driver = ctypes.CDLL(_DRIVERS.get(sys.platform, "libcuda.so.1"))
        count = ctypes.c_int(0)
        if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
            return 0
    except (OSError, AttributeError):
        return 0
    return count.value
