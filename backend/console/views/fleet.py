"""The kiosks: sign of life, step, devices."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from backend.clock import now
from backend.console.pages import show, staff_page
from backend.fleet.models import Kiosk
from backend_client.contract import DeviceReport

LOST_AFTER = timedelta(seconds=30)
"""A kiosk that was silent for longer is shown as lost."""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device."""

    name: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class KioskLine:
    """One kiosk."""

    name: str
    seen_at: datetime | None
    alive: bool
    revoked: bool
    phase: str
    version: str
    card_held: bool
    devices: list[DeviceLine]


@staff_page("view_fleet", "view_queue")
@require_GET
def fleet_page(request: HttpRequest) -> HttpResponse:
    """Show every enrolled kiosk."""
    kiosks = [_line(kiosk, now()) for kiosk in Kiosk.objects.order_by("id")]
    return show(request, "console/fleet.html", {"kiosks": kiosks}, page="fleet")


def _line(kiosk: Kiosk, moment: datetime) -> KioskLine:
    seen = kiosk.last_seen_at
    return KioskLine(
        name=kiosk.name,
        seen_at=seen,
        alive=seen is not None and moment - seen < LOST_AFTER,
        revoked=kiosk.revoked_at is not None,
        phase=kiosk.phase,
        version=kiosk.version,
        card_held=kiosk.card_held,
        devices=[_device(name, report) for name, report in sorted(kiosk.devices.items())],
    )


def _device(name: str, stored: object) -> DeviceLine:
    report = DeviceReport.model_validate(stored)
    return DeviceLine(name, report.state, report.detail)
