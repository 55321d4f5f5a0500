"""The staff pages."""

from django.urls import path

from backend.console.language import switch_language
from backend.console.live import stream
from backend.console.views import account, accounts, actions, audit, delegations, reports, reviews
from backend.console.views.approvals import approvals_page
from backend.console.views.case import case_page, portrait
from backend.console.views.counter import (
    counter_case,
    counter_page,
    counter_take,
    give_back,
    issue,
    stop_payment,
)
from backend.console.views.desk import edit_case, here_page, new_case, set_here, turn_case
from backend.console.views.fleet import fleet_page, mended, release_card
from backend.console.views.queue import board, queue_page
from backend.console.views.session import sign_in, sign_out
from backend.console.views.settings import settings_page

app_name = "console"
urlpatterns = [
    path("", queue_page, name="queue"),
    path("login", sign_in, name="sign_in"),
    path("logout", sign_out, name="sign_out"),
    path("language", switch_language, name="language"),
    path("live/stream", stream, name="stream"),
    path("live/board", board, name="board"),
    path("here", here_page, name="here"),
    path("here/set", set_here, name="set_here"),
    path("desk/new/<slug:kind>", new_case, name="new_case"),
    path("approvals", approvals_page, name="approvals"),
    path("reviews", reviews.reviews_page, name="reviews"),
    path("reviews/<int:number>", reviews.review, name="review"),
    path("delegations", delegations.delegations_page, name="delegations"),
    path("delegations/make", delegations.delegation_make, name="delegation_make"),
    path("delegations/<int:number>/end", delegations.delegation_end, name="delegation_end"),
    path("account", account.account_page, name="account"),
    path("account/password", account.account_password, name="account_password"),
    path("account/factor", account.factor_begin, name="factor_begin"),
    path("account/factor/confirm", account.factor_confirm, name="factor_confirm"),
    path("accounts", accounts.accounts_page, name="accounts"),
    path("accounts/create", accounts.account_create, name="account_create"),
    path("accounts/<int:number>", accounts.account_one, name="account_one"),
    path("accounts/<int:number>/<slug:verb>", accounts.account_do, name="account_do"),
    path("settings", settings_page, name="settings"),
    path("counter", counter_page, name="counter"),
    path("counter/<slug:case_id>", counter_case, name="counter_case"),
    path("counter/<slug:case_id>/take", counter_take, name="counter_take"),
    path("counter/<slug:case_id>/stop-payment", stop_payment, name="stop_payment"),
    path("counter/<slug:case_id>/refund", give_back, name="refund"),
    path("counter/<slug:case_id>/issue", issue, name="issue"),
    path("kiosks", fleet_page, name="fleet"),
    path("kiosks/<slug:kiosk_id>/release-card", release_card, name="release_card"),
    path("kiosks/incidents/<int:incident_id>/mended", mended, name="mended"),
    path("reports", reports.reports_page, name="reports"),
    path("reports/<slug:name>.csv", reports.report_table, name="report_table"),
    path("reports/day/<slug:day>", reports.day_end, name="day_end"),
    path("audit", audit.audit_page, name="audit"),
    path("audit/verify", audit.verify_chain, name="verify_audit"),
    path("audit/export", audit.export_day, name="export_audit"),
    path("cases/<slug:case_id>", case_page, name="case"),
    path("cases/<slug:case_id>/portraits/<slug:which>", portrait, name="portrait"),
    path("cases/<slug:case_id>/edit", edit_case, name="edit_case"),
    path("cases/<slug:case_id>/turn", turn_case, name="turn_case"),
    path("cases/<slug:case_id>/hand-over", actions.hand_over, name="hand_over"),
    path("cases/<slug:case_id>/take-over", actions.take_over, name="take_over"),
    path("cases/<slug:case_id>/claim", actions.claim, name="claim"),
    path("cases/<slug:case_id>/renew", actions.renew, name="renew"),
    path("cases/<slug:case_id>/release", actions.release, name="release"),
    path("cases/<slug:case_id>/decide", actions.decide, name="decide"),
    path("cases/<slug:case_id>/undo", actions.undo, name="undo"),
    path("cases/<slug:case_id>/answer", actions.answer, name="answer"),
    path("cases/<slug:case_id>/break-glass", actions.break_glass, name="break_glass"),
    path("cases/<slug:case_id>/close", actions.close, name="close"),
]
