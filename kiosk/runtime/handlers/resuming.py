"""A case that waits: found by the card, taken up in this visit, compared with its person."""

from backend_client.contract import (
    ParkedAnswer,
    ParkedRequest,
    RefusalCode,
    ResumeAnswer,
    ResumeRequest,
    SamePersonAnswer,
    SamePersonRequest,
)
from kiosk.runtime import translate
from kiosk.runtime.handlers.asking import ask
from kiosk.runtime.line import HallServer
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.reply import Handler, Reply
from kiosk.session.effects import Effect, FindParked, JudgeSamePerson, ResumeCase
from kiosk.session.events import CaseResumed, ParkedFound, SamePersonJudged, ServerRefused


class ResumeHandlers:
    """Carries out FindParked, ResumeCase and JudgeSamePerson."""

    def __init__(self, server: HallServer, materials: MaterialsByVisit) -> None:
        self._server = server
        self._materials = materials

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {
            FindParked: self.find,
            ResumeCase: self.resume,
            JudgeSamePerson: self.judge,
        }

    def find(self, effect: FindParked, reply: Reply) -> None:
        """Ask whether a case of this card waits."""
        proof = self._materials.of(effect.ref.visit_id).proof()
        if proof is None:
            reply.send(ServerRefused(effect.ref, RefusalCode.BAD_REQUEST.value))
            return
        request = ParkedRequest(
            visit_id=effect.ref.visit_id, card_number=effect.card_number, proof=proof
        )
        answer = ask(self._server, "/cases/parked", request, ParkedAnswer, reply)
        if answer is not None:
            reply.send(ParkedFound(effect.ref, translate.parked(answer)))

    def resume(self, effect: ResumeCase, reply: Reply) -> None:
        """Take the case up and keep its own live portrait for the matcher."""
        materials = self._materials.of(effect.ref.visit_id)
        proof = materials.proof()
        if proof is None:
            reply.send(ServerRefused(effect.ref, RefusalCode.BAD_REQUEST.value))
            return
        request = ResumeRequest(
            visit_id=effect.ref.visit_id, card_number=effect.card_number, proof=proof
        )
        answer = ask(self._server, f"/cases/{effect.case.id}/resume", request, ResumeAnswer, reply)
        if answer is None:
            return
        materials.case_portrait = answer.compare_with
        view = answer.application
        if view is not None:
            materials.applications[view.id] = view
        reply.send(
            CaseResumed(
                effect.ref,
                translate.resumed_case(answer),
                None if view is None else translate.application(view),
                None if view is None else translate.offer(view.offer),
                answer.offer_code,
                portrait=answer.compare_with is not None,
                travel=translate.travel(answer.case),
            )
        )

    def judge(self, effect: JudgeSamePerson, reply: Reply) -> None:
        """Report the comparison with the case's portrait; the server judges by its own policy."""
        materials, case = self._materials.of(effect.ref.visit_id), effect.case
        report = translate.same_person_report(materials.match, materials.tries)
        if report is None:
            reply.send(ServerRefused(effect.ref, RefusalCode.BAD_REQUEST.value))
            return
        request = SamePersonRequest(
            visit_id=effect.ref.visit_id, session=case.session, match=report
        )
        answer = ask(
            self._server, f"/cases/{case.id}/same-person", request, SamePersonAnswer, reply
        )
        if answer is not None:
            now = translate.case(answer.case, case.reason)
            reply.send(SamePersonJudged(effect.ref, same=answer.same, case=now))
