"""How Toggl says things: items in the shape that the options want, errors as mere text."""

import copy
from collections.abc import Sequence
from typing import TypeVar

from lifetracker.sandbox.messages import Answer, json_answer
from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.entries import Item, State
from lifetracker.sandbox.toggl.names import Names
from lifetracker.sandbox.toggl.options import Options

BUCKET_PAGE = b"""<html>
<head><title>429 Too Many Requests</title></head>
<body>
<center><h1>429 Too Many Requests</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""
OVER_QUOTA = "You have hit your hourly limit for API calls. The quota will reset in {} seconds."

T = TypeVar("T")


class Refused(Exception):
    """A request that gets this status, and this text for a body."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Voice:
    """Writes what goes over the wire."""

    def __init__(self, options: Options, names: Names) -> None:
        self._options, self._names = options, names

    def entry(self, state: State) -> Item:
        """As GET shows it; a copy."""
        item = copy.copy(state.item)
        if state.running:
            item["duration"] = self._running(item)
        if self._names.renamed_tags:
            self._rename_tags(item)
        if self._names.is_deleted_project(item.get("project_id")):
            item["project_id"] = None
            item.pop("pid", None)
        for name in ("tags", "tag_ids"):
            if isinstance(item.get(name), list):
                item[name] = self.items(list(item[name]))
        return item

    def items(self, items: list[T]) -> list[T] | None:
        return None if self._options.null_lists and not items else items

    def listing(self, items: Sequence[object]) -> Answer:
        return json_answer(200, self.items(list(items)))

    def refusal(self, refused: Refused) -> Answer:
        if self._options.error_quotes:
            return json_answer(refused.status, refused.text)
        # The content type promises JSON all the same.
        return Answer(refused.status, refused.text.encode(), {"Content-Type": "application/json"})

    def _running(self, item: Item) -> int:
        start = times.lenient(item.get("start"))
        if self._options.running == "minus_one" or start is None:
            return -1
        return -(start // times.SECOND)

    def _rename_tags(self, item: Item) -> None:
        tags, ids = item.get("tags"), item.get("tag_ids")
        if isinstance(tags, list) and isinstance(ids, list) and len(tags) == len(ids):
            renamed = self._names.renamed_tags
            item["tags"] = [renamed.get(id, tag) for id, tag in zip(ids, tags, strict=True)]
