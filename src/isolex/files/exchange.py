"""Exchange two names in one step, on systems that can do this."""

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

_HERE = {"linux": -100, "darwin": -2}  # AT_FDCWD: names are relative to the working directory
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS

# What systems and file systems say that do not know how, or forbid unknown calls.
_UNABLE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two files or folders of one file system; links are not followed.

    Returns:
        Whether the names were exchanged; False, without any change, if the system cannot do it in one step.

    Raises:
        OSError: One of the two is missing, or may not be renamed.
    """
    call = _system_call()
    if call is None:
        return False
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(other))


@cache
def _system_call() -> Callable[[bytes, bytes], int] | None:
    """What exchanges two names; None where there is no such thing."""
    here = _HERE.get(sys.platform)
    name = {"linux": "renameat2", "darwin": "renameatx_np"}.get(sys.platform)
    if here is None or name is None:
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if function is None:
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return lambda one, other: int(function(here, one, here, other, _EXCHANGE))
