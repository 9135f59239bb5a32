from hypothesis import settings
from jaxtyping import install_import_hook

# Before anything imports isolex: every call checks the shapes and dtypes that its annotations promise.
install_import_hook("isolex", "tests.typechecking.checked")

# A busy machine makes single examples slow; that is no failure.
settings.register_profile("isolex", deadline=None)
settings.load_profile("isolex")
