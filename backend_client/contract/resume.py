"""A parked case taken up again by the same card."""

from typing import Annotated

from pydantic import Field

from backend_client.contract.applications import ApplicationView
from backend_client.contract.base import CardNumber, Identifier, Message, Picture, Session
from backend_client.contract.cases import CaseReason, CaseStage, CaseView
from backend_client.contract.matching import MatchReport
from backend_client.contract.records import ChipProof


class ParkedRequest(Message):
    """Ask whether a case of this card waits for its resident; needs the chip read."""

    visit_id: Identifier
    card_number: CardNumber
    proof: ChipProof


class ParkedCase(Message):
    """A case that waits for its resident. Its reason stays on the server until it is resumed.

    ``session`` is the newest so far; who takes the case up gets the next one.
    """

    id: Identifier
    ticket: Annotated[str, Field(max_length=16)]
    stage: CaseStage
    session: Session = 1


class ParkedAnswer(Message):
    """The case that may be taken up here and now, if there is one."""

    case: ParkedCase | None = None


class ResumeRequest(Message):
    """Take a parked case up in this visit, by the card that was read in it."""

    visit_id: Identifier
    card_number: CardNumber
    proof: ChipProof


class ResumeAnswer(Message):
    """The case as the new session's, and all that the visit goes on from.

    Every later message about the case carries ``case.session``; one with an older number is
    refused as STALE_TOKEN. ``compare_with`` is the case's own live portrait: where it is given
    and an acceptance shall hold, the resident's face is compared with it (``same-person``).
    """

    case: CaseView
    reason: CaseReason
    offer_code: Identifier | None = None
    application: ApplicationView | None = None
    compare_with: Picture | None = None


class SamePersonRequest(Message):
    """The comparison of the resident's face with the case's live portrait (reference ``case``)."""

    visit_id: Identifier
    session: Session
    match: MatchReport


class SamePersonAnswer(Message):
    """Whether the server takes them for the same person; if not, a person must look."""

    same: bool
    case: CaseView
