"""Zero has no service to ask: its fasts come in files (`imports/`)."""

from fasting.models import ZERO
from lifetracker.sync.streams import register_file_source

register_file_source(ZERO)
