"""Withings' public API: body measures behind one envelope, always over HTTP 200."""
