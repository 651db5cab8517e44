"""What an import is, in the words of the command and of the page."""

from __future__ import annotations

from time_logs.toggl_export.export import Options

ABOUT = "the detailed report of Toggl"


def zones_words(options: Options) -> str:
    return f"Its times are read as those of {options.zone.key}."
