"""How fast the sync is, beside two other ways to do the same work: `python -m benchmarks`.

README.md explains it.
"""
