"""Reading, by noun."""
