"""Brings in any CSV with a date column, as its owner maps it: to behaviours of the journal, weigh-ins and own metrics.

`tables.py` reads the file, `dates.py` and `cells.py` its cells, `choices.py` is what was chosen of it, `proposals.py` proposes
that, `facts.py` and `records.py` make records of the rows, `job.py` writes them. Everything happens in one transaction, and a
dry run is the same transaction rolled back. Nothing is deleted because a file lacks it.
"""
