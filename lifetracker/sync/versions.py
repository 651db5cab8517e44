"""Tells whether the code that makes a row of an item is the code that made the stored one."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.apps import apps

from lifetracker.models import SourceRecord


def version_of(declared: Iterable[object]) -> str:
    """Return a digest of what is `declared` and of all code that it could call."""
    parts = [code_version(), *map(described, declared)]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


@cache
def code_version() -> str:
    """Return the version, which nobody has to raise: it is that of every file that a mapping could call, and so
    changes more often than it must."""
    return digest_of_files(sorted(sources()), f"{sys.version} {django.__version__}")


def sources() -> Iterable[Path]:
    """Yield the files of this program, and of whatever else brings streams or records."""
    for app in apps.get_app_configs():
        folder = Path(app.path)
        has_records = any(issubclass(model, SourceRecord) for model in app.get_models())
        if app.name == "lifetracker" or has_records or (folder / "streams.py").exists():
            yield from (p for p in folder.rglob("*.py") if "migrations" not in p.parts)


def digest_of_files(files: Iterable[Path], also: str) -> str:
    found = hashlib.blake2b(also.encode(), digest_size=16)
    for file in files:
        content = file.read_bytes()
        found.update(f"{file.name} {len(content)} ".encode() + content)
    return found.hexdigest()


def described(declared: Any) -> str:
    """Return what tells it from others: a path, a value, or a function with what it was made with.
    Two functions that are written in one place differ in that."""
    if is_dataclass(declared):
        declared = tuple(vars(declared).values())
    if isinstance(declared, tuple):
        return f"({', '.join(map(described, declared))})"
    code = getattr(declared, "__code__", None)
    if code is None:
        return repr(declared)
    made_with = [described(cell.cell_contents) for cell in declared.__closure__ or ()]
    return f"{declared.__module__}.{declared.__qualname__}:{code.co_firstlineno}({', '.join(made_with)})"
