"""Ticket systems on loopback, by the rules of the real ones' APIs: for rehearsals, tests and benchmarks."""
