"""What a page shows, from what queries and services found."""
