"""Keep how each comparison went, without portraits, and look at the kiosk when one failed."""

from datetime import datetime, timedelta

from backend.clock import now
from backend.config import hall
from backend.fleet.models import Kiosk
from backend.insight.incidents import raise_if_standing_out
from backend.insight.models import Comparison
from backend_client.contract import MatchReport


def record(
    kiosk: Kiosk, visit_id: str, card_number: str, match: MatchReport, moment: datetime
) -> None:
    """Keep a match report; a visit counts once. Call it inside a transaction."""
    row, _ = Comparison.objects.get_or_create(
        kiosk=kiosk, visit_id=visit_id, defaults={"at": moment}
    )
    row.card_number = card_number or row.card_number
    row.tries = match.tries
    if match.matched:
        row.matched = True
    else:
        row.failed = True
        row.cause = match.cause or ""
    if not (match.matched and row.failed):
        _keep_scores(row, match)
    row.save()
    if row.failed:
        raise_if_standing_out(kiosk, moment)


def _keep_scores(row: Comparison, match: MatchReport) -> None:
    """Keep the scores that the page shows: the failed ones where there are any."""
    scores = {score.reference: score for score in match.scores}
    chip, on_record = scores.get("chip"), scores.get("record")
    row.chip_score = chip.score if chip else None
    row.record_score = on_record.score if on_record else None
    known = on_record or chip
    row.threshold = known.threshold if known else None


def forget_old() -> int:
    """Take the cards off old comparisons and erase the oldest; return how many rows changed."""
    config = hall().insight
    late = now() - timedelta(hours=config.card_forgotten_after_h)
    named = Comparison.objects.filter(at__lte=late).exclude(card_number="")
    forgotten = named.update(card_number="")
    erased, _ = Comparison.objects.filter(at__lte=now() - timedelta(days=config.kept_days)).delete()
    return forgotten + erased
