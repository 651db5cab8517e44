"""Reads the exports of the Zero fasting app, without a database.

Zero has no API: a person exports by hand, as a CSV or as a package of JSON files.
"""

from fasting.zero.export import (
    CSV,
    JSON,
    CannotImport,
    Export,
    Fast,
    Options,
    Refusal,
    Running,
)
from fasting.zero.files import read_export
from fasting.zero.package import FIRESTORE, zone_name
from fasting.zero.table import ORDERS

__all__ = [
    "CSV",
    "FIRESTORE",
    "JSON",
    "ORDERS",
    "CannotImport",
    "Export",
    "Fast",
    "Options",
    "Refusal",
    "Running",
    "read_export",
    "zone_name",
]
