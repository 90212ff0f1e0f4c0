"""The privacy pages, under Settings."""
