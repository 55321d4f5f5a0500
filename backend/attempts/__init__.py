"""The tries of a case's comparison before the last one, as evidence."""
