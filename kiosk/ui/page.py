"""What a screen says and offers, as plain values: no pixels, no Kivy.

``view`` makes a Page from a visit; ``layout`` places it; ``stage`` draws it.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.session.events import Event
from kiosk.session.facts import Texts
from kiosk.values import Language


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason to be served sooner, as the hall's urgency table names it."""

    code: str
    title: Texts


@dataclass(frozen=True, slots=True)
class TravelDraft:
    """What has been chosen so far while the resident says when they travel."""

    day: int | None = None
    hour: int = 12
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class TurnPage:
    """Show another part of a list that is longer than the screen."""

    to: int


Local = TravelDraft | TurnPage
"""Touches that change only what the screen shows; the visit never hears of them."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something to touch: what it says, what it means, its name for scripts."""

    name: str
    text: str
    says: Event | Local
    enabled: bool = True


class Pictogram(StrEnum):
    """Drawings that need no words."""

    CARD_IN = "card_in"
    CARD_READ = "card_read"
    CARD_TURN = "card_turn"
    CARD_OUT = "card_out"
    CHECKING = "checking"
    COMPARE = "compare"
    RECEIPT = "receipt"
    TICKET = "ticket"
    PAUSE = "pause"
    PERSON = "person"
    DONE = "done"
    GO_ON = "go_on"


class Tone(StrEnum):
    """How a note is meant; always shown with a sign as well as a colour."""

    CALM = "calm"
    STRONG = "strong"
    GOOD = "good"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Picture:
    """A pictogram that takes whatever space is left."""

    kind: Pictogram


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence set off from the rest."""

    text: str
    tone: Tone = Tone.CALM


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: what it is and its value."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Facts in a card."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """Short statements, each under a heading of its own."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OptionItem:
    """An offer: closed ones have no action and say why in ``detail``."""

    title: str
    detail: str
    price: str = ""
    selected: bool = False
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """Offers one below the other; ``page`` counts from 0 when they do not fit at once."""

    items: tuple[OptionItem, ...]
    page: int
    more: str
    previous: str


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with a line above it and one below."""

    text: str
    headline: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Mirror:
    """The live camera picture with outline, hint and progress of the capture."""


@dataclass(frozen=True, slots=True)
class Busy:
    """The machine works and nothing is to be done."""


class StepState(StrEnum):
    """Where one step of a checklist stands."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Checklist:
    """Steps of the machine's work."""

    items: tuple[tuple[str, StepState], ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word in a ring: which kiosk this is."""

    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several short answers."""

    selected: bool
    action: Action


@dataclass(frozen=True, slots=True)
class Choices:
    """A question with short answers side by side."""

    heading: str
    items: tuple[Choice, ...]
    columns: int


@dataclass(frozen=True, slots=True)
class Stepper:
    """A value with one step less and one step more."""

    heading: str
    value: str
    less: Action
    more: Action


Part = (
    Picture
    | Note
    | Rows
    | Bullets
    | Options
    | Code
    | Mirror
    | Busy
    | Checklist
    | Badge
    | Choices
    | Stepper
)


@dataclass(frozen=True, slots=True)
class Overlay:
    """A question above the screen; nothing below it can be touched meanwhile."""

    title: str
    lead: str
    seconds: int
    action: Action


@dataclass(frozen=True, slots=True)
class Page:
    """One screen. ``step`` is 1..5 on the progress line, None where there is none."""

    name: str
    language: Language
    header: str
    steps: tuple[str, ...]
    title: str
    lead: str = ""
    step: int | None = None
    parts: tuple[Part, ...] = ()
    main: Action | None = None
    main_quiet: bool = False
    second: Action | None = None
    help: Action | None = None
    exit: Action | None = None
    status: str = ""
    called: str = ""
    large: bool = False
    overlay: Overlay | None = field(default=None)
