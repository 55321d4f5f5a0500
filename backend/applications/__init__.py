"""Applications: what a resident asked for, and whether identity and settlement are there."""
