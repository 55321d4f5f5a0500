"""What a visit needs and must not know: chip files, portraits, the order's content.

In memory only, by visit, and gone after ``ForgetPerson``. Nothing here has a readable repr.
"""

from dataclasses import dataclass, field
from threading import Lock

from backend_client.contract import ApplicationView, ChipProof, OrderView, picture
from devices.travel_document.bac import BacKey
from devices.travel_document.reader import ChipIdentity
from kiosk.runtime.protocols import Match
from kiosk.session.facts import CardFacts
from kiosk.session.visit import Visit
from kiosk.values import Language


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
    """The materials of the visits that are not over; any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: dict[str, Materials] = {}
        self.matched_visit = ""
        """Whose portraits the matcher holds: a late ForgetPerson must not take the next one's."""

    def of(self, visit_id: str) -> Materials:
        """Return a visit's materials, empty ones for a visit that has none yet."""
        with self._lock:
            return self._of.setdefault(visit_id, Materials())

    def note(self, visit: Visit) -> None:
        """Keep the language of papers and cases: a tell may outlive the visit's own value."""
        self.of(visit.id).language = visit.language

    def forget(self, visit_id: str) -> None:
        """Drop this visit's materials; what a late handler still puts into them is lost."""
        with self._lock:
            self._of.pop(visit_id, None)
