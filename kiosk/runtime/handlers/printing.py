"""Printing: the card's back under its order, the receipt, the ticket."""

from collections.abc import Callable
from datetime import datetime

from backend_client.contract import Endorsement, FencingToken, OrderView, Refusal
from devices.endorsement_back.compose import BackOverflow, PrintedEndorsement, compose_back
from devices.errors import DeviceError
from devices.interfaces import (
    BackLine,
    CardInspector,
    CardPosition,
    CardSlot,
    EndorsementPrinter,
    PrintOutcome,
    ReceiptPart,
    ReceiptPrinter,
)
from kiosk.runtime import papers
from kiosk.runtime.handlers.asking import key_of
from kiosk.runtime.journal import Journal
from kiosk.runtime.line import HallServer, Lost, insist
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.recovery import REWRITING, print_mark
from kiosk.runtime.reply import Handler, Reply
from kiosk.session.effects import Effect, PrintReceipt, PrintTicket, RewriteBack
from kiosk.session.events import BackPrinted, PaperPrinted
from kiosk.session.facts import PrintEnd


class BackHandlers:
    """Carries out RewriteBack: the only place that touches a card's back."""

    def __init__(
        self,
        slot: CardSlot,
        printer: EndorsementPrinter,
        inspector: CardInspector | None,
        server: HallServer,
        journal: Journal,
        materials: MaterialsByVisit,
        now: Callable[[], datetime],
    ) -> None:
        self._slot = slot
        self._printer = printer
        self._inspector = inspector
        self._server = server
        self._journal = journal
        self._materials = materials
        self._now = now

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {RewriteBack: self.rewrite}

    def rewrite(self, effect: RewriteBack, reply: Reply) -> None:
        """Tell the server, erase, print, inspect. What never began is FAILED, not UNKNOWN."""
        lines = self._prepare(effect, reply)
        if isinstance(lines, str):
            reply.send(BackPrinted(effect.ref, PrintEnd.FAILED, inspected=False, detail=lines))
            return
        self._journal.mark(effect.ref, REWRITING)
        end, inspected, detail = self._print(lines)
        self._journal.mark(effect.ref, print_mark(end, inspected=inspected))
        reply.send(BackPrinted(effect.ref, end, inspected=inspected, detail=detail))

    def _prepare(self, effect: RewriteBack, reply: Reply) -> tuple[BackLine, ...] | str:
        """Return the lines, or why nothing may be erased."""
        view = self._materials.of(effect.ref.visit_id).orders.get(effect.order.id)
        if view is None or view.fencing_token != effect.order.fencing_token:
            return "the order's content is not here"
        lines = compose_order(view, self._printer, self._now())
        if isinstance(lines, BackOverflow):
            return lines.reason
        try:
            if self._slot.position() is not CardPosition.INSIDE:
                return "the card is not in the machine"
        except DeviceError as error:
            return f"the card printer does not answer: {error}"[:200]
        token = FencingToken(fencing_token=view.fencing_token)
        path, key = f"/orders/{view.id}/printing", key_of(effect.ref)
        allowed = insist(
            lambda left: self._server.post(path, token, OrderView, key=key, within_s=left),
            reply.cancelled,
        )
        match allowed:
            case Refusal(code=code):
                return f"the server refused printing: {code.value}"
            case Lost():
                return "the server did not answer before the erase"
            case _:
                return lines

    def _print(self, lines: tuple[BackLine, ...]) -> tuple[PrintEnd, bool, str]:
        try:
            result = self._printer.rewrite(lines)
        except DeviceError as error:
            return PrintEnd.UNKNOWN, False, f"{type(error).__name__}: {error}"[:200]
        end = PrintEnd(result.outcome.value)
        if self._inspector is None or end is not PrintEnd.PRINTED:
            return end, False, result.detail
        try:
            seen = self._inspector.inspect(lines)
        except DeviceError as error:
            return end, False, f"not inspected: {error}"[:200]
        if seen:
            return end, True, result.detail
        return PrintEnd.UNKNOWN, False, "the device says printed, the back does not show it"


class PaperHandlers:
    """Carries out PrintReceipt and PrintTicket."""

    def __init__(
        self,
        printer: ReceiptPrinter | None,
        materials: MaterialsByVisit,
        kiosk: str,
        now: Callable[[], datetime],
    ) -> None:
        self._printer = printer
        self._materials = materials
        self._kiosk = kiosk
        self._now = now

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {PrintReceipt: self.print_receipt, PrintTicket: self.print_ticket}

    def print_receipt(self, effect: PrintReceipt, reply: Reply) -> None:
        """Print the receipt of what was issued."""
        materials = self._materials.of(effect.ref.visit_id)
        view = materials.applications.get(effect.application_id)
        card = materials.card
        if view is None or card is None:
            reply.send(PaperPrinted(effect.ref, printed=False))
            return
        issued = next((order.new for order in materials.orders.values()), None)
        parts = papers.receipt(
            view, issued, card.number, materials.language, kiosk=self._kiosk, at=self._now()
        )
        self._print(parts, reply)

    def print_ticket(self, effect: PrintTicket, reply: Reply) -> None:
        """Print number and QR of the case."""
        language = self._materials.of(effect.ref.visit_id).language
        parts = papers.ticket(
            effect.case, effect.outcome, language, kiosk=self._kiosk, at=self._now()
        )
        self._print(parts, reply)

    def _print(self, parts: tuple[ReceiptPart, ...], reply: Reply) -> None:
        if self._printer is None:
            reply.send(PaperPrinted(reply.ref, printed=False))
            return
        try:
            printed = self._printer.print_receipt(parts).outcome is PrintOutcome.PRINTED
        except DeviceError:
            printed = False  # expected now and then: no paper; the screen says what now
        reply.send(PaperPrinted(reply.ref, printed=printed))


def compose_order(
    view: OrderView, printer: EndorsementPrinter, now: datetime
) -> tuple[BackLine, ...] | BackOverflow:
    """Set the whole back of an order: what stays and what is new."""
    new = _as_printed(view.new)
    standing = [_as_printed(one) for one in view.back if one.number != view.new.number]
    return compose_back(
        standing,
        new,
        today=now.date(),
        max_lines=printer.max_lines,
        max_columns=printer.max_columns,
    )


def _as_printed(one: Endorsement) -> PrintedEndorsement:
    where, what = one.destination_title, one.kind_title
    return PrintedEndorsement(
        destination=(where or one.title).zh_hans,
        kind=what.zh_hans if where and what else "",
        entries=one.entries.zh_hans,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        office=one.office,
        order_number=one.number,
        stay_days=one.stay_days,
    )
