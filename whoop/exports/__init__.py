"""Brings in what WHOOP's app exports as a file: cycles, recoveries, sleeps, workouts, and the answers of its journal.

The file has no ids. A row is the same as a record of the API if its kind and its start are; the API's record counts, whichever
came first (`whoop/same_facts.py`). Everything happens in one transaction, and a dry run is the same transaction rolled back.
Each export has the whole history, so a later one follows changes; what it lacks is kept all the same.
"""
