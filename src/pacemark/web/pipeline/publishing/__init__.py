"""Publishing staged rows as events: set-based SQL, the same text on SQLite and PostgreSQL."""
