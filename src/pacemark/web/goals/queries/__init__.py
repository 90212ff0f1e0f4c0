"""Reading targets, plans, and all that plans are made from."""
