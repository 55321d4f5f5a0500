"""Numbers that came in from outside, in a form or an address. Nothing else turns such text to int.

Python refuses thousands of digits and a database refuses what its column cannot hold, each with an
exception of its own; whoever types either gets the same answer as for a number nobody has.
"""

MOST = 2**53
"""The largest number that is read: both databases hold it, and so does a page's script."""


def read_number(text: str) -> int | None:
    """Return the whole number from 0 to ``MOST`` that ``text`` writes in digits; None otherwise."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST))):
        return None
    number = int(text)
    return number if number <= MOST else None
