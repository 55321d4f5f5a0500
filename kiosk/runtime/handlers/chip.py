"""The chip after the first read: references once the resident agreed, and the same card again."""

from backend_client.contract import (
    RecordPortraitAnswer,
    RecordPortraitRequest,
    Refusal,
    RefusalCode,
)
from devices.errors import CommandFailed
from devices.interfaces import ChipReader
from devices.travel_document.errors import TravelDocumentError
from devices.travel_document.reader import is_same_chip, open_chip
from kiosk.runtime.line import HallServer, Lost, insist
from kiosk.runtime.materials import Materials, MaterialsByVisit
from kiosk.runtime.protocols import PortraitMatcher, References
from kiosk.runtime.reply import Handler, Reply
from kiosk.session.effects import CheckSameCard, Effect, PrepareReferences
from kiosk.session.events import CardChecked, ChipLost, ReferencesReady, ServerLost, ServerRefused

_NONE_THERE = frozenset({RefusalCode.NO_RECORD, RefusalCode.NOT_FOUND})
_CHECKS = 3  # a card that lost contact for a moment is still the same card


class ChipHandlers:
    """Carries out PrepareReferences and CheckSameCard."""

    def __init__(
        self,
        chip_reader: ChipReader,
        server: HallServer,
        matcher: PortraitMatcher,
        materials: MaterialsByVisit,
    ) -> None:
        self._chip_reader = chip_reader
        self._server = server
        self._matcher = matcher
        self._materials = materials

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {PrepareReferences: self.prepare, CheckSameCard: self.check_same}

    def prepare(self, effect: PrepareReferences, reply: Reply) -> None:
        """Read DG2, fetch the record portrait, and give both to the matcher.

        With them goes the live portrait of a case that this visit has taken up.
        """
        materials = self._materials.of(effect.ref.visit_id)
        if materials.chip_portrait is None:
            trouble = self._read_portrait(materials)
            if trouble is not None:
                reply.send(ChipLost(effect.ref, trouble))
                return
        if materials.record_portrait is None:
            answer = self._fetch_record(effect, materials, reply)
            if isinstance(answer, Lost):
                reply.send(ServerLost(effect.ref))
                return
            if isinstance(answer, Refusal) and answer.code not in _NONE_THERE:
                reply.send(ServerRefused(effect.ref, answer.code.value))
                return
            if isinstance(answer, RecordPortraitAnswer):
                materials.record_portrait = answer.portrait
        ready = self._materials.with_matcher(
            effect.ref.visit_id, lambda: self._give(materials, reply)
        )
        if ready is not None:
            reply.send(ReferencesReady(effect.ref, chip=ready.chip, record=ready.record))

    def _give(self, materials: Materials, reply: Reply) -> References | None:
        """Give the matcher the portraits, unless nobody waits for that any more."""
        if reply.cancelled.is_set():
            return None
        # Passive authentication is not done yet, so the chip's portrait never suffices alone.
        return self._matcher.set_references(
            materials.chip_portrait,
            materials.record_portrait,
            case=materials.case_portrait,
            chip_authenticated=False,
        )

    def check_same(self, effect: CheckSameCard, reply: Reply) -> None:
        """Power the chip anew and compare it with the one that was read."""
        materials = self._materials.of(effect.ref.visit_id)
        key, identity = materials.key, materials.identity
        known = materials.card is not None and materials.card.number == effect.card_number
        same = False
        if key is not None and identity is not None and known:
            same = any(is_same_chip(self._chip_reader, key, identity) for _ in range(_CHECKS))
        reply.send(CardChecked(effect.ref, same=same))

    def _read_portrait(self, materials: Materials) -> str | None:
        if materials.key is None or materials.identity is None:
            return "the chip has not been read"
        try:
            connection = self._chip_reader.connect()
            try:
                session = open_chip(connection, materials.key)
                session.read_dg1()
                if session.identity.dg1_sha256 != materials.identity.dg1_sha256:
                    return "another chip answers"
                materials.chip_portrait = session.read_dg2().image
            finally:
                connection.close()
        except (TravelDocumentError, CommandFailed) as error:
            return f"{type(error).__name__}: {error}"[:200]
        return None

    def _fetch_record(
        self, effect: PrepareReferences, materials: Materials, reply: Reply
    ) -> RecordPortraitAnswer | Refusal | Lost:
        proof = materials.proof()
        if proof is None:
            return Refusal(code=RefusalCode.NO_RECORD)
        request = RecordPortraitRequest(
            visit_id=effect.ref.visit_id, card_number=effect.card_number, proof=proof
        )
        key = f"{effect.ref.visit_id}-{effect.ref.effect_id}"
        return insist(
            lambda left: self._server.post(
                "/record-portrait", request, RecordPortraitAnswer, key=key, within_s=left
            ),
            reply.cancelled,
        )
