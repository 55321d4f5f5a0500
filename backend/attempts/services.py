"""Keep the portraits of a case's tries as evidence, sealed like the rest; erase them with it."""

from backend.attempts.models import Attempt
from backend.cases.models import Case
from backend.evidence.models import Picture
from backend.evidence.services import media_type, seal
from backend.refusal import Refused
from backend_client.contract import RefusalCode, TryReport


def keep_attempts(case: Case, tries: tuple[TryReport, ...]) -> None:
    """Store the tries' portraits, numbered in their order from 1.

    Call it inside the transaction that opens the case. Raises Refused BAD_REQUEST for a portrait
    that is no picture.
    """
    for number, one in enumerate(tries, 1):
        portrait = one.live_portrait
        if portrait is None:
            continue
        if media_type(portrait) is None:
            raise Refused(RefusalCode.BAD_REQUEST, "a portrait must be JPEG, PNG or JPEG 2000")
        Attempt.objects.create(case=case, number=number, live_portrait=seal(portrait))


def erase_attempts(case: Case) -> None:
    """Erase all portraits of a case's tries; call it inside a transaction."""
    tries = Attempt.objects.filter(case=case)
    pictures = [number for number in tries.values_list("live_portrait_id", flat=True) if number]
    tries.delete()
    Picture.objects.filter(id__in=pictures).delete()
