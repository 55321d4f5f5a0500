"""Checks and the readiness report: is it this person, or is it this machine?

Must not import the screen, so that it works over a remote shell.
"""
