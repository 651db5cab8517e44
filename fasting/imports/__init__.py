"""Brings an export of the Zero app into the database: what is new, what changed, what is gone.

Everything happens in one transaction, and a dry run is the same transaction rolled back. Every
export lists a whole stretch of the person's history, so a fast that a later one lacks within its
stretch was deleted in the app. The same fast can come twice, in a CSV without id or zone and in a
JSON package with both: then the record of the latter stays.

Whatever the forms, the import that comes later is the newer truth. A fast that begins in the same
minute is the same one. If its length differs by more than the minute that a CSV cuts off, it was
edited in the app: from a CSV, the record of the JSON takes the new end and keeps all else. What one
form brought and the other one lacks within its stretch is removed as well, but only if most of the
file's fasts there are known from the other form: else its zone may be wrong, and they are kept and
told.

A file that knows too little of what is stored in its stretch is perhaps another person's, or read in
the wrong zone or order of dates. It changes nothing until the person says that it is to replace what
is stored (`Question`).
"""

from fasting.imports.job import import_export
from fasting.imports.outcome import Outcome
from fasting.imports.stored import Stored, zones_of_earlier_csv

__all__ = ["Outcome", "Stored", "import_export", "zones_of_earlier_csv"]
