"""Local stand-ins for the services, over real HTTP: what tests, demo and benchmarks talk to.

They follow each service's documentation, never our clients, and import nothing of the project.
"""
