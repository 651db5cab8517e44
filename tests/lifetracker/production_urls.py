import os
import time
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from lifetracker.urls import urlpatterns as ours


@login_not_required
@csrf_exempt
def fails(request: HttpRequest, name: str) -> HttpResponse:
    personal = request.POST.get("note", "")
    try:
        int(personal)
    except ValueError as error:
        raise RuntimeError(f"{name} wrote {personal}") from error
    return HttpResponse()


@login_not_required
def is_without_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no space left on the server")


@login_not_required
def slow(request: HttpRequest, begun: str) -> HttpResponse:
    Path("/", begun).touch()
    time.sleep(1.5)
    return HttpResponse(f"whole, by {os.getpid()}")


urlpatterns = [
    *ours,
    path("fails/<name>", fails),
    path("without-database", is_without_database),
    path("slow/<path:begun>", slow),
]
