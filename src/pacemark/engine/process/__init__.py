"""Chapter three: the gap now, where it came from, what is luck, which metrics deserve to be watched, and coaching."""
