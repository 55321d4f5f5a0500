"""What a visit may be told from outside: timers, tries and what this machine can do."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Timers:
    """Every wait of a visit in seconds, with its reason."""

    insert_card: float = 60.0
    """Back to Attract when nobody inserts a card: the next person should see the start."""
    idle: float = 60.0
    """A resident reads and thinks; WCAG 2.2 SC 2.2.1 asks for a warning before any limit."""
    idle_warning: float = 30.0
    """At least 20 s to extend by one touch (WCAG 2.2 SC 2.2.1)."""
    bad_card: float = 20.0
    """Long enough to read two sentences twice; then the card comes out by itself."""
    find_parked: float = 3.0
    """How long the first screen waits to hear of a case that waits: most people have none, and
    who has one can still take it up after putting the card in anew."""
    pay: float = 180.0
    """Unlocking a telephone and paying; then warned like any idleness."""
    receipt: float = 30.0
    """Its dots take 10 s at 19200 baud. Not out by then, it is given up: the card matters more."""
    take_card: float = 30.0
    """A card not taken by then is drawn in, or held and reported."""
    rearm: float = 3.0
    """Between two tries to arm a slot that gave up: a broken one must not be asked all the time."""
    eject_again: float = 5.0
    """Between two tries to move a card that did not come out."""
    leaving: float = 20.0
    """How long number and QR of the ticket stay on the screen where no card is to be taken."""
    keep_card: float = 480.0
    """How long a card stays in while a person decides; then card out and a ticket."""
    wait_without_card: float = 120.0
    """How long the kiosk waits for a person with nobody's card in: meanwhile it serves no one
    else, and who asked may have gone. Then a ticket, and the case goes on."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The kiosk's own rules; the hall's rules live on the server."""

    kiosk: str = "1"
    slot_has_bin: bool = False
    max_tries: int = 3
    timers: Timers = field(default_factory=Timers)
