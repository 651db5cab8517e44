"""A stand-in for WHOOP's API v2, after the page on WHOOP; section numbers refer to it."""
