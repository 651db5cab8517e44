"""A stand-in for WHOOP's API v2, after its documentation (https://developer.whoop.com/api)."""
