"""Between the contract's messages and the session's facts. Pure."""

from collections.abc import Sequence
from datetime import datetime

from backend_client import contract
from kiosk.runtime.materials import Materials
from kiosk.runtime.protocols import Match
from kiosk.session import facts
from kiosk.session.effects import ReportCase, WatchCase
from kiosk.values import Liveness, Measure

"""As many earlier tries as a case takes; a visit has three before a person looks."""
_MOST_TRIES = 9
"""As many captures as a case takes, the last one too."""


def texts(of: contract.Texts) -> facts.Texts:
    """Return one text in the three languages."""
    return facts.Texts(of.zh_hans, of.zh_hant, of.en)


def offer(of: contract.Offer) -> facts.Offer:
    """Return one thing to be had."""
    return facts.Offer(of.code, texts(of.title), texts(of.detail), of.fee_fen, of.reprint_of)


def offers(answer: contract.OffersAnswer) -> facts.Offers:
    """Return what a card can have."""
    return facts.Offers(
        record_found=answer.record_found,
        permit_expired=answer.permit_expired,
        under_14=answer.under_14,
        open=tuple(map(offer, answer.offers)),
        closed=tuple(
            facts.ClosedOffer(c.code, texts(c.title), texts(c.explanation)) for c in answer.closed
        ),
    )


def application(view: contract.ApplicationView) -> facts.Application:
    """Return an application as it stands."""
    return facts.Application(view.id, view.number, view.settled, view.identified)


def payment(view: contract.PaymentView) -> facts.Payment:
    """Return a payment as it stands."""
    status = facts.PaymentStatus(view.state.value)
    return facts.Payment(view.id, status, view.amount_fen, view.qr_text)


def order(view: contract.OrderView) -> facts.Order:
    """Return the licence to print."""
    return facts.Order(view.id, view.number, view.card_number, view.fencing_token)


def case(view: contract.CaseView, reason: facts.Escalation) -> facts.Case:
    """Return a case as the resident may see it."""
    decision = view.decision
    return facts.Case(
        id=view.id,
        reason=reason,
        ticket=view.ticket,
        stage=facts.CaseStage(view.stage.value),
        version=view.version,
        desk=view.desk,
        ahead=view.ahead,
        expected_wait_s=view.expected_wait_s,
        staff_signed_in=view.staff_signed_in,
        decision=None
        if decision is None
        else facts.Decision(
            facts.DecisionKind(decision.kind.value),
            None if decision.words is None else texts(decision.words),
            decision.offer_code,
        ),
        resume_qr=view.resume_qr,
        session=view.session,
    )


def parked(answer: contract.ParkedAnswer) -> facts.ParkedCase | None:
    """Return the case that waits for the card's holder."""
    found = answer.case
    if found is None:
        return None
    stage = facts.CaseStage(found.stage.value)
    return facts.ParkedCase(found.id, found.ticket, stage, found.session)


def resumed_case(answer: contract.ResumeAnswer) -> facts.Case:
    """Return the case that was taken up."""
    return case(answer.case, facts.Escalation(answer.reason.value))


def travel(view: contract.CaseView) -> facts.Travel | None:
    """Return what the resident told of the journey; None when nothing."""
    if view.depart_at is None and view.ground is None:
        return None
    return facts.Travel(view.depart_at, view.ground)


def match_report(match: Match | None, tries: int) -> contract.MatchReport | None:
    """Report the last try as it was measured; None when nothing was compared."""
    if match is None or not match.comparison.scores:
        return None
    comparison, between = match.comparison, match.between
    return contract.MatchReport(
        matched=comparison.matched,
        tries=max(1, tries),
        model=comparison.model,
        model_sha256=comparison.model_sha256,
        scores=_scores(comparison),
        measures=_measures(comparison.measures),
        cause=None if comparison.cause is None else comparison.cause.value,
        eyes=_eyes(match),
        between=contract.ReferencesScore(score=between.score, threshold=between.threshold)
        if between
        else None,
        liveness=_liveness(comparison.liveness),
    )


def same_person_report(match: Match | None, tries: int) -> contract.MatchReport | None:
    """Report the comparison with the portrait of the case taken up, and that alone.

    Chip and record are another question: a case may be about just their not matching.
    """
    score = None if match is None else match.comparison.with_case
    report = match_report(match, tries)
    if score is None or report is None:
        return None
    scores = tuple(one for one in report.scores if one.reference == score.reference.value)
    return report.model_copy(update={"matched": score.accepted, "scores": scores, "cause": None})


def try_reports(matches: Sequence[Match]) -> tuple[contract.TryReport, ...]:
    """Report every capture of a visit, the last ones where there were very many."""
    newest = matches[-_MOST_TRIES:]
    return tuple(_try_report(match, last=match is newest[-1]) for match in newest)


def _try_report(match: Match, *, last: bool) -> contract.TryReport:
    done = match.comparison
    return contract.TryReport(
        matched=done.matched,
        cause=None if done.cause is None else done.cause.value,
        reason=done.reason,
        figures=dict(done.figures),
        model=done.model,
        model_sha256=done.model_sha256,
        scores=_scores(done),
        measures=_measures(done.measures),
        frames=done.frames,
        liveness=_liveness(done.liveness),
        live_portrait=None if last else contract.picture(match.live_portrait),
        eyes=next((eyes for eyes in _eyes(match) if eyes.portrait == "live"), None),
    )


def _eyes(match: Match) -> tuple[contract.EyesReport, ...]:
    return tuple(
        contract.EyesReport(portrait=seen.portrait, left=seen.left, right=seen.right)
        for seen in match.eyes
    )


def _scores(comparison: facts.Comparison) -> tuple[contract.ScoreReport, ...]:
    return tuple(
        contract.ScoreReport(
            reference=s.reference.value,
            engine=s.engine,
            score=s.score,
            threshold=s.threshold,
            values=dict(s.values),
        )
        for s in comparison.scores
    )


def _measures(measures: Sequence[Measure]) -> tuple[contract.MeasureReport, ...]:
    return tuple(
        contract.MeasureReport(name=m.name, value=m.value, unit=m.unit, low=m.low, high=m.high)
        for m in measures
    )


def _liveness(liveness: Liveness | None) -> contract.LivenessReport | None:
    if liveness is None:
        return None
    return contract.LivenessReport(
        outcome=liveness.outcome.value,
        why=liveness.why,
        moves=tuple(move.value for move in liveness.moves),
        measures=_measures(liveness.measures),
        model=liveness.model,
        model_sha256=liveness.model_sha256,
    )


def case_request(effect: WatchCase | ReportCase, materials: Materials) -> contract.CaseRequest:
    """Put a session before staff, with what they may look at."""
    keep_s = effect.keep_card_s if isinstance(effect, WatchCase) else None
    inside = effect.card_place is not facts.CardPlace.OUT
    return contract.CaseRequest(
        id=effect.case.id,
        visit_id=effect.ref.visit_id,
        reason=contract.CaseReason(effect.case.reason.value),
        language=materials.language.value,
        phase=effect.phase_before,
        ticket=effect.case.ticket,
        card_number=effect.card_number,
        card_inside=inside,
        card_kept_for_s=keep_s if inside and keep_s else None,
        offer_code=effect.offer_code,
        application_id=effect.application_id,
        match=match_report(materials.match, effect.tries),
        tries=try_reports(materials.matches),
        live_portrait=contract.picture(materials.match.live_portrait if materials.match else None),
        chip_portrait=contract.picture(materials.chip_portrait),
        detail=effect.detail if isinstance(effect, ReportCase) else "",
    )


def travel_request(travel: facts.Travel, session: int = 1) -> contract.TravelRequest:
    """Tell the travel; the day also as it was chosen, by whatever clock this kiosk has."""
    depart_at, days = travel.depart_at, None
    if depart_at is not None:
        days = max(0, (depart_at.date() - datetime.now(depart_at.tzinfo).date()).days)
    return contract.TravelRequest(
        depart_at=depart_at, depart_in_days=days, ground=travel.ground, session=session
    )


def card_word(place: facts.CardPlace) -> str:
    """Return where the card is in the contract's words; what is not out is held."""
    return "out" if place is facts.CardPlace.OUT else "held"
