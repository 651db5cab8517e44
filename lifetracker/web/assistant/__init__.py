"""Days and weeks as Markdown, to be given to an assistant."""
