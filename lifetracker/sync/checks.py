"""`manage.py check` refuses a declaration that cannot work."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from lifetracker.models import SourceRecord
from lifetracker.models.fields import AnyField
from lifetracker.sync.streams import Source, Stream, sources
from lifetracker.sync.upsert import OWN


@register(Tags.models)
def check_streams(**_: object) -> list[CheckMessage]:
    return [message for source in sources.values() for message in check_source(source)]


@register(Tags.models)
def check_declared_sources(**_: object) -> Iterable[CheckMessage]:
    for declared in settings.SOURCES:
        if declared.name not in sources:
            yield Error(
                f"{declared.name} is declared as a source and has no streams.",
                hint="Register it in the app's streams.py: register_source(Source(declaration=SOURCE, ...)).",
                obj=declared.name,
                id="lifetracker.E034",
            )


def check_declaration(source: Source) -> Iterable[CheckMessage]:
    name, declared = source.name, source.declaration
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", name):
        yield Error(
            f"{name!r} is no name of a source.",
            hint="It stands in addresses and commands: at most 20 letters and digits, without a space.",
            obj=name,
            id="lifetracker.E035",
        )
    missing = [one.name for one in declared.all_settings() if not hasattr(settings, one.name)]
    if missing:
        yield Error(
            f"{name} declares settings that are not there: {', '.join(missing)}.",
            hint="They are read from `SOURCE` in the source.py of an app in INSTALLED_APPS: declare them there.",
            obj=name,
            id="lifetracker.E030",
        )
    if not declared.title:
        yield Error(
            f"{name} does not say how its service writes its own name.",
            hint="Declare it as `title`: pages and messages show it.",
            obj=name,
            id="lifetracker.E031",
        )
    if not (declared.brings and declared.steps):
        yield Error(
            f"{name} does not say what it brings, or how it is set up.",
            hint='Declare `brings="Nights and naps."` and `steps=(SetupStep("Open ...", url="https://..."),)`.',
            obj=name,
            id="lifetracker.E037",
        )
    if declared.schedule is None:
        yield Error(
            f"{name} does not say how often it is synced.",
            hint=f'Declare `schedule=Schedule(setting="{name.upper()}_SYNC_HOURS")`.',
            obj=name,
            id="lifetracker.E032",
        )


def check_source(source: Source) -> Iterable[CheckMessage]:
    yield from check_declaration(source)
    names = [stream.name for stream in source.streams]
    if len(set(names)) != len(names):
        yield Error(
            f"{source.name} declares two streams with the same name.",
            hint="Give each stream its own name, because its state is stored under it.",
            obj=source.name,
            id="lifetracker.E001",
        )
    for stream in source.streams:
        yield from check_stream(source, stream)


def check_stream(source: Source, stream: Stream) -> Iterable[CheckMessage]:
    where = f"{source.name}.{stream.name}"
    if not issubclass(stream.model, SourceRecord):
        yield Error(
            f"{where}: {stream.model.__name__} is not a SourceRecord.",
            hint="Let the model inherit from lifetracker.models.SourceRecord, which keeps the key and the payload.",
            obj=where,
            id="lifetracker.E002",
        )
        return
    if "source_id" not in stream.fields:
        yield Error(
            f"{where} does not map source_id.",
            hint="Map the key that identifies an item.",
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


def check_field(where: str, stream: Stream, name: str, spec: object) -> Iterable[CheckMessage]:
    column = find(stream.model, name)
    if column is None or name in {*OWN, "raw"}:
        yield Error(
            f"{where} maps {name!r}, which is not a column of {stream.model.__name__} that a stream fills.",
            hint=f"These are: {', '.join(fillable(stream.model))}.",
            obj=where,
            id="lifetracker.E004",
        )
        return
    try:
        type(stream)(name="probe", path="", model=stream.model, fields={name: spec}).mapping  # noqa: B018
    except (TypeError, AttributeError) as error:
        yield Error(
            f"{where}: {name} cannot be mapped: {error}",
            hint=f'Write "{name}": "path.in.the.item", with ? after a part that may be missing, or a function of the item.',
            obj=where,
            id="lifetracker.E005",
        )


def fillable(model: type[models.Model]) -> list[str]:
    """Return the names of the columns that a stream may fill."""
    columns = model._meta.concrete_fields
    return [one.name for one in columns if one.name not in {*OWN, "raw"} and not one.primary_key]


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
    column, wanted = find(stream.model, stream.axis), stream.window.axis_type
    # A column of moments is one of dates, to Django.
    is_moment = isinstance(column, models.DateTimeField)
    if not isinstance(column, wanted) or is_moment != issubclass(wanted, models.DateTimeField):
        kind = "dates" if wanted is models.DateField else "moments"
        yield Error(
            f"{where} deletes by absence, and its axis {stream.axis!r} is not a column of {kind} of "
            f"{stream.model.__name__}.",
            hint="Name as `axis` the column by which the service filters: one of dates with `BetweenDays`, else one of "
            "moments.",
            obj=where,
            id="lifetracker.E007",
        )


def check_changes(where: str, stream: Stream) -> Iterable[CheckMessage]:
    if stream.changes and stream.window is None:
        yield Error(
            f"{where} asks for changes without a window.",
            hint="Declare a window, because changes continue from what a window has verified.",
            obj=where,
            id="lifetracker.E008",
        )


def check_copies(where: str, source: Source, stream: Stream) -> Iterable[CheckMessage]:
    models_before = {s.model for s in source.streams[: source.streams.index(stream)]}
    for related in stream.related:
        if related.model not in models_before:
            yield Error(
                f"{where} needs rows of {related.model.__name__}, which no earlier stream syncs.",
                hint="Move that stream before this one.",
                obj=where,
                id="lifetracker.E009",
            )
        for ours, theirs in related.denormalizes.items():
            if find(stream.model, ours) is None or find(related.model, theirs) is None:
                yield Error(
                    f"{where} copies {theirs!r} of {related.model.__name__} into {ours!r}: there is no such column.",
                    hint=f"Write `denormalizes` as column of {stream.model.__name__}: column of {related.model.__name__}.",
                    obj=where,
                    id="lifetracker.E009",
                )


def check_joined(where: str, stream: Stream) -> Iterable[CheckMessage]:
    if stream.aggregate is None:
        return
    missing = [
        name for name in stream.aggregate.columns if find(stream.aggregate.model, name) is None
    ]
    has_key = find(stream.model, stream.aggregate.by) is not None
    if missing or not has_key:
        model = stream.aggregate.model
        absent = ", ".join([*missing, *([] if has_key else [stream.aggregate.by])])
        yield Error(
            f"{where} is joined into {model.__name__} by columns that are not there: {absent}.",
            hint=f"`columns` are columns of {model.__name__}, `by` is one of {stream.model.__name__}.",
            obj=where,
            id="lifetracker.E011",
        )


def find(model: type[models.Model], name: str) -> AnyField | None:
    return next((one for one in model._meta.concrete_fields if one.name == name), None)


@register(Tags.compatibility)
def check_queue(**_: object) -> list[CheckMessage]:
    """Refuse settings of the queue that run tasks twice: a task that is handed to a second worker
    before the first one must have ended runs twice."""
    if 0 < settings.Q_CLUSTER["timeout"] < settings.Q_CLUSTER["retry"]:
        return []
    return [
        Error(
            "The queue may start a task again before its timeout.",
            hint="Set `timeout` in Q_CLUSTER to less than `retry`.",
            id="lifetracker.E012",
        )
    ]


@register(Tags.security, deploy=True)
def check_deployment(**_: object) -> Iterable[CheckMessage]:
    if settings.DEMO:
        yield Error(
            "DEMO is set.",
            hint="Unset DEMO in production. The demo uses a public key and made-up data.",
            id="lifetracker.E010",
        )
    if set(settings.ALLOWED_HOSTS) <= set(settings.LOCAL_HOSTS):
        yield checks.Warning(
            "The pages can only be reached on this machine.",
            hint="Set ALLOWED_HOSTS to the host names that browsers use.",
            id="lifetracker.W013",
        )
    if settings.STATIC_ROOT and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        yield checks.Warning(
            "The static files are not collected. Pages cannot be rendered without them.",
            hint="Run `python manage.py collectstatic --noinput` after each update.",
            id="lifetracker.W014",
        )
