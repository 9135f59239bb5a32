from hypothesis import settings

from tests.shapes import enforce_shapes

enforce_shapes()

# A busy machine makes single examples slow; that is no failure.
settings.register_profile("isolex", deadline=None)
settings.load_profile("isolex")
