"""The command `isolex`: one small module a command, errors in one line, results for people or as JSON."""

from isolex.cli.app import app, main

__all__ = ["app", "main"]
