"""Brings the diaries of other apps into the database: what was eaten, and on which days all of it is written down.

Everything happens in one transaction, and a dry run is the same transaction rolled back. A file lists a stretch of days, so
a later one is the newer truth for its days: what it lacks there was deleted in the app. A day with a row that cannot be read
keeps what it has.
"""
