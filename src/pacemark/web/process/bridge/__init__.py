"""Between rows and the engine, by noun."""
