"""Find the rows that records refer to, and the records whose copies of them are out of date."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from lifetracker.models import SourceRecord
from lifetracker.sync.streams import Related

# Rows by their source_id, each as the columns that others copy.
Rows = dict[str, dict[str, object]]


def values_by_id(rows: QuerySet[SourceRecord], related: Related) -> Rows:
    """Return the columns that others copy from these rows."""
    values = rows.order_by().values("source_id", *related.denormalizes.values())
    return {row["source_id"]: row for row in values}


def ids_of_stale_copies(live: QuerySet[SourceRecord], related: Related) -> Iterable[str]:
    """Return the ids of records that refer to a row from which their copies differ."""
    referred = related.model._default_manager.filter(
        source=OuterRef("source"), source_id=OuterRef(related.path)
    )
    same = {theirs: OuterRef(ours) for ours, theirs in related.denormalizes.items()}
    stale = live.filter(Exists(referred), ~Exists(referred.filter(**same)))
    return stale.order_by().values_list("source_id", flat=True)


def ids_of_stale_lists(
    live: QuerySet[SourceRecord], related: Related, rows: QuerySet[SourceRecord]
) -> set[str]:
    """Return the ids of records that refer to several of `rows` and whose copies differ from them."""
    found = values_by_id(rows, related)
    stale = set()
    for source_id, keys, *copies in live.values_list(
        "source_id", related.path, *related.denormalizes
    ):
        known = [found[str(key)] for key in keys or () if str(key) in found]
        fresh = [[row[theirs] for row in known] for theirs in related.denormalizes.values()]
        if known and len(known) == len(keys) and fresh != copies:
            stale.add(source_id)
    return stale
