"""Results: the next tier in sight, success that others can repeat, and who is credited with what."""
