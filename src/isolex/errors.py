"""Every error that isolex raises on purpose, and the one warning class it uses.

A message is one line: where it happened, what was found, what was expected, and how to fix it.
"""

from typing import Any


class IsolexError(Exception):
    """Base of all deliberate errors.

    Args:
        problem: What was found and what was expected, without a final full stop.
        where: File, line, argument or object that has the problem.
        fix: What the user can do about the problem.
    """

    def __init__(self, problem: str, *, where: object = None, fix: str | None = None) -> None:
        self.problem = problem
        self.where = None if where is None else str(where)
        self.fix = fix
        message = problem if where is None else f"{where}: {problem}"
        if fix is not None:
            message = f"{message}; {fix}"
        super().__init__(" ".join(message.split()))

    def __reduce__(self) -> tuple[Any, ...]:
        # By default an exception comes back from another process by a call with its message alone.
        return _restored, (type(self), str(self), self.__dict__)


def _restored(kind: type[IsolexError], message: str, state: dict[str, Any]) -> IsolexError:
    error = kind.__new__(kind, message)
    error.__dict__.update(state)
    return error


class InputError(IsolexError, ValueError):
    """An argument, a file or their combination cannot be used."""


class FormatError(InputError):
    """A file is not in the format that it was read as, or holds nothing usable."""


class MismatchError(InputError):
    """An alignment was used with vectors other than those it was made for."""


class UnknownWordError(InputError, KeyError):
    """A word has no vector, because it is not in the vocabulary."""

    __str__ = Exception.__str__  # KeyError's shows the repr, quotes and all


class MissingExtraError(IsolexError, ImportError):
    """An optional dependency is needed; the message holds the exact pip command."""

    def __init__(self, feature: str, package: str, extra: str) -> None:
        super().__init__(f"{feature} needs the package {package}", fix=f"run: pip install 'isolex[{extra}]'")


class IsolexWarning(UserWarning):
    """Something was left out or looks wrong, but the result is usable."""
