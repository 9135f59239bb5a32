"""Shape annotations, enforced: every call checks the shapes and dtypes that its annotations promise.

Only annotations that hold a shape are enforced. Plain types are mypy's business, and the tests that give the
edges of the library wrong ones on purpose want isolex's own message.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, get_args

from beartype import beartype
from jaxtyping import AbstractArray, config, install_import_hook

# Where tensors and arrays are. `vectors` and `lexicon` name their shapes for type checkers alone, since they do
# not import jaxtyping; the hook's frames would also be where their warnings seem to come from.
MODULES = (
    "isolex.alignment",
    "isolex.arrays",
    "isolex.diagnosis",
    "isolex.evaluation",
    "isolex.interchange.sides",
    "isolex.interchange.tokenizing",
    "isolex.judging",
    "isolex.linalg",
    "isolex.mapping",
    "isolex.normalize",
    "isolex.recipes",
    "isolex.reranking",
    "isolex.retrieval",
    "isolex.transfer",
)


def enforce_shapes() -> None:
    """To be called before anything imports isolex."""
    install_import_hook(list(MODULES), "tests.shapes.checked")


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """What the import hook decorates functions with."""
    shapes = {name: hint for name, hint in function.__annotations__.items() if holds_shape(hint)}
    if not shapes:
        return function
    function.__annotations__ = shapes
    return beartype(function)


def holds_shape(hint: object) -> bool:
    parts = get_args(hint)
    if parts:
        return any(holds_shape(part) for part in parts)
    return isinstance(hint, type) and issubclass(hint, AbstractArray)


@contextmanager
def shapes_unchecked() -> Iterator[None]:
    """Calls run as they do for users, for tests of isolex's own complaints about shapes."""
    config.update("jaxtyping_disable", True)
    try:
        yield
    finally:
        config.update("jaxtyping_disable", False)
