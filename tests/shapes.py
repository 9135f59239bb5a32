"""Shape annotations, enforced: every call checks the shapes and dtypes that its annotations promise.

Only annotations that hold a shape are enforced. Plain types are mypy's business, and the tests that give the
edges of the library wrong ones on purpose want isolex's own message.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass
from functools import wraps
from typing import Any, TypeVar, get_args

import jaxtyping
from beartype import beartype
from jaxtyping import AbstractArray, config, jaxtyped

# Where tensors and arrays are. `vectors`, `lexicon` and `text` name their shapes for type checkers alone,
# since they do not import jaxtyping; the hook's frames would also be where their warnings seem to come from.
MODULES = (
    "isolex.alignment",
    "isolex.arrays",
    "isolex.diagnosis",
    "isolex.evaluation",
    "isolex.explorer",
    "isolex.interchange.tokenizing",
    "isolex.judging",
    "isolex.linalg",
    "isolex.mapping",
    "isolex.normalize",
    "isolex.recipes",
    "isolex.reranking",
    "isolex.retrieval",
    "isolex.review",
    "isolex.transfer",
    "isolex.training.ppmi",
)

T = TypeVar("T", bound=Callable[..., Any])


def enforce_shapes() -> None:
    """To be called before anything imports isolex."""
    # jaxtyping's own decorator, which its hook finds by this name, wraps every function and checks arguments
    # twice: half of the time of the suite.
    jaxtyping.jaxtyped = lambda typechecker: checked
    jaxtyping.install_import_hook(list(MODULES), None)


def checked(target: T) -> T:
    """What the import hook decorates functions and classes with."""
    if isinstance(target, type):
        if is_dataclass(target):
            target.__init__ = checked(target.__init__)
        return target
    every = target.__annotations__
    shapes = {name: hint for name, hint in every.items() if holds_shape(hint)}
    if not shapes:
        return target
    target.__annotations__ = shapes
    checking = beartype(target)
    target.__annotations__ = every

    @wraps(target)
    def call(*arguments: Any, **named: Any) -> Any:
        if config.jaxtyping_disable:
            return target(*arguments, **named)
        # What a letter stands for is the same in one call.
        with jaxtyped("context"):
            return checking(*arguments, **named)

    return call


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
