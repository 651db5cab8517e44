"""A stand-in for Toggl Track: API v9, Reports API v3 and Webhooks v1.

After its documentation (https://engineering.toggl.com/docs) and what clients see of it.
"""
