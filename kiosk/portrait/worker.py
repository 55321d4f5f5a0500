"""The portrait worker: ``python -m kiosk.portrait.worker --fd N``, one socket, one thread.

Started by the kiosk before its screen, ends when the socket ends or carries garbage. It reads
no config and opens no device.
"""

import argparse
import dataclasses
import logging
import os
import signal
import socket
import sys
import time

import cv2

from kiosk.portrait.desk import Desk
from kiosk.portrait.messages import (
    Deadline,
    Decide,
    MessageError,
    Request,
    receive_message,
    send_message,
)
from kiosk.portrait.results import CaptureDone

_NICE = 5  # the screen comes first on a small machine
_FOREVER_S = 1e9
_SEND_WITHIN_S = 10.0

log = logging.getLogger("kiosk.portrait.worker")


def serve(line: socket.socket) -> str:
    """Answer requests until the line ends; return why it ended."""
    desk = Desk()
    rest_until_s = 0.0
    while True:
        try:
            request = receive_message(line, Deadline(_FOREVER_S))
            if not isinstance(request, Request):
                return f"unexpected message {type(request).__name__}"
            last_frame_s = desk.last_frame_s if isinstance(request, Decide) else 0.0
            answer = desk.answer(request, time.monotonic())
            if isinstance(answer, CaptureDone):
                took = time.monotonic() - last_frame_s
                answer = dataclasses.replace(answer, decision_s=took)
            send_message(line, answer, Deadline(_SEND_WITHIN_S))
        except MessageError as error:
            return str(error)
        # One piece of the comparison between two frames, and as long a rest from it: half of
        # the processor stays with guidance.
        began_s = time.monotonic()
        if began_s >= rest_until_s and desk.work():
            ended_s = time.monotonic()
            rest_until_s = ended_s + (ended_s - began_s)


def main() -> int:
    """Run the worker on the inherited socket."""
    parser = argparse.ArgumentParser(prog="kiosk.portrait.worker")
    parser.add_argument("--fd", type=int, required=True, help="inherited socket")
    fd = parser.parse_args().fd
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the kiosk; it closes the line
    os.nice(_NICE)
    cv2.setNumThreads(1)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    with socket.socket(fileno=fd) as line:
        why = serve(line)
    if why != "line closed":
        log.error("portrait worker ends: %s", why)
    return 0 if why == "line closed" else 1


if __name__ == "__main__":
    sys.exit(main())
