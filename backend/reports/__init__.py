"""What happened in a day or a month, and the day's end: cash-up, what is handed on, the report."""
