"""Escalated: a person has the session; place, time, and the way to leave with a ticket."""

import re
from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.facts import CardPlace, CaseStage, Escalation, Texts
from kiosk.session.phases import Escalated
from kiosk.session.visit import Visit
from kiosk.ui.page import Badge, Note, Page, Part, Row, Rows
from kiosk.ui.scene import Scene
from kiosk.ui.screens import travel
from kiosk.ui.screens.common import button, page, span, staff_know, when
from kiosk.ui.texts import frame, waiting
from kiosk.values import Language

_STEPS = {
    Escalation.CHIP_UNREADABLE: 1,
    Escalation.CHIP_CHECK_FAILED: 1,
    Escalation.NO_RECORD: 2,
    Escalation.INELIGIBLE_DISPUTED: 2,
    Escalation.PAID_NOT_ISSUED: 5,
    Escalation.PRINT_UNKNOWN: 5,
}

_CALLED = (CaseStage.SENDING, CaseStage.WAITING)


def screen(visit: Visit, phase: Escalated, scene: Scene) -> Page:
    """Return the page, or the one that asks for the travel time."""
    title, lead = _said(visit)
    if phase.asking_travel:
        return travel.screen(visit, scene, title)
    language = visit.language
    case = visit.case
    inside = visit.card_place is not CardPlace.OUT
    leave = waiting.LEAVE_CARD if inside else waiting.LEAVE_TICKET
    told = visit.travel is not None and visit.travel.depart_at is not None
    change = waiting.CHANGE_TRAVEL if told else waiting.TELL_TRAVEL
    asked = case is not None and case.reason is Escalation.PERSON_ASKED
    waited = waiting.WAITED.in_language(language).format(time=span(int(scene.case_s), language))
    return replace(
        page(visit, title, step=_step(visit)),
        lead=lead,
        parts=_parts(visit, scene, inside),
        main=button(Button.LEAVE_WITH_TICKET, leave, language),
        main_quiet=True,
        second=button(Button.BACK, frame.ALONE, language) if asked else None,
        help=button(Button.CHANGE_TRAVEL, change, language),
        status=waited,
    )


def _said(visit: Visit) -> tuple[Texts, str]:
    language = visit.language
    case = visit.case
    if not visit.server_up:
        return waiting.OFFLINE_TITLE, waiting.OFFLINE.in_language(language)
    if case is not None and not case.staff_signed_in:
        inside = visit.card_place is not CardPlace.OUT
        nobody = waiting.NOBODY_LEAD if inside else waiting.NOBODY_LEAD_NO_CARD
        return waiting.NOBODY_TITLE, nobody.in_language(language)
    stage = CaseStage.SENDING if case is None else case.stage
    title = waiting.STAGE_TITLE[stage]
    if _has_paid(visit):
        if stage in _CALLED:
            title = waiting.PAID_TITLE
        return title, waiting.PAID_LEAD.in_language(language)
    if case is not None and case.desk and stage is CaseStage.CLAIMED:
        return title, checked_at(case.desk, language)
    return title, waiting.LEAD.in_language(language)


def _has_paid(visit: Visit) -> bool:
    """Say whether the case is about money that is here, from this visit or an earlier one."""
    case, chosen = visit.case, visit.chosen
    if case is None or case.reason is not Escalation.PAID_NOT_ISSUED:
        return False
    return not (visit.settled and chosen is not None and chosen.fee_fen == 0)


def _step(visit: Visit) -> int:
    reason = visit.case.reason if visit.case else Escalation.PERSON_ASKED
    if reason in _STEPS:
        return _STEPS[reason]
    if visit.settled:
        return 5
    if visit.identity is not None:
        return 4
    return 3 if visit.chosen else 1 if visit.card is None else 2


def _parts(visit: Visit, scene: Scene, inside: bool) -> tuple[Part, ...]:
    language = visit.language
    badge = Badge(waiting.KIOSK.in_language(language).format(label=scene.kiosk_label))
    parts: tuple[Part, ...] = (badge, Rows(_rows(visit, scene)))
    if inside:
        left = span(scene.left(scene.timers.keep_card, scene.case_s), language)
        return (*parts, Note(waiting.CARD_STAYS.in_language(language).format(time=left)))
    return (*parts, Note(waiting.MAY_LEAVE.in_language(language)))


def _rows(visit: Visit, scene: Scene) -> tuple[Row, ...]:
    language = visit.language
    rows: list[Row] = []
    case = visit.case
    if case is not None:
        rows.append(Row(waiting.NUMBER.in_language(language), case.ticket, strong=True))
    if case is not None and case.staff_signed_in and staff_know(visit):
        if case.stage is CaseStage.WAITING:
            ahead = waiting.PEOPLE.in_language(language).format(count=case.ahead)
            rows.append(Row(waiting.AHEAD.in_language(language), ahead))
        if case.expected_wait_s > 0:
            minutes = max(1, round(case.expected_wait_s / 60))
            wait = waiting.MINUTES.in_language(language).format(count=minutes)
            rows.append(Row(waiting.EXPECTED.in_language(language), wait))
    departure = visit.travel.depart_at if visit.travel else None
    rows.append(Row(waiting.TRAVEL.in_language(language), when(departure, scene.now, language)))
    return tuple(rows)


def checked_at(desk: str, language: Language) -> str:
    """Return who checks the case, and that the resident stays: the card is still inside."""
    numbered = re.fullmatch(r"[A-Za-z]?\d+", desk) is not None
    words = waiting.CHECKED_AT_NUMBER if numbered else waiting.CHECKED_AT_NAME
    return words.in_language(language).format(desk=desk)
