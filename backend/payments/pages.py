"""The simulator's page, which the QR code opens. It stands for the payer's own app."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from backend.payments.models import Payment, State
from backend.payments.services import complete


@csrf_exempt  # the token is the secret; the payer has no session here
@require_http_methods(["GET", "POST"])
def pay_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the payment; POST pays it."""
    if request.method == "POST":
        payment = complete(token)
    else:
        payment = Payment.objects.filter(token=token).first()
    if payment is None:
        return HttpResponse("no such payment", status=404, content_type="text/plain")
    context = {
        "amount": f"{payment.amount_fen / 100:.2f}",
        "state": payment.state,
        "pending": payment.state == State.PENDING,
    }
    status = 409 if request.method == "POST" and payment.state != State.PAID else 200
    return HttpResponse(render_to_string("payments/pay.html", context), status=status)
