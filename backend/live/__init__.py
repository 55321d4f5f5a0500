"""What lets pages and long polls notice a change: one version row."""
