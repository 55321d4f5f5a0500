"""HTTP as uvicorn reads it with httptools, with an end to how long a request's head may be."""

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 64 * 1024
"""Bytes of request line and headers. The parser keeps all that comes until the head is whole."""
REFUSAL = (
    f"HTTP/1.1 {HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.value} "
    f"{HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.phrase}\r\n"
    "content-length: 0\r\nconnection: close\r\n\r\n"
).encode()


class BoundedHttp(HttpToolsProtocol):
    """Reads requests; a connection whose head does not end is answered 431 and closed."""

    _head = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > LONGEST_HEAD and not self.transport.is_closing():
            self.transport.write(REFUSAL)
            self.transport.close()

    def on_headers_complete(self) -> None:
        """End the head; what comes now is the body."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next head."""
        self._in_head, self._head = True, 0
        super().on_message_complete()
