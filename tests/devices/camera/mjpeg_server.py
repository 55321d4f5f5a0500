"""A network camera of a few lines: multipart JPEG over HTTP. Run with the port to listen on."""

import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import cv2
import numpy as np

BOUNDARY = b"frame"


class Stream(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        random = np.random.default_rng(1)
        while True:
            _, data = cv2.imencode(".jpg", random.integers(0, 255, (120, 160, 3), np.uint8))
            head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
            try:
                self.wfile.write(head % (BOUNDARY, len(data)) + data.tobytes() + b"\r\n")
            except OSError:
                return
            time.sleep(0.04)

    def log_message(self, *args: object) -> None:
        pass


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Stream).serve_forever()
