"""Writing the room's tables, split by noun."""
