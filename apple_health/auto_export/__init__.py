"""What the app Health Auto Export sends by schedule."""
