"""How fast the sync is, beside two other ways to do the same work: `python -m benchmarks`; and the API.

README.md explains it.
"""
