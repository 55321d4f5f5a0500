"""What can be had today: kinds, fees, margins and eligibility, all data in config/server."""
