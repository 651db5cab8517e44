"""Repositories of the stand-in for GitHub, which cost half a second to make: kept for the next test that asks
for those of the same moment."""

from __future__ import annotations

import io
import pickle
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from lifetracker.sandbox.github import people
from lifetracker.sandbox.github.bare import Bare
from lifetracker.sandbox.github.plans import PLANS
from lifetracker.sandbox.github.shelf import Shelf

MADE = ("_all", "_redirects", "_calendar", "_writers", "_written", "_generated")
# What stays one thing for all shelves.
SHARED = [*PLANS, *(one for one in vars(people).values() if isinstance(one, people.Person))]
# More moments than the tests have in common would only take room.
MOST = 8


class Kept:
    """Stands in place of `Shelf.refresh`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.refresh = Shelf.refresh
        self.states: dict[Any, bytes] = {}

    def refreshed(self, shelf: Shelf) -> None:
        with shelf.lock:
            key = (shelf._life, shelf._begin, shelf._days, shelf._clock.now())
            is_new = shelf._root is None and shelf._clock.now() == key[-1]
            if is_new and key in self.states:
                self.restore(shelf, key)
                return
            self.refresh(shelf)
            if is_new and len(self.states) < MOST:
                self.keep(shelf, key)

    def keep(self, shelf: Shelf, key: Any) -> None:
        self.states[key] = packed(shelf)
        shutil.copytree(shelf.root(), self.kept_at(key))

    def restore(self, shelf: Shelf, key: Any) -> None:
        root = Path(tempfile.mkdtemp(prefix="sandbox-github-"))
        shutil.copytree(self.kept_at(key), root, dirs_exist_ok=True)
        for name, value in unpacked(shelf, self.states[key]).items():
            setattr(shelf, name, value)
        for repository in shelf._all.values():
            repository.bare = Bare(root / repository.bare.path.name)
        shelf._root = root
        shelf._remove = weakref.finalize(shelf, shutil.rmtree, root, ignore_errors=True)

    def kept_at(self, key: Any) -> Path:
        return self.folder / str(list(self.states).index(key))


class Writer(pickle.Pickler):
    """Leaves out what is shared, by its place in `shared`."""

    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(file)
        self.places = {id(one): place for place, one in enumerate(shared)}

    def persistent_id(self, value: Any) -> int | None:
        return self.places.get(id(value))


class Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(file)
        self.shared = shared

    def persistent_load(self, place: int) -> Any:
        return self.shared[place]


def packed(shelf: Shelf) -> bytes:
    file = io.BytesIO()
    Writer(file, [shelf._life, *SHARED]).dump({name: getattr(shelf, name) for name in MADE})
    return file.getvalue()


def unpacked(shelf: Shelf, state: bytes) -> dict[str, Any]:
    made: dict[str, Any] = Reader(io.BytesIO(state), [shelf._life, *SHARED]).load()
    return made
