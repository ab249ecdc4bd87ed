"""Contract suites that anyone can run on a plugin of his own; needs nothing but the ports."""
