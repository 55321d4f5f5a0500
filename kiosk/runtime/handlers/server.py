"""Offers, application, payment and order: what the resident waits for from the server."""

import time

from backend_client.contract import (
    ApplicationRequest,
    ApplicationView,
    OffersAnswer,
    OffersRequest,
    OrderRequest,
    OrderView,
    PaymentRequest,
    PaymentState,
    PaymentView,
    RefusalCode,
)
from kiosk.runtime import translate
from kiosk.runtime.handlers.asking import ask, tell_failure
from kiosk.runtime.line import PATIENCE_S, HallServer
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.reply import Handler, Reply
from kiosk.session.effects import (
    CancelPayment,
    Effect,
    FetchOffers,
    MakeApplication,
    MakeOrder,
    StartPayment,
)
from kiosk.session.events import (
    ApplicationMade,
    OffersArrived,
    OrderMade,
    PaymentChanged,
    ServerRefused,
)

_NEWS_S = 20.0
_NEWS_MARGIN_S = 5.0


class ServerHandlers:
    """Carries out what the server answers at once, and follows a payment."""

    def __init__(self, server: HallServer, materials: MaterialsByVisit) -> None:
        self._server = server
        self._materials = materials

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {
            FetchOffers: self.fetch_offers,
            MakeApplication: self.make_application,
            StartPayment: self.follow_payment,
            CancelPayment: self.cancel_payment,
            MakeOrder: self.make_order,
        }

    def fetch_offers(self, effect: FetchOffers, reply: Reply) -> None:
        """Ask what this card can have."""
        materials = self._materials.of(effect.ref.visit_id)
        if effect.case_id is not None:
            materials.record_portrait = None  # a person may have linked or corrected the record
        proof = materials.proof()
        if proof is None:
            reply.send(ServerRefused(effect.ref, RefusalCode.BAD_REQUEST.value))
            return
        request = OffersRequest(
            visit_id=effect.ref.visit_id,
            card_number=effect.card_number,
            proof=proof,
            case_id=effect.case_id,
        )
        answer = ask(self._server, "/offers", request, OffersAnswer, reply)
        if answer is not None:
            reply.send(OffersArrived(effect.ref, translate.offers(answer)))

    def make_application(self, effect: MakeApplication, reply: Reply) -> None:
        """Create the application with the match, or with the case that decided identity."""
        materials = self._materials.of(effect.ref.visit_id)
        match = materials.match
        matched = match is not None and match.comparison.matched
        request = ApplicationRequest(
            visit_id=effect.ref.visit_id,
            card_number=effect.card_number,
            offer_code=effect.offer_code,
            match=translate.match_report(match, materials.tries) if matched else None,
            case_id=effect.case_id,
        )
        view = ask(self._server, "/applications", request, ApplicationView, reply)
        if view is not None:
            materials.applications[view.id] = view
            reply.send(ApplicationMade(effect.ref, translate.application(view)))

    def make_order(self, effect: MakeOrder, reply: Reply) -> None:
        """Ask for the licence to print and keep the content that it is bound to."""
        request = OrderRequest(visit_id=effect.ref.visit_id, card_number=effect.card_number)
        path = f"/applications/{effect.application_id}/order"
        view = ask(self._server, path, request, OrderView, reply)
        if view is not None:
            self._materials.of(effect.ref.visit_id).orders[view.id] = view
            reply.send(OrderMade(effect.ref, translate.order(view)))

    def follow_payment(self, effect: StartPayment, reply: Reply) -> None:
        """Start the payment, or find it again, and tell every change until it has ended."""
        request = PaymentRequest(visit_id=effect.ref.visit_id)
        path = f"/applications/{effect.application_id}/payment"
        view = ask(self._server, path, request, PaymentView, reply)
        told: PaymentView | None = None
        heard_at = time.monotonic()
        while view is not None and not reply.cancelled.is_set():
            if view != told:
                reply.send(PaymentChanged(effect.ref, translate.payment(view)))
                told = view
            if view.state is not PaymentState.PENDING:
                return
            news = self._server.get(
                f"/payments/{view.id}",
                PaymentView,
                wait_s=_NEWS_S,
                within_s=_NEWS_S + _NEWS_MARGIN_S,
            )
            if isinstance(news, PaymentView):
                view, heard_at = news, time.monotonic()
            elif time.monotonic() - heard_at > PATIENCE_S + _NEWS_S:
                tell_failure(news, reply)
                return
            else:
                reply.cancelled.wait(1.0)

    def cancel_payment(self, effect: CancelPayment, reply: Reply) -> None:
        """Withdraw the payment; the answer says whether the money came first."""
        path = f"/payments/{effect.payment_id}/cancel"
        view = ask(self._server, path, None, PaymentView, reply)
        if view is not None:
            reply.send(PaymentChanged(effect.ref, translate.payment(view)))
