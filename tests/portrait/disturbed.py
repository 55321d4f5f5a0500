"""Workers that are disturbed from within, at a request of choice: killed, stopped, or spinning.

A ``sitecustomize`` on the worker's path wraps ``Desk.answer``: the real worker does all the rest.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CUSTOMIZE = '''
"""Disturbs the portrait worker once when it is ordered to; see tests/portrait/disturbed.py."""

import os
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
folder = Path(__file__).parent


def disturb(how):
    (folder / "since").write_text(str(time.monotonic()))
    if how != "spin":
        os.kill(os.getpid(), getattr(signal, how))
    began_s = time.process_time()
    spun = os.open(folder / "spun", os.O_CREAT | os.O_WRONLY)
    while how == "spin":
        for _ in range(200_000):
            pass
        os.pwrite(spun, f"{time.process_time() - began_s:9.3f}".encode(), 0)


if "--fd" in sys.orig_argv:
    from kiosk.portrait.desk import Desk

    answer = Desk.answer

    def disturbed(desk, request, now_s):
        order = folder / type(request).__name__
        if order.exists():
            how = order.read_text()
            order.unlink()
            disturb(how)
        return answer(desk, request, now_s)

    Desk.answer = disturbed
'''
SPIN = "spin"


@dataclass(frozen=True, slots=True)
class Disturber:
    """Orders one disturbance of the workers that are started from now on."""

    folder: Path

    @contextmanager
    def installed(self) -> Iterator["Disturber"]:
        """Have the wrapper on the path of what is started meanwhile."""
        (self.folder / "sitecustomize.py").write_text(_CUSTOMIZE)
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(self.folder), before)))
        try:
            yield self
        finally:
            if before is None:
                del os.environ["PYTHONPATH"]
            else:
                os.environ["PYTHONPATH"] = before

    def order(self, request: str, how: str) -> None:
        """Disturb at the next request of this kind: SIGKILL, SIGSTOP or spin."""
        (self.folder / "since").unlink(missing_ok=True)
        made = self.folder / "order"
        made.write_text(how)
        made.rename(self.folder / request)

    @property
    def carried_out(self) -> bool:
        """Say whether the disturbance has happened."""
        return (self.folder / "since").exists()

    def since_s(self) -> float:
        """Return the seconds since the worker was disturbed."""
        return time.monotonic() - float((self.folder / "since").read_text())

    def spun_s(self) -> float:
        """Return the processor time that the worker spent in its endless loop."""
        return float((self.folder / "spun").read_text())
