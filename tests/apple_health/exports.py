"""Exports of Apple Health, made by hand: the form of `export.xml` as the phone writes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from django.core.management import CommandError, call_command

from apple_health.names import APPLE_HEALTH
from lifetracker.models import SyncRun

QUANTITY = "HKQuantityTypeIdentifier"
WATCH = "&lt;&lt;HKDevice: 0x283a&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,1&gt;"
PHONE = "&lt;&lt;HKDevice: 0x283b&gt;, name:iPhone, manufacturer:Apple Inc., model:iPhone, hardware:iPhone14,2&gt;"
DTD = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
]>
"""
#: As iOS 16 wrote it: a declaration without its end, and a name that stands there twice.
MALFORMED_DTD = DTD.replace("locale CDATA #REQUIRED\n>", "locale CDATA #REQUIRED\n").replace(
    "]>", "<!ELEMENT Record >]>"
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
EXPORTED = "2026-05-02 12:00:00 +0200"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"


def record(
    kind: str,
    value: object,
    unit: str,
    start: str,
    end: str = "",
    *,
    source: str = "Anna's Watch",
    device: str = WATCH,
    inner: str = "",
    offset: str = "+0200",
) -> str:
    """A record; times such as `2026-05-01 08:00:00`, in `offset`."""
    name = kind if kind.startswith("HK") else QUANTITY + kind
    made = f' device="{device}"' if device else ""
    unit_is = f' unit="{unit}"' if unit else ""
    return (
        f'<Record type="{name}" sourceName={quoteattr(source)} sourceVersion="9.1"{made}{unit_is}'
        f' creationDate="{end or start} {offset}" startDate="{start} {offset}" endDate="{end or start} {offset}"'
        f' value="{value}">{inner}</Record>\n'
    )


def steps(value: object, start: str, end: str = "", **more: Any) -> str:
    return record("StepCount", value, "count", start, end, **more)


def of_phone(**more: Any) -> dict[str, Any]:
    return {"source": "Anna's iPhone", "device": PHONE, **more}


def slept(value: str, start: str, end: str, **more: Any) -> str:
    return record(SLEEP, f"HKCategoryValueSleepAnalysis{value}", "", start, end, **more)


def zone(name: str) -> str:
    return f'<MetadataEntry key="HKTimeZone" value="{name}"/>'


def export(
    *elements: str, dtd: str = DTD, exported: str = EXPORTED, root: str = "HealthData"
) -> str:
    date = f' <ExportDate value="{exported}"/>\n' if exported else ""
    me = ' <Me HKCharacteristicTypeIdentifierDateOfBirth="1990-01-01"/>\n'
    return f'{HEAD}{dtd}<{root} locale="en_DE">\n{date}{me}{"".join(elements)}</{root}>\n'


def given(tmp_path: Path, text: str | bytes, name: str = "export.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def zipped(
    tmp_path: Path, text: str, member: str = "apple_health_export/export.xml", **others: str
) -> Path:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, text)
        archive.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        for name, other in others.items():
            archive.writestr(name, other)
    return given(tmp_path, content.getvalue(), "export.zip")


def imported(path: Path, *options: str) -> dict[str, dict[str, int]]:
    """Import a file, and return the counts of the run that are not 0, by kind."""
    call_command("import_apple_health", str(path), *options)
    last = SyncRun.objects.filter(source=APPLE_HEALTH).latest("pk")
    return {
        kind: some
        for kind, counts in last.counts.items()
        if (some := {k: v for k, v in counts.items() if v})
    }


def refused(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_apple_health", str(path), *options)
    return str(caught.value)


def text_of(elements: Iterable[str]) -> str:
    return "".join(elements)
