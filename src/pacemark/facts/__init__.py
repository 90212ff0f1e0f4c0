"""Event logs to daily counts, in portable SQL, on whatever engine holds the events."""
