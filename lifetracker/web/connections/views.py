"""The page of connections, the history of runs, and the buttons that begin one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView

from lifetracker.accounts.rights import staff_only
from lifetracker.accounts.script_policy import with_script
from lifetracker.api.errors import page_of_form
from lifetracker.days import local_date
from lifetracker.errors import NeedsReauthorization, NotConfigured, SyncError
from lifetracker.models import BEGINNING, SyncRun
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.stopping import Stop, stop
from lifetracker.sync.streams import Source, sources
from lifetracker.sync.webhooks import Subscriptions, webhooks
from lifetracker.tasks import enqueue, has_worker, next_request, planned_syncs
from lifetracker.web.connections import runs
from lifetracker.web.connections.cards import SourceCard, State, cards_of
from lifetracker.web.connections.deliveries import pushed_sources
from lifetracker.web.connections.forms import RunFilter
from lifetracker.web.connections.held import coverage_section
from lifetracker.web.connections.notices import at, notices_of
from lifetracker.web.connections.progress import NO_WORKER, is_being_stopped, progress_of
from lifetracker.web.connections.rejected import (
    MOST_MISSING,
    missing_records,
    newest_rejected,
    rejected_per_source,
)
from lifetracker.web.connections.sentence import complete_words, sentence
from lifetracker.web.source_status import one_source_status, source_statuses
from lifetracker.words import title_of


def what_runs_change(cards: list[SourceCard]) -> dict[str, Any]:
    """Return what of the page is another as soon as a run has ended."""
    today = local_date(timezone.now())
    return {"sentence": sentence(cards, today), "runs": runs.newest_rows(today)}


@method_decorator(with_script, name="dispatch")
class ConnectionsView(LoginRequiredMixin, TemplateView):
    """Each source, how it is read, and how to connect it."""

    template_name = "lifetracker/connections/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        statuses = source_statuses()
        rejected, missing = rejected_per_source(), missing_records()
        pushed = pushed_sources(statuses, local_date(timezone.now()))
        parts = {"held": True, "webhooks": pushed, "rejected": rejected, "missing": missing}
        places = {*(status.slug for status in statuses), *filter(parts.get, parts)}
        notices = notices_of(self.request, places)
        cards = cards_of(statuses, planned_syncs(), rejected, notices.placed)
        return super().get_context_data(
            cards=cards,
            held=coverage_section(self.request.GET.dict(), statuses, timezone.now()),
            rejected=newest_rejected(local_date(timezone.now())),
            rejected_count=sum(rejected.values()),
            missing=missing[:MOST_MISSING],
            missing_count=len(missing),
            pushed=pushed,
            notices=notices,
            fresh=complete_words(cards, local_date(timezone.now())),
            needs_person=any(card.state is State.NEEDS_PERSON for card in cards),
            has_steps=any(card.steps for card in cards),
            is_moving=any(card.source.is_moving for card in cards),
            reloads="still" not in self.request.GET,
            **what_runs_change(cards),
            **kwargs,
        )


@login_required
@require_GET
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with how far the run of a source is; once it has ended, with the whole card and what else has changed."""
    source = source_of_slug(slug)
    status = one_source_status(source)
    if status.is_moving:
        return render(
            request,
            "lifetracker/connections/live.html",
            {"source": status, "progress": progress_of(status, local_date(timezone.now()))},
        )
    cards = cards_of(source_statuses(), planned_syncs(), rejected_per_source())
    card = next(card for card in cards if card.source.slug == slug)
    ended = {"card": card, **what_runs_change(cards)}
    response = render(request, "lifetracker/connections/ended.html", ended)
    response["HX-Retarget"], response["HX-Reswap"] = f"#{slug}", "outerHTML"
    return response


def source_of_slug(slug: str) -> Source:
    """Return the registered source. Raises Http404."""
    for source in sources.values():
        if source.slug == slug:
            return source
    raise Http404


class Runs(LoginRequiredMixin, TemplateView):
    """The history of runs, by source and outcome."""

    template_name = "lifetracker/connections/runs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = RunFilter(self.request.GET)
        asked = form.cleaned_data if form.is_valid() else {}
        page = runs.page_of_runs(
            local_date(timezone.now()),
            source=asked.get("source", ""),
            outcome=asked.get("outcome", ""),
            before=asked.get("before"),
        )
        return super().get_context_data(form=form, runs=page.rows, older=page.older, **kwargs)


class OneRun(LoginRequiredMixin, TemplateView):
    """One run, and what it made of each stream."""

    template_name = "lifetracker/connections/run.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = get_object_or_404(SyncRun, pk=self.kwargs["pk"])
        return super().get_context_data(
            run=run,
            row=runs.row_of(run, local_date(timezone.now())),
            title=title_of(run.source),
            from_beginning=run.window_start == BEGINNING,
            kind=runs.KINDS[run.kind],
            can_be_stopped=run.is_active and not is_being_stopped(run),
            streams=list(runs.counts_of(run)),
            **kwargs,
        )


@staff_only
@require_POST
def sync_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a run of a source: of what is new, or of its whole history. A form with `back` leads back to its page."""
    source = source_of_slug(slug)
    before = set(SyncRun.objects.active().values_list("pk", flat=True))
    try:
        run = begin(source, whole="whole" in request.POST.getlist("history"))
    except (NotConfigured, NeedsReauthorization) as error:
        messages.error(request, str(error), extra_tags=at(slug))
    else:
        say_what_was_begun(request, source, run, is_new=run.pk not in before)
    if "back" in request.POST:
        return redirect(page_of_form(request))
    return redirect(f"{reverse('connections')}#{slug}")


@staff_only
@require_POST
def stop_run(request: HttpRequest, pk: int) -> HttpResponse:
    """End a run that waits or is at work, say what became of that, and lead back to where it was asked for."""
    run = get_object_or_404(SyncRun, pk=pk)
    outcome = stop(pk)
    level = messages.SUCCESS if outcome in {Stop.STOPPED, Stop.ENDING} else messages.INFO
    slug = run.source.lower()
    messages.add_message(
        request, level, f"{title_of(run.source)}: {outcome.value}", extra_tags=at(slug)
    )
    if "back" in request.POST:
        return redirect(page_of_form(request))
    return redirect(f"{reverse('connections')}#{slug}")


def begin(source: Source, *, whole: bool) -> SyncRun:
    """Return the run that reads the source, new or not. Raises NotConfigured and NeedsReauthorization."""
    request = SyncRequest.from_options(full=True) if whole else next_request(source)
    return enqueue(source, request, SyncRun.BegunBy.PERSON)


def say_what_was_begun(request: HttpRequest, source: Source, run: SyncRun, *, is_new: bool) -> None:
    tag = at(source.slug)
    if is_new:
        what = "a sync of the whole history" if run.kind == SyncRun.Kind.FULL else "a sync"
        text = f"{source.title}: {what} has been queued."
        if has_worker():
            messages.success(request, text, extra_tags=tag)
        else:
            messages.warning(request, f"{text} {NO_WORKER}", extra_tags=tag)
    elif run.status == SyncRun.Status.RUNNING:
        messages.info(request, f"{source.title}: a sync is already running.", extra_tags=tag)
    else:
        messages.info(request, f"{source.title}: a sync is already queued.", extra_tags=tag)


@staff_only
@require_POST
def subscriptions(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell a service to push, or to stop, or ask it what it pushes, and show what it says."""
    webhook = next((one for one in webhooks.values() if one.slug == slug), None)
    act = request.POST.get("act", "")
    if webhook is None or webhook.subscriptions is None or act not in ACTS:
        raise Http404
    title = title_of(webhook.source)
    try:
        lines = list(ACTS[act](webhook.subscriptions(), webhook.address()))
    except SyncError as error:
        messages.error(request, str(error), extra_tags=at("webhooks"))
    else:
        text = " ".join(lines) or "no webhooks are registered."
        messages.info(request, f"{title}: {text}", extra_tags=at("webhooks"))
    return redirect(f"{reverse('connections')}#webhooks")


#: What the buttons of a webhook ask for, each with the address that is delivered to.
ACTS: dict[str, Callable[[Subscriptions, str], Iterable[str]]] = {
    "list": lambda service, _address: service.list(),
    "subscribe": lambda service, address: service.subscribe(address),
    "unsubscribe": lambda service, address: service.unsubscribe(address),
}
