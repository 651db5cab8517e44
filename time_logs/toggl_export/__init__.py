"""Brings in the time entries of a detailed report of Toggl, exported as CSV.

The file has no ids. A row is the same as an entry of the API by what it says (`time_logs/same_entries.py`); the API's entry
counts, whichever came first. Everything happens in one transaction, and a dry run is the same transaction rolled back. A
report is of some days and some projects, so nothing is deleted because a file lacks it.
"""
