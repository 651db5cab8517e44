"""The settings of production, with pages that fail and that take their time."""

import os

from tests.shifted_settings import *  # noqa: F403

ROOT_URLCONF = "tests.lifetracker.production_urls"
STATIC_ROOT = os.environ["TEST_STATIC_ROOT"]
