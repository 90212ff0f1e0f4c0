"""Pure arithmetic: values in, values out. No database, clock, or text for people."""
