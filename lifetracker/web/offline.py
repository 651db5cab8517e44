"""What a browser shows where it does not reach us. It keeps one page of ours and the files of that page, and nothing of a
person's."""

from __future__ import annotations

import hashlib
import json

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

# What the page consists of. Their addresses change with their content, and with them the version that is kept.
FILES = ("tokens.css", "frame.css", "components.css", "print.css", "icon.svg")


@login_not_required  # it is asked for without a session, so that it holds nothing of a person
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page())


def page() -> str:
    """Return the page, which is the same for everybody."""
    return render_to_string("offline.html", {"demo": settings.DEMO})


@login_not_required  # a browser looks for a newer one without being logged in too
@csp_update({"connect-src": [SELF]})
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the worker. It answers for addresses below its own, and so stands beside the home page. What is pushed to it
    is shown with our icon."""
    files = [static(f"lifetracker/{name}") for name in FILES]
    held = {
        "version": hashlib.sha256(page().encode()).hexdigest()[:16],
        "page": reverse("offline"),
        "files": files,
        "icon": static("lifetracker/icon-180.png"),
    }
    worker = static("lifetracker/service-worker.js")
    script = f"self.held = {json.dumps(held)};\nimportScripts({json.dumps(worker)});\n"
    return HttpResponse(script, content_type="text/javascript")
