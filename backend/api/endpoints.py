"""The kiosks' API: one thin view a path of the contract."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Query

from backend.api.auth import KioskCredential, WaitingKioskCredential
from backend.api.errors import install_error_answers
from backend.api.once import answer, answer_once, kiosk_of
from backend.api.parsing import BoundedParser
from backend.api.visits import end_visit
from backend.api.waiting import Look, wait_for
from backend.applications.services import application_view, apply
from backend.cases.opening import open_case
from backend.cases.residents_side import case_of, leave, set_travel
from backend.cases.view import case_view
from backend.endorsements.services import offers_for
from backend.fleet.models import Kiosk
from backend.fleet.services import heartbeat
from backend.orders.issuing import order_for
from backend.orders.printing import begin_printing, end_printing, order_view
from backend.payments.services import cancel, payment_of, payment_view, start
from backend.records.services import release_portrait
from backend.resume.services import parked, resume, same_person
from backend_client import contract as c

api = NinjaAPI(
    title="Hall server",
    version="1",
    docs_url=None,
    openapi_url=None,
    auth=KioskCredential(),
    parser=BoundedParser(),
)
install_error_answers(api)

Id = Annotated[str, Path(..., min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Wait = Annotated[float, Query(0.0, ge=0, le=600, allow_inf_nan=False)]
After = Annotated[int | None, Query(None, ge=0, le=2**53)]
Session = Annotated[int, Query(1, ge=1, le=2**31 - 1)]


def _base_url(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


@api.post("/offers")
def offers(request: HttpRequest, body: c.OffersRequest) -> HttpResponse:
    """Answer what a card's holder can have."""
    return answer_once(request, lambda kiosk: offers_for(kiosk, body))


@api.post("/record-portrait")
def record_portrait(request: HttpRequest, body: c.RecordPortraitRequest) -> HttpResponse:
    """Release the portrait on record. Not stored as an answer: portraits lie encrypted only."""
    return answer(
        request,
        lambda kiosk: c.RecordPortraitAnswer(portrait=c.picture(release_portrait(kiosk, body))),
    )


@api.post("/applications")
def applications(request: HttpRequest, body: c.ApplicationRequest) -> HttpResponse:
    """Apply for an offer."""
    return answer_once(request, lambda kiosk: application_view(apply(kiosk, body)))


@api.post("/applications/{id}/payment")
def application_payment(request: HttpRequest, id: Id, body: c.PaymentRequest) -> HttpResponse:
    """Start, or find again, a payment."""
    base = _base_url(request)
    return answer_once(request, lambda k: payment_view(start(k, id, body.visit_id), base))


@api.get("/payments/{id}", auth=WaitingKioskCredential())
async def payment(request: HttpRequest, id: Id, wait_s: Wait) -> HttpResponse:
    """Answer with the payment, as soon as it is no longer pending or the wait is over."""
    base, kiosk = _base_url(request), kiosk_of(request)

    def look() -> Look:
        view = payment_view(payment_of(kiosk, id), base)
        return Look(view.model_dump_json(), done=view.state != c.PaymentState.PENDING)

    return await wait_for(look, wait_s)


@api.post("/payments/{id}/cancel")
def payment_cancel(request: HttpRequest, id: Id) -> HttpResponse:
    """Cancel a payment that is pending."""
    base = _base_url(request)
    return answer_once(request, lambda kiosk: payment_view(cancel(kiosk, id), base))


@api.post("/applications/{id}/order")
def application_order(request: HttpRequest, id: Id, body: c.OrderRequest) -> HttpResponse:
    """Make the issue order, or hand it over."""
    return answer_once(request, lambda kiosk: order_view(order_for(kiosk, id, body)))


@api.post("/orders/{id}/printing")
def order_printing(request: HttpRequest, id: Id, body: c.FencingToken) -> HttpResponse:
    """Let the order's holder print."""
    token = body.fencing_token
    return answer_once(request, lambda kiosk: order_view(begin_printing(kiosk, id, token)))


@api.post("/orders/{id}/outcome")
def order_outcome(request: HttpRequest, id: Id, body: c.PrintReport) -> HttpResponse:
    """Take the report of how the print ended."""
    return answer_once(request, lambda kiosk: order_view(end_printing(kiosk, id, body)))


@api.post("/cases")
def cases(request: HttpRequest, body: c.CaseRequest) -> HttpResponse:
    """Put a session before a person."""
    return answer_once(request, lambda kiosk: case_view(open_case(kiosk, body)))


@api.post("/cases/parked")
def cases_parked(request: HttpRequest, body: c.ParkedRequest) -> HttpResponse:
    """Say whether a case of this card waits; not stored as an answer, because it may change."""
    return answer(request, lambda kiosk: parked(kiosk, body))


@api.post("/cases/{id}/resume")
def case_resume(request: HttpRequest, id: Id, body: c.ResumeRequest) -> HttpResponse:
    """Take a parked case up. Not stored as an answer: it holds a portrait."""
    return answer(request, lambda kiosk: resume(kiosk, id, body))


@api.post("/cases/{id}/same-person")
def case_same_person(request: HttpRequest, id: Id, body: c.SamePersonRequest) -> HttpResponse:
    """Take the comparison with the case's own portrait."""
    return answer_once(request, lambda kiosk: same_person(kiosk, id, body))


@api.get("/cases/{id}", auth=WaitingKioskCredential())
async def case(
    request: HttpRequest, id: Id, wait_s: Wait, after: After, session: Session
) -> HttpResponse:
    """Answer with the case, as soon as something changed or the wait is over."""
    kiosk = kiosk_of(request)

    def look() -> Look:
        view = case_view(case_of(kiosk, id, session))
        return Look(view.model_dump_json(), done=after is None or view.version > after)

    return await wait_for(look, wait_s)


@api.post("/cases/{id}/travel")
def case_travel(request: HttpRequest, id: Id, body: c.TravelRequest) -> HttpResponse:
    """Take when and why the resident travels."""
    return answer_once(request, lambda kiosk: case_view(set_travel(kiosk, id, body)))


@api.post("/cases/{id}/leave")
def case_leave(request: HttpRequest, id: Id, body: c.LeaveRequest) -> HttpResponse:
    """Note that the resident left with card and ticket."""
    return answer_once(request, lambda kiosk: case_view(leave(kiosk, id, body)))


@api.post("/visits/{id}/end")
def visit_end(request: HttpRequest, id: Id, body: c.VisitEnd) -> HttpResponse:
    """Take how a visit ended."""

    def work(kiosk: Kiosk) -> c.Acknowledged:
        end_visit(kiosk, id, body)
        return c.Acknowledged()

    return answer_once(request, work)


@api.post("/heartbeat")
def heartbeat_(request: HttpRequest, body: c.Heartbeat) -> HttpResponse:
    """Take a sign of life; it is not stored as an answer, because the newest one counts."""
    return answer(request, lambda kiosk: heartbeat(kiosk, body))
