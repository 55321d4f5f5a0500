"""Example visits for the gallery, tests and benchmarks. Every name and number is made up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import numpy as np

from kiosk.session import phases
from kiosk.session.facts import (
    Application,
    CardFacts,
    CardPlace,
    CardProblem,
    Case,
    CaseStage,
    ClosedOffer,
    Decision,
    DecisionKind,
    Device,
    Escalation,
    Offer,
    Offers,
    Outcome,
    ParkedCase,
    Payment,
    PaymentStatus,
    ResumeTrouble,
    Resumption,
    Texts,
    Travel,
)
from kiosk.session.visit import Visit
from kiosk.ui.page import Ground, TravelDraft
from kiosk.ui.scene import Scene
from kiosk.ui.sources import Guidance
from kiosk.values import Frame, HeadMove, Hint, Language

NOW = datetime(2026, 3, 2, 14, 52, tzinfo=timezone(timedelta(hours=8)))

GROUNDS = (
    Ground("funeral", Texts("奔丧", "奔喪", "Funeral")),
    Ground("critically_ill", Texts("探望危重病人", "探望危重病人", "Critically ill relative")),
    Ground("school", Texts("开学", "開學", "School start")),
    Ground(
        "visa", Texts("签证或入境许可将到期", "簽證或入境許可將到期", "Visa or entry permit ends")
    ),
    Ground("medical", Texts("紧急就医", "緊急就醫", "Emergency medical care")),
    Ground("abroad", Texts("境外突发事件", "境外突發事件", "Emergency abroad")),
    Ground("business", Texts("紧急商务", "緊急商務", "Urgent business")),
    Ground("other", Texts("其他", "其他", "Other")),
)

_STAY = Texts("每次停留不超过 7 天", "每次停留不超過 7 天", "Up to 7 days a stay")
_OPEN = (
    Offer(
        "G-HKG-1Y-2",
        Texts(
            "香港 · 个人旅游 · 一年两次",
            "香港 · 個人旅遊 · 一年兩次",
            "Hong Kong · Individual · 1 year, twice",
        ),
        _STAY,
        3000,
    ),
    Offer(
        "G-HKG-3M-1",
        Texts(
            "香港 · 个人旅游 · 三个月一次",
            "香港 · 個人旅遊 · 三個月一次",
            "Hong Kong · Individual · 3 months, once",
        ),
        _STAY,
        1500,
    ),
    Offer(
        "G-MAC-1Y-1",
        Texts(
            "澳门 · 个人旅游 · 一年一次",
            "澳門 · 個人旅遊 · 一年一次",
            "Macao · Individual · 1 year, once",
        ),
        _STAY,
        1500,
    ),
)
MORE_OFFERS = (
    Offer(
        "L-HKG-3M-1",
        Texts(
            "香港 · 团队旅游 · 三个月一次",
            "香港 · 團隊旅遊 · 三個月一次",
            "Hong Kong · Group · 3 months, once",
        ),
        _STAY,
        1500,
    ),
    Offer(
        "L-MAC-3M-1",
        Texts(
            "澳门 · 团队旅游 · 三个月一次",
            "澳門 · 團隊旅遊 · 三個月一次",
            "Macao · Group · 3 months, once",
        ),
        _STAY,
        1500,
    ),
    Offer(
        "REPRINT-E1",
        Texts("澳门 个人旅游", "澳門 個人旅遊", "Macao, individual visit"),
        Texts("字迹褪色，内容不变", "字跡褪色，內容不變", "Faded, same content printed again"),
        0,
        reprint_of="E1",
    ),
)
_CLOSED = (
    ClosedOffer(
        "HKG-M",
        Texts("香港 · 一签多行", "香港 · 一簽多行", "Hong Kong · Multiple"),
        Texts(
            "今天在本机不能办理，工作人员可以说明原因",
            "今天在本機不能辦理，工作人員可以說明原因",
            "Not available here today; staff can explain",
        ),
    ),
)
OFFERS = Offers(record_found=True, permit_expired=False, under_14=False, open=_OPEN, closed=_CLOSED)

CARD = CardFacts("C12345678", "林晓兰", date(1990, 1, 1), date(2034, 5, 20))
CASE = Case(
    id="case-1",
    reason=Escalation.PORTRAIT_NOT_MATCHED,
    ticket="A017",
    stage=CaseStage.WAITING,
    ahead=1,
    expected_wait_s=130,
    resume_qr="EEK1:A017:7Q2M9K4T",
)
PARKED = ParkedCase("case-1", "K3-017", CaseStage.DECIDED)
UNSENT = replace(CASE, stage=CaseStage.SENDING, ahead=0, expected_wait_s=0, resume_qr="")
"""The same without a server: the number is the kiosk's own."""
TRAVEL = Travel(NOW.replace(hour=19, minute=40), "visa")


CAMERA_CLOSED = "08-portrait-preparing"
"""The screen that is shown before the camera gives a picture."""


def scene(draft: TravelDraft | None = None) -> Scene:
    """Return a moment a little into a phase."""
    return Scene(
        now=NOW,
        kiosk_label="3",
        grounds=GROUNDS,
        phase_s=6,
        case_s=42,
        warned_s=8,
        draft=draft or TravelDraft(),
    )


def visits(language: Language) -> Iterator[tuple[str, Visit]]:
    """Yield name and visit for every screen there is, in the order of a visit."""
    empty = Visit(boot="example", language=language)
    inside = empty.changed(card_place=CardPlace.INSIDE)
    known = inside.changed(card=CARD, offers=OFFERS)
    chosen = known.changed(chosen=_OPEN[0], consented=True)
    free = chosen.changed(chosen=MORE_OFFERS[2])
    payment = Payment("p1", PaymentStatus.PENDING, 3000, "https://pay.example/q/8F3K2M9TQX")
    yield from _before_card(empty)
    yield "04-read-card", inside.changed(phase=phases.ReadCard())
    asking = inside.changed(phase=phases.ReadCard(asking_server=True))
    yield "04-read-card-server", asking
    yield "04-read-card-going-on", asking.changed(resumption=Resumption("case-1", 2, CASE))
    for problem in CardProblem:
        yield f"05-bad-card-{problem.value}", inside.changed(phase=phases.BadCard(problem))
    yield from _come_back(inside.changed(card=CARD))
    yield from _choosing(known)
    yield from _portrait(chosen)
    yield "10-confirm", chosen.changed(phase=phases.Confirm())
    yield "10-confirm-sending", chosen.changed(phase=phases.Confirm(sending=True))
    yield "10-confirm-reprint", free.changed(phase=phases.Confirm())
    yield "11-pay-starting", chosen.changed(phase=phases.Pay())
    application = Application("a1", "EEK-0001", settled=False, identified=True)
    paying = chosen.changed(application=application, payment=payment)
    yield "11-pay", paying.changed(phase=phases.Pay())
    for ended in (PaymentStatus.FAILED, PaymentStatus.CANCELLED):
        spent = paying.changed(payment=replace(payment, status=ended))
        yield f"11-pay-{ended.value}", spent.changed(phase=phases.Pay())
    yield "11-pay-cancelling", paying.changed(phase=phases.Pay(cancelling=True))
    yield "11-pay-idle", paying.changed(phase=phases.Pay(), idle_warning=True)
    for stage in phases.IssueStage:
        yield f"12-issue-{stage.value}", paying.changed(phase=phases.Issue(stage))
    yield "13-receipt", paying.changed(phase=phases.Receipt())
    yield from _card_out(paying.changed(card_place=CardPlace.AT_GATE))
    yield from _waiting(chosen.changed(case=CASE, travel=TRAVEL))
    yield from _leaving(chosen.changed(case=CASE))
    held = inside.changed(card_place=CardPlace.HELD)
    yield "18-card-held", held.changed(phase=phases.CardHeld(Outcome.ISSUED))
    called = held.changed(case=replace(CASE, reason=Escalation.CARD_HELD))
    yield "18-card-held-called", called.changed(phase=phases.CardHeld(Outcome.ISSUED))
    kept = called.changed(server_up=False)
    yield "18-card-held-offline", kept.changed(phase=phases.CardHeld(Outcome.ISSUED))


def _before_card(empty: Visit) -> Iterator[tuple[str, Visit]]:
    lost = phases.OutOfService(lost=(Device.CAMERA, Device.ENDORSEMENT_PRINTER))
    yield "01-out-of-service", empty.changed(phase=lost)
    yield "01-out-of-service-server", empty.changed(phase=phases.OutOfService(server_lost=True))
    yield "02-attract", empty.changed(phase=phases.Attract())
    yield "02-attract-chip-left", empty.changed(phase=phases.Attract(chip_left_in_field=True))
    yield "03-insert-card", empty.changed(phase=phases.InsertCard())
    chip_left = phases.InsertCard(chip_left_in_field=True)
    yield "03-insert-card-chip-left", empty.changed(phase=chip_left)


def _come_back(inside: Visit) -> Iterator[tuple[str, Visit]]:
    for stage in (CaseStage.WAITING, CaseStage.CLAIMED, CaseStage.APPROVAL, CaseStage.DECIDED):
        waits = replace(PARKED, stage=stage)
        yield f"05-welcome-back-{stage.value}", inside.changed(phase=phases.WelcomeBack(waits))
    taking_up = phases.WelcomeBack(PARKED, taking_up=True)
    yield "05-welcome-back-taking-up", inside.changed(phase=taking_up)
    for trouble in ResumeTrouble:
        issued_at = NOW - timedelta(minutes=40) if trouble is ResumeTrouble.ISSUED else None
        phase = phases.WelcomeBack(PARKED, trouble=trouble, issued_at=issued_at)
        yield f"05-welcome-back-{trouble.value}", inside.changed(phase=phase)
    idle = phases.WelcomeBack(PARKED)
    yield "05-welcome-back-idle", inside.changed(phase=idle, idle_warning=True)
    out = phases.TakeCard(Outcome.LEFT, presented=True, case_waits=True)
    yield "15-take-card-case-waits", inside.changed(card_place=CardPlace.AT_GATE, phase=out)
    done = phases.TakeCard(Outcome.LEFT, presented=True, issued_before=True)
    yield "15-take-card-issued-before", inside.changed(card_place=CardPlace.AT_GATE, phase=done)


def _choosing(known: Visit) -> Iterator[tuple[str, Visit]]:
    yield "06-offers", known.changed(phase=phases.ChooseOffer())
    yield "06-offers-selected", known.changed(phase=phases.ChooseOffer(selected="G-HKG-1Y-2"))
    many = known.changed(offers=replace(OFFERS, open=MORE_OFFERS[2:] + _OPEN + MORE_OFFERS[:2]))
    yield "06-offers-many", many.changed(phase=phases.ChooseOffer(selected="REPRINT-E1"))
    none = known.changed(offers=replace(OFFERS, open=()))
    yield "06-offers-none", none.changed(phase=phases.ChooseOffer())
    nothing = known.changed(offers=replace(OFFERS, open=(), closed=(), permit_expired=True))
    yield "06-offers-expired", nothing.changed(phase=phases.ChooseOffer())
    idle = known.changed(phase=phases.ChooseOffer(), idle_warning=True)
    yield "06-offers-idle", idle


def _portrait(chosen: Visit) -> Iterator[tuple[str, Visit]]:
    yield "07-notice", chosen.changed(phase=phases.Notice())
    taken_up = Resumption("case-1", 2, CASE, portrait=True)
    yield "07-notice-again", chosen.changed(phase=phases.Notice(), resumption=taken_up)
    child = chosen.changed(offers=replace(OFFERS, under_14=True))
    yield "07-notice-under-14", child.changed(phase=phases.Notice())
    first = chosen.changed(tries=1)
    yield CAMERA_CLOSED, first.changed(phase=phases.Portrait())
    yield "08-portrait", first.changed(phase=phases.Portrait(capturing=True))
    second = chosen.changed(tries=2)
    yield "08-portrait-again", second.changed(phase=phases.Portrait(capturing=True))
    words = Texts(
        "请把刘海拨到两边，露出眉毛，再拍一次。",
        "請把劉海撥到兩邊，露出眉毛，再拍一次。",
        "Please move your fringe aside so that your eyebrows show, then try again.",
    )
    asked = phases.Portrait(capturing=True, words=words)
    yield "08-portrait-words", second.changed(phase=asked)
    yield "09-compare", first.changed(phase=phases.Compare())


def _card_out(paid: Visit) -> Iterator[tuple[str, Visit]]:
    yield "14-card-coming-out", paid.changed(phase=phases.TakeCard(Outcome.ISSUED))
    for outcome in Outcome:
        visit = paid if outcome is Outcome.ISSUED else paid.changed(case=CASE)
        if outcome is Outcome.SERVER_LOST:
            visit = paid.changed(case=UNSENT, server_up=False)
        phase = phases.TakeCard(outcome, presented=True)
        yield f"15-take-card-{outcome.value}", visit.changed(phase=phase)
    missing = phases.TakeCard(Outcome.ISSUED, presented=True, receipt_missing=True)
    yield "15-take-card-no-receipt", paid.changed(phase=missing)
    drawn = phases.TakeCard(Outcome.LEFT, presented=True, drawing_in=True)
    yield "15-take-card-drawn-in", paid.changed(phase=drawn)


def _waiting(waiting: Visit) -> Iterator[tuple[str, Visit]]:
    for stage in (CaseStage.SENDING, CaseStage.WAITING, CaseStage.CLAIMED, CaseStage.APPROVAL):
        desk = "" if stage in (CaseStage.SENDING, CaseStage.WAITING) else "2"
        case = replace(CASE, stage=stage, desk=desk)
        visit = waiting.changed(case=case)
        yield f"16-escalated-{stage.value}", visit.changed(phase=phases.Escalated())
    paid = waiting.changed(case=replace(CASE, reason=Escalation.PAID_NOT_ISSUED))
    yield "16-escalated-paid", paid.changed(phase=phases.Escalated())
    nobody = waiting.changed(case=replace(CASE, staff_signed_in=False), travel=None)
    yield "16-escalated-nobody", nobody.changed(phase=phases.Escalated())
    offline = waiting.changed(server_up=False, case=UNSENT)
    yield "16-escalated-offline", offline.changed(phase=phases.Escalated())
    asked = replace(CASE, reason=Escalation.PERSON_ASKED)
    no_card = waiting.changed(case=asked, card=None, card_place=CardPlace.OUT, chosen=None)
    yield "16-escalated-no-card", no_card.changed(phase=phases.Escalated())
    closed = no_card.changed(case=replace(asked, staff_signed_in=False), travel=None)
    yield "16-escalated-nobody-no-card", closed.changed(phase=phases.Escalated())
    asking = phases.Escalated(asking_travel=True)
    yield "16-travel", waiting.changed(phase=asking)
    yield "16-travel-paid", paid.changed(phase=asking, travel=None)
    yield "16-travel-no-card", no_card.changed(travel=None, phase=asking)
    unsent = waiting.changed(case=replace(CASE, stage=CaseStage.SENDING), travel=None)
    yield "16-travel-sending", unsent.changed(phase=asking)
    yield "16-travel-offline", unsent.changed(server_up=False, phase=asking)


def _leaving(visit: Visit) -> Iterator[tuple[str, Visit]]:
    for outcome in (Outcome.WAITING, Outcome.TO_COUNTER, Outcome.REFUSED):
        yield f"17-leaving-{outcome.value}", visit.changed(phase=phases.Leaving(outcome))
    lost = visit.changed(case=UNSENT, server_up=False)
    yield "17-leaving-server_lost", lost.changed(phase=phases.Leaving(Outcome.SERVER_LOST))
    no_paper = phases.Leaving(Outcome.SERVER_LOST, printed=False)
    yield "17-leaving-server_lost-no-ticket", lost.changed(phase=no_paper)
    words = Texts(
        "请到 5 号窗口，工作人员已经准备好您的资料。",
        "請到 5 號窗口，工作人員已經準備好您的資料。",
        "Please go to counter 5. Your details are ready there.",
    )
    decided = replace(CASE, decision=Decision(DecisionKind.TO_COUNTER, words))
    told = visit.changed(case=decided)
    yield "17-leaving-words", told.changed(phase=phases.Leaving(Outcome.TO_COUNTER, printed=True))
    out = phases.TakeCard(Outcome.TO_COUNTER, presented=True, receipt_missing=True)
    yield "17-take-card-words", told.changed(phase=out)
    missing = phases.Leaving(Outcome.WAITING, printed=False)
    yield "17-leaving-no-ticket", visit.changed(phase=missing)
    gone = visit.changed(case=None)
    yield "17-leaving-left", gone.changed(phase=phases.Leaving(Outcome.LEFT, printed=True))


class DrawnFrames:
    """A camera that sees a drawn head sway a little, 25 times a second of its own clock."""

    opened = True
    """Nothing is seen while it is not: that is how the first capture of a visit begins."""

    def __init__(self) -> None:
        self._number = 0
        self._images = [_head(shift) for shift in (0, 6, 12, 6)]

    def latest(self) -> Frame | None:
        """Return a new frame each time."""
        if not self.opened:
            return None
        self._number += 1
        image = self._images[self._number % len(self._images)]
        return Frame(image, float(self._number), self._number)


def _head(shift: int) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    y, x = np.mgrid[0:720, 0:1280].astype(np.float32)
    image = np.empty((720, 1280, 3), dtype=np.uint8)
    image[...] = (150, 140, 128)
    image[..., 0] = (150 - y / 12).astype(np.uint8)

    def fill(cx: float, cy: float, rx: float, ry: float, bgr: tuple[int, int, int]) -> None:
        inside = ((x - cx - shift) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
        image[inside] = bgr

    fill(640, 760, 300, 190, (96, 74, 52))
    fill(640, 520, 70, 130, (140, 168, 205))
    fill(640, 320, 160, 210, (52, 46, 44))
    fill(640, 350, 140, 190, (150, 180, 218))
    for eye in (590, 690):
        fill(eye, 330, 18, 9, (48, 42, 40))
    fill(640, 455, 42, 10, (110, 110, 190))
    return image


class SteadyGuidance:
    """Guidance that says the same all the time."""

    def __init__(
        self,
        hint: Hint = Hint.COME_CLOSER,
        progress: float = 0.62,
        move: HeadMove | None = None,
    ) -> None:
        self._guidance = Guidance(hint, progress, move=move)

    def latest(self) -> Guidance:
        """Return it."""
        return self._guidance
