"""A contactless chip reader that speaks CCID over a serial line in ACS framing."""
