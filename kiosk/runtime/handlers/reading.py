"""Reading a card: the printed zone gives the key, the chip says whose card it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Event

from devices.errors import CommandFailed
from devices.interfaces import ChipReader, DocumentReader, FieldPresence
from devices.travel_document.bac import BacKey
from devices.travel_document.eep import Holder, MrzFault, PrintedMrz, parse_dg1_text, parse_printed
from devices.travel_document.errors import (
    AccessDenied,
    AccessNotSupported,
    ChipDataError,
    ChipLost,
    NotATravelDocument,
)
from devices.travel_document.reader import ChipSession, open_chip
from kiosk.runtime.materials import Materials, MaterialsByVisit
from kiosk.runtime.reply import Handler, Reply
from kiosk.session.effects import Effect, ReadCardFiles
from kiosk.session.events import CardRead, CardRefused
from kiosk.session.facts import CardFacts, CardProblem

_TRIES = 2  # a card that has just stopped moving may lose its first contact
_SETTLE_S = 0.3
_OTHER_DOCUMENT_LENGTH = 45  # this card prints one line of 30; passports print 88, cards 90
_NO_KEY = BacKey("0" * 24)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a card cannot be used."""

    problem: CardProblem
    detail: str = ""


class ReadingHandlers:
    """Carries out ReadCardFiles."""

    def __init__(
        self,
        document_reader: DocumentReader,
        chip_reader: ChipReader,
        materials: MaterialsByVisit,
        today: Callable[[], date],
    ) -> None:
        self._document_reader = document_reader
        self._chip_reader = chip_reader
        self._materials = materials
        self._today = today

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {ReadCardFiles: self.read}

    def read(self, effect: ReadCardFiles, reply: Reply) -> None:
        """Read printed zone and chip and see that they agree."""
        materials = self._materials.of(effect.ref.visit_id)
        result = self._read(materials, reply.cancelled)
        if isinstance(result, Refused):
            reply.send(CardRefused(effect.ref, result.problem, result.detail))
        else:
            reply.send(CardRead(effect.ref, result))

    def _read(self, materials: Materials, cancel: Event) -> CardFacts | Refused:
        presence = self._chip_reader.presence()
        if presence is FieldPresence.EMPTY:
            cancel.wait(_SETTLE_S)
            presence = self._chip_reader.presence()
        text = self._document_reader.read_mrz()
        if presence is FieldPresence.SEVERAL:
            return Refused(CardProblem.SEVERAL_CHIPS)
        printed = judge_printed(text, chip_there=presence is FieldPresence.ONE)
        if printed is None:
            return self._without_printed_zone()
        if isinstance(printed, Refused):
            return printed
        return self._read_chip(printed, materials, cancel)

    def _without_printed_zone(self) -> Refused:
        """Tell another kind of card from this kind put in the wrong way round."""
        try:
            connection = self._chip_reader.connect()
            try:
                open_chip(connection, _NO_KEY)
            finally:
                connection.close()
        except NotATravelDocument as error:
            return Refused(CardProblem.FOREIGN, str(error))
        except (AccessDenied, AccessNotSupported):
            return Refused(CardProblem.NO_ANSWER, "chip answers, printed zone is not in view")
        except (ChipLost, ChipDataError, CommandFailed) as error:
            return Refused(CardProblem.NO_ANSWER, str(error))
        return Refused(CardProblem.UNREADABLE, "the chip opens without a key")

    def _read_chip(
        self, printed: PrintedMrz, materials: Materials, cancel: Event
    ) -> CardFacts | Refused:
        refused = Refused(CardProblem.UNREADABLE)
        for _ in range(_TRIES):
            try:
                return self._read_files(printed, materials)
            except NotATravelDocument as error:
                return Refused(CardProblem.FOREIGN, str(error))
            except (ChipLost, ChipDataError, AccessDenied, AccessNotSupported) as error:
                refused = Refused(CardProblem.UNREADABLE, f"{type(error).__name__}: {error}")
            except CommandFailed as error:
                refused = Refused(_problem_of(error), str(error))
            if cancel.wait(_SETTLE_S):
                break
        return refused

    def _read_files(self, printed: PrintedMrz, materials: Materials) -> CardFacts | Refused:
        key = printed.bac_key()
        connection = self._chip_reader.connect()
        try:
            session = open_chip(connection, key)
            session.read_com()
            dg1 = session.read_dg1()
            judged = judge_chip(dg1.mrz, printed, self._today())
            if not isinstance(judged, Refused):
                _keep(materials, session, key, dg1.raw, judged)
        finally:
            connection.close()
        return judged


def judge_printed(text: str | None, *, chip_there: bool) -> PrintedMrz | Refused | None:
    """Say what the printed zone is worth; None when there is a chip but nothing printed in view."""
    if not text:
        return None if chip_there else Refused(CardProblem.NO_ANSWER)
    printed = parse_printed(text)
    if isinstance(printed, PrintedMrz):
        if chip_there:
            return printed
        return Refused(CardProblem.UNREADABLE, "printed zone is right, no chip answers")
    if printed is MrzFault.OTHER_DOCUMENT or len("".join(text.split())) >= _OTHER_DOCUMENT_LENGTH:
        return Refused(CardProblem.FOREIGN, "another document's printed zone")
    return Refused(CardProblem.UNREADABLE, f"printed zone: {printed}")


def judge_chip(mrz: str, printed: PrintedMrz, today: date) -> CardFacts | Refused:
    """Compare DG1 with the printed zone and the calendar."""
    holder = parse_dg1_text(mrz)
    if holder is MrzFault.OTHER_DOCUMENT:
        return Refused(CardProblem.FOREIGN, "another document's DG1")
    if not isinstance(holder, Holder):
        return Refused(CardProblem.UNREADABLE, f"DG1: {holder}")
    if holder.printed != printed:
        return Refused(CardProblem.CHIP_CHECK_FAILED, "printed zone and chip disagree")
    if printed.expiry < today:
        return Refused(CardProblem.EXPIRED)
    pinyin = f"{holder.surname} {holder.given_names}".strip()
    return CardFacts(printed.number, holder.name or pinyin, printed.birth(today), printed.expiry)


def _problem_of(error: CommandFailed) -> CardProblem:
    if error.code == FieldPresence.SEVERAL:
        return CardProblem.SEVERAL_CHIPS
    return CardProblem.UNREADABLE


def _keep(
    materials: Materials, session: ChipSession, key: BacKey, dg1: bytes, card: CardFacts
) -> None:
    materials.sod = session.read_sod()
    materials.dg1 = dg1
    materials.key = key
    materials.identity = session.identity
    materials.card = card
