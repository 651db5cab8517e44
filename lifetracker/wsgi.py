"""The entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifetracker.settings")

application = get_wsgi_application()

# After Django is set up.
from lifetracker.redating import on_web_start  # noqa: E402

on_web_start()
