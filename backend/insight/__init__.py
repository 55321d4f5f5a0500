"""Is it this person or this machine? Comparisons counted, judged, and raised to technicians."""
