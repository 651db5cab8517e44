"""What AI clients are told, and what they may do. Those of the apps stand in their `tools.py`."""

from lifetracker.tools import days, metrics, syncs  # noqa: F401 - they register what they have
