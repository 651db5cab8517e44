from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from lifetracker.doctor.findings import Finding, at
from lifetracker.doctor.machine import Queue, Storage, in_words
from lifetracker.doctor.report import Report, examine
from lifetracker.doctor.sources import SourceReport
from lifetracker.management.command import QuickCommand
from lifetracker.words import counted


class Command(QuickCommand):
    help = (
        "Say whether everything works: services, queue, database, settings. Ends with status 1 if something needs you, "
        "and says what to do."
    )

    def handle(self, *args: object, **options: object) -> None:
        report = examine()
        for line in lines_of(report):
            self.stdout.write(line)
        if not report.healthy:
            sys.exit(1)


def lines_of(report: Report) -> Iterator[str]:
    yield f"Life Tracker {report.version}, {at(report.checked_at)}"
    for source in report.sources:
        yield from lines_of_source(source)
    if report.queue:
        yield line_of_queue(report.queue)
    if report.storage:
        yield line_of_storage(report.storage)
    yield from lines_of_findings("Good to know:", report.notes)
    yield from lines_of_findings("What needs you:", report.troubles)
    yield "" if report.troubles else "\nNothing needs you."


def lines_of_source(one: SourceReport) -> Iterator[str]:
    if not one.configured:
        yield f"{one.title}: not set up"
        return
    parts = ["connected" if one.connected else "not connected"]
    parts += [f"token until {at(one.token_expires_at)}"] if one.token_expires_at else []
    parts += [f"last success {at(one.last_success)}"]
    parts += [f"next sync {at(one.next_run)}"] if one.next_run else []
    parts += [f"{counted(one.rejected_items, 'rejected item')}"] if one.rejected_items else []
    yield f"{one.title}: {', '.join(parts)}"
    for stream in one.streams:
        yield f"  {stream['stream']}: {stretch_of(stream)}"


def stretch_of(stream: dict[str, object]) -> str:
    if not stream["verified_to"]:
        return "not read yet"
    begin = "the beginning" if stream["whole_history"] else at(stream["verified_from"])  # type: ignore[arg-type]
    return f"verified from {begin} to {at(stream['verified_to'])}"  # type: ignore[arg-type]


def line_of_queue(queue: Queue) -> str:
    waiting = (
        "not reachable" if queue.waiting is None else f"{counted(queue.waiting, 'message')} waiting"
    )
    return f"Queue: {waiting}, {'a worker is running' if queue.worker else 'no worker is running'}"


def line_of_storage(storage: Storage) -> str:
    size, free = in_words(storage.database_bytes), in_words(storage.free_bytes)
    return f"Database: {storage.database}, {size}; {free} free on the disk"


def lines_of_findings(title: str, findings: Iterable[Finding]) -> Iterator[str]:
    for number, one in enumerate(findings):
        yield from ["", title] if number == 0 else []
        yield f"- {one.subject}: {one.text}"
        yield from [f"  {one.todo}"] if one.todo else []
