"""The page on which the owner chooses what to be told of, tries the channels, and sees what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lifetracker.accounts.confirmation import confirm_first
from lifetracker.accounts.current_user import current_user
from lifetracker.accounts.rights import staff_only
from lifetracker.days import ONE_DAY
from lifetracker.errors import SyncError
from lifetracker.ops.notices import notice_kinds
from lifetracker.tasks import has_worker
from notifications.browsers import BrowserForm, public_key, replace_unreadable_key
from notifications.channels import CHANNELS, Channel
from notifications.forms import ChoicesForm
from notifications.logins import note
from notifications.models import ChannelName, Choices, Notification, PushSubscription
from notifications.outgoing import Outgoing, PartlySent

PAGE = "notifications/settings.html"
#: So many of the last messages are shown.
SHOWN = 20
ADD_BROWSER = "Press “Add this browser” under Browsers."


class ChannelRow(NamedTuple):
    channel: Channel
    missing: str


class LogRow(NamedTuple):
    message: Notification
    kind: str


def missing_of(browsers: list[PushSubscription]) -> dict[str, str]:
    """Return by the name of a channel why it cannot be used; of web push by what was read already."""
    found = {
        name: channel.missing() for name, channel in CHANNELS.items() if name != ChannelName.PUSH
    }
    has_browser = any(one.is_allowed for one in browsers)
    return found | {ChannelName.PUSH.value: "" if has_browser else ADD_BROWSER}


def is_idle(choices: Choices) -> bool:
    """Return whether nothing is sent of what was chosen, because neither a worker nor cron has looked for long."""
    looked = max(map(datetime.fromisoformat, choices.asked.values()), default=None)
    is_known = looked is not None and timezone.now() - looked < ONE_DAY
    return choices.is_on and not is_known and not has_worker()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def settings_page(request: HttpRequest) -> HttpResponse:
    browsers = list(PushSubscription.objects.select_related("user"))
    missing = missing_of(browsers)
    choices = Choices.objects.current()
    form = ChoicesForm(request.POST or None, choices=choices, missing=missing)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("settings-notifications")
    status = 400 if form.is_bound else 200
    context = page_context(form, browsers, missing) | {"is_idle": is_idle(choices)}
    return render(request, PAGE, context, status=status)


def page_context(
    form: ChoicesForm, browsers: list[PushSubscription], missing: dict[str, str]
) -> dict[str, Any]:
    kinds = notice_kinds()
    sent = Notification.objects.all()[:SHOWN]
    return {
        "form": form,
        "channels": [ChannelRow(one, missing[name]) for name, one in CHANNELS.items()],
        "browsers": browsers,
        "push_key": public_key(),
        "sent": [
            LogRow(one, kinds[one.kind].title if one.kind in kinds else one.kind) for one in sent
        ],
    }


@never_cache
@require_POST
@staff_only
def send_test(request: HttpRequest, name: str) -> HttpResponse:
    """Send a message by one channel at once, and say what happened."""
    if name not in CHANNELS:
        return redirect("settings-notifications")
    channel = CHANNELS[name]
    label = channel.name.label
    text = "This is a test. So Life Tracker tells you what you choose."
    message = Outgoing(
        f"test{timezone.now():%Y%m%d%H%M%S%f}", "Life Tracker", text, "settings/notifications/"
    )
    try:
        said = sent_to_some(channel, message)
    except SyncError as error:
        messages.error(request, f"{label}: the test was not sent. {error}")
    else:
        messages.success(request, f"{label}: the test was sent. {said}".strip())
        # Whatever its owner has just mended held these up.
        Notification.objects.hurry(name)
    return redirect("settings-notifications")


def sent_to_some(channel: Channel, message: Outgoing) -> str:
    """Send a test: one that some browsers have taken has arrived. Nobody tries the others again."""
    try:
        return channel.send(message)
    except PartlySent as error:
        return str(error)


@never_cache
@require_POST
@staff_only
@confirm_first
def add_browser(request: HttpRequest) -> HttpResponse:
    """Store where the browser of this request takes messages, as its script says."""
    replace_unreadable_key()
    answer = redirect("settings-notifications")
    form = BrowserForm(request.POST)
    if form.is_valid():
        row = form.save(current_user(request), request.headers.get("User-Agent", ""))
        note(request, answer, row.digest)
        messages.success(
            request, f"{row.browser} shows messages from now on. Send a test to try it."
        )
    else:
        reasons = " ".join(str(one) for errors in form.errors.values() for one in errors)
        messages.error(request, f"This browser was not added. {reasons}")
    return answer


@never_cache
@require_POST
@staff_only
def remove_browser(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PushSubscription, pk=pk)
    row.delete()
    messages.success(request, f"{row.browser} shows no more messages.")
    return redirect("settings-notifications")
