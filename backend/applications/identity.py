"""Whether identity is established: by a match that policy accepts, or by a person's decision."""

from datetime import datetime, timedelta

from backend.applications.models import Application, Basis
from backend.clock import now
from backend.config import hall
from backend_client.contract import MatchReport


def match_fault(match: MatchReport, *, has_record_portrait: bool) -> str:
    """Return why policy does not accept a match; empty when it does.

    The kiosk's own thresholds and verdict never suffice: the model must be listed, every
    reference must be there once, and each score must reach the server's threshold.
    """
    policy = hall().policy.match
    model = next((model for model in policy.models if model.id == match.model), None)
    if not match.matched:
        return "the kiosk itself reports no match"
    if model is None or match.model_sha256 not in model.sha256:
        return "the model is not one that policy lists"
    if match.tries > policy.max_tries:
        return "more tries than policy allows"
    if policy.liveness == "required" and (
        match.liveness is None or match.liveness.outcome != "passed"
    ):
        return "policy requires a passed liveness check"
    references = {score.reference for score in match.scores}
    if not has_record_portrait or "record" not in references:
        return "there is no score against the portrait on record"
    if set(policy.required_references) - references:
        return "a reference that policy requires is missing"
    for score in match.scores:
        threshold = model.thresholds.get(score.engine)
        if threshold is None:
            return "a score of an engine that policy does not list"
        if not score.score >= threshold:
            return f"the score against the {score.reference} portrait is below the threshold"
    return ""


def still_identified(application: Application) -> bool:
    """Say whether identity holds now; a match and an acceptance both run out."""
    if application.identity == Basis.NONE:
        return False
    span = timedelta(minutes=hall().policy.application_valid_min)
    return now() - (application.identified_at or application.created_at) <= span


def withdraw_card_identity(card_number: str, since: datetime) -> int:
    """Take identity away that was established for a card since a moment; return how often.

    Of a match as well: the portrait that it was compared with was the record's.
    """
    return (
        Application.objects.filter(card_number=card_number, identified_at__gte=since)
        .exclude(identity=Basis.NONE)
        .update(identity=Basis.NONE, identity_case_id="")
    )


def withdraw_case_identity(case_id: str) -> int:
    """Take identity away from all applications that rest on a case; return how many."""
    return Application.objects.filter(identity=Basis.CASE, identity_case_id=case_id).update(
        identity=Basis.NONE, identity_case_id=""
    )
