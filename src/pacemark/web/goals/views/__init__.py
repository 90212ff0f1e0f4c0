"""The room's pages, split by noun."""
