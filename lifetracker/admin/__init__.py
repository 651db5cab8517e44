"""The admin. Importing it registers the pages of this app; other apps take what they share from here."""

from lifetracker.admin import accounts, history, machinery, marks, revisions
from lifetracker.admin.deletable import DeletableList, DeletedFilter
from lifetracker.admin.lists import (
    ChoiceFilter,
    Choices,
    QuickList,
    ReadOnlyAdmin,
    ReadOnlyInline,
    SourceFilter,
    figure,
    labels,
    pretty,
)
from lifetracker.admin.records import GoneFilter, InstantField, SourceRecordAdmin
from lifetracker.admin.sidebar import dashboard, environment_badge, sidebar

__all__ = [
    "ChoiceFilter",
    "Choices",
    "DeletableList",
    "DeletedFilter",
    "GoneFilter",
    "InstantField",
    "QuickList",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "SourceFilter",
    "SourceRecordAdmin",
    "accounts",
    "dashboard",
    "environment_badge",
    "figure",
    "history",
    "labels",
    "machinery",
    "marks",
    "pretty",
    "revisions",
    "sidebar",
]
