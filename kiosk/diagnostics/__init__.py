"""Checks and the readiness report, which tells a fault of this machine from one of a person.

Must not import the screen, so that it works over a remote shell.
"""
