"""What the server believes of a reported match: less than the kiosk says."""

import pytest

from backend.applications.identity import match_fault
from backend.config import hall
from backend_client import contract as c
from tests.backend.world import liveness, match_report


def changed(**fields: object) -> c.MatchReport:
    return match_report().model_copy(update=fields)


def test_a_listed_model_above_every_threshold_is_a_match():
    assert match_fault(match_report(), has_record_portrait=True) == ""
    record_only = match_report(references=("record",))
    assert match_fault(record_only, has_record_portrait=True) == ""


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (changed(matched=False), "no match"),
        (changed(model="other"), "not one that policy lists"),
        (changed(model_sha256="f" * 64), "not one that policy lists"),
        (changed(tries=9), "more tries"),
        (match_report(references=("chip",)), "portrait on record"),
        (match_report(references=()), "portrait on record"),
        (match_report(score=1.0), "below the threshold"),
        (match_report(score=float("nan")), "below the threshold"),
        (
            changed(scores=(*match_report().scores[1:], *match_report(score=0.2).scores[:1])),
            "chip portrait is below",
        ),
        (
            changed(
                scores=tuple(
                    score.model_copy(update={"engine": "other"}) for score in match_report().scores
                )
            ),
            "engine that policy does not list",
        ),
    ],
)
def test_anything_less_is_not(report, why):
    assert why in match_fault(report, has_record_portrait=True)


def test_without_a_portrait_on_record_no_score_suffices():
    assert "portrait on record" in match_fault(match_report(), has_record_portrait=False)


@pytest.mark.parametrize(
    ("told", "holds"),
    [
        (None, False),
        (liveness("alarm", "wrong_move"), False),
        (liveness("undetermined", "timed_out"), False),
        (liveness(), True),
    ],
)
def test_where_policy_requires_liveness_only_a_passed_one_counts(monkeypatch, told, holds):
    found = hall()
    match = found.policy.match.model_copy(update={"liveness": "required"})
    policy = found.policy.model_copy(update={"match": match})
    monkeypatch.setattr(
        "backend.applications.identity.hall", lambda: found.model_copy(update={"policy": policy})
    )
    fault = match_fault(changed(liveness=told), has_record_portrait=True)
    assert (fault == "") is holds
    assert holds or "liveness" in fault
