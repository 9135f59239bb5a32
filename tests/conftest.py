import signal

import pytest
import torch
from hypothesis import settings

from tests.shapes import enforce_shapes

enforce_shapes()

# The matrices of tests are too small for several threads, which would only wait for each other.
torch.set_num_threads(1)

# A busy machine makes single examples slow; that is no failure. `make check` takes the thorough profile.
settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=100)
settings.load_profile("quick")

# A shell lets what it starts in the background ignore Ctrl-C, and programs started by tests would, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _no_heartbeat():
    """On a busy machine short work takes longer than the 30 seconds after which commands speak."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("isolex.cli.heartbeat.EVERY", 3_600.0)
        yield
