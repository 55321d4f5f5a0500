"""Keep the tries of a case as evidence, sealed like the rest, and erase them with it."""

from backend.attempts.models import Attempt
from backend.cases.models import Case
from backend.evidence.models import Picture
from backend.evidence.services import media_type, seal
from backend.refusal import Refused
from backend_client.contract import AttemptReport, RefusalCode


def keep_attempts(case: Case, reports: tuple[AttemptReport, ...]) -> None:
    """Store the tries; call it inside the transaction that opens the case.

    Raises Refused BAD_REQUEST for a number twice or a portrait that is no picture.
    """
    if len({report.number for report in reports}) != len(reports):
        raise Refused(RefusalCode.BAD_REQUEST, "attempts: a number comes twice")
    for report in reports:
        portrait = report.live_portrait
        if portrait is not None and media_type(portrait) is None:
            raise Refused(RefusalCode.BAD_REQUEST, "a portrait must be JPEG, PNG or JPEG 2000")
        Attempt.objects.create(
            case=case,
            number=report.number,
            match=report.match.model_dump(mode="json"),
            live_portrait=None if portrait is None else seal(portrait),
        )


def erase_attempts(case: Case) -> None:
    """Erase all tries of a case with their pictures; call it inside a transaction."""
    tries = Attempt.objects.filter(case=case)
    pictures = [number for number in tries.values_list("live_portrait_id", flat=True) if number]
    tries.delete()
    Picture.objects.filter(id__in=pictures).delete()
