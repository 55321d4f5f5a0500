"""The one queue: cases, claims, decisions, and what the resident sees of them."""
