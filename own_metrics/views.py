"""The pages of own metrics: the list, one metric, its definition, its values, and their deletion."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from experiments.needs import needed_words
from lifetracker import days
from lifetracker.models import MANUAL
from lifetracker.web.forms import form_page
from lifetracker.web.ranges import Link
from lifetracker.web.removal import Removal
from lifetracker.web.sentences import isolated
from lifetracker.web.way_back import way_back
from own_metrics.forms import OwnMetricForm, OwnValueForm
from own_metrics.metrics import key_of
from own_metrics.models import OwnMetric, OwnValue
from own_metrics.page_data import chart_of, listed, value_words

A_PAGE = 20


@login_required
@form_page
def metrics(request: HttpRequest) -> HttpResponse:
    """List all own metrics, and add one."""
    made = OwnMetric()
    form = OwnMetricForm(request.POST if request.method == "POST" else None, instance=made)
    if form.is_valid():
        form.save()
        messages.success(request, f"{isolated(made.name)} was added. Add its first value.")
        return redirect("own-metric", made.pk)
    context = {"form": form, "listed": listed(), "today": days.today()}
    return render(request, "own_metrics/metrics.html", context)


@login_required
@require_safe
def metric(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one metric: its last year, and all of its values, newest first."""
    one = get_object_or_404(OwnMetric.objects.live().defer("raw"), pk=pk)
    today = days.today()
    rows = OwnValue.objects.all().of(pk).newest_first().defer("raw")
    pages = Paginator(rows, A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "one": one,
        "pk": pk,
        "key": key_of(pk),
        "chart": chart_of(one, today),
        "page_obj": page,
        "paginator": pages,
        "values": [(row, value_words(one, row.value)) for row in page],
        "today": today,
    }
    return render(request, "own_metrics/metric.html", context)


@login_required
@form_page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the definition of a metric."""
    one = get_object_or_404(OwnMetric.objects.live().defer("raw"), pk=pk)
    shown = copy(one)
    form = OwnMetricForm(request.POST if request.method == "POST" else None, instance=one)
    if form.is_valid():
        form.save()
        messages.success(request, f"{isolated(one.name)} was saved.")
        return redirect("own-metric", pk)
    context = {"form": form, "one": shown, "pk": pk}
    return render(request, "own_metrics/definition.html", context, status=form.status)


@login_required
@form_page
def new_value(request: HttpRequest, pk: int) -> HttpResponse:
    """Type in a value of a metric."""
    one = get_object_or_404(OwnMetric.objects.live().defer("raw"), pk=pk)
    return edited(request, OwnValue(metric=one))


@login_required
@form_page
def value(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a value that was typed in, or show one that a file brought."""
    rows = OwnValue.objects.live().select_related("metric").defer("raw", "metric__raw")
    one = get_object_or_404(rows.filter(metric__deleted_at=None), pk=pk)
    if one.source == MANUAL:
        return edited(request, one)
    if request.method == "POST":
        raise PermissionDenied
    return render(request, "own_metrics/imported_value.html", shown_of(one))


def edited(request: HttpRequest, one: OwnValue) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    about = shown_of(one) | {"back": way_back(request, reverse("own-metric", args=[one.metric_id]))}
    form = OwnValueForm(given, instance=one, initial={} if one.pk else {"date": days.today()})
    if form.is_valid():
        form.save()
        messages.success(request, "The value was saved.")
        return redirect(about["back"])
    context = {"form": form} | about
    return render(request, "own_metrics/value_form.html", context, status=form.status)


def shown_of(one: OwnValue) -> dict[str, Any]:
    """Return what a page says of a value, before a form changes it."""
    return {
        "pk": one.pk,
        "one": copy(one),
        "metric": one.metric,
        "words": value_words(one.metric, one.value) if one.pk else "",
        "today": days.today(),
    }


class ValueRemoval(Removal):
    """Deleting a value that was typed in."""

    model = OwnValue
    noun = "value"
    facts = "own_metrics/value_facts.html"
    record_page = "own-value"
    prefix = "own-value"

    def context(self, record: OwnValue) -> dict[str, Any]:
        return shown_of(record)

    def way_back(self, record: OwnValue) -> Link:
        if record.metric.deleted_at:
            return Link("Own metrics", reverse("own-metrics"))
        return Link(record.metric.name, reverse("own-metric", args=[record.metric_id]))

    def refuse(self, record: OwnValue) -> None:
        if record.metric.deleted_at:
            text = f"{isolated(record.metric.name)} is deleted. Bring that back first."
            raise ValidationError(text)


class MetricRemoval(Removal):
    """Deleting a metric. Its values are hidden with it, and come back with it."""

    model = OwnMetric
    noun = "metric"
    facts = "own_metrics/metric_facts.html"
    record_page = "own-metric"
    prefix = "own-metric"

    def context(self, record: OwnMetric) -> dict[str, Any]:
        needed = needed_words([key_of(record.pk)])
        number = record.values.live().count()
        return {"name": record.name, "number": number, "needed": needed}

    def way_back(self, record: OwnMetric) -> Link:
        return Link("Own metrics", reverse("own-metrics"))

    def restored_url(self, record: OwnMetric) -> str:
        return reverse("own-metric", args=[record.pk])

    def refuse(self, record: OwnMetric) -> None:
        record.clean()
