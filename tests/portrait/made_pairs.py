"""Labelled pairs of many pictures made from the two demo portraits, as ``evaluate`` reads them."""

from pathlib import Path

import cv2
import numpy as np

from kiosk.portrait.fusion import load_models
from tests.portrait.pictures import MODELS, photograph


def made_pairs(folder: Path, count: int = 280) -> Path:
    """Write small pictures of both residents, each shifted and noisy in its own way, and pairs."""
    random = np.random.default_rng(2)
    detector = load_models(MODELS, "sface").detector
    for resident in "ab":
        whole = photograph(resident)
        face = detector.find(whole)[0]
        middle = np.array([face.x + face.width / 2, face.y + face.height / 2])
        zoom = 200 / (2.2 * face.height)
        for number in range(count):
            left, top = middle - 100 / zoom + random.normal(scale=face.height / 40, size=2)
            matrix = np.array([[zoom, 0, -left * zoom], [0, zoom, -top * zoom]])
            picture = cv2.warpAffine(whole, matrix, (200, 200), flags=cv2.INTER_AREA)
            noisy = picture + random.normal(scale=3, size=picture.shape)
            cv2.imwrite(str(folder / f"{resident}_{number:04}.png"), noisy.clip(0, 255))
    rows = ["image_a,image_b,same"]
    for number in range(count):
        rows.append(f"a_{number:04}.png,a_{(number + 1) % count:04}.png,1")
        rows.append(f"a_{number:04}.png,b_{number:04}.png,0")
    (folder / "pairs.csv").write_text("\n".join(rows))
    return folder / "pairs.csv"
