"""Says whether everything works, and what its owner has to do where it does not."""
