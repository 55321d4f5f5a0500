"""The append-only, hash-chained record of what happened. No portraits, names or free text."""
