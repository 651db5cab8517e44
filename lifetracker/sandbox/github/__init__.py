"""A stand-in for GitHub: the parts of REST and GraphQL that list repositories, and git over HTTP.

After its documentation (https://docs.github.com) and what clients see of it.
"""
