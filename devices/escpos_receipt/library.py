"""Loads python-escpos without half a second and a folder left behind at each start.

Its 3.1 reads the profiles of all printers as YAML when it is imported, and keeps what it read in a
new temporary folder that nobody looks into again. The file is JSON as well, which is read at once;
the folder is given, and taken away.
"""

import json
import os
import pickle
import platform
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_FOLDER = "ESCPOS_CAPABILITIES_PICKLE_DIR"


def load_builder() -> Any:
    """Return the class that collects a receipt's bytes, ``escpos.printer.Dummy``."""
    found = find_spec("escpos")
    if found is None or found.origin is None:
        raise ImportError("python-escpos is not installed")
    profiles = json.loads(Path(found.origin).with_name("capabilities.json").read_bytes())
    usual, given = tempfile.tempdir, os.environ.get(_FOLDER)
    with tempfile.TemporaryDirectory(prefix="escpos-") as folder:
        ready = Path(folder) / f"{platform.python_version()}.capabilities.pickle"
        ready.write_bytes(pickle.dumps(profiles))
        tempfile.tempdir = os.environ[_FOLDER] = folder
        try:
            from escpos.printer import Dummy
        finally:
            tempfile.tempdir = usual
            del os.environ[_FOLDER]
            if given is not None:
                os.environ[_FOLDER] = given
    return Dummy
