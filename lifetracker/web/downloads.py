"""The page from which all data are downloaded, as an export or as a backup. Both are written while they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from lifetracker.accounts import freshness
from lifetracker.accounts.confirmation import confirm_first
from lifetracker.accounts.events import Kind, record
from lifetracker.accounts.models import Event
from lifetracker.accounts.rights import staff_only

PAGE = "settings/data.html"
# So that nobody locks a backup with a letter.
SHORTEST = 8


class ExportForm(forms.Form):
    excel = forms.BooleanField(
        label="For Excel",
        required=False,
        help_text="Starts each CSV with a mark by which Excel reads accented letters correctly.",
    )


class BackupForm(forms.Form):
    """`encrypt` is asked for by itself, because no page gives a passphrase back: one that was lost on the way must not
    make a backup without it."""

    encrypt = forms.BooleanField(label="Encrypt it with a passphrase", required=False)
    secret = forms.CharField(
        label="Passphrase",
        strip=False,
        required=False,
        max_length=1000,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="Without it nobody can open the file, and nobody can recover it.",
    )
    secret_again = forms.CharField(
        label="Passphrase again",
        strip=False,
        required=False,
        max_length=1000,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        secret, again = values.get("secret", ""), values.get("secret_again", "")
        if not values.get("encrypt"):
            if secret:
                self.add_error("encrypt", "Tick this if the backup is to be encrypted.")
        elif len(secret) < SHORTEST:
            self.add_error("secret", f"Enter at least {SHORTEST} characters.")
        elif secret != again:
            self.add_error("secret_again", "The two passphrases differ.")
        return values

    @property
    def passphrase(self) -> str:
        """Return what the backup is encrypted with; empty for one that is not."""
        own = self.cleaned_data["secret"] if self.cleaned_data["encrypt"] else ""
        return str(settings.BACKUP_PASSPHRASE or own)


def page_context(request: HttpRequest, backup_form: BackupForm | None = None) -> dict[str, Any]:
    kinds = {Kind.EXPORT: "export", Kind.BACKUP: "backup"}
    newest: dict[str, Event] = {}
    for kind, name in kinds.items():
        found = Event.objects.filter(kind=kind).first()
        if found:
            newest[name] = found
    return {
        "export_form": ExportForm(auto_id="export-%s"),
        "backup_form": backup_form or BackupForm(auto_id="backup-%s"),
        "is_always_encrypted": bool(settings.BACKUP_PASSPHRASE),
        "is_confirmed": settings.DEMO or freshness.is_fresh(request),
        "minutes": freshness.LASTS // 60,
        "newest": newest,
    }


@method_decorator(never_cache, name="dispatch")
class DataView(LoginRequiredMixin, TemplateView):
    template_name = PAGE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**page_context(self.request), **kwargs)


@never_cache
@require_POST
@login_required
@confirm_first
def download_export(request: HttpRequest) -> HttpResponseBase:
    """Send all records as CSV and JSON, in a zip."""
    from lifetracker.backups.export import export_steps  # noqa: PLC0415 - few requests need it
    from lifetracker.backups.streaming import no_progress, streamed  # noqa: PLC0415

    excel = "excel" in request.POST
    record(Kind.EXPORT, request.user, "downloaded")
    steps = partial(export_steps, progress=no_progress, excel=excel)
    return attachment(streamed(steps), "lifetracker-export")


@never_cache
@sensitive_post_parameters()
@require_POST
@staff_only
@confirm_first
def download_backup(request: HttpRequest) -> HttpResponseBase:
    """Send all tables, as `restore` reads them."""
    from lifetracker.backups.archive import UnusableBackup, backup_steps  # noqa: PLC0415
    from lifetracker.backups.streaming import (  # noqa: PLC0415
        no_progress,
        sealed_backup,
        streamed,
    )

    form = BackupForm(request.POST, auto_id="backup-%s")
    if not form.is_valid():
        return render(request, PAGE, page_context(request, form), status=400)
    passphrase = form.passphrase
    record(Kind.BACKUP, request.user, f"downloaded{', encrypted' if passphrase else ''}")
    if not passphrase:
        steps = partial(backup_steps, progress=no_progress)
        return attachment(streamed(steps), "lifetracker-backup")
    try:
        return attachment(sealed_backup(passphrase), "lifetracker-backup")
    except (UnusableBackup, OSError) as error:
        record(Kind.BACKUP_FAILED, request.user, str(error))
        messages.error(request, f"The backup failed: {error}")
        return redirect("settings-data")


def attachment(pieces: Iterator[bytes], stem: str) -> HttpResponse | StreamingHttpResponse:
    """Return a file that a browser saves."""
    from lifetracker.backups.files import name_of_now  # noqa: PLC0415 - as above

    return StreamingHttpResponse(
        pieces,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name_of_now(stem)}"',
            # It is compressed, and is not to be compressed once more.
            "Content-Encoding": "identity",
        },
    )
