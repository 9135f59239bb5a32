"""The package itself: light to import, and whole."""

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import isolex


def python(code: str, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True)


def test_importing_it_imports_no_torch():
    imported = python("import isolex", "-X", "importtime").stderr
    assert "isolex.errors" in imported
    assert not [line for line in imported.splitlines() if "torch" in line or "numpy" in line]


@pytest.mark.parametrize("name", isolex.__all__)
def test_every_name_is_there(name):
    assert hasattr(isolex, name)
    assert name in dir(isolex)


def test_in_a_fresh_process():
    code = """
import isolex
shown = set(dir(isolex))
names = {}
exec("from isolex import *", names)
assert set(isolex.__all__) <= names.keys(), set(isolex.__all__) - names.keys()
assert set(isolex.__all__) <= shown
assert isolex.mapping.Procrustes() and isolex.vectors.Vectors is isolex.Vectors
"""
    python(code)


def test_an_unknown_name_is_told_as_python_does():
    with pytest.raises(AttributeError, match=r"^module 'isolex' has no attribute 'alignn'$") as caught:
        isolex.alignn  # noqa: B018
    assert (caught.value.name, caught.value.obj) == ("alignn", isolex)
    with pytest.raises(ImportError, match="cannot import name 'alignn' from 'isolex'"):
        exec("from isolex import alignn")


def test_type_checkers_see_the_names_where_they_are():
    tree = ast.parse(Path(isolex.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    assert seen == {name: f"isolex.{room}" for name, room in isolex._HOMES.items()}


def names_of_types(module: ast.Module) -> Iterator[str]:
    """Of the classes and of the type aliases and variables at the top of a module."""
    for node in module.body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) if name[0].isupper() and not name.isupper():
                yield name


def test_no_two_public_types_share_a_name():
    homes = defaultdict(list)
    package = Path(isolex.__file__).parent
    for path in package.rglob("*.py"):
        for name in names_of_types(ast.parse(path.read_text(encoding="utf-8"))):
            if not name.startswith("_"):
                homes[name].append(str(path.relative_to(package)))
    assert {"Vectors", "Alignment", "Trace", "InductionDirection", "LexiconDirection"} <= homes.keys()
    shared = {name: found for name, found in homes.items() if len(found) > 1}
    assert not shared
