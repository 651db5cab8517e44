"""What an import is, in the words of the command and of the page."""

from __future__ import annotations

from weight.withings_export.export import Options

ABOUT = "weigh-ins of Withings"


def zones_words(options: Options) -> str:
    return f"Its times are read as those of {options.zone.key}."
