"""Reading the room, by noun."""
