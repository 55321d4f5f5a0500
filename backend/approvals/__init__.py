"""Whose word a decision needs before it is in force."""
