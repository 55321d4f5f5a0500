"""The kiosks: sign of life, step, devices."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from backend.accounts.services import has_right
from backend.cases.held_cards import HeldCard, held_cards
from backend.clock import now
from backend.console.language import language_of
from backend.console.pages import not_found, show, signed_in, staff_page
from backend.console.texts import say
from backend.console.words import kiosk_called
from backend.fleet.models import Kiosk
from backend.fleet.services import ask_release
from backend.insight.incidents import close_incident, open_incidents
from backend.insight.models import Incident
from backend.refusal import Refused
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
class IncidentLine:
    """Failed comparisons that stand out; ``closable`` for who mends machines."""

    id: int
    text: str
    since: str
    closable: bool


@dataclass(frozen=True, slots=True)
class KioskLine:
    """One kiosk. ``held_tickets`` are those of cards that it has, in its bin or at its gate."""

    id: str
    name: str
    seen_at: datetime | None
    alive: bool
    revoked: bool
    phase: str
    version: str
    card_held: bool
    held_tickets: list[str]
    releasable: bool
    release_asked: bool
    devices: list[DeviceLine]
    incident: IncidentLine | None


@staff_page("view_fleet", "view_queue")
@require_GET
def fleet_page(request: HttpRequest) -> HttpResponse:
    """Show every enrolled kiosk."""
    user = signed_in(request)
    may_release = has_right(user, "release_card") or has_right(user, "decide")
    may_close = has_right(user, "release_card") or has_right(user, "manage")
    language = language_of(request)
    incidents = {
        incident.kiosk_id: _incident(incident, language, may_close=may_close)
        for incident in open_incidents()
    }
    held = held_cards()
    kiosks = [
        _line(kiosk, now(), may_release, incidents.get(kiosk.id), language, held)
        for kiosk in Kiosk.objects.order_by("id")
    ]
    return show(request, "console/fleet.html", {"kiosks": kiosks}, page="fleet")


@staff_page("release_card", "decide")
@require_POST
def release_card(request: HttpRequest, kiosk_id: str) -> HttpResponse:
    """Let a kiosk give back a card that it holds."""
    try:
        ask_release(kiosk_id, signed_in(request))
    except Refused:
        return not_found(request)
    messages.success(request, say(language_of(request), "message.release_asked"))
    return HttpResponseRedirect(reverse("console:fleet"))


@staff_page("release_card", "manage")
@require_POST
def mended(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Note that a kiosk whose comparisons stood out is mended."""
    try:
        close_incident(incident_id, signed_in(request))
    except Refused:
        return not_found(request)
    messages.success(request, say(language_of(request), "insight.incident_closed"))
    return HttpResponseRedirect(reverse("console:fleet"))


def _incident(incident: Incident, language: str, *, may_close: bool) -> IncidentLine:
    text = say(
        language,
        "insight.incident",
        failed=incident.failed,
        compared=incident.compared,
        hall_failed=incident.hall_failed,
        hall_compared=incident.hall_compared,
    )
    since = say(
        language, "insight.incident_since", time=f"{localtime(incident.opened_at):%m-%d %H:%M}"
    )
    return IncidentLine(incident.pk, text, since, may_close)


def _line(
    kiosk: Kiosk,
    moment: datetime,
    may_release: bool,
    incident: IncidentLine | None,
    language: str,
    held: list[HeldCard],
) -> KioskLine:
    seen = kiosk.last_seen_at
    return KioskLine(
        id=kiosk.id,
        name=kiosk_called(kiosk, language),
        seen_at=seen,
        alive=seen is not None and moment - seen < LOST_AFTER,
        revoked=kiosk.revoked_at is not None,
        phase=kiosk.phase,
        version=kiosk.version,
        card_held=any(card.id == kiosk.id for card in held),
        held_tickets=[card.ticket for card in held if card.id == kiosk.id and card.ticket],
        releasable=kiosk.card_held and may_release and not kiosk.release_requested,
        release_asked=kiosk.release_requested,
        devices=[_device(name, report) for name, report in sorted(kiosk.devices.items())],
        incident=incident,
    )


def _device(name: str, stored: object) -> DeviceLine:
    report = DeviceReport.model_validate(stored)
    return DeviceLine(name, report.state, report.detail)
