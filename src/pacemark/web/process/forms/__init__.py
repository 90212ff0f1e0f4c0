"""What may be typed in, by noun."""
