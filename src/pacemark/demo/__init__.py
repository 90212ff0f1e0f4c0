"""A made-up organisation whose hidden truths are known, so that what Pacemark says can be checked."""
