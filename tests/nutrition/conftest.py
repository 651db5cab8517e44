"""Open Food Facts as the sandbox has it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from lifetracker.sandbox.openfoodfacts.service import OpenFoodFacts
from lifetracker.sandbox.server import Sandbox


@pytest.fixture
def openfoodfacts(sandbox: Sandbox, settings: Any, db: None) -> OpenFoodFacts:
    """The sandbox's Open Food Facts, which nothing has been asked of yet."""
    cache.clear()
    settings.OPENFOODFACTS = True
    settings.OPENFOODFACTS_URL = settings.OPENFOODFACTS_SEARCH_URL = sandbox.openfoodfacts.url
    return sandbox.openfoodfacts
