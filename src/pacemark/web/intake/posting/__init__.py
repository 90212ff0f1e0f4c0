"""Events that programs post, by the import's own rules: what a row may say, and how rows become staged ones."""
