"""What may be written as the server's address: what a request can be sent to. Pure."""

import re

_URL = re.compile(
    r"https?://(?:(?P<name>[A-Za-z0-9._-]{1,253})|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


def check_address(url: str) -> str:
    """Return the address if a request can be sent to it. Raises ValueError with what is allowed."""
    found = _URL.fullmatch(url)
    labels = (found["name"] or "a").split(".") if found else []
    if not found or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("must be http(s)://HOST or http(s)://HOST:PORT")
    if not 0 < int(found["port"] or "1") <= 65535:
        raise ValueError("the port must be 1 to 65535")
    return url
