"""The page of Apple Health: a range of days, and which source counts where several have the same."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from apple_health.models import ONLY, AppleDay, AppleNight, SourceOrder
from apple_health.page_charts import charts, figures, opening
from apple_health.page_data import RangeFigures, first_day
from lifetracker.web.range_page import RangePage
from lifetracker.web.ranges import Range, range_links, range_steps
from lifetracker.web.sentences import stretch_words

A_PAGE = 20


class RangeView(RangePage):
    """The days and nights of a range."""

    template_name = "apple_health/range.html"
    first_day = staticmethod(first_day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        numbers = RangeFigures(shown)
        begun = bool(numbers) or AppleDay.objects.exists() or AppleNight.objects.exists()
        return super().get_context_data(
            is_begun=begun,
            sentence=opening(numbers),
            figures=figures(numbers),
            charts=charts(numbers),
            today=shown.today,
            ranges=range_links(shown),
            steps=range_steps(shown),
            fresh=[stretch_words(shown.first, shown.last)],
            **self.nights(shown, numbers.sleep_ids),
            **kwargs,
        )

    def nights(self, shown: Range, ids: list[int]) -> dict[str, Any]:
        """Return the part of the list of nights that the address asks for, and how many are those of WHOOP. `ids`: of those that
        count, the newest first."""
        stored = AppleNight.objects.happened().filter(date__range=(shown.first, shown.last))
        pages = Paginator(ids, A_PAGE)
        page = pages.get_page(self.request.GET.get("page"))
        rows = AppleNight.objects.defer("raw").in_bulk(page.object_list)
        page.object_list = [rows[pk] for pk in page.object_list if pk in rows]
        return {
            "page_obj": page,
            "paginator": pages,
            "query": shown.query,
            "of_whoop": stored.count() - len(ids),
        }


class OrderForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = SourceOrder
        fields = ("nights", "steps")


class OrderView(LoginRequiredMixin, FormView):  # type: ignore[type-arg]  # not generic at run time
    """Which source counts. Nights follow at once, steps with the next import."""

    template_name = "apple_health/order.html"
    form_class = OrderForm

    def get_initial(self) -> dict[str, Any]:
        chosen = SourceOrder.current()
        return {name: getattr(chosen, name) for name in OrderForm.Meta.fields}

    def form_valid(self, form: OrderForm) -> HttpResponse:
        before = SourceOrder.current().steps
        SourceOrder.objects.update_or_create(pk=ONLY, defaults=form.cleaned_data)
        later = form.cleaned_data["steps"] != before
        also = " Steps follow when you import an export again." if later else ""
        messages.success(self.request, f"Saved.{also}")
        return redirect("apple-health")
