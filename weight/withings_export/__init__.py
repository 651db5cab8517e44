"""Brings in the weigh-ins of the data that Withings lets one download.

The file has no ids. A row is the same as a weigh-in of the API by its moment and its weight (`weight/same_weigh_ins.py`); the
API's weigh-in counts, whichever came first. Everything happens in one transaction, and a dry run is the same transaction
rolled back. Nothing is deleted because a file lacks it.
"""
