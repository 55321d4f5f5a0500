"""Cases and everything else that must reach the server some time, whatever happens here."""

import time

from backend_client.contract import (
    CaseStage,
    CaseView,
    Evidence,
    LeaveRequest,
    PrintReport,
    Refusal,
    RefusalCode,
    VisitEnd,
)
from kiosk.runtime import translate
from kiosk.runtime.handlers.asking import key_of
from kiosk.runtime.line import HallServer, Outbox
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.reply import Handler, Reply
from kiosk.session.effects import (
    Effect,
    EndVisit,
    FollowCase,
    LeaveCase,
    ReportCase,
    ReportPrint,
    SendTravel,
    WatchCase,
)
from kiosk.session.events import CaseChanged, ServerLost, ServerRefused
from kiosk.session.facts import PrintEnd, Travel

_NEWS_S = 20.0
_NEWS_MARGIN_S = 5.0
_AGAIN_S = 0.3
_LOST_AFTER_S = 60.0  # the heartbeat tells of a lost server much sooner; this is the last fence
_NOT_YET = frozenset({RefusalCode.NOT_FOUND, RefusalCode.IN_PROGRESS, RefusalCode.SERVER_ERROR})


class CaseHandlers:
    """Opens cases through the outbox, so that a power cut or a lost line cannot lose one."""

    def __init__(self, server: HallServer, outbox: Outbox, materials: MaterialsByVisit) -> None:
        self._server = server
        self._outbox = outbox
        self._materials = materials

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {
            WatchCase: self.watch,
            FollowCase: self.follow,
            ReportCase: self.report,
            SendTravel: self.send_travel,
            LeaveCase: self.leave,
            ReportPrint: self.report_print,
            EndVisit: self.end_visit,
        }

    def watch(self, effect: WatchCase, reply: Reply) -> None:
        """Open the case and follow it until it is decided."""
        self.report(effect, reply)
        if effect.travel is not None:
            self._put_travel(
                f"{key_of(effect.ref)}-travel", effect.case.id, effect.travel, effect.case.session
            )
        self.follow(effect, reply)

    def follow(self, effect: WatchCase | FollowCase, reply: Reply) -> None:
        """Follow a case that the server has, or will have, until it is decided."""
        version, heard_at = 0, time.monotonic()
        while not reply.cancelled.is_set():
            news = self._server.get(
                f"/cases/{effect.case.id}",
                CaseView,
                after=version,
                session=effect.case.session,
                wait_s=_NEWS_S,
                within_s=_NEWS_S + _NEWS_MARGIN_S,
            )
            if isinstance(news, CaseView):
                heard_at = time.monotonic()
                if news.version != version:
                    version = news.version
                    reply.send(CaseChanged(effect.ref, translate.case(news, effect.case.reason)))
                if news.decision is not None or news.stage is CaseStage.CLOSED:
                    return
            elif isinstance(news, Refusal) and news.code not in _NOT_YET:
                reply.send(ServerRefused(effect.ref, news.code.value))
                return
            elif time.monotonic() - heard_at > _LOST_AFTER_S:
                reply.send(ServerLost(effect.ref))
                return
            else:
                reply.cancelled.wait(_AGAIN_S)

    def report(self, effect: WatchCase | ReportCase, reply: Reply) -> None:
        """Put the case into the outbox; the server opens a case once, however often it is told."""
        request = translate.case_request(effect, self._materials.of(effect.ref.visit_id))
        self._outbox.put(f"{key_of(effect.ref)}-case", "/cases", request)

    def send_travel(self, effect: SendTravel, reply: Reply) -> None:
        """Tell when and why the resident travels."""
        self._put_travel(key_of(effect.ref), effect.case_id, effect.travel, effect.session)

    def leave(self, effect: LeaveCase, reply: Reply) -> None:
        """Tell that the resident goes and the case waits, or that it is withdrawn."""
        card = translate.card_word(effect.card_place)
        request = LeaveRequest(card=card, withdrawn=effect.withdrawn, session=effect.session)
        self._outbox.put(key_of(effect.ref), f"/cases/{effect.case_id}/leave", request)

    def report_print(self, effect: ReportPrint, reply: Reply) -> None:
        """Tell how the print ended and what that rests on."""
        evidence = Evidence.NONE
        if effect.end is PrintEnd.PRINTED:
            evidence = Evidence.INSPECTED if effect.inspected else Evidence.REPORTED_BY_DEVICE
        request = PrintReport(
            fencing_token=effect.order.fencing_token,
            outcome=effect.end.value,
            evidence=evidence,
            detail=effect.detail[:500],
        )
        self._outbox.put(key_of(effect.ref), f"/orders/{effect.order.id}/outcome", request)

    def end_visit(self, effect: EndVisit, reply: Reply) -> None:
        """Tell how the visit ended and where the card is."""
        request = VisitEnd(
            outcome=effect.outcome.value,
            card=translate.card_word(effect.card_place),
            application_id=effect.application_id,
            case_id=effect.case_id,
        )
        self._outbox.put(key_of(effect.ref), f"/visits/{effect.ref.visit_id}/end", request)

    def _put_travel(self, key: str, case_id: str, travel: Travel, session: int) -> None:
        request = translate.travel_request(travel, session)
        self._outbox.put(key, f"/cases/{case_id}/travel", request)
