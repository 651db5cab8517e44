"""The styles of charts."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.one_database

STATIC = Path(settings.BASE_DIR) / "lifetracker/static/lifetracker"
CHARTS = (STATIC / "charts.css").read_text()


def test_every_colour_that_is_used_is_defined() -> None:
    defined = set(
        re.findall(r"^\s*(--[\w-]+):", (STATIC / "tokens.css").read_text() + CHARTS, re.M)
    )
    used = set(re.findall(r"var\((--[\w-]+)\)", CHARTS))
    assert len(used) > 20
    assert used <= defined


def test_every_class_that_is_drawn_has_a_style() -> None:
    styles = "".join(path.read_text() for path in STATIC.glob("*.css"))
    styled = set(re.findall(r"\.([a-z][\w-]*)", styles))
    code = "".join(
        path.read_text()
        for path in (Path(settings.BASE_DIR) / "lifetracker/web/charts").glob("*.py")
    )
    drawn = {name for names in re.findall(r'class="([\w -]+)"', code) for name in names.split()}
    assert len(drawn) > 20
    assert drawn <= styled, drawn - styled
    assert {"end", "wide", "mid-label", "off", "few", "on-low", "plain-s"} <= styled


def test_the_script_of_the_pages_is_small() -> None:
    assert len(gzip.compress((STATIC / "web.js").read_bytes())) < 6000
