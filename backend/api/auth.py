"""Which kiosk is asking: by the credential in the Authorization header."""

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest
from ninja.security import HttpBearer

from backend.fleet.models import Kiosk
from backend.fleet.services import recognise


class KioskCredential(HttpBearer):
    """For paths that answer at once."""

    def authenticate(self, request: HttpRequest, token: str) -> Kiosk | None:
        """Return the kiosk, or None."""
        return recognise(token)


def _recognise_and_close(token: str) -> Kiosk | None:
    try:
        return recognise(token)
    finally:
        connection.close()


class WaitingKioskCredential(HttpBearer):
    """For paths that wait: the database connection is closed again before they do."""

    is_async = True

    async def authenticate(self, request: HttpRequest, token: str) -> Kiosk | None:
        """Return the kiosk, or None."""
        return await sync_to_async(_recognise_and_close)(token)
