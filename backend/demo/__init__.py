"""Fictitious residents and staff for demonstration and training."""
