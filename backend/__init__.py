"""The hall's server: records, cases, approvals, orders, audit and console (Django)."""
