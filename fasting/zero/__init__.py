"""Reads the exports of the Zero fasting app, without a database.

Zero has no API: a person exports by hand, as a CSV or as a package of JSON files.
"""

from fasting.zero.export import (
    CSV,
    JSON,
    Export,
    Fast,
    Options,
    Running,
)
from fasting.zero.files import read_export, read_upload
from fasting.zero.kept import export_from_json
from fasting.zero.package import FIRESTORE
from fasting.zero.table import ORDERS

__all__ = [
    "CSV",
    "FIRESTORE",
    "JSON",
    "ORDERS",
    "Export",
    "Fast",
    "Options",
    "Running",
    "export_from_json",
    "read_export",
    "read_upload",
]
