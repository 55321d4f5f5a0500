"""The form in which staff type a call, a visit or a delivery; checked before the rules see it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.validators import RegexValidator

from backend.accounts.services import has_right
from backend.cases.desk_requests import DeskInput
from backend.cases.models import Case, DeskRequest
from backend.cases.reasons import StaffReason
from backend.clock import is_within
from backend.config import hall

MOMENT = "%Y-%m-%dT%H:%M"
CARD = RegexValidator(r"^C[0-9A-HJ-NP-Z][0-9]{7}$", code="card")
EARLIEST, LATEST = timedelta(days=-1), timedelta(days=366)
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
FIELDS: dict[StaffReason, tuple[str, ...]] = {
    StaffReason.GUIDE_DESK_CALL: (
        *("topic", "person", "phone", "card_number", "offer_code"),
        *("depart_at", "ground", "language", "words"),
    ),
    StaffReason.ON_SITE_VISIT: (
        *("topic", "person", "phone", "card_number", "offer_code", "address"),
        *("appointment_at", "goes", "status", "depart_at", "ground", "words"),
    ),
    StaffReason.CARD_DELIVERY: (
        *("topic", "recipient", "phone", "card_number", "address"),
        *("appointment_at", "goes", "status", "words"),
    ),
}
"""What is asked for each kind; what the others had typed is kept."""
NEEDED: dict[StaffReason, tuple[str, ...]] = {
    StaffReason.GUIDE_DESK_CALL: ("topic",),
    StaffReason.ON_SITE_VISIT: ("topic", "address"),
    StaffReason.CARD_DELIVERY: ("topic", "recipient", "address"),
}


class DeskForm(forms.Form):
    """All that can be typed; each kind asks its own part. ``initial`` is what was typed before."""

    topic = forms.CharField(max_length=60, required=False)
    person = forms.CharField(max_length=60, required=False)
    phone = forms.CharField(max_length=30, required=False)
    card_number = forms.CharField(max_length=9, required=False, validators=[CARD])
    offer_code = forms.CharField(max_length=64, required=False)
    depart_at = forms.DateTimeField(input_formats=[MOMENT], required=False)
    ground = forms.CharField(max_length=64, required=False)
    language = forms.ChoiceField(choices=[(code, code) for code in LANGUAGES], required=False)
    address = forms.CharField(max_length=200, required=False)
    recipient = forms.CharField(max_length=60, required=False)
    appointment_at = forms.DateTimeField(input_formats=[MOMENT], required=False)
    goes = forms.IntegerField(min_value=1, max_value=2**53, required=False)
    status = forms.ChoiceField(choices=DeskRequest.Status.choices, required=False)
    words = forms.CharField(max_length=1000, required=False)

    def __init__(self, reason: StaffReason, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason = reason
        for name in set(self.fields) - set(FIELDS[reason]):
            del self.fields[name]
        for name in NEEDED[reason]:
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """Check what one field alone does not say."""
        values = self.cleaned_data
        for name in ("depart_at", "appointment_at"):
            moment = values.get(name)
            if moment is None:
                continue
            before = self.initial.get(name)
            if before is not None and moment == before.replace(second=0, microsecond=0):
                values[name] = before  # what is long past is still to be ended
            elif not is_within(moment, EARLIEST, LATEST):
                self.add_error(name, "range")
        if values.get("ground") and hall().urgency.find(values["ground"]) is None:
            self.add_error("ground", "unknown")
        if values.get("offer_code") and hall().offers.find(values["offer_code"]) is None:
            self.add_error("offer_code", "unknown")
        if values.get("goes") and not _may_go(values["goes"]):
            self.add_error("goes", "unknown")
        return values

    def wanted(self, kept: Mapping[str, Any]) -> DeskInput:
        """Return what was typed, beside what this kind does not ask and is ``kept`` from before."""
        typed = {name: value for name, value in self.cleaned_data.items() if value is not None}
        typed["goes_id"] = self.cleaned_data.get("goes", kept.get("goes_id"))
        typed.pop("goes", None)
        emptied: dict[str, Any] = {
            name: None for name in ("depart_at", "appointment_at") if name in self.cleaned_data
        }
        values: dict[str, Any] = {**kept, **emptied, **typed}
        values["language"] = values.get("language") or LANGUAGES[0]
        values["status"] = values.get("status") or DeskRequest.Status.OPEN.value
        return DeskInput(**values)


def typed_before(case: Case) -> dict[str, Any]:
    """Return what a case that was typed in has already, by the names of ``DeskInput``."""
    request = case.request
    return {
        "topic": request.topic,
        "language": case.language,
        "person": request.person,
        "phone": request.phone,
        "words": request.words,
        "card_number": case.card_number,
        "offer_code": case.offer_code,
        "depart_at": case.depart_at,
        "ground": case.ground,
        "address": request.address,
        "appointment_at": request.appointment_at,
        "goes_id": request.goes_id,
        "recipient": request.recipient,
        "status": request.status,
    }


def _may_go(user_id: int) -> bool:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user is not None and has_right(user, "claim")
