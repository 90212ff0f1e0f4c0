"""Reading everything that is kept about one person."""
