"""`manage.py check` refuses a metric that cannot work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.checks import CheckMessage, Error, Tags, register

from lifetracker.metrics.declaration import Family, Metric, Role
from lifetracker.metrics.registry import families, metrics, repeated

KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
DONE = {Role.ACTION, Role.BOTH}
PREFIX = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9_-]*")


@register(Tags.models)
def check_metrics(**_: object) -> list[CheckMessage]:
    return [*check_repeated(repeated), *check_families(families), *check_declared(metrics)]


def check_repeated(again: Iterable[Metric]) -> Iterable[CheckMessage]:
    for metric in again:
        yield Error(
            f"Two metrics have the key {metric.key!r}.",
            hint="Give each its own key, by which goals and addresses know it.",
            obj=metric.key,
            id="lifetracker.E040",
        )


def check_families(declared: Iterable[Family]) -> Iterable[CheckMessage]:
    for family in declared:
        if not PREFIX.fullmatch(family.prefix):
            yield malformed(family.prefix, "prefix of keys")


def check_declared(declared: Mapping[str, Metric]) -> Iterable[CheckMessage]:
    for metric in declared.values():
        if not KEY.fullmatch(metric.key):
            yield malformed(metric.key, "key of a metric")
        yield from check_named(metric, declared)
        if metric.additive and metric.circular:
            yield Error(
                f"{metric.key} is a time of the day, which cannot be added up.",
                hint="Declare it as `circular` or as `additive`, but not as both.",
                obj=metric.key,
                id="lifetracker.E043",
            )
        yield from check_analysed(metric)
        if needs_itself(metric, declared):
            yield Error(
                f"{metric.key} is computed from itself.",
                hint="Take it out of the `inputs` and `zero_where` of what it is computed from.",
                obj=metric.key,
                id="lifetracker.E044",
            )


def check_analysed(metric: Metric) -> Iterable[CheckMessage]:
    """Refuse a metric of which an analysis could not know what it is, or by how much to tell of it."""
    if metric.role is None:
        yield Error(
            f"{metric.key} does not say its role.",
            hint="Say with `role` whether it is something that a person does, something that follows, both, or context.",
            obj=metric.key,
            id="lifetracker.E045",
        )
    if metric.role in DONE and metric.step is None and not metric.is_yes_no:
        yield Error(
            f"{metric.key} is something that a person does, and names no step by which its effects can be given.",
            hint='Name a change that a person can make, such as `step=Step(0.5, "30 minutes later")`.',
            obj=metric.key,
            id="lifetracker.E046",
        )
    if metric.smallest <= 0 or (metric.step and metric.step.amount <= 0):
        yield Error(
            f"{metric.key} has a smallest difference or a step that is not above zero.",
            hint="Say with `smallest` which difference means something, in the unit of the metric.",
            obj=metric.key,
            id="lifetracker.E047",
        )


def malformed(key: str, what: str) -> Error:
    return Error(
        f"{key!r} is no {what}.",
        hint="Write the domain, a dot and a name, such as whoop.sleep_hours: small letters, digits and underscores.",
        obj=key,
        id="lifetracker.E041",
    )


def check_named(metric: Metric, declared: Mapping[str, Metric]) -> Iterable[CheckMessage]:
    """Refuse keys of other metrics that are not there. Those of a family come with the data: nobody knows them here."""
    named = {
        "inputs": metric.inputs,
        "parents": metric.parents,
        "zero_where": (metric.zero_where,) if metric.zero_where else (),
    }
    for option, keys in named.items():
        for key in keys:
            if key not in declared and not any(key.startswith(one.prefix) for one in families):
                yield Error(
                    f"{metric.key} names {key!r} in `{option}`, and there is no such metric.",
                    hint="Name the key of a metric that an app in INSTALLED_APPS registers.",
                    obj=metric.key,
                    id="lifetracker.E042",
                )


def needs_itself(metric: Metric, declared: Mapping[str, Metric]) -> bool:
    found: set[str] = set()
    waiting = needed_by(metric)
    while waiting:
        found |= waiting
        following = (needed_by(declared[key]) for key in waiting if key in declared)
        waiting = set().union(*following) - found
    return metric.key in found


def needed_by(metric: Metric) -> set[str]:
    """Return the keys of the metrics without which it cannot be read."""
    return {*metric.inputs, *({metric.zero_where} - {""})}
