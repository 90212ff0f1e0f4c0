"""Writing the room, by noun."""
