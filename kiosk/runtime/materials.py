"""What a visit needs and must not know: chip files, portraits, the order's content.

In memory only, by visit, and gone after ``ForgetPerson``. Nothing here has a readable repr.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from backend_client.contract import ApplicationView, ChipProof, OrderView, picture
from devices.travel_document.bac import BacKey
from devices.travel_document.reader import ChipIdentity
from kiosk.runtime.protocols import Match
from kiosk.session.facts import CardFacts
from kiosk.session.visit import Visit
from kiosk.values import Language

_T = TypeVar("_T")
_FORGOTTEN_KNOWN = 100
"""No ask outlives so many visits; they are known by their ids only."""


@dataclass(repr=False)
class Materials:
    """The materials of one visit."""

    key: BacKey | None = None
    identity: ChipIdentity | None = None
    card: CardFacts | None = None
    dg1: bytes | None = None
    sod: bytes | None = None
    language: Language = Language.ZH_HANS
    chip_portrait: bytes | None = None
    record_portrait: bytes | None = None
    case_portrait: bytes | None = None
    """The live one of the case that this visit has taken up."""
    matches: list[Match] = field(default_factory=list)
    """Every try's, in their order."""
    tries: int = 0
    applications: dict[str, ApplicationView] = field(default_factory=dict)
    orders: dict[str, OrderView] = field(default_factory=dict)

    @property
    def match(self) -> Match | None:
        """Return the last try's, None before the first."""
        return self.matches[-1] if self.matches else None

    def keep_match(self, attempt: int, match: Match) -> None:
        """Keep a try; one that is repeated takes the place of itself."""
        if self.matches and self.tries == attempt:
            self.matches.pop()
        self.matches.append(match)
        self.tries = attempt

    def proof(self) -> ChipProof | None:
        """Return what shows the server that the chip was read; None before it was."""
        dg1 = picture(self.dg1)
        return None if dg1 is None else ChipProof(dg1=dg1, sod=picture(self.sod))


class MaterialsByVisit:
    """The materials of the visits that are not over, and whose portraits the matcher holds.

    Any thread may ask. An ask that answers late, after its visit was forgotten, gets materials
    that nobody keeps, and must not give the matcher anything.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: dict[str, Materials] = {}
        self._forgotten: deque[str] = deque(maxlen=_FORGOTTEN_KNOWN)
        self._matching = Lock()
        self._matched = ""

    def of(self, visit_id: str) -> Materials:
        """Return a visit's materials, empty ones for a visit that has none yet or is over."""
        with self._lock:
            if visit_id in self._forgotten:
                return Materials()
            return self._of.setdefault(visit_id, Materials())

    def note(self, visit: Visit) -> None:
        """Keep the language of papers and cases: a tell may outlive the visit's own value."""
        self.of(visit.id).language = visit.language

    def with_matcher(self, visit_id: str, give: Callable[[], _T]) -> _T | None:
        """Give the matcher what is this visit's; None, with nothing given, once it is forgotten.

        Nobody forgets and nobody else gives meanwhile: what is given late can neither stay nor
        take the place of the next visit's.
        """
        with self._matching:
            if self._is_forgotten(visit_id):
                return None
            self._matched = visit_id
            return give()

    def forget(self, visit_id: str, forget_matched: Callable[[], None]) -> None:
        """Drop this visit's materials, and what the matcher holds of it or of one before.

        A late call must not take what the matcher holds of the visit that is live by now.
        """
        with self._lock:
            self._of.pop(visit_id, None)
            self._forgotten.append(visit_id)
        with self._matching:
            if not self._matched or self._is_forgotten(self._matched):
                self._matched = ""
                forget_matched()

    def _is_forgotten(self, visit_id: str) -> bool:
        with self._lock:
            return visit_id in self._forgotten
