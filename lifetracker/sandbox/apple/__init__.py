"""What an iPhone knows of the invented life."""
