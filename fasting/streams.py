"""Zero has no service to ask: its fasts come in files (`imports.py`)."""

from fasting.models import ZERO
from lifetracker.streams import register_files

register_files(ZERO)
