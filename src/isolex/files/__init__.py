"""Write outputs so that they are always complete, old or new, and never replace an input."""

from isolex.files.alone import working_alone
from isolex.files.digests import digest, file_digest
from isolex.files.output_places import (
    check_not_input,
    check_outside_inputs,
    check_outside_saved,
    make_folder,
    referred_to,
)
from isolex.files.replacing import (
    atomic_file,
    atomic_files,
    atomic_folder,
    check_file,
    check_folder,
    noting_outputs,
)
from isolex.files.standard_output import STANDARD_OUTPUT, is_standard_output
from isolex.files.steady_reading import steady
from isolex.files.workshop import is_workshop, sweep

__all__ = [
    "STANDARD_OUTPUT",
    "atomic_file",
    "atomic_files",
    "atomic_folder",
    "check_file",
    "check_folder",
    "check_not_input",
    "check_outside_inputs",
    "check_outside_saved",
    "digest",
    "file_digest",
    "is_standard_output",
    "is_workshop",
    "make_folder",
    "noting_outputs",
    "referred_to",
    "steady",
    "sweep",
    "working_alone",
]
