"""`manage.py check` refuses a declaration that cannot work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from lifetracker.models import SourceRecord
from lifetracker.streams import Source, Stream, sources
from lifetracker.upsert import OWN


@register(Tags.models)
def check_streams(**_: Any) -> list[CheckMessage]:
    return [message for source in sources.values() for message in check_source(source)]


def check_source(source: Source) -> Iterable[CheckMessage]:
    names = [stream.name for stream in source.streams]
    if len(set(names)) != len(names):
        yield Error(
            f"{source.name} declares two streams of one name.",
            hint="Each stream keeps its state under its name: give each its own.",
            obj=source.name,
            id="lifetracker.E001",
        )
    for stream in source.streams:
        yield from check_stream(source, stream)


def check_stream(source: Source, stream: Stream) -> Iterable[CheckMessage]:
    where = f"{source.name}.{stream.name}"
    if not issubclass(stream.model, SourceRecord):
        yield Error(
            f"{where}: {stream.model.__name__} is no SourceRecord.",
            obj=where,
            id="lifetracker.E002",
        )
        return
    if "source_id" not in stream.fields:
        yield Error(
            f"{where} does not map source_id.",
            hint="Say which key of an item identifies it.",
            obj=where,
            id="lifetracker.E003",
        )
    for name, spec in stream.fields.items():
        yield from check_field(where, stream, name, spec)
    yield from check_required(where, stream)
    yield from check_axis(where, stream)
    yield from check_changes(where, stream)
    yield from check_copies(where, source, stream)
    yield from check_joined(where, stream)


def check_field(where: str, stream: Stream, name: str, spec: Any) -> Iterable[CheckMessage]:
    column = find(stream.model, name)
    if column is None or name in {*OWN, "raw"}:
        yield Error(
            f"{where} maps {name!r}, which is not a column of {stream.model.__name__} that a stream fills.",
            obj=where,
            id="lifetracker.E004",
        )
        return
    try:
        type(stream)(name="probe", path="", model=stream.model, fields={name: spec}).mapping  # noqa: B018
    except (TypeError, AttributeError) as error:
        yield Error(f"{where}: {name} cannot be mapped: {error}", obj=where, id="lifetracker.E005")


def check_required(where: str, stream: Stream) -> Iterable[CheckMessage]:
    for column in stream.model._meta.concrete_fields:
        filled = column.name in {*stream.fields, *OWN, "raw"} or column.primary_key
        if not filled and not column.null and not column.has_default():
            yield Error(
                f"{where} leaves {column.name} empty, which {stream.model.__name__} does not allow.",
                hint="Map it, give it a default, or allow NULL.",
                obj=where,
                id="lifetracker.E006",
            )


def check_axis(where: str, stream: Stream) -> Iterable[CheckMessage]:
    if not stream.deletes_by_absence or stream.window is None:
        return
    if not isinstance(find(stream.model, stream.axis), models.DateTimeField):
        yield Error(
            f"{where} deletes by absence in a window without an axis.",
            hint="Name as `axis` the column of times by which the service filters.",
            obj=where,
            id="lifetracker.E007",
        )


def check_changes(where: str, stream: Stream) -> Iterable[CheckMessage]:
    if stream.changes and stream.window is None:
        yield Error(
            f"{where} asks for changes without a window.",
            hint="Changes go on from what a window has verified: declare how that is read.",
            obj=where,
            id="lifetracker.E008",
        )


def check_copies(where: str, source: Source, stream: Stream) -> Iterable[CheckMessage]:
    models_before = {s.model for s in source.streams[: source.streams.index(stream)]}
    for related in stream.related:
        if related.model not in models_before:
            yield Error(
                f"{where} needs rows of {related.model.__name__}, which no stream before it brings.",
                hint="Put that stream before this one.",
                obj=where,
                id="lifetracker.E009",
            )
        for ours, theirs in related.copies.items():
            if find(stream.model, ours) is None or find(related.model, theirs) is None:
                yield Error(
                    f"{where} copies {theirs!r} of {related.model.__name__} into {ours!r}: there is no such column.",
                    obj=where,
                    id="lifetracker.E009",
                )


def check_joined(where: str, stream: Stream) -> Iterable[CheckMessage]:
    if stream.joined is None:
        return
    missing = [name for name in stream.joined.columns if find(stream.joined.model, name) is None]
    if missing or find(stream.model, stream.joined.by) is None:
        yield Error(
            f"{where} is joined into {stream.joined.model.__name__} by columns that are not there: {', '.join([*missing, stream.joined.by])}.",
            obj=where,
            id="lifetracker.E011",
        )


def find(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


@register(Tags.compatibility)
def check_queue(**_: Any) -> list[CheckMessage]:
    """A task that is handed to a second worker before the first one must have ended runs twice."""
    if 0 < settings.Q_CLUSTER["timeout"] < settings.Q_CLUSTER["retry"]:
        return []
    return [
        Error(
            "The queue hands a task out again before its time is up.",
            hint="Let `timeout` in Q_CLUSTER be less than `retry`.",
            id="lifetracker.E012",
        )
    ]


@register(Tags.security, deploy=True)
def check_deployment(**_: Any) -> Iterable[CheckMessage]:
    if settings.DEMO:
        yield Error(
            "DEMO is on.",
            hint="The demo has a public key and made-up data: unset DEMO in production.",
            id="lifetracker.E010",
        )
    if set(settings.ALLOWED_HOSTS) <= set(settings.LOCAL_HOSTS):
        yield checks.Warning(
            "The pages are reached on this machine alone.",
            hint="Set ALLOWED_HOSTS to the names under which browsers reach them.",
            id="lifetracker.W013",
        )
    if settings.STATIC_ROOT and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        yield checks.Warning(
            "The static files are not collected, and without them no page can be made.",
            hint="Run `python manage.py collectstatic --noinput` after each update.",
            id="lifetracker.W014",
        )
