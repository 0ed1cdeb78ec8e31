"""Automatic groups beside their rivals: `python -m bench groups`."""

from bench.groups.table import main

__all__ = ["main"]
