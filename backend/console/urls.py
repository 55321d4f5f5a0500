"""The staff pages."""

from django.urls import path

from backend.console.language import switch_language
from backend.console.live import stream
from backend.console.views import actions, audit, reports
from backend.console.views.approvals import approvals_page
from backend.console.views.case import case_page, portrait
from backend.console.views.counter import counter_page
from backend.console.views.fleet import fleet_page, release_card
from backend.console.views.queue import board, queue_page
from backend.console.views.session import sign_in, sign_out

app_name = "console"
urlpatterns = [
    path("", queue_page, name="queue"),
    path("login", sign_in, name="sign_in"),
    path("logout", sign_out, name="sign_out"),
    path("language", switch_language, name="language"),
    path("live/stream", stream, name="stream"),
    path("live/board", board, name="board"),
    path("approvals", approvals_page, name="approvals"),
    path("counter", counter_page, name="counter"),
    path("kiosks", fleet_page, name="fleet"),
    path("kiosks/<slug:kiosk_id>/release-card", release_card, name="release_card"),
    path("reports", reports.reports_page, name="reports"),
    path("reports/<slug:name>.csv", reports.report_table, name="report_table"),
    path("reports/day/<slug:day>", reports.day_end, name="day_end"),
    path("audit", audit.audit_page, name="audit"),
    path("audit/verify", audit.verify_chain, name="verify_audit"),
    path("audit/export", audit.export_day, name="export_audit"),
    path("cases/<slug:case_id>", case_page, name="case"),
    path("cases/<slug:case_id>/portraits/<slug:which>", portrait, name="portrait"),
    path("cases/<slug:case_id>/claim", actions.claim, name="claim"),
    path("cases/<slug:case_id>/renew", actions.renew, name="renew"),
    path("cases/<slug:case_id>/release", actions.release, name="release"),
    path("cases/<slug:case_id>/decide", actions.decide, name="decide"),
    path("cases/<slug:case_id>/undo", actions.undo, name="undo"),
    path("cases/<slug:case_id>/answer", actions.answer, name="answer"),
    path("cases/<slug:case_id>/issue", actions.issue, name="issue"),
    path("cases/<slug:case_id>/close", actions.close, name="close"),
]
