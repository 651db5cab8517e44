"""The page of connections: each source, how it is read, and how to connect it."""
