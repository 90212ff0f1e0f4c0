"""Writing: channels, the queue, and sending what is due."""
