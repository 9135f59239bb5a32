import torch
from hypothesis import settings

from tests.shapes import enforce_shapes

enforce_shapes()

# The matrices of tests are too small for several threads, which would only wait for each other.
torch.set_num_threads(1)

# A busy machine makes single examples slow; that is no failure.
settings.register_profile("isolex", deadline=None)
settings.load_profile("isolex")
