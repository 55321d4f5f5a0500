"""Residents, permits and endorsements on record, behind one interface."""
