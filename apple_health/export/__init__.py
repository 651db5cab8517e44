"""The export of Apple Health: read as a stream, summed on disk, stored in one transaction."""
