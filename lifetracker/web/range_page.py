"""What the pages of a range of days have in common."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.web.ranges import range_or_default


class RangePage(LoginRequiredMixin, TemplateView):
    """A page of the days that its address asks for. `get_context_data` gets them as `shown`, and `refused`: why other days
    are shown than those that were asked for, or ""."""

    @staticmethod
    def first_day() -> date | None:
        """Return the first day of all that there is."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shown, refused = range_or_default(request.GET.dict(), days.today(), self.first_day)
        context = self.get_context_data(shown=shown, refused=refused)
        status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
        return self.render_to_response(context, status=status)
