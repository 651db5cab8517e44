"""The time zone of the stored days."""

from __future__ import annotations

from django.db import models


class DayZone(models.Model):
    """The time zone in which the stored days were made, where they go by `TIME_ZONE`: one row."""

    zone = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.zone
