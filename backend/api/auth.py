"""Which kiosk is asking: by the credential in the Authorization header."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from backend.fleet.models import Kiosk
from backend.fleet.services import recognise
from backend.threads import KIOSKS, with_database


class KioskCredential(HttpBearer):
    """For paths that answer at once."""

    def authenticate(self, request: HttpRequest, token: str) -> Kiosk | None:
        """Return the kiosk, or None."""
        return recognise(token)


class WaitingKioskCredential(HttpBearer):
    """For paths that wait: the database connection is closed again before they do."""

    is_async = True

    async def authenticate(self, request: HttpRequest, token: str) -> Kiosk | None:
        """Return the kiosk, or None."""
        return await with_database(KIOSKS, recognise, token)
