"""The pages on which any CSV is imported: it is chosen, its columns are mapped, what it would do is shown, and done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from csv_import.forms import ColumnsForm, CsvForm
from csv_import.importers import CSV_IMPORTER
from csv_import.models import KeptMapping, PendingCsv
from csv_import.proposals import proposal_of
from csv_import.records import SeveralRows
from csv_import.tables import CsvTable
from lifetracker.accounts.rights import staff_only
from lifetracker.sync.files import CannotImport
from lifetracker.web.import_pages import ImportPages, is_another
from lifetracker.web.sentences import isolated
from lifetracker.web.undo import say_with_undo

#: So many kept mappings are listed.
MOST_SHOWN = 50
ANOTHER = "Another file was chosen meanwhile, perhaps in another window. These are the columns of that one."
FIRST_ROWS = 5


class CsvImport(ImportPages):
    importer = CSV_IMPORTER
    template = "csv_import/import.html"
    form = CsvForm
    leads_to = "own-metrics"

    def urls(self) -> list[URLPattern]:
        columns = require_http_methods(["GET", "HEAD", "POST"])(self.columns)
        own = [
            path("import/columns", staff_only(columns), name="csv-columns"),
            path("mappings/<int:pk>/delete", staff_only(require_POST(delete)), name="csv-forget"),
            path(
                "mappings/<int:pk>/restore", staff_only(require_POST(restore)), name="csv-restore"
            ),
        ]
        return [*super().urls(), *own]

    def page(self, request: HttpRequest) -> HttpResponse:
        """Show the form and what was previewed, or take a file; one whose columns are to be chosen leads there."""
        if request.method != "POST" and self.waits(request):
            return redirect("csv-columns")
        return super().page(request)

    def shown(self, request: HttpRequest) -> dict[str, object]:
        return super().shown(request) | {"mappings": KeptMapping.objects.live()[:MOST_SHOWN]}

    def confirm(self, request: HttpRequest) -> HttpResponse:
        if self.waits(request):
            messages.warning(request, ANOTHER)
            return redirect("csv-columns")
        return super().confirm(request)

    def waits(self, request: HttpRequest) -> bool:
        """Return whether a file waits for its columns to be chosen."""
        kept = self.pending_of(request.user)
        return kept is not None and not kept.preview

    # --- Columns ----------------------------------------------------------------------------------

    def columns(self, request: HttpRequest) -> HttpResponse:
        """Show the columns of the file, and preview it once they are chosen."""
        kept = PendingCsv.objects.of(request.user)
        if kept is None:
            messages.info(request, "There is no file whose columns could be chosen. Choose one.")
            return redirect(self.name)
        if request.method == "POST" and is_another(request, kept.token):
            messages.warning(request, ANOTHER)
            return redirect("csv-columns")
        table = CSV_IMPORTER.table_kept(kept)
        mapping = KeptMapping.objects.of(table.header)
        form = self.columns_form(request, kept, table, mapping)
        if request.method == "POST" and form.is_valid() and previewed(kept, table, form):
            return redirect(self.name)
        about = {
            "form": form,
            "kept": kept,
            "table": table,
            "first_rows": [padded(row.cells, table) for row in table.rows[:FIRST_ROWS]],
            "mapping": mapping,
            "proposal": form.proposal,
        }
        return render(request, "csv_import/columns.html", about)

    def columns_form(
        self, request: HttpRequest, kept: PendingCsv, table: CsvTable, mapping: Any
    ) -> ColumnsForm:
        proposal = proposal_of(table)
        if request.method == "POST":
            return ColumnsForm(table, proposal, request.POST)
        chosen = CSV_IMPORTER.options(kept.options).choices
        if chosen is None and mapping:
            chosen = mapping.choices_for(table.header)
        return ColumnsForm(table, proposal, kept=chosen)


def padded(cells: list[str], table: CsvTable) -> list[str]:
    """Return a cell for each column."""
    return [*cells[: len(table.header)], *[""] * (len(table.header) - len(cells))]


def previewed(kept: PendingCsv, table: CsvTable, form: ColumnsForm) -> bool:
    """Keep what the file would do; return False where the form now says why it cannot."""
    try:
        CSV_IMPORTER.choose(kept, table, form.choices_made())
    except SeveralRows as error:
        form.add_error("several", str(error))
        return False
    except CannotImport as error:
        form.add_error(None, str(error))
        return False
    return True


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget what was chosen of files with some columns."""
    mapping = get_object_or_404(KeptMapping.objects.live(), pk=pk)
    mapping.deleted_at = timezone.now()
    mapping.save(update_fields=["deleted_at"])
    undo = reverse("csv-restore", args=[pk])
    say_with_undo(request, f"The mapping of {isolated(mapping.name)} was deleted.", undo)
    return redirect("csv-import")


def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a mapping back, unless there is another one for the same columns by now."""
    mapping = get_object_or_404(KeptMapping, pk=pk)
    others = KeptMapping.objects.live().filter(header_key=mapping.header_key)
    if others.exclude(pk=pk).exists():
        messages.error(request, "There is a newer mapping for the same columns, which stays.")
    else:
        mapping.deleted_at = None
        mapping.save(update_fields=["deleted_at"])
        messages.success(request, "The mapping is back.")
    return redirect("csv-import")
