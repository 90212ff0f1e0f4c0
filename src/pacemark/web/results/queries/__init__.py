"""Reading results; visibility is an argument."""
