"""Django's PostgreSQL backend with SQLite's immediate transactions: one writer at a time."""
