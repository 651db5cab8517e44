"""Names that other apps use of Apple Health without its models."""

#: The source in every record that came from Apple Health, also in weigh-ins and workouts.
APPLE_HEALTH = "AppleHealth"
#: What the ids of weigh-ins and workouts begin with that the phone sends, and not its export.
SENT = "sent "
