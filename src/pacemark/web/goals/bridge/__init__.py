"""Facts to the engine's values, and its answers to the documents that are stored."""
