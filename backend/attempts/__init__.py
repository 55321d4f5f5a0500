"""The portraits of a case's tries before the last one, as evidence."""
