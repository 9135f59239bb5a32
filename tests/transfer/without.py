"""Packages that are not there."""

import sys

import pytest


def hide(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """As if the package had not been installed, and nothing had asked for it yet."""
    for name in [package, *sys.modules]:
        if name.split(".")[0] == package:
            monkeypatch.setitem(sys.modules, name, None)
    for name in [name for name in sys.modules if name.split(".")[:2] == ["isolex", "transfer"]]:
        monkeypatch.delitem(sys.modules, name)
