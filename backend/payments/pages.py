"""The simulator's page: what the QR code opens."""

from django.http import HttpRequest, HttpResponse


def pay_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the payment; POST pays it."""
    return HttpResponse(token)
