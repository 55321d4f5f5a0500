"""python-escpos is loaded whole, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os
os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = "as it was"
from devices.escpos_receipt.library import load_builder
printer = load_builder()(profile="default")
import tempfile
from escpos.capabilities import CAPABILITIES
print(len(CAPABILITIES["profiles"]))
print(printer.profile.supports("paperPartCut"))
print(tempfile.gettempdir())
print(os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"])
"""


def test_all_profiles_are_there_and_no_folder_is_left(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    profiles, *others = done.stdout.splitlines()
    assert int(profiles) > 20
    assert others == ["True", str(tmp_path), "as it was"]
    assert list(tmp_path.iterdir()) == []
