"""The second factor at the console: asked once a shift, in the session where it was typed."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from backend.accounts.second_factor import Outcome, check, factor_of, shift_ends
from backend.clock import now
from backend.console.language import language_of
from backend.console.texts import say

MARK = "second_factor"


@dataclass(frozen=True, slots=True)
class FactorState:
    """What a form has to ask for: nothing, a code, or the enrolment first."""

    enrolled: bool
    fresh: bool


def factor_state(request: HttpRequest) -> FactorState:
    """Return how the second factor of this session stands."""
    if not request.user.is_authenticated:
        return FactorState(enrolled=False, fresh=False)
    factor = factor_of(request.user)
    if factor is None:
        return FactorState(enrolled=False, fresh=False)
    mark = request.session.get(MARK, {})
    # The mark names the factor it was made with: after a reset it counts no longer.
    fresh = mark.get("factor") == factor.pk and now() < shift_ends(
        datetime.fromisoformat(mark["at"])
    )
    return FactorState(enrolled=True, fresh=fresh)


def lazy_state(request: HttpRequest) -> object:
    """Return the state for templates; nothing is asked of the database until one uses it."""
    return SimpleLazyObject(lambda: factor_state(request))


def keep_mark(request: HttpRequest) -> None:
    """Note in the session that a code has just passed."""
    factor = factor_of(request.user) if request.user.is_authenticated else None
    if factor is not None:
        request.session[MARK] = {"factor": factor.pk, "at": now().isoformat()}


def demand(request: HttpRequest, back: str) -> HttpResponse | None:
    """Return None when this session's second factor holds, else the answer that says why not.

    The form's field ``code`` is checked where the shift has no code yet.
    """
    state = factor_state(request)
    if state.fresh:
        return None
    if not state.enrolled or not request.user.is_authenticated:
        _warn(request, Outcome.NOT_ENROLLED.value)
        return HttpResponseRedirect(reverse("console:account"))
    code = request.POST.get("code", "").strip()[:16]
    if not code:
        _warn(request, "missing")
        return HttpResponseRedirect(back)
    outcome = check(request.user, code)
    if outcome == Outcome.PASSED:
        keep_mark(request)
        return None
    _warn(request, outcome.value)
    return HttpResponseRedirect(back)


def _warn(request: HttpRequest, why: str) -> None:
    messages.warning(request, say(language_of(request), f"factor.{why}"))
