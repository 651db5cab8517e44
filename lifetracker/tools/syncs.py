"""Tools about syncs: what was read and what is missing, and reading what is new."""

from __future__ import annotations

from typing import Annotated

from django_mcpz.server import ToolError
from msgspec import Meta, Struct

from lifetracker.accounts.rights import FOR_STAFF
from lifetracker.api.runs import CoverageSerializer
from lifetracker.api.runs import coverage as coverage_of_all
from lifetracker.models import SyncRun
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import domain_of_source, sources
from lifetracker.tasks import enqueue, has_worker
from lifetracker.tools.caller import Caller
from lifetracker.tools.declaration import Answer, Told, tool
from lifetracker.tools.said import reference
from lifetracker.words import joined, title_of


@tool(
    title="Coverage",
    description="""Returns up to when each service was read completely, stream by stream, what was never read, and how many
    items could not be stored. Look here before saying that something did not happen: where a service was not read, nothing
    is known.""",
)
def coverage(caller: Caller) -> Told:
    seen = [one for one in coverage_of_all() if is_seen(caller, str(one["source"]))]
    listed = CoverageSerializer({"sources": seen}).data["sources"]
    found = [source_facts(one) for one in listed]
    return Told(
        {"sources": found, "missing": [gap for one in listed for gap in gaps(one)]}, len(found)
    )


def is_seen(caller: Caller, source: str) -> bool:
    return caller.may_see([domain_of_source(source)])


def source_facts(source: Answer) -> Answer:
    return {
        "source": title_of(source["source"]),
        "is_set_up": source["configured"],
        "last_success": source["last_success"],
        "streams": [
            {
                "stream": one["stream"],
                "verified_from": one["verified_from"],
                "verified_until": one["verified_to"],
                "whole_history": one["whole_history"],
                "items_that_could_not_be_stored": one["rejected_items"],
            }
            for one in source["streams"]
        ],
    }


def gaps(source: Answer) -> list[Answer]:
    """Return what was not read of a service, in the form in which missing days are told."""
    title = title_of(source["source"])
    if not source["configured"]:
        return [{"date": None, "to": None, "reason": f"{title} is not set up."}]
    return [
        {
            "date": gap["start"],
            "to": gap["end"],
            "reason": f"{title} was not read for this time ({one['stream']}). "
            "No date means from the beginning, no `to` means until now.",
        }
        for one in source["streams"]
        for gap in one["gaps"]
    ]


class Sync(Struct):
    source: Annotated[str, Meta(description="The service, as coverage names it, such as WHOOP.")]


@tool(
    title="Start a sync",
    description="""Asks for a sync of one service, which reads what is new since the last one. It runs in the background;
    coverage tells when it is done. Calling it again while it waits or runs starts no second one.""",
    writes=True,
)
def start_sync(caller: Caller, asked: Sync) -> Told:
    if not caller.user.is_staff:
        raise ToolError(FOR_STAFF)
    seen = {title_of(one).casefold(): one for one in sources if is_seen(caller, one)}
    name = seen.get(asked.source.casefold()) or seen.get(title_of(asked.source).casefold())
    if name is None:
        titles = joined([title_of(one) for one in sources if is_seen(caller, one)])
        raise ToolError(
            f"There is no service {asked.source[:80]!r} that this token may sync. There are: {titles or 'none'}."
        )
    run = enqueue(sources[name], SyncRequest(SyncRun.Kind.INCREMENTAL), SyncRun.BegunBy.API)
    answer: Answer = {
        "source": title_of(name),
        "run": reference(SyncRun, run.pk),
        "status": run.status,
        "missing": [],
    }
    if not has_worker():
        answer["note"] = "No worker is running, so the sync waits until one is started."
    return Told(answer, 1)
