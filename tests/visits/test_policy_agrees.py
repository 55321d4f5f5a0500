"""The hall's policy accepts just the models that the kiosk ships, at their own thresholds."""

import tomllib
from pathlib import Path

from kiosk.portrait.fusion import load_models

ROOT = Path(__file__).resolve().parents[2]


def test_policy_names_the_shipped_matcher() -> None:
    matcher = load_models(ROOT / "assets" / "models").matcher
    policy = tomllib.loads((ROOT / "config" / "server" / "policy.toml").read_text("utf-8"))
    model = next(m for m in policy["match"]["models"] if m["id"] == matcher.name)
    assert matcher.sha256 in model["sha256"]
    assert model["thresholds"][matcher.name] == matcher.threshold
