"""Brings the foods of a public export of Open Food Facts into the database: millions of lines, in constant memory, and from
where the last attempt ended."""
