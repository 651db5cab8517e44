"""Backups: one file that holds the state of any database, and the way back into an empty one.

The file is a zip: a JSON-lines file for each table and `manifest.json`. It knows no database, so
that what SQLite held can go into PostgreSQL and back.
"""
